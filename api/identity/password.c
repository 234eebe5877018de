/* Passwords. */
#include "api/identity/password.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HASHES_AT_A_TIME = 4, WAIT_SECONDS = 2, PASSES = 1, MEMORY = 47104 * 1024, KEY_SIZE = 32 };

static pthread_once_t slots_made = PTHREAD_ONCE_INIT;
static sem_t free_hashes;
static char decoy[PASSWORD_HASH_ROOM];

_Static_assert(PASSWORD_HASH_ROOM >= crypto_pwhash_STRBYTES, "room for a hash");

static void make_slots(void)
{
    sem_init(&free_hashes, 0, HASHES_AT_A_TIME);
}

/* A place among the hashes at work; false when none became free in time. */
static bool take_slot(void)
{
    struct timespec until;
    pthread_once(&slots_made, make_slots);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    return sem_timedwait(&free_hashes, &until) == 0;
}

bool password_hash(const char *password, char out[PASSWORD_HASH_ROOM])
{
    if (!take_slot()) {
        return false;
    }
    bool made = crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY,
                                      crypto_pwhash_ALG_ARGON2ID13) == 0;
    sem_post(&free_hashes);
    return made;
}

bool password_init(void)
{
    return password_hash("nobody has this password", decoy);
}

/* What "$argon2id$v=19$m=47104,t=1,p=1$salt$key" says. */
struct kept {
    unsigned long kilobytes;
    unsigned long passes;
    unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char key[KEY_SIZE];
};

static bool decode(const char **text, unsigned char *out, size_t size)
{
    size_t got = 0;
    size_t length = strcspn(*text, "$");
    bool good = !sodium_base642bin(out, size, *text, length, NULL, &got, NULL,
                                   sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    *text += length;
    return good && got == size;
}

static bool read_hash(const char *hash, struct kept *kept)
{
    int read = 0;
    sscanf(hash, "$argon2id$v=19$m=%8lu,t=%8lu,p=1$%n", &kept->kilobytes, &kept->passes, &read);
    const char *at = hash + read;
    return read > 0 && decode(&at, kept->salt, sizeof kept->salt) && *at++ == '$' &&
           decode(&at, kept->key, sizeof kept->key) && !*at;
}

/* Not crypto_pwhash_str_verify(): it calls a right password wrong when there is no memory for the hash. */
static enum password_verdict compare(const char *hash, const char *password)
{
    struct kept kept;
    unsigned char key[KEY_SIZE];
    if (!read_hash(hash, &kept)) {
        return PASSWORD_WRONG;
    }
    if (crypto_pwhash(key, sizeof key, password, strlen(password), kept.salt, kept.passes,
                      kept.kilobytes * 1024, crypto_pwhash_ALG_ARGON2ID13)) {
        return PASSWORD_BUSY;
    }
    return sodium_memcmp(key, kept.key, sizeof key) == 0 ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

enum password_verdict password_verify(const char *hash, const char *password)
{
    if (!take_slot()) {
        return PASSWORD_BUSY;
    }
    enum password_verdict verdict = compare(hash ? hash : decoy, password);
    sem_post(&free_hashes);
    return verdict == PASSWORD_RIGHT && !hash ? PASSWORD_WRONG : verdict;
}
