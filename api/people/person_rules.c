/* Rules about people that need no database. */
#include "api/people/person_rules.h"

#include <string.h>

static bool is_place_of_birth(const char *number)
{
    int place = (number[0] - '0') * 100 + (number[1] - '0') * 10 + (number[2] - '0');
    return (place >= 1 && place <= 96) || place >= 100;
}

bool personal_number_fits(const char *number, int birth_year, bool female)
{
    if (strlen(number) != 12 || strspn(number, "0123456789") != 12 || !is_place_of_birth(number)) {
        return false;
    }
    int marker = number[3] - '0';
    int century = 1900 + marker / 2 * 100;
    int year = century + (number[4] - '0') * 10 + (number[5] - '0');
    return year == birth_year && (marker % 2 == 1) == female;
}

bool digits_of(const char *typed, char *digits, size_t room)
{
    size_t count = 0;
    for (const char *at = typed + (*typed == '+'); *at; at++) {
        if (*at >= '0' && *at <= '9') {
            if (count + 1 >= room) {
                return false;
            }
            digits[count++] = *at;
        } else if (!strchr(" .-", *at)) {
            return false;
        }
    }
    digits[count] = '\0';
    return count >= NUMBER_LEAST;
}
