/* Rules about people that need no database. */
#include "api/people/person_rules.h"

#include <string.h>

bool personal_number_fits(const char *number, int birth_year, bool female)
{
    if (strlen(number) != 12 || strspn(number, "0123456789") != 12) {
        return false;
    }
    int marker = number[3] - '0';
    int century = 1900 + marker / 2 * 100;
    int year = century + (number[4] - '0') * 10 + (number[5] - '0');
    return year == birth_year && (marker % 2 == 1) == female;
}
