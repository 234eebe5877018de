/* How often somebody may ask. Time is a number here. */
#include "middleware/rate.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "middleware/route.h"
#include "tests/support/request_case.h"

static const uint64_t second = 1000000000u;
static const uint64_t start = 5000 * 1000000000ull;
static struct rate *rate; /* 60 a minute: one a second */

static void open_rate(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    request_open();
    rate = rate_new(60);
}

static void close_rate(void)
{
    rate_free(rate);
    request_close();
}

static int allowed(const char *who, int asked, uint64_t now)
{
    int count = 0;
    for (int i = 0; i < asked; i++) {
        count += rate_take(rate, who, now).allowed;
    }
    return count;
}

START_TEST(a_full_bucket_may_be_emptied_at_once)
{
    struct rate_verdict first = rate_take(rate, "a", start);
    ck_assert(first.allowed);
    ck_assert_int_eq(first.remaining, 59);
    ck_assert_int_eq(first.reset_seconds, 1);
    ck_assert_int_eq(allowed("a", 100, start), 59);
    struct rate_verdict last = rate_take(rate, "a", start);
    ck_assert(!last.allowed);
    ck_assert_int_eq(last.remaining, 0);
    ck_assert_int_eq(last.reset_seconds, 60);
    ck_assert_int_eq(last.retry_seconds, 1);
}
END_TEST

START_TEST(it_fills_evenly_and_never_more_than_full)
{
    ck_assert_int_eq(allowed("a", 100, start), 60);
    ck_assert_int_eq(allowed("a", 100, start + second / 2), 0);
    ck_assert_int_eq(allowed("a", 100, start + second), 1);
    ck_assert_int_eq(allowed("a", 100, start + 11 * second), 10);
    ck_assert_int_eq(allowed("a", 1000, start + 9999 * second), 60);
}
END_TEST

START_TEST(each_has_a_bucket_of_its_own)
{
    ck_assert_int_eq(allowed("a", 100, start), 60);
    ck_assert_int_eq(allowed("b", 100, start), 60);
    ck_assert_int_eq(allowed("", 100, start), 60);
    ck_assert_int_eq(allowed("a", 1, start), 0);
}
END_TEST

/* Far more than there are places: each gets its quota, nobody is refused for another's sake. */
START_TEST(a_crowd_of_strangers_refuses_nobody)
{
    for (int i = 0; i < 100000; i++) {
        char who[16];
        snprintf(who, sizeof who, "%d", i);
        ck_assert(rate_take(rate, who, start).allowed);
    }
}
END_TEST

static void *take_many(void *count)
{
    *(int *)count = allowed("together", 100, start);
    return NULL;
}

START_TEST(threads_share_one_bucket)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    int counts[THREADS];
    int sum = 0;
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_many, &counts[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += counts[i];
    }
    ck_assert_int_eq(sum, 60);
}
END_TEST

static const char *header(const char *name)
{
    for (int i = 0; i < request->reply.header_count; i++) {
        if (strcmp(request->reply.headers[i].name, name) == 0) {
            return request->reply.headers[i].value;
        }
    }
    return NULL;
}

static bool asked_by(const char *user, const char *peer)
{
    request_again();
    request->caller.user_id = user;
    request->peer = peer;
    return rate_check(request);
}

START_TEST(the_stage_tells_what_is_left)
{
    service.user_rate = rate;
    ck_assert(asked_by("u1", "10.0.0.1"));
    ck_assert_str_eq(header("RateLimit-Policy"), "\"user\";q=60;w=60");
    ck_assert_str_eq(header("RateLimit"), "\"user\";r=59;t=1");
    for (int i = 0; i < 59; i++) {
        ck_assert(asked_by("u1", "10.0.0.1"));
    }
    refused(asked_by("u1", "10.0.0.1"), TOO_MANY_REQUESTS, "61st");
    ck_assert_int_eq(request->problem.retry_after, 1);
    ck_assert(asked_by("u2", "10.0.0.1"));
    ck_assert(asked_by(NULL, "10.0.0.1")); /* addresses are not limited here */
    ck_assert_ptr_null(header("RateLimit"));
}
END_TEST

START_TEST(addresses_count_where_nobody_is_signed_in)
{
    static const struct {
        const char *peer;
        bool same;
    } rows[] = {{"2001:db8:1:2::1", true},   {"2001:db8:1:2:ffff::9", true},
                {"2001:db8:1:3::1", false},  {"203.0.113.9", false},
                {"203.0.113.10", false},     {"", false},
                {"2001:db8:1:2::abcd", true}};
    service.address_rate = rate;
    for (int i = 0; i < 60; i++) {
        ck_assert(asked_by(NULL, "2001:db8:1:2::1"));
    }
    ck_assert_str_eq(header("RateLimit-Policy"), "\"address\";q=60;w=60");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(asked_by(NULL, rows[i].peer) != rows[i].same, "%s", rows[i].peer);
        ck_assert(asked_by("u1", rows[i].peer));
    }
}
END_TEST

Suite *rate_suite(void)
{
    TCase *tests = tcase_create("rate");
    tcase_add_checked_fixture(tests, open_rate, close_rate);
    tcase_add_test(tests, a_full_bucket_may_be_emptied_at_once);
    tcase_add_test(tests, it_fills_evenly_and_never_more_than_full);
    tcase_add_test(tests, each_has_a_bucket_of_its_own);
    tcase_add_test(tests, a_crowd_of_strangers_refuses_nobody);
    tcase_add_test(tests, threads_share_one_bucket);
    tcase_add_test(tests, the_stage_tells_what_is_left);
    tcase_add_test(tests, addresses_count_where_nobody_is_signed_in);
    Suite *suite = suite_create("rate");
    suite_add_tcase(suite, tests);
    return suite;
}
