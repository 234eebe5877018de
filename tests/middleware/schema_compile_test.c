/* What the contract may say in a schema, and how it is told what it may not. */
#include "tests/support/schema_case.h"

#include <stdlib.h>

START_TEST(an_unknown_keyword_stops_with_its_place)
{
    stops("{'type':'object','properties':{'x':{'if':{}}}}",
          "test/properties/x: unknown keyword \"if\"");
    stops("{'items':{'oneOf':[{},{'not':{}}]}}", "test/items/oneOf/1: unknown keyword \"not\"");
    use("{'Person':{'properties':{'x':{'if':{}}}}}");
    char *error = NULL;
    json_t *source = json_of("{'$ref':'#/components/schemas/Person'}");
    ck_assert_ptr_null(schema_compile(set, source, "test", &error));
    ck_assert_str_eq(error, "components/schemas/Person/properties/x: unknown keyword \"if\"");
    free(error);
}
END_TEST

START_TEST(a_set_with_an_error_compiles_nothing_more)
{
    char *error = NULL;
    ck_assert_ptr_null(schema_compile(set, json_of("{'if':1}"), "one", &error));
    free(error);
    ck_assert_ptr_null(schema_compile(set, json_of("{}"), "two", &error));
    ck_assert_str_eq(error, "one: unknown keyword \"if\"");
    free(error);
}
END_TEST

START_TEST(a_keyword_with_a_wrong_value_stops)
{
    stops("{'type':'text'}", "test: type must be a type or a list of different types");
    stops("{'type':[]}", "test: type must be a type or a list of different types");
    stops("{'type':['null','null']}", "test: type must be a type or a list of different types");
    stops("{'properties':[]}", "test: properties must be an object");
    stops("{'properties':{'a':true}}", "test/properties/a: not a schema");
    stops("{'required':'a'}", "test: required must be a list of names");
    stops("{'required':[1]}", "test: required must be a list of names");
    stops("{'additionalProperties':true}", "test: additionalProperties must be false");
    stops("{'items':[]}", "test/items: not a schema");
    stops("{'minItems':-1}", "test: minItems must be a whole number, 0 or more");
    stops("{'maxLength':1.5}", "test: maxLength must be a whole number, 0 or more");
    stops("{'uniqueItems':1}", "test: uniqueItems must be true or false");
    stops("{'enum':[]}", "test: enum must be a list of values");
    stops("{'minimum':'1'}", "test: minimum must be a number");
    stops("{'oneOf':{}}", "test: oneOf must be a list of schemas");
    stops("{'format':'byte'}", "test: unknown format \"byte\"");
    stops("{'format':7}", "test: format must be the name of a format");
    stops("{'pattern':7}", "test: pattern must be a regular expression");
    stops("{'pattern':'(a'}", "test: pattern: missing closing parenthesis at 2");
    stops("7", "test: not a schema");
}
END_TEST

START_TEST(keywords_that_contradict_each_other_stop)
{
    stops("{'enum':[1],'const':1}", "test: enum beside const");
    stops("{'uniqueItems':true}", "test: uniqueItems needs a maxItems up to 1000");
    stops("{'uniqueItems':true,'maxItems':1001}", "test: uniqueItems needs a maxItems up to 1000");
    stops("{'additionalProperties':false,'required':['a']}",
          "test: \"a\" is required but no property");
    stops("{'oneOf':[{'oneOf':[{}]}]}", "test/oneOf/0: oneOf inside oneOf");
}
END_TEST

START_TEST(a_reference_that_leads_nowhere_stops)
{
    stops("{'$ref':'#/components/schemas/No'}", "test: there is no schema \"No\"");
    stops("{'$ref':'#/definitions/No'}", "test: $ref must begin with #/components/schemas/");
    stops("{'$ref':7}", "test: $ref must begin with #/components/schemas/");
    stops("{'$ref':'#/components/schemas/No','maxLength':1}", "test: \"maxLength\" beside $ref");
}
END_TEST

START_TEST(names_that_only_refer_to_each_other_stop)
{
    char *error = NULL;
    use("{'A':{'$ref':'#/components/schemas/B'},'B':{'$ref':'#/components/schemas/A'}}");
    json_t *source = json_of("{'$ref':'#/components/schemas/A'}");
    ck_assert_ptr_null(schema_compile(set, source, "test", &error));
    ck_assert_str_eq(error, "components/schemas/B: \"A\" refers to itself");
    free(error);
}
END_TEST

START_TEST(a_choice_that_contains_itself_stops)
{
    char *error = NULL;
    use("{'A':{'oneOf':[{'$ref':'#/components/schemas/A'},{'type':'null'}]}}");
    json_t *source = json_of("{'$ref':'#/components/schemas/A'}");
    ck_assert_ptr_null(schema_compile(set, source, "test", &error));
    ck_assert_str_eq(error, "components/schemas/A/oneOf/0: oneOf inside oneOf");
    free(error);
}
END_TEST

START_TEST(annotations_have_no_effect)
{
    accepts(
        "{'title':'t','description':'d','default':1,'example':1,'examples':[],'deprecated':true,"
        "'readOnly':true,'x-anything':{}}",
        "'text'");
    use("{'A':{'type':'string'}}");
    accepts("{'$ref':'#/components/schemas/A','description':'d'}", "'text'");
}
END_TEST

START_TEST(a_name_may_stand_for_another)
{
    use("{'A':{'$ref':'#/components/schemas/B'},'B':{'type':'string'}}");
    accepts("{'$ref':'#/components/schemas/A'}", "''");
    refuses("{'$ref':'#/components/schemas/A'}", "1", " type string");
}
END_TEST

TCase *schema_compile_case(void)
{
    TCase *tests = tcase_create("compile");
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_test(tests, an_unknown_keyword_stops_with_its_place);
    tcase_add_test(tests, a_set_with_an_error_compiles_nothing_more);
    tcase_add_test(tests, a_keyword_with_a_wrong_value_stops);
    tcase_add_test(tests, keywords_that_contradict_each_other_stop);
    tcase_add_test(tests, a_reference_that_leads_nowhere_stops);
    tcase_add_test(tests, names_that_only_refer_to_each_other_stop);
    tcase_add_test(tests, a_choice_that_contains_itself_stops);
    tcase_add_test(tests, annotations_have_no_effect);
    tcase_add_test(tests, a_name_may_stand_for_another);
    return tests;
}
