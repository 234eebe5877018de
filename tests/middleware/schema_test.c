/* Values against schemas. */
#include "tests/support/schema_case.h"

#include <string.h>

#include "middleware/problem.h"
#include "tests/support/suites.h"

START_TEST(each_type_accepts_its_own_values)
{
    static const char *const values[] = {"null", "true", "1", "'a'", "[]", "{}", "1.0"};
    static const struct {
        const char *name;
        const char *fits; /* one character for each value */
    } types[] = {
        {"null", "y------"},   {"boolean", "-y-----"}, {"integer", "--y----"},
        {"number", "--y---y"}, {"string", "---y---"},  {"array", "----y--"},
        {"object", "-----y-"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *schema = arena_printf(arena, "{'type':'%s'}", types[i].name);
        const char *flaw = arena_printf(arena, " type %s", types[i].name);
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            types[i].fits[v] == 'y' ? accepts(schema, values[v]) : refuses(schema, values[v], flaw);
        }
    }
}
END_TEST

START_TEST(a_list_of_types_accepts_each)
{
    accepts("{'type':['string','null']}", "null");
    accepts("{'type':['string','null'],'maxLength':1}", "'a'");
    refuses("{'type':['string','null']}", "1", " type string, null");
    refuses("{'type':['string','null'],'maxLength':1}", "'ab'", " too_long 1");
}
END_TEST

START_TEST(integers_reach_to_the_edges_of_int64)
{
    accepts("{'type':'integer'}", "9223372036854775807");
    accepts("{'type':'integer'}", "-9223372036854775808");
    refuses("{'maximum':9223372036854775806}", "9223372036854775807",
            " too_large 9223372036854775806");
    refuses("{'minimum':-9223372036854775807}", "-9223372036854775808",
            " too_small -9223372036854775807");
    refuses("{'maximum':9223372036854775807}", "9223372036854775808.0",
            " too_large 9223372036854775807");
}
END_TEST

START_TEST(an_integer_has_neither_fraction_nor_exponent)
{
    refuses("{'type':'integer'}", "1.0", " type integer");
    refuses("{'type':'integer'}", "1e3", " type integer");
    accepts("{'type':'number'}", "1e3");
}
END_TEST

START_TEST(numbers_have_limits)
{
    accepts("{'type':'integer','minimum':0,'maximum':10}", "0");
    accepts("{'type':'integer','minimum':0,'maximum':10}", "10");
    refuses("{'type':'integer','minimum':0}", "-1", " too_small 0");
    refuses("{'type':'number','maximum':0.5}", "1", " too_large 0.5");
}
END_TEST

START_TEST(long_text_is_refused_with_its_limit)
{
    accepts("{'type':'string','maxLength':6}", "'Nguyễn'");
    refuses("{'type':'string','maxLength':5}", "'Nguyễn'", " too_long 5");
    refuses("{'type':'string','minLength':7}", "'Nguyễn'", " too_short 7");
}
END_TEST

START_TEST(decomposed_text_is_measured_and_kept_as_nfc)
{
    json_t *value = json_of("{'name':'Nguye\xCC\x82\xCC\x83n','other':['o\xCC\x9B']}");
    const struct schema *schema =
        compiled("{'properties':{'name':{'maxLength':6,'enum':['Nguyễn']}}}");
    ck_assert(schema_check_json(req, schema, value));
    ck_assert_str_eq(json_string_value(json_object_get(value, "name")), "Nguyễn");
    json_t *other = json_array_get(json_object_get(value, "other"), 0);
    ck_assert_str_eq(json_string_value(other), "ơ");
}
END_TEST

START_TEST(control_characters_and_noncharacters_are_not_text)
{
    accepts("{}", "'\\u0085 \\u200d \\ufffd'");
    static const char *const refused[] = {
        "\\u0001", "\\r",     "\\n",     "\\t",     "\\u001f",        "\\u007f",
        "\\ufdd0", "\\ufdef", "\\ufffe", "\\uffff", "\\ud83f\\udffe", "\\udbff\\udfff"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *value = arena_printf(arena, "{'a':['x%s']}", refused[i]);
        refuses("{'properties':{'a':{'items':{'maxLength':1}}}}", value, "/a/0 not_text");
        refuses("{}", value, "/a/0 not_text");
    }
}
END_TEST

START_TEST(patterns_are_unicode_and_end_at_the_end)
{
    accepts("{'pattern':'^[0-9]{4}$'}", "'1234'");
    refuses("{'pattern':'^[0-9]{4}$'}", "'1234\\n'", " not_text");
    refuses("{'pattern':'^[0-9]{4}$'}", "'12345'", " pattern ^[0-9]{4}$");
    accepts("{'pattern':'^\\\\p{L}.$'}", "'Đễ'");
    accepts("{'pattern':'^\\\\u0110'}", "'Đào'");
    accepts("{'pattern':'b'}", "'abc'");
}
END_TEST

