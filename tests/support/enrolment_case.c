#include "tests/support/enrolment_case.h"

#include <string.h>

const char *today(void)
{
    return sql_text("select business_date()");
}

struct answer enrol(const char *login, const char *scheme, const char *paid_on)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"%s\",\"hamlet_id\":900101,\"months\":12,\"paid_on\":\"%s\","
                     "\"person\":{\"full_name\":\"Ka Dịu\",\"date_of_birth\":\"1990-02\","
                     "\"sex\":\"female\",\"duplicate_confirmed\":true}}",
                     scheme, paid_on));
}

struct answer enrol_again(const char *login, const char *scheme, const char *person)
{
    return call(login, "POST", "/v1/enrolments",
                text("{\"scheme\":\"%s\",\"months\":6,\"paid_on\":\"%s\",\"person_id\":\"%s\"}",
                     scheme, today(), person));
}

struct answer decide(const char *login, const char *id, const char *verb)
{
    bool accepts = strcmp(verb, "accept") == 0;
    return call(login, "POST", text("/v1/enrolments/%s/%s", id, verb),
                accepts ? NULL : "{\"reason\":\"Sai thông tin\"}");
}

/* A figure of the commune's own line, for the year. */
json_int_t figure(const char *indicator, const char *member_path)
{
    struct answer answer =
        call("commune.viewer", "GET",
             text("/v1/progress?indicator=%s&period=%.4s", indicator, today()), NULL);
    return integer_member(expect_status(answer, 200), text("self.%s", member_path));
}
