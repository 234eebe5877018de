/* Passwords. */
#include "api/identity/password.h"

#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

enum { HASHES_AT_A_TIME = 4, WAIT_SECONDS = 2, PASSES = 1, MEMORY = 47104 * 1024 };

static sem_t free_hashes;
static char decoy[PASSWORD_HASH_ROOM];

_Static_assert(PASSWORD_HASH_ROOM >= crypto_pwhash_STRBYTES, "room for a hash");

bool password_hash(const char *password, char out[PASSWORD_HASH_ROOM])
{
    return crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_init(void)
{
    return sem_init(&free_hashes, 0, HASHES_AT_A_TIME) == 0 &&
           password_hash("nobody has this password", decoy);
}

enum password_verdict password_verify(const char *hash, const char *password)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    if (sem_timedwait(&free_hashes, &until)) {
        return PASSWORD_BUSY;
    }
    bool right = crypto_pwhash_str_verify(hash ? hash : decoy, password, strlen(password)) == 0;
    sem_post(&free_hashes);
    return right && hash ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
