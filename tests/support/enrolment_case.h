/* Enrolling people of Đồng Me, and what the figures of its commune say. */
#ifndef ANSINH_TEST_ENROLMENT_CASE_H
#define ANSINH_TEST_ENROLMENT_CASE_H

#include "tests/support/harness.h"

/* The business date. */
const char *today(void);

/* A new person for twelve months; somebody of the register for six. */
struct answer enrol(const char *login, const char *scheme, const char *paid_on);
struct answer enrol_again(const char *login, const char *scheme, const char *person);

/* accept, reject or void, with a reason. */
struct answer decide(const char *login, const char *id, const char *verb);

/* A figure of the commune's own line, for the year. */
json_int_t figure(const char *indicator, const char *member_path);

#endif
