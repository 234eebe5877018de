/* Rules about people that need no database. Pure functions. */
#ifndef ANSINH_PERSON_RULES_H
#define ANSINH_PERSON_RULES_H

#include <stdbool.h>

/* Whether a 12-digit personal number fits birth year and sex: digit 4 is century and sex (0 and 1
 * are 1900s men and women, 2 and 3 2000s …), digits 5 and 6 the year (Decree 137/2015 Art. 13,
 * Circular 59/2021). The first three digits are the province of the birth registration as it was
 * then, so they are never compared with today's. There is no check digit. */
bool personal_number_fits(const char *number, int birth_year, bool female);

#endif
