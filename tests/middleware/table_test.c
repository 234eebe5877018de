/* Lists as tables, out of the contract as it is served. */
#include "middleware/table.h"

#include <string.h>

#include "tests/support/harness.h"
#include "tests/support/request_case.h"
#include "tests/support/suites.h"

static const struct table *table_named(const char *id)
{
    return table_of(request->arena, contract_operation(harness_contract(), id));
}

START_TEST(columns_are_the_members_of_an_item_and_what_nests_in_them)
{
    static const char *const names[] = {"line", "verdict", "field", "code", "detail"};
    const struct table *table = table_named("job_verdict_list");
    ck_assert_ptr_nonnull(table);
    ck_assert_int_eq(table->count, 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(table->names[i], names[i]);
    }
    const struct table *enrolments = table_named("enrolment_list");
    int found = 0;
    for (int i = 0; i < enrolments->count; i++) {
        found += strcmp(enrolments->names[i], "person.full_name") == 0;
        found += strcmp(enrolments->names[i], "price.contribution") == 0;
        ck_assert_str_ne(enrolments->names[i], "person");
    }
    ck_assert_int_eq(found, 2);
}
END_TEST

START_TEST(what_is_no_list_has_no_table)
{
    ck_assert_ptr_null(table_named("enrolment_get"));
    ck_assert_ptr_null(table_named("export_create"));
    ck_assert_ptr_null(table_named("probe_live"));
    ck_assert_ptr_null(table_named("participation_import"));
}
END_TEST

START_TEST(every_list_of_the_contract_is_a_table)
{
    size_t count = 0;
    const struct operation *all = contract_operations(harness_contract(), &count);
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < all[i].parameter_count; k++) {
            ck_assert_msg(strcmp(all[i].parameters[k].name, "cursor") != 0 ||
                              table_of(request->arena, &all[i]),
                          "%s cannot be exported", all[i].id);
        }
    }
}
END_TEST

START_TEST(cells_are_found_by_dotted_names)
{
    json_t *item = json_pack("{s:i,s:{s:s,s:n},s:n}", "a", 1, "b", "c", "x", "d", "e");
    ck_assert_int_eq(json_integer_value(table_cell(item, "a")), 1);
    ck_assert_str_eq(json_string_value(table_cell(item, "b.c")), "x");
    ck_assert(json_is_null(table_cell(item, "b.d")));
    ck_assert_ptr_null(table_cell(item, "e.f"));
    ck_assert_ptr_null(table_cell(item, "g.h.i"));
    json_decref(item);
}
END_TEST

Suite *table_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *tcase = tcase_create("table");
    tcase_add_checked_fixture(tcase, request_open, request_close);
    tcase_add_test(tcase, columns_are_the_members_of_an_item_and_what_nests_in_them);
    tcase_add_test(tcase, what_is_no_list_has_no_table);
    tcase_add_test(tcase, every_list_of_the_contract_is_a_table);
    tcase_add_test(tcase, cells_are_found_by_dotted_names);
    suite_add_tcase(suite, tcase);
    return suite;
}
