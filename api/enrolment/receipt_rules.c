/* What stands on a receipt. */
#include "api/enrolment/receipt_rules.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const digits[] = {"không", "một", "hai", "ba",  "bốn",
                                     "năm",   "sáu", "bảy", "tám", "chín"};

static void say(char *out, const char *word)
{
    size_t size = strlen(out);
    snprintf(out + size, WORDS_ROOM - size, "%s%s", size > 0 ? " " : "", word);
}

/* The last digit is spoken after its ten: mười lăm, hai mươi mốt, hai mươi lăm. */
static const char *last_digit(int tens, int digit)
{
    if (digit == 5 && tens > 0) {
        return "lăm";
    }
    return digit == 1 && tens > 1 ? "mốt" : digits[digit];
}

/* Three digits; behind others the hundreds are spoken even if there are none. */
static void say_hundreds(char *out, int number, bool behind)
{
    int hundreds = number / 100;
    int tens = number / 10 % 10;
    int ones = number % 10;
    if (hundreds > 0 || behind) {
        say(out, digits[hundreds]);
        say(out, "trăm");
    }
    if (tens > 1) {
        say(out, digits[tens]);
    }
    if (tens > 0) {
        say(out, tens == 1 ? "mười" : "mươi");
    } else if (ones > 0 && (hundreds > 0 || behind)) {
        say(out, "lẻ");
    }
    if (ones > 0) {
        say(out, last_digit(tens, ones));
    }
}

/* Less than a billion. */
static void say_millions(char *out, int number, bool behind)
{
    static const struct {
        int size;
        const char *name;
    } scales[] = {{1000000, "triệu"}, {1000, "nghìn"}, {1, NULL}};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        int group = number / scales[i].size % 1000;
        if (group == 0) {
            continue;
        }
        say_hundreds(out, group, behind);
        if (scales[i].name) {
            say(out, scales[i].name);
        }
        behind = true;
    }
}

/* Billions are counted like the rest: một nghìn tỷ. */
static void say_number(char *out, uint64_t number)
{
    static const uint64_t billion = 1000000000;
    uint64_t billions = number / billion;
    if (billions >= billion) {
        say_millions(out, (int)(billions / billion), false);
        say(out, "tỷ");
    }
    if (billions % billion > 0) {
        say_millions(out, (int)(billions % billion), billions >= billion);
    }
    if (billions > 0) {
        say(out, "tỷ");
    }
    say_millions(out, (int)(number % billion), billions > 0);
}

void amount_in_words(int64_t amount, char out[WORDS_ROOM])
{
    uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    out[0] = '\0';
    if (amount < 0) {
        say(out, "Âm");
    }
    if (size == 0) {
        say(out, digits[0]);
    }
    say_number(out, size);
    say(out, "đồng");
    if (amount >= 0) {
        out[0] = (char)(out[0] - 'a' + 'A'); /* no digit's name begins with an accent */
    }
}

void amount_grouped(int64_t amount, char out[GROUPED_ROOM])
{
    char plain[GROUPED_ROOM];
    int size = snprintf(plain, sizeof plain, "%" PRIu64,
                        amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount);
    char *at = out;
    if (amount < 0) {
        *at++ = '-';
    }
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0) {
            *at++ = '.';
        }
        *at++ = plain[i];
    }
    *at = '\0';
}
