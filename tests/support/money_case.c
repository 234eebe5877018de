#include "tests/support/money_case.h"

#include <check.h>
#include <string.h>

#include "tests/support/enrolment_case.h"

const char *drafted(const char *login)
{
    struct answer made =
        call(login, "POST", "/v1/enrolments",
             text("{\"draft\":true,\"scheme\":\"vsi\",\"hamlet_id\":900101,\"months\":6,"
                  "\"paid_on\":\"%s\",\"person\":{\"full_name\":\"Ka Thu\",\"date_of_birth\":"
                  "\"1990-02\",\"sex\":\"female\",\"duplicate_confirmed\":true}}",
                  today()));
    return text_member(expect_status(made, 201), "id");
}

void remit_all(const char *login)
{
    if (in_hand(login) > 0) {
        expect_status(call(login, "POST", "/v1/remittances",
                           text("{\"method\":\"cash\",\"remitted_on\":\"%s\","
                                "\"settle_differences\":true}",
                                today())),
                      201);
    }
}

json_int_t in_hand(const char *login)
{
    struct answer answer = expect_status(call(login, "GET", "/v1/cash", NULL), 200);
    return json_array_size(member(answer, "items")) == 0
               ? 0
               : integer_member(answer, "items.0.in_hand");
}

/* Every line names one thing that is wrong. */
const char *const broken_money =
    "select concat_ws('; ', (select 'receipt ' || r.id from receipt r where r.reverses is null and "
    "r.amount is distinct from (select sum(e.amount) from enrolment e where e.receipt_id = r.id) "
    "limit 1), "
    "(select 'cash without receipt ' || e.id from enrolment e where e.paid_by = 'cash' "
    "and e.amount > 0 and e.posted_at is not null and e.receipt_id is null limit 1), "
    "(select 'taken back and not reversed ' || e.id from enrolment e where e.receipt_id is not null "
    "and (e.reversed_on is not null) <> exists (select from receipt v where v.enrolment_id = e.id "
    "and v.amount = -e.amount) limit 1), "
    "(select 'box ' || b.id from cash_box b where b.in_hand <> (select coalesce(sum(n.amount), 0) "
    "from cash_entry n where n.box_id = b.id) limit 1), "
    "(select 'hand ' || b.id from cash_box b where b.in_hand - b.difference <> "
    "(select coalesce(sum(r.amount), 0) from receipt r where r.holder_id = b.id "
    "and r.remittance_id is null and not r.paid_by_office) limit 1), "
    "(select 'remittance ' || m.id from remittance m where m.amount - m.settled <> "
    "(select coalesce(sum(r.amount), 0) from receipt r where r.remittance_id = m.id) limit 1), "
    /* receipts = remitted + in hand; remitted is what was declared, less what was found missing and
     * what the office paid back */
    "(select 'all' where (select coalesce(sum(amount), 0) from receipt) <> "
    "(select coalesce(sum(in_hand), 0) from cash_box) - (select coalesce(sum(amount), 0) "
    "from cash_entry where kind in ('remittance', 'difference', 'office_refund'))), "
    "(select 'numbers of ' || b.id from receipt_book b where b.allotted <> "
    "(select coalesce(sum(o.last - o.first + 1), 0) from receipt_book o where o.parent_id = b.id) "
    "limit 1), "
    "(select 'gap in ' || b.id from receipt_book b where "
    "b.next - b.first - b.allotted <> (select count(*) from receipt r where r.book_id = b.id) "
    "limit 1), "
    "(select 'twice ' || r.series || r.number from receipt r group by r.series, r.number "
    "having count(*) > 1 limit 1))";

void money_adds_up(void)
{
    ck_assert_str_eq(sql_text(broken_money), "");
}
