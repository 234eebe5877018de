/* What stands on a receipt. Pure functions. */
#ifndef ANSINH_RECEIPT_RULES_H
#define ANSINH_RECEIPT_RULES_H

#include <stdint.h>

enum { WORDS_ROOM = 512, GROUPED_ROOM = 32 };

/* An amount of VND in Vietnamese words, as receipts must show it: 1 366 200 is "Một triệu ba trăm sáu mươi
 * sáu nghìn hai trăm đồng". What is negative begins with "Âm". */
void amount_in_words(int64_t amount, char out[WORDS_ROOM]);

/* With points between thousands: "1.366.200". */
void amount_grouped(int64_t amount, char out[GROUPED_ROOM]);

#endif