START_TEST(a_pattern_that_backtracks_without_end_is_given_up)
{
    refuses("{'pattern':'^(a+)+$'}", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'",
            " pattern ^(a+)+$");
}
END_TEST

START_TEST(enum_and_const_name_what_is_allowed)
{
    accepts("{'enum':['a',2,null]}", "2");
    refuses("{'enum':['a',2,null,{'b':[true]}]}", "'b'", " enum a, 2, null, {\"b\":[true]}");
    accepts("{'const':'a'}", "'a'");
    refuses("{'const':'a'}", "'b'", " enum a");
    refuses("{'const':1}", "1.0", " enum 1");
}
END_TEST

START_TEST(arrays_are_counted_and_their_items_checked)
{
    accepts("{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':2}", "[1,2]");
    refuses("{'minItems':1}", "[]", " too_few 1");
    refuses("{'maxItems':2}", "[1,2,3]", " too_many 2");
    refuses("{'items':{'type':'integer'}}", "[1,'a',2,null]", "/1 type integer; /3 type integer");
    refuses("{'uniqueItems':true,'maxItems':9}", "[1,{'a':1},1,{'a':1}]",
            "/2 not_unique; /3 not_unique");
    accepts("{'uniqueItems':true,'maxItems':9}", "[1,'1',1.0]");
}
END_TEST

START_TEST(objects_name_missing_and_unknown_members)
{
    const char *schema = "{'type':'object','properties':{'a':{'type':'integer'},'b':{}},"
                         "'required':['a','b'],'additionalProperties':false}";
    accepts(schema, "{'a':1,'b':null}");
    refuses(schema, "{'a':1}", "/b required");
    refuses(schema, "{'a':1,'b':1,'c':1}", "/c unknown");
    refuses(schema, "{'a':'','c':{'d':1}}", "/a type integer; /b required; /c unknown");
    accepts("{'properties':{'a':{}}}", "{'z':1}");
}
END_TEST

START_TEST(pointers_escape_as_rfc_6901_says)
{
    refuses("{'additionalProperties':false}", "{'a/b~c':1}", "/a~1b~0c unknown");
    refuses("{'additionalProperties':false}", "{'':1}", "/ unknown");
    refuses("{'properties':{'a/b':{'items':{'properties':{'~':{'type':'null'}}}}}}",
            "{'a/b':[{},{'~':1}]}", "/a~1b/1/~0 type null");
}
END_TEST

START_TEST(siblings_of_a_flaw_are_checked_too)
{
    refuses(
        "{'properties':{'a':{'maxLength':1},'b':{'maxLength':2},'c':{'items':{'format':'date'}}}}",
        "{'a':'xx','b':'xxx','c':['2024-02-30','2024-02-29']}",
        "/a too_long 1; /b too_long 2; /c/0 format date");
}
END_TEST

START_TEST(no_more_flaws_than_fit_are_reported)
{
    char text[4096] = "[0";
    for (size_t i = 0; i < 1000; i++) {
        memcpy(text + 2 + 2 * i, ",1", 2);
    }
    text[2002] = ']';
    size_t before = arena_used(arena);
    new_request();
    ck_assert(!schema_check_json(req, compiled("{'items':{'type':'string'}}"), json_of(text)));
    ck_assert_int_eq(req->problem.flaw_count, MAX_FLAWS);
    ck_assert_str_eq(req->problem.flaws[MAX_FLAWS - 1].name, "/15");
    ck_assert_uint_lt(arena_used(arena) - before, 16 * 1024);
}
END_TEST

START_TEST(values_nested_too_deeply_are_refused)
{
    char text[128] = "";
    memset(text, '[', 32);
    memset(text + 32, ']', 32);
    accepts("{}", text);
    memset(text, '[', 33);
    memset(text + 33, ']', 33);
    refuses("{}", text,
            "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0 too_deep 32");
}
END_TEST

START_TEST(a_schema_may_contain_itself)
{
    const char *tree = "{'$ref':'#/components/schemas/Tree'}";
    use("{'Tree':{'type':'object','properties':{'name':{'type':'string'},"
        "'below':{'type':'array','items':{'$ref':'#/components/schemas/Tree'}}},"
        "'required':['name'],'additionalProperties':false}}");
    accepts(tree, "{'name':'Hà Nội','below':[{'name':'Ba Vì','below':[]}]}");
    refuses(tree, "{'name':'Hà Nội','below':[{'name':'Ba Vì','below':[{}]}]}",
            "/below/0/below/0/name required");
}
END_TEST

static const char payments[] =
    "{'oneOf':[{'type':'object','properties':{'kind':{'const':'cash'},'amount':{'type':'integer'}},"
    "'required':['kind','amount'],'additionalProperties':false},"
    "{'type':'object','properties':{'kind':{'enum':['bank']},'account':{'type':'string'}},"
    "'required':['kind','account'],'additionalProperties':false}]}";

