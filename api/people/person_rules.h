/* Rules about people that need no database. Pure functions. */
#ifndef ANSINH_PERSON_RULES_H
#define ANSINH_PERSON_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_LEAST = 4, NUMBER_MOST = 20, HOUSEHOLD_CODE_SIZE = 10 };

/* Whether a 12-digit personal number fits birth year and sex: the first three digits are where the
 * birth was registered, a province as it was then (001 to 096, never compared with today's) or a
 * country (100 and more); digit 4 is century and sex (0 and 1 are 1900s men and women, 2 and 3 2000s
 * …), digits 5 and 6 the year (Decree 137/2015 Art. 13, Circular 59/2021). There is no check digit. */
bool personal_number_fits(const char *number, int birth_year, bool female);

/* The digits of a number as people type it ("0912 345 678", "+84-912…"): true when there is nothing else
 * but spaces, dots, dashes and a leading plus, at least NUMBER_LEAST digits, and room for them. */
bool digits_of(const char *typed, char *digits, size_t room);

#endif
