/* Passwords: argon2id, bounded so that a burst of sign-ins cannot stall the rest. */
#ifndef ANSINH_PASSWORD_H
#define ANSINH_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH_ROOM = 128 };

enum password_verdict { PASSWORD_RIGHT, PASSWORD_WRONG, PASSWORD_BUSY };

/* Once, before serving: makes the decoy that unknown users are compared with. */
bool password_init(void);
/* argon2id with 46 MiB and one pass (OWASP ASVS 5, appendix C). Takes one of the same four places as
 * password_verify; false when none became free within two seconds. */
bool password_hash(const char *password, char out[PASSWORD_HASH_ROOM]);
/* A NULL hash is compared with the decoy: an unknown user takes as long as a wrong password. At most
 * four run at a time; PASSWORD_BUSY when none became free within two seconds, or there is no memory. */
enum password_verdict password_verify(const char *hash, const char *password);

#endif
