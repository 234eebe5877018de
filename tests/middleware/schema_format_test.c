/* Formats, above all the calendar. */
#include "tests/support/schema_case.h"

static const struct {
    const char *format;
    const char *text;
} good[] = {
    {"date", "2024-02-29"},
    {"date", "2000-02-29"},
    {"date", "1900-01-01"},
    {"date", "2199-12-31"},
    {"date", "2023-04-30"},
    {"date-time", "2024-02-29T23:59:59Z"},
    {"date-time", "2024-01-01T00:00:00+07:00"},
    {"date-time", "2024-01-01T00:00:00-12:00"},
    {"date-time", "2024-01-01T00:00:00.1Z"},
    {"date-time", "2024-01-01T00:00:00.123456789+14:00"},
    {"uuid", "01890a5d-ac96-774b-bcce-b302099a8057"},
    {"uuid", "01890A5D-AC96-774B-BCCE-B302099A8057"},
    {"partial-date", "1954"},
    {"partial-date", "1954-09"},
    {"partial-date", "1954-09-02"},
    {"month", "2025-12"},
};

static const struct {
    const char *format;
    const char *text;
} bad[] = {
    {"date", "2023-02-29"},
    {"date", "1900-02-29"},
    {"date", "2100-02-29"},
    {"date", "2024-02-30"},
    {"date", "2024-04-31"},
    {"date", "2024-13-01"},
    {"date", "2024-00-01"},
    {"date", "2024-01-00"},
    {"date", "1899-12-31"},
    {"date", "2200-01-01"},
    {"date", "2024-1-01"},
    {"date", "2024-01-01 "},
    {"date", " 2024-01-01"},
    {"date", "2024/01/01"},
    {"date", "20240101"},
    {"date", "2024-01"},
    {"date", ""},
    {"date", "+024-01-01"},
    {"date", "2024-01-01T00:00:00Z"},
    {"date-time", "2024-01-01"},
    {"date-time", "2024-01-01T00:00:00"},
    {"date-time", "2024-01-01 00:00:00Z"},
    {"date-time", "2024-01-01t00:00:00z"},
    {"date-time", "2024-01-01T24:00:00Z"},
    {"date-time", "2024-01-01T00:60:00Z"},
    {"date-time", "2016-12-31T23:59:60Z"},
    {"date-time", "2024-01-01T00:00Z"},
    {"date-time", "2024-01-01T00:00:00.Z"},
    {"date-time", "2024-01-01T00:00:00.1234567890Z"},
    {"date-time", "2024-01-01T00:00:00,5Z"},
    {"date-time", "2024-01-01T00:00:00+0700"},
    {"date-time", "2024-01-01T00:00:00+15:00"},
    {"date-time", "2024-01-01T00:00:00+07:60"},
    {"date-time", "2024-01-01T00:00:00Z+07:00"},
    {"date-time", "2023-02-29T00:00:00Z"},
    {"uuid", "01890a5dac96774bbcceb302099a8057"},
    {"uuid", "01890a5d-ac96-774b-bcce-b302099a805"},
    {"uuid", "01890a5d-ac96-774b-bcce-b302099a80577"},
    {"uuid", "01890a5d-ac96-774b-bcce-b302099a805g"},
    {"uuid", "{01890a5d-ac96-774b-bcce-b302099a8057}"},
    {"uuid", "01890a5da-c96-774b-bcce-b302099a8057"},
    {"uuid", ""},
    {"partial-date", "195"},
    {"partial-date", "1954-"},
    {"partial-date", "1954-13"},
    {"partial-date", "1954-09-31"},
    {"partial-date", "54"},
    {"month", "2025"},
    {"month", "2025-1"},
    {"month", "2025-13"},
    {"month", "2025-12-01"},
};

START_TEST(good_values_are_accepted)
{
    const char *schema = arena_printf(arena, "{'format':'%s'}", good[_i].format);
    accepts(schema, arena_printf(arena, "'%s'", good[_i].text));
}
END_TEST

START_TEST(bad_values_are_refused_with_the_format)
{
    const char *schema = arena_printf(arena, "{'format':'%s'}", bad[_i].format);
    const char *flaw = arena_printf(arena, " format %s", bad[_i].format);
    refuses(schema, arena_printf(arena, "'%s'", bad[_i].text), flaw);
}
END_TEST

START_TEST(a_format_says_nothing_about_other_types)
{
    accepts("{'format':'date'}", "1");
    accepts("{'type':['string','null'],'format':'date'}", "null");
}
END_TEST

TCase *schema_format_case(void)
{
    TCase *tests = tcase_create("formats");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_loop_test(tests, good_values_are_accepted, 0, sizeof good / sizeof *good);
    tcase_add_loop_test(tests, bad_values_are_refused_with_the_format, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, a_format_says_nothing_about_other_types);
    return tests;
}
