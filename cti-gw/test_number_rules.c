/* SPDX-License-Identifier: Apache-2.0 */
/* What numbers become: the guide's examples, order, limits, and rules that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number_conf.h"
#include "number_rules.h"
#include <stdio.h>
#include <string.h>

enum { MATCH_LIMIT = 10000, DEPTH_LIMIT = 1000 };

static struct number_conf guide[] = {
    { .expression = "^(\\d{3})$", .replacement = "$1;phone-context=dialstring" },
    { .expression = "[\\s()\\-\\./\\+]*(61)?[\\s()\\-\\./]*0?(2)\\)?[\\s()\\-\\./]*(6263)[\\s()\\-"
                    "\\./]*(7\\d\\d\\d)",
      .replacement = "3$4;phone-context=dialstring" },
    { .expression = "\\+(\\d+)", .replacement = "000$1" },
    { .expression = "\\+49(\\d+)", .replacement = "never reached" },
    { .expression = "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(x)?", .replacement = "$1${10}1$$<${11}>$0" },
    { .expression = "(1+)+(!|#)", .replacement = "slow" },
    { .expression = "(9{200})", .replacement = "$1$1" },
    { .expression = "(9{201})", .replacement = "" },
};
static struct cfg_groups const list = { .v = guide, .n = sizeof guide / sizeof guide[0] };

#define NINES "99999999999999999999999999999999999999999999999999"

static struct {
    char const *text;
    int rule; /* from 0; -1: none */
    char const *result;
} const vectors[] = {
    { "790", 0, "790;phone-context=dialstring" },
    { "tel:790;phone-context=dialstring;partition=PT", 0, "790;phone-context=dialstring" },
    { "+61262637900", 1, "37900;phone-context=dialstring" },
    { "tel:+61262637900", 1, "37900;phone-context=dialstring" },
    { "TEL:+61 (02) 6263-7900", 1, "37900;phone-context=dialstring" },
    { "sip:+61262637900@example.test;user=phone", 1, "37900;phone-context=dialstring" },
    { "sips:0262637900@example.test", 1, "37900;phone-context=dialstring" },
    { "02 6263 7900", 1, "37900;phone-context=dialstring" },
    /* the whole number has to match: nine digits behind it are another number */
    { "+612626379001", 2, "000612626379001" },
    { "+4930123", 2, "0004930123" },
    { "abcdefghij", 4, "aj1$<>abcdefghij" },
    { "abcdefghijx", 4, "aj1$<x>abcdefghijx" },
    { "7900", -1, "" },
    { "", -1, "" },
    { "tel:", -1, "" },
    /* runs into a limit, which is no match */
    { "1111111111111111111111111111111111111111", -1, "" },
    /* what comes out is too long: the number stays */
    { NINES NINES NINES NINES, -1, "" },
    { NINES NINES NINES NINES "9", 7, "" },
    { NINES NINES NINES NINES NINES NINES, -1, "" },
};

static void test_vectors(void **state)
{
    struct number_rules *rules = number_rules_new(&list, MATCH_LIMIT, DEPTH_LIMIT);

    (void)state;
    assert_non_null(rules);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char ret[NUMBER_RULES_TEXT] = "";
        print_message("# %s\n", vectors[i].text);
        assert_int_equal(number_rules_apply(rules, vectors[i].text, ret), vectors[i].rule);
        if (vectors[i].rule >= 0)
            assert_string_equal(ret, vectors[i].result);
    }
    number_rules_free(&rules);
    number_rules_free(&rules);
}

static void test_what_one_rule_did(void **state)
{
    struct number_rules *rules = number_rules_new(&list, MATCH_LIMIT, DEPTH_LIMIT);
    char ret[NUMBER_RULES_TEXT];

    (void)state;
    assert_int_equal(number_rules_try(rules, 0, "79", ret), NUMBER_RULES_NO_MATCH);
    assert_int_equal(number_rules_try(rules, 0, "790", ret), NUMBER_RULES_MATCH);
    assert_int_equal(number_rules_try(rules, 5, "1111111111111111111111111111", ret),
                     NUMBER_RULES_LIMIT);
    assert_int_equal(number_rules_try(rules, 6, NINES NINES NINES NINES, ret),
                     NUMBER_RULES_TOO_LONG);
    number_rules_free(&rules);
}

static void test_no_rules(void **state)
{
    struct cfg_groups const none = { 0 };
    struct number_rules *rules = number_rules_new(&none, MATCH_LIMIT, DEPTH_LIMIT);
    char ret[NUMBER_RULES_TEXT];

    (void)state;
    assert_int_equal(number_rules_apply(rules, "790", ret), -1);
    number_rules_free(&rules);
}

static struct {
    char const *expression, *replacement, *why; /* NULL: good */
} const pairs[] = {
    { "^(\\d{3})$", "$1", NULL },
    { "\\d+", "", NULL },
    { "\\d+", "$0", NULL },
    { "(a)", "$$1", NULL },
    { "(\\d{3}", "$1", "expression: missing closing parenthesis at character 7" },
    { "*", "", "expression: quantifier does not follow a repeatable item at character 1" },
    { "(a)", "$2", "replacement: $2, but the expression has 1 groups" },
    { "(a)", "${10}", "replacement: $10, but the expression has 1 groups" },
    { "(a)", "$", "replacement: a dollar sign wants a number behind it, or another" },
    { "(a)", "$x", "replacement: a dollar sign wants a number behind it, or another" },
    { "(a)", "${1", "replacement: a dollar sign wants a number behind it, or another" },
    { "(a)", "${}", "replacement: a dollar sign wants a number behind it, or another" },
    { "(a)", "${99999999999999999999}",
      "replacement: a dollar sign wants a number behind it, or another" },
};

static void test_refused_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char why[200] = "";
        print_message("# %s -> %s\n", pairs[i].expression, pairs[i].replacement);
        int error = number_rules_check(pairs[i].expression, pairs[i].replacement, why, sizeof why);
        assert_int_equal(error < 0, pairs[i].why != NULL);
        assert_string_equal(why, pairs[i].why ? pairs[i].why : "");
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_what_one_rule_did),
        cmocka_unit_test(test_no_rules),
        cmocka_unit_test(test_refused_rules),
    };
    return cmocka_run_group_tests_name("number_rules", tests, NULL, NULL);
}
