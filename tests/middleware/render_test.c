/* Writing JSON. */
#include "middleware/render.h"

#include <jansson.h>
#include <string.h>

#include "tests/support/suites.h"

/* Types of PostgreSQL, by their number in pg_type. */
enum { BOOL = 16, INT8 = 20, INT2 = 21, INT4 = 23, TEXT = 25, JSON = 114, DATE = 1082 };
enum { TIMESTAMPTZ = 1184, NUMERIC = 1700, UUID = 2950, JSONB = 3802 };

struct column {
    const char *name;
    Oid type;
    const char *value;
};

static struct arena *arena;

static void open_arena(void)
{
    arena = arena_new(1 << 24);
}

static void close_arena(void)
{
    arena_free(arena);
}

static void release(void *result)
{
    PQclear(result);
}

static PGresult *row_of(const struct column *columns, int count)
{
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc attributes[16] = {0};
    arena_defer(arena, release, rows);
    ck_assert_int_le(count, 16);
    for (int i = 0; i < count; i++) {
        attributes[i].name = arena_strdup(arena, columns[i].name);
        attributes[i].typid = columns[i].type;
    }
    ck_assert(PQsetResultAttrs(rows, count, attributes));
    for (int i = 0; i < count; i++) {
        const char *value = columns[i].value;
        ck_assert(PQsetvalue(rows, 0, i, value ? arena_strdup(arena, value) : NULL,
                             value ? (int)strlen(value) : -1));
    }
    return rows;
}

static void ck_json(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json, "%s in %s", error.text, text);
    json_decref(json);
}

static void renders(const struct column *columns, int count, const char *expected)
{
    struct render out;
    render_init(&out, arena);
    const PGresult *row = row_of(columns, count);
    render_row(&out, layout_of(arena, row, 0, count), row, 0);
    ck_assert_str_eq(out.data, expected);
    ck_assert_uint_eq(out.size, strlen(expected));
    ck_json(out.data);
}

static void renders_value(Oid type, const char *value, const char *expected)
{
    struct column column = {"a", type, value};
    renders(&column, 1, arena_printf(arena, "{\"a\":%s}", expected));
}

static void quotes(const char *plain, const char *expected)
{
    struct render out;
    render_init(&out, arena);
    render_string(&out, plain);
    ck_assert_str_eq(out.data, expected);
    ck_json(out.data);
}

#define ROW(...)                                                                                   \
    (const struct column[]){__VA_ARGS__},                                                          \
        sizeof((const struct column[]){__VA_ARGS__}) / sizeof(struct column)

START_TEST(plain_text_is_quoted)
{
    quotes("", "\"\"");
    quotes("a", "\"a\"");
    quotes("a/b?c=d&e<f>'", "\"a/b?c=d&e<f>'\"");
}
END_TEST

START_TEST(quotes_and_backslashes_are_escaped)
{
    quotes("\"", "\"\\\"\"");
    quotes("\\", "\"\\\\\"");
    quotes("a\"b\\c", "\"a\\\"b\\\\c\"");
    quotes("\\\"", "\"\\\\\\\"\"");
    quotes("\",\"admin\":true,\"", "\"\\\",\\\"admin\\\":true,\\\"\"");
}
END_TEST

START_TEST(control_characters_are_escaped)
{
    quotes("a\nb\tc\r", "\"a\\u000ab\\u0009c\\u000d\"");
    quotes("\x7f", "\"\\u007f\"");
    for (int c = 1; c < 0x20; c++) {
        char text[2] = {(char)c, '\0'};
        quotes(text, arena_printf(arena, "\"\\u%04x\"", c));
    }
}
END_TEST

START_TEST(utf8_goes_through_as_it_is)
{
    quotes("Nguyễn Thị Đào", "\"Nguyễn Thị Đào\"");
    quotes("日本 😀 \xC2\x85", "\"日本 😀 \xC2\x85\"");
}
END_TEST

