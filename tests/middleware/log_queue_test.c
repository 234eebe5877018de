/* Lines of many threads: each whole, in its thread's order, and all of them there when the queue stops. */
#include "middleware/log_queue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/request_case.h"
#include "tests/support/suites.h"

enum { WRITERS = 8, LINES = 2000 }; /* a megabyte in all: far more than may wait */

static void *write_many(void *own)
{
    char line[128];
    for (int i = 0; i < LINES; i++) {
        int size = snprintf(line, sizeof line, "%ld %d %.*s\n", (long)(intptr_t)own, i, i % 90,
                            "------------------------------------------------------------------"
                            "------------------------");
        log_queue_put(line, (size_t)size);
    }
    return NULL;
}

/* Every line is one of those that were put, the next one of its writer. */
static void check_lines(const char *all)
{
    int next[WRITERS] = {0};
    for (const char *line = all; *line; line = strchr(line, '\n') + 1) {
        char *rest = NULL;
        long writer = strtol(line, &rest, 10);
        long number = strtol(rest, &rest, 10);
        ck_assert_int_lt(writer, WRITERS);
        ck_assert_int_eq(number, next[writer]++);
        ck_assert_uint_eq(strspn(rest + 1, "-"), (size_t)number % 90);
        ck_assert_int_eq(rest[1 + number % 90], '\n');
    }
    for (int i = 0; i < WRITERS; i++) {
        ck_assert_int_eq(next[i], LINES);
    }
}

START_TEST(no_line_is_lost_or_mixed)
{
    pthread_t writers[WRITERS];
    stderr_begin();
    bool started = log_queue_start();
    for (intptr_t i = 0; i < WRITERS; i++) {
        pthread_create(&writers[i], NULL, write_many, (void *)i);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i], NULL);
    }
    log_queue_stop();
    const char *all = stderr_end();
    ck_assert(started);
    check_lines(all);
}
END_TEST

START_TEST(what_is_urgent_is_there_at_once_after_what_came_before)
{
    stderr_begin();
    bool started = log_queue_start();
    log_queue_put("first\n", 6);
    log_queue_put_now("second\n", 7);
    const char *all = stderr_end();
    log_queue_stop();
    ck_assert(started);
    ck_assert_str_eq(all, "first\nsecond\n");
}
END_TEST

START_TEST(a_line_longer_than_all_that_may_wait_is_written_too)
{
    size_t size = 100000;
    char *line = arena_alloc(request->arena, size + 1);
    memset(line, 'x', size);
    stderr_begin();
    bool started = log_queue_start();
    log_queue_put(line, size);
    log_queue_stop();
    const char *all = stderr_end();
    ck_assert(started);
    ck_assert_str_eq(all, line);
}
END_TEST

START_TEST(it_can_be_started_again_and_without_it_lines_are_written_at_once)
{
    stderr_begin();
    bool started = log_queue_start();
    log_queue_stop();
    log_queue_put("x\n", 2);
    started = started && log_queue_start();
    log_queue_stop();
    log_queue_stop();
    const char *all = stderr_end();
    ck_assert(started);
    ck_assert_str_eq(all, "x\n");
}
END_TEST

Suite *log_queue_suite(void)
{
    TCase *tests = tcase_create("log_queue");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, request_open, request_close);
    tcase_add_test(tests, no_line_is_lost_or_mixed);
    tcase_add_test(tests, what_is_urgent_is_there_at_once_after_what_came_before);
    tcase_add_test(tests, a_line_longer_than_all_that_may_wait_is_written_too);
    tcase_add_test(tests, it_can_be_started_again_and_without_it_lines_are_written_at_once);
    Suite *suite = suite_create("log_queue");
    suite_add_tcase(suite, tests);
    return suite;
}
