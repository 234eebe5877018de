/* Numbers on their way down. */
#include "tests/support/ledger_case.h"

#include "tests/support/suites.h"

void keep(char out[37], const char *id)
{
    snprintf(out, 37, "%s", id);
}

const char *planned(const char *login, const char *indicator, const char *period, int quantity)
{
    struct answer made =
        call(login, "POST", "/v1/plans",
             text("{\"indicator\":\"%s\",\"period\":\"%s\",\"assigner\":\"social_insurance\","
                  "\"decision\":{\"number\":\"1/QĐ\",\"decided_on\":\"2027-01-04\"},"
                  "\"quantity\":%d}",
                  indicator, period, quantity));
    return text_member(expect_status(made, 201), "assignment.id");
}

struct answer act(const char *login, const char *id, const char *action, const char *body)
{
    return call(login, "POST", text("/v1/assignments/%s/%s", id, action), body);
}

struct answer split(const char *login, const char *id, const char *cut, const char *parts)
{
    return act(login, id, "split", text("{\"cut\":\"%s\",\"parts\":[%s]}", cut, parts));
}

const char *given(const char *login, const char *id, const char *cut, const char *parts)
{
    return text_member(expect_status(split(login, id, cut, parts), 201), "items.0.id");
}

struct answer amend(const char *login, const char *id, int change)
{
    return act(login, id, "amend", text("{\"change\":%d,\"reason\":\"Điều chỉnh\"}", change));
}

struct answer assignment(const char *login, const char *id, const char *more)
{
    return expect_status(call(login, "GET", text("/v1/assignments/%s%s", id, more), NULL), 200);
}

void expect_flaw(struct answer answer, int status, const char *pointer, const char *flaw)
{
    expect_status(answer, status);
    ck_assert_str_eq(text_member(answer, "errors.0.pointer"), pointer);
    ck_assert_str_eq(text_member(answer, "errors.0.code"), flaw);
}
