/* Receipts. */
#include "api/enrolment/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "api/enrolment/posting.h"
#include "api/enrolment/quote.h"
#include "api/enrolment/receipt_rules.h"
#include "middleware/page.h"
#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/transaction.h"

bool receipt_list(struct request *req)
{
    struct page_key key;
    const char *holder = request_query(req, "in_hand_of");
    if (!page_key_newest(req, &key)) {
        return false;
    }
    return holder ? answer_page(req, page_limit(req), SQL_RECEIPT_LIST_IN_HAND,
                                PARAMS(key.first, key.second, page_rows(req), holder))
                  : answer_page(req, page_limit(req), SQL_RECEIPT_LIST,
                                PARAMS(key.first, key.second, page_rows(req)));
}

bool receipt_get(struct request *req)
{
    return answer_row(req, 200, SQL_RECEIPT_GET, PARAMS(request_path_value(req, "id")));
}

/* --- one receipt for several drafts ---------------------------------------------------------- */

static bool submit_draft(struct request *req, const char *id, size_t n, const char *receipt)
{
    struct draft draft;
    const char *values[SUBMIT_VALUES + 1];
    const char *pointer = arena_printf(req->arena, "/enrolment_ids/%zu", n);
    if (!posting_draft(req, id, request_text(req, "paid_on"), pointer, &draft)) {
        return false;
    }
    posting_submit_values(req, &draft, "cash", receipt, values);
    values[SUBMIT_VALUES] = quote_lines(req, &draft.quote);
    return ask(req, SQL_RECEIPT_SUBMIT, SUBMIT_VALUES + 1, values) != NULL;
}

/* One after the other: the first member's position in the household counts for the second's price. */
bool receipt_create(struct request *req)
{
    size_t n;
    json_t *id;
    const char *receipt = request_new_id(req);
    json_array_foreach(json_object_get(req->json, "enrolment_ids"), n, id) {
        if (!submit_draft(req, json_string_value(id), n, receipt)) {
            return false;
        }
    }
    const PGresult *row = tell(req, SQL_RECEIPT_ISSUE, PARAMS(receipt, request_text(req, "payer")))
                              ? ask(req, SQL_RECEIPT_GET, PARAMS(receipt))
                              : NULL;
    if (!row) {
        return false;
    }
    if (PQntuples(row) == 0) {
        return fail_at(req, RULE_BROKEN, "pointer", "/enrolment_ids", FLAW_NO_MONEY, NULL);
    }
    reply_header(req, "Location", arena_printf(req->arena, "/v1/receipts/%s", receipt));
    return reply_row(req, 201, row, PQnfields(row));
}

/* --- what is printed ------------------------------------------------------------------------- */

enum {
    SERIES,
    NUMBER,
    ISSUED_ON,
    PAYER,
    AMOUNT,
    REVERSED_SERIES,
    REVERSED_NUMBER,
    REASON,
    COLLECTOR,
    FULL_NAME,
    SCHEME,
    MONTHS,
    STARTS_ON,
    ENDS_ON,
    LINE_AMOUNT
};

static const char *vnd(struct request *req, const PGresult *rows, int row, int column)
{
    char grouped[GROUPED_ROOM];
    amount_grouped(strtoll(PQgetvalue(rows, row, column), NULL, 10), grouped);
    return arena_printf(req->arena, "%s đồng", grouped);
}

/* "2026-11-22" as 22/11/2026. */
static const char *day(struct request *req, const PGresult *rows, int row, int column)
{
    const char *iso = PQgetvalue(rows, row, column);
    return arena_printf(req->arena, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

/* The lines of what is printed, as a JSON array. */
static void line(struct render *out, const char *text)
{
    render_text(out, out->data[out->size - 1] == '[' ? "" : ",");
    render_string(out, text);
}

/* The days that it covers; missing months of the past cover none. */
static const char *days_of(struct request *req, const PGresult *rows, int row)
{
    return PQgetisnull(rows, row, STARTS_ON)
               ? "đóng bù"
               : arena_printf(req->arena, "%s - %s", day(req, rows, row, STARTS_ON),
                              day(req, rows, row, ENDS_ON));
}

static void print_enrolments(struct request *req, struct render *out, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows) && !PQgetisnull(rows, i, SCHEME); i++) {
        bool vsi = strcmp(PQgetvalue(rows, i, SCHEME), "vsi") == 0;
        line(out,
             arena_printf(req->arena, "%d. %s: %s, %s tháng (%s): %s", i + 1,
                          PQgetvalue(rows, i, FULL_NAME),
                          vsi ? "BHXH tự nguyện" : "BHYT hộ gia đình", PQgetvalue(rows, i, MONTHS),
                          days_of(req, rows, i), vnd(req, rows, i, LINE_AMOUNT)));
    }
}

/* Series and number are two columns, one behind the other. */
static const char *numbered(struct request *req, const PGresult *rows, const char *what, int series)
{
    return arena_printf(req->arena, "%s %s  Số: %07ld", what, PQgetvalue(rows, 0, series),
                        strtol(PQgetvalue(rows, 0, series + 1), NULL, 10));
}

static void print_head(struct request *req, struct render *out, const PGresult *rows)
{
    line(out, "BIÊN LAI THU TIỀN");
    line(out, numbered(req, rows, "Ký hiệu:", SERIES));
    line(out, arena_printf(req->arena, "Ngày: %s", day(req, rows, 0, ISSUED_ON)));
    line(out, arena_printf(req->arena, "Người nộp: %s", PQgetvalue(rows, 0, PAYER)));
    if (!PQgetisnull(rows, 0, REVERSED_NUMBER)) {
        line(out, numbered(req, rows, "Hủy biên lai:", REVERSED_SERIES));
        line(out, arena_printf(req->arena, "Lý do: %s", PQgetvalue(rows, 0, REASON)));
    }
}

static bool reply_print(struct request *req, const PGresult *rows)
{
    char words[WORDS_ROOM];
    struct render out;
    if (PQntuples(rows) == 0) {
        return fail(req, NOT_FOUND);
    }
    amount_in_words(strtoll(PQgetvalue(rows, 0, AMOUNT), NULL, 10), words);
    render_init(&out, req->arena);
    render_text(&out, "{\"amount_in_words\":");
    render_string(&out, words);
    render_text(&out, ",\"lines\":[");
    print_head(req, &out, rows);
    print_enrolments(req, &out, rows);
    line(&out, arena_printf(req->arena, "Số tiền: %s", vnd(req, rows, 0, AMOUNT)));
    line(&out, arena_printf(req->arena, "Bằng chữ: %s", words));
    line(&out, arena_printf(req->arena, "Người thu: %s", PQgetvalue(rows, 0, COLLECTOR)));
    render_text(&out, "]}");
    return reply_json(req, 200, out.data, out.size);
}

bool receipt_print(struct request *req)
{
    return answer_made(req, reply_print, SQL_RECEIPT_PRINT, PARAMS(request_path_value(req, "id")));
}