START_TEST(integers_are_written_to_the_last_digit)
{
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {{0, "0"},
                {-1, "-1"},
                {INT64_MAX, "9223372036854775807"},
                {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct render out;
        render_init(&out, arena);
        render_int(&out, rows[i].value);
        ck_assert_str_eq(out.data, rows[i].text);
    }
}
END_TEST

START_TEST(hundredths_have_two_decimals)
{
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {{0, "0.00"},
                {5, "0.05"},
                {-5, "-0.05"},
                {99, "0.99"},
                {100, "1.00"},
                {-12345, "-123.45"},
                {9040, "90.40"},
                {INT64_MAX, "92233720368547758.07"},
                {INT64_MIN, "-92233720368547758.08"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct render out;
        render_init(&out, arena);
        render_hundredths(&out, rows[i].value);
        ck_assert_str_eq(out.data, rows[i].text);
    }
}
END_TEST

START_TEST(each_type_has_its_form)
{
    renders_value(BOOL, "t", "true");
    renders_value(BOOL, "f", "false");
    renders_value(INT2, "-7", "-7");
    renders_value(INT4, "2147483647", "2147483647");
    renders_value(INT8, "9223372036854775807", "9223372036854775807");
    renders_value(NUMERIC, "12.500", "12.500");
    renders_value(JSON, "{\"a\": [1,null]}", "{\"a\": [1,null]}");
    renders_value(JSONB, "[]", "[]");
    renders_value(TEXT, "12", "\"12\"");
    renders_value(TEXT, "a\"b", "\"a\\\"b\"");
    renders_value(DATE, "2026-11-22", "\"2026-11-22\"");
    renders_value(UUID, "01a201a1-0000-7000-8000-000000000001",
                  "\"01a201a1-0000-7000-8000-000000000001\"");
    renders_value(0, "unknown", "\"unknown\"");
}
END_TEST

START_TEST(null_is_null_in_any_type)
{
    static const Oid types[] = {BOOL, INT2, INT8, NUMERIC, JSON, JSONB, TEXT, DATE, TIMESTAMPTZ};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        renders_value(types[i], NULL, "null");
    }
}
END_TEST

START_TEST(empty_text_is_not_null)
{
    renders_value(TEXT, "", "\"\"");
}
END_TEST

START_TEST(instants_are_written_as_rfc_3339)
{
    renders_value(TIMESTAMPTZ, "2026-11-22 05:01:12.123456+00", "\"2026-11-22T05:01:12.123456Z\"");
    renders_value(TIMESTAMPTZ, "2026-11-22 05:01:12+00", "\"2026-11-22T05:01:12Z\"");
    renders_value(TIMESTAMPTZ, "2024-02-29 23:59:59.9+00", "\"2024-02-29T23:59:59.9Z\"");
    renders_value(TIMESTAMPTZ, "1999-12-31 00:00:00+00", "\"1999-12-31T00:00:00Z\"");
    renders_value(TIMESTAMPTZ, "infinity", "\"infinity\"");
    renders_value(TIMESTAMPTZ, "-infinity", "\"-infinity\"");
}
END_TEST

START_TEST(columns_become_members_in_their_order)
{
    renders(ROW({"b", INT4, "1"}, {"a", TEXT, "x"}, {"c", BOOL, NULL}),
            "{\"b\":1,\"a\":\"x\",\"c\":null}");
}
END_TEST

START_TEST(dotted_columns_nest)
{
    renders(ROW({"id", INT4, "1"}, {"unit.id", INT4, "2"}, {"unit.name", TEXT, "Xã"},
                {"on", BOOL, "t"}),
            "{\"id\":1,\"unit\":{\"id\":2,\"name\":\"Xã\"},\"on\":true}");
    renders(ROW({"unit.id", INT4, "2"}), "{\"unit\":{\"id\":2}}");
    renders(ROW({"a.x", INT4, "1"}, {"b.x", INT4, "2"}), "{\"a\":{\"x\":1},\"b\":{\"x\":2}}");
}
END_TEST

START_TEST(dotted_columns_nest_in_each_other)
{
    renders(ROW({"a.b.c", INT4, "1"}, {"a.b.d", INT4, "2"}, {"a.e", INT4, "3"}, {"f", INT4, "4"}),
            "{\"a\":{\"b\":{\"c\":1,\"d\":2},\"e\":3},\"f\":4}");
    renders(ROW({"a.b", INT4, "1"}, {"a.c.d.e", INT4, "2"}),
            "{\"a\":{\"b\":1,\"c\":{\"d\":{\"e\":2}}}}");
}
END_TEST

START_TEST(names_that_only_begin_alike_do_not_nest_together)
{
    renders(ROW({"unit.id", INT4, "1"}, {"units.id", INT4, "2"}, {"uni", INT4, "3"}),
            "{\"unit\":{\"id\":1},\"units\":{\"id\":2},\"uni\":3}");
}
END_TEST

START_TEST(a_nested_object_that_begins_with_null_is_null)
{
    renders(ROW({"unit.id", INT4, NULL}, {"unit.name", TEXT, "lost"}, {"b", INT4, "1"}),
            "{\"unit\":null,\"b\":1}");
    renders(ROW({"unit.id", INT4, "1"}, {"unit.name", TEXT, NULL}),
            "{\"unit\":{\"id\":1,\"name\":null}}");
    renders(ROW({"a.id", INT4, "1"}, {"a.b.id", INT4, NULL}, {"a.b.c", INT4, "1"}),
            "{\"a\":{\"id\":1,\"b\":null}}");
}
END_TEST

START_TEST(columns_of_the_page_key_are_left_out)
{
    struct render out;
    const struct column columns[] = {
        {"id", INT4, "1"}, {"unit.id", INT4, "2"}, {"unit.key", TEXT, "k"}, {"id", TEXT, "1"}};
    render_init(&out, arena);
    const PGresult *row = row_of(columns, 4);
    render_row(&out, layout_of(arena, row, 0, 2), row, 0);
    ck_assert_str_eq(out.data, "{\"id\":1,\"unit\":{\"id\":2}}");
}
END_TEST

START_TEST(no_columns_are_an_empty_object)
{
    renders(NULL, 0, "{}");
}
END_TEST

START_TEST(any_row_of_the_result_can_be_written)
{
    const struct column column = {"a", INT4, "0"};
    struct render out;
    PGresult *rows = row_of(&column, 1);
    char text[] = "17";
    ck_assert(PQsetvalue(rows, 1, 0, text, 2));
    render_init(&out, arena);
    render_row(&out, layout_of(arena, rows, 0, 1), rows, 1);
    ck_assert_str_eq(out.data, "{\"a\":17}");
}
END_TEST

START_TEST(text_grows_over_many_kilobytes)
{
    struct render out;
    render_init(&out, arena);
    for (int i = 0; i < 100000; i++) {
        render_text(&out, i ? "," : "[");
        render_int(&out, i);
    }
    render_text(&out, "]");
    ck_assert_uint_eq(out.size, strlen(out.data));
    json_t *json = json_loads(out.data, 0, NULL);
    ck_assert_uint_eq(json_array_size(json), 100000);
    size_t right = 0;
    while (right < 100000 && json_integer_value(json_array_get(json, right)) == (json_int_t)right) {
        right++;
    }
    ck_assert_uint_eq(right, 100000);
    json_decref(json);
}
END_TEST

START_TEST(one_piece_may_be_larger_than_all_before)
{
    struct render out;
    char *letters = arena_alloc(arena, 50001);
    memset(letters, 'x', 50000);
    render_init(&out, arena);
    render_raw(&out, "", 0);
    ck_assert_str_eq(out.data, "");
    render_text(&out, "a");
    render_string(&out, letters);
    ck_assert_uint_eq(out.size, 50003);
    ck_assert_int_eq(out.data[50002], '"');
    ck_assert_int_eq(out.data[50003], '\0');
}
END_TEST

START_TEST(text_around_the_first_room_keeps_its_end)
{
    for (size_t size = 1020; size < 1030; size++) {
        struct render out;
        render_init(&out, arena);
        for (size_t i = 0; i < size; i++) {
            render_raw(&out, "x", 1);
        }
        ck_assert_uint_eq(strlen(out.data), size);
    }
}
END_TEST

Suite *render_suite(void)
{
    TCase *tests = tcase_create("render");
    tcase_add_checked_fixture(tests, open_arena, close_arena);
    tcase_add_test(tests, plain_text_is_quoted);
    tcase_add_test(tests, quotes_and_backslashes_are_escaped);
    tcase_add_test(tests, control_characters_are_escaped);
    tcase_add_test(tests, utf8_goes_through_as_it_is);
    tcase_add_test(tests, integers_are_written_to_the_last_digit);
    tcase_add_test(tests, hundredths_have_two_decimals);
    tcase_add_test(tests, each_type_has_its_form);
    tcase_add_test(tests, null_is_null_in_any_type);
    tcase_add_test(tests, empty_text_is_not_null);
    tcase_add_test(tests, instants_are_written_as_rfc_3339);
    tcase_add_test(tests, columns_become_members_in_their_order);
    tcase_add_test(tests, dotted_columns_nest);
    tcase_add_test(tests, dotted_columns_nest_in_each_other);
    tcase_add_test(tests, names_that_only_begin_alike_do_not_nest_together);
    tcase_add_test(tests, a_nested_object_that_begins_with_null_is_null);
    tcase_add_test(tests, columns_of_the_page_key_are_left_out);
    tcase_add_test(tests, no_columns_are_an_empty_object);
    tcase_add_test(tests, any_row_of_the_result_can_be_written);
    tcase_add_test(tests, text_grows_over_many_kilobytes);
    tcase_add_test(tests, one_piece_may_be_larger_than_all_before);
    tcase_add_test(tests, text_around_the_first_room_keeps_its_end);
    Suite *suite = suite_create("render");
    suite_add_tcase(suite, tests);
    return suite;
}
