/* Unicode text, by libunistring. */
#include "middleware/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "middleware/allocator.h"

/* UAX 15: no text grows more than threefold in UTF-8, whichever the form. */
enum { GROWTH = 3 };

bool text_is_utf8(const char *text, size_t size)
{
    return size == 0 || (!memchr(text, '\0', size) && !u8_check((const uint8_t *)text, size));
}

size_t text_length(const char *text)
{
    return u8_mbsnlen((const uint8_t *)text, strlen(text));
}

/* The text in another form. A byte that is not UTF-8 becomes U+FFFD, which fits as well. */
static const char *normalised(struct arena *arena, uninorm_t form, const char *text)
{
    size_t size = strlen(text);
    size_t room = size * GROWTH;
    uint8_t *buffer = arena_alloc(arena, room + 1);
    if (!u8_normalize(form, (const uint8_t *)text, size, buffer, &room)) {
        memory_stop(); /* while it sorts more than 64 marks on one letter */
    }
    buffer[room] = '\0';
    return (const char *)buffer;
}

/* Latin letters and the Vietnamese block neither decompose further nor combine with what follows
 * unless that is a mark, which lies outside both: such text is NFC already, and costs nothing. */
static bool is_plainly_nfc(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    ucs4_t uc;
    for (int step = u8_strmbtouc(&uc, at); step > 0; step = u8_strmbtouc(&uc, at)) {
        if (uc >= 0x300 && (uc < 0x1EA0 || uc > 0x1EF9)) {
            return false;
        }
        at += step;
    }
    return *at == '\0';
}

const char *text_nfc(struct arena *arena, const char *text)
{
    if (is_plainly_nfc(text)) {
        return text;
    }
    const char *nfc = normalised(arena, UNINORM_NFC, text);
    return strcmp(nfc, text) == 0 ? text : nfc;
}

/* Unicode gives đ no decomposition, yet people who search leave its stroke out too. */
static ucs4_t plain_letter(ucs4_t uc)
{
    ucs4_t lower = uc_tolower(uc);
    return lower == 0x111 ? 'd' : lower;
}

const char *text_key(struct arena *arena, const char *text)
{
    const uint32_t kept = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd;
    const uint8_t *apart = (const uint8_t *)normalised(arena, UNINORM_NFD, text);
    size_t size = strlen((const char *)apart);
    size_t room = size * 2 + 1; /* lower case may take a byte more (Ⱥ), never twice as many */
    uint8_t *key = arena_alloc(arena, room);
    size_t used = 0;
    bool gap = false;
    for (size_t at = 0; at < size;) {
        ucs4_t uc;
        at += (size_t)u8_mbtouc(&uc, apart + at, size - at);
        if (uc_is_general_category_withtable(uc, kept)) {
            if (gap) {
                key[used++] = ' ';
            }
            gap = false;
            used += (size_t)u8_uctomb(key + used, plain_letter(uc), (ptrdiff_t)(room - used));
        } else if (!uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Mn)) {
            gap = used > 0;
        }
    }
    return (const char *)key;
}

int text_nesting(const char *json, size_t size)
{
    int open = 0;
    int most = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        if (json[i] == '"') {
            quoted = !quoted;
        } else if (quoted) {
            i += json[i] == '\\'; /* whatever it escapes ends no text */
        } else {
            open += (json[i] == '[' || json[i] == '{') - (json[i] == ']' || json[i] == '}');
            most = open > most ? open : most;
        }
    }
    return most;
}
