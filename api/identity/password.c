/* Passwords. */
#include "api/identity/password.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

enum { HASHES_AT_A_TIME = 4, WAIT_SECONDS = 2, PASSES = 1, MEMORY = 47104 * 1024 };

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

enum password_verdict password_verify(const char *hash, const char *password)
{
    if (!take_slot()) {
        return PASSWORD_BUSY;
    }
    bool right = crypto_pwhash_str_verify(hash ? hash : decoy, password, strlen(password)) == 0;
    sem_post(&free_hashes);
    return right && hash ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
