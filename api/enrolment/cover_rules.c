/* From when to when a payment covers. */
#include <stdio.h>
#include <string.h>

#include "api/enrolment/quote_internal.h"

/* The first day on which a payment does not continue a coverage that ended the day before `end`. */
static void gap_ends(struct pricing *p, const char *end, char out[DATE_ROOM])
{
    char key[12];
    if (p->terms->scheme == VSI) {
        snprintf(key, sizeof key, "%d", p->terms->months);
        const struct rate_row *due = rate_find(p->book, "vsi_method", key);
        if (due) {
            pricing_use(p, due);
        }
        date_plus_months(end, due ? (int)due->value : 0, out);
        return;
    }
    const struct rate_row *months = rate_find(p->book, "hhi_gap_months", "all");
    if (months) {
        pricing_use(p, months);
        date_plus_months(end, (int)months->value, out);
    } else {
        date_plus_days(end, (int)pricing_take(p, "hhi_gap_days", "all")->value, out);
    }
}

static bool continues(struct pricing *p, const char *day_after)
{
    char too_late[DATE_ROOM];
    if (p->person->renewable_until) {
        return strcmp(p->terms->paid_on, p->person->renewable_until) < 0;
    }
    gap_ends(p, day_after, too_late);
    return strcmp(p->terms->paid_on, too_late) < 0;
}

static void copy_date(char out[DATE_ROOM], const char *date)
{
    snprintf(out, DATE_ROOM, "%s", date);
}

/* As gate.enrolment_terms says it of people in the register. */
static void begin(struct pricing *p)
{
    struct quote *quote = p->quote;
    const char *paid_on = p->terms->paid_on;
    char day_after[DATE_ROOM];
    if (p->person->covered_until) {
        date_plus_days(p->person->covered_until, 1, day_after);
    }
    if (p->person->covered_until && continues(p, day_after)) {
        bool late = p->terms->scheme == HHI && strcmp(paid_on, day_after) > 0;
        copy_date(quote->starts_on, late ? paid_on : day_after);
        return;
    }
    int days = p->terms->scheme == HHI ? (int)pricing_take(p, "hhi_waiting_days", "all")->value : 0;
    quote->waits = days > 0;
    date_plus_days(paid_on, days, quote->starts_on);
}

void pricing_cover(struct pricing *p)
{
    struct quote *quote = p->quote;
    char day_after[DATE_ROOM];
    char too_late[DATE_ROOM];
    begin(p);
    date_plus_months(quote->starts_on, p->terms->months, day_after);
    date_plus_days(day_after, -1, quote->ends_on);
    gap_ends(p, day_after, too_late);
    date_plus_days(too_late, -1, quote->continues_until);
    copy_date(quote->due_on, p->terms->scheme == VSI ? quote->continues_until : quote->ends_on);
}
