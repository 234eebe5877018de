/* Money on its way: drafts and receipts of the demo's collectors, and what must add up. */
#ifndef ANSINH_TEST_MONEY_CASE_H
#define ANSINH_TEST_MONEY_CASE_H

#include "tests/support/harness.h"

#define FIRST_COLLECTOR "01900000-0000-7000-8000-0000000000c1"
#define SECOND_COLLECTOR "01900000-0000-7000-8000-0000000000c2"
#define FIRST_AGENCY "01900000-0000-7000-8000-0000000000a1"

/* A draft of a new person of Đồng Me, for six months of voluntary insurance; its id. */
const char *drafted(const char *login);
/* Hands over all that is in hand; nothing to hand over is fine. */
void remit_all(const char *login);
/* What a holder has in hand, by the list of cash. */
json_int_t in_hand(const char *login);

/* What does not add up, in one snapshot: "" is nothing. Receipts against the enrolments on them, cash
 * against its entries and against receipts, numbers against their books. */
extern const char *const broken_money;
/* The test fails when something does not. */
void money_adds_up(void);

#endif
