/* Refresh tokens. Pure functions: a token is 32 random bytes, the server keeps its hash only, and the
 * successor of a token follows from it and a key, so that a client that lost the reply gets the same
 * successor again although the server never stored it. */
#ifndef ANSINH_REFRESH_RULES_H
#define ANSINH_REFRESH_RULES_H

#include <stdbool.h>

#include "middleware/token.h"

enum { REFRESH_TEXT_ROOM = 44, REFRESH_HASH_ROOM = 65 };

void refresh_new(char text[REFRESH_TEXT_ROOM]);
/* The successor of a token under one of the live keys. False when `text` is no refresh token. */
bool refresh_next(const struct token_key *key, const char *text, char next[REFRESH_TEXT_ROOM]);
/* What the database knows of a token: its hash in hex. False when `text` is no refresh token. */
bool refresh_hash(const char *text, char hash[REFRESH_HASH_ROOM]);

#endif
