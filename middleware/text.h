/* Unicode text: names come from many keyboards, and people search without accents. */
#ifndef ANSINH_TEXT_H
#define ANSINH_TEXT_H

#include <stdbool.h>

#include "middleware/arena.h"

/* Valid UTF-8 without NUL, surrogates or overlong forms. */
bool text_is_utf8(const char *text, size_t size);
/* Code points of valid UTF-8. */
size_t text_length(const char *text);
/* The NFC form; the same pointer where it already is. Some phones send NFD. */
const char *text_nfc(struct arena *arena, const char *text);
/* The key that search and duplicate checks use: lower case, đ to d, no marks, and only letters and
 * digits, separated by single spaces ("Nguyễn Thị  Đào" -> "nguyen thi dao"). */
const char *text_key(struct arena *arena, const char *text);

/* How many brackets of a JSON text are open at the same time at most; asked before it is parsed,
 * because jansson recurses and threads have small stacks. */
int text_nesting(const char *json, size_t size);

#endif