START_TEST(exactly_one_branch_must_fit)
{
    accepts("{'oneOf':[{'type':'string'},{'type':'integer'}]}", "1");
    refuses("{'oneOf':[{'type':'string'},{'type':'integer'}]}", "null", " format oneOf");
    refuses("{'oneOf':[{'minimum':1},{'minimum':2}]}", "3", " format oneOf");
    accepts("{'oneOf':[{'minimum':1},{'minimum':2}]}", "1");
    refuses("{'oneOf':[{'minimum':1},{'minimum':2}]}", "0", " format oneOf");
}
END_TEST

START_TEST(the_branch_that_the_kind_names_reports_its_flaws)
{
    accepts(payments, "{'kind':'cash','amount':1}");
    accepts(payments, "{'kind':'bank','account':'1'}");
    refuses(payments, "{'kind':'bank','account':1,'x':1}", "/account type string; /x unknown");
    refuses(payments, "{'kind':'cash'}", "/amount required");
}
END_TEST

START_TEST(an_unknown_or_missing_kind_names_the_whole_place)
{
    refuses(payments, "{'kind':'card'}", " format oneOf");
    refuses(payments, "{'amount':1}", " format oneOf");
    refuses(payments, "7", " format oneOf");
}
END_TEST

START_TEST(the_only_branch_of_the_type_reports_its_flaws)
{
    refuses("{'oneOf':[{'type':'null'},{'type':'string','maxLength':1}]}", "'ab'", " too_long 1");
}
END_TEST

START_TEST(branches_may_ask_for_one_member_or_another)
{
    const char *schema = "{'properties':{'a':{},'b':{}},'additionalProperties':false,"
                         "'oneOf':[{'required':['a']},{'required':['b']}]}";
    accepts(schema, "{'a':1}");
    refuses(schema, "{'a':1,'b':1}", " format oneOf");
    refuses(schema, "{}", " format oneOf");
}
END_TEST

START_TEST(choices_nest_through_properties_without_multiplying)
{
    char text[2048] = "";
    use("{'N':{'type':'object','properties':{'n':{'oneOf':[{'type':'null'},"
        "{'$ref':'#/components/schemas/N'}]}},'additionalProperties':false}}");
    for (int i = 0; i < 31; i++) {
        memcpy(text + 5 * i, "{'n':", 5);
    }
    memcpy(text + 5 * 31, "7}", 2);
    memset(text + 5 * 31 + 1, '}', 31);
    new_request();
    const struct schema *schema = compiled("{'$ref':'#/components/schemas/N'}");
    ck_assert(!schema_check_json(req, schema, json_of(text)));
    ck_assert_int_eq(req->problem.flaws[0].kind, FLAW_FORMAT);
}
END_TEST
static TCase *value_case(void)
{
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_test(tests, each_type_accepts_its_own_values);
    tcase_add_test(tests, a_list_of_types_accepts_each);
    tcase_add_test(tests, integers_reach_to_the_edges_of_int64);
    tcase_add_test(tests, an_integer_has_neither_fraction_nor_exponent);
    tcase_add_test(tests, numbers_have_limits);
    tcase_add_test(tests, long_text_is_refused_with_its_limit);
    tcase_add_test(tests, decomposed_text_is_measured_and_kept_as_nfc);
    tcase_add_test(tests, control_characters_and_noncharacters_are_not_text);
    tcase_add_test(tests, patterns_are_unicode_and_end_at_the_end);
    tcase_add_test(tests, a_pattern_that_backtracks_without_end_is_given_up);
    tcase_add_test(tests, enum_and_const_name_what_is_allowed);
    tcase_add_test(tests, arrays_are_counted_and_their_items_checked);
    tcase_add_test(tests, objects_name_missing_and_unknown_members);
    tcase_add_test(tests, pointers_escape_as_rfc_6901_says);
    tcase_add_test(tests, siblings_of_a_flaw_are_checked_too);
    tcase_add_test(tests, no_more_flaws_than_fit_are_reported);
    tcase_add_test(tests, values_nested_too_deeply_are_refused);
    tcase_add_test(tests, a_schema_may_contain_itself);
    return tests;
}

static TCase *choice_case(void)
{
    TCase *tests = tcase_create("choices");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_test(tests, exactly_one_branch_must_fit);
    tcase_add_test(tests, the_branch_that_the_kind_names_reports_its_flaws);
    tcase_add_test(tests, an_unknown_or_missing_kind_names_the_whole_place);
    tcase_add_test(tests, the_only_branch_of_the_type_reports_its_flaws);
    tcase_add_test(tests, branches_may_ask_for_one_member_or_another);
    tcase_add_test(tests, choices_nest_through_properties_without_multiplying);
    return tests;
}

Suite *schema_suite(void)
{
    Suite *suite = suite_create("schema");
    suite_add_tcase(suite, schema_compile_case());
    suite_add_tcase(suite, value_case());
    suite_add_tcase(suite, choice_case());
    suite_add_tcase(suite, schema_format_case());
    suite_add_tcase(suite, schema_request_case());
    return suite;
}
