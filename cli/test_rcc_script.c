/* SPDX-License-Identifier: Apache-2.0 */
/* Words as steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csta.h"
#include "rcc_script.h"
#include <errno.h>
#include <string.h>

static struct rcc_step steps[RCC_SCRIPT_MAX];
static char why[200];

static int parse(int argc, char const *const *argv)
{
    why[0] = '\0';
    return rcc_script_parse(argc, (char **)argv, steps, why, sizeof why);
}

#define PARSE(...)                                                                                 \
    parse(sizeof((char const *[]){ __VA_ARGS__ }) / sizeof(char *), (char const *[]){ __VA_ARGS__ })

static void test_the_example_of_the_manual(void **state)
{
    static enum rcc_verb const verbs[] = { RCC_CALL, RCC_WAIT, RCC_HOLD, RCC_RETRIEVE, RCC_CLEAR };
    (void)state;

    assert_int_equal(PARSE("call", "2002", "wait", "Established", "hold", "retrieve", "clear"), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(steps[i].verb, verbs[i]);
    assert_string_equal(steps[0].arg, "2002");
    assert_int_equal(steps[0].service, CSTA_MakeCall);
    assert_int_equal(steps[1].event, CSTA_EstablishedEvent);
    assert_int_equal(steps[1].service, CSTA_NONE);
    assert_int_equal(steps[4].service, CSTA_ClearConnection);
    assert_null(steps[4].arg);
}

static void test_events_in_any_spelling(void **state)
{
    (void)state;

    assert_int_equal(PARSE("wait", "delivered", "wait", "DELIVEREDEVENT"), 2);
    assert_int_equal(steps[0].event, CSTA_DeliveredEvent);
    assert_int_equal(steps[1].event, CSTA_DeliveredEvent);
    /* A word that is a verb is the event's name here, and refused as such. */
    assert_int_equal(PARSE("wait", "hold"), -EINVAL);
    assert_int_equal(PARSE("wait", "MakeCall"), -EINVAL);
    assert_int_equal(PARSE("wait", ""), -EINVAL);
    assert_int_equal(PARSE("wait", "Event"), -EINVAL);
}

static void test_hangup_is_clear(void **state)
{
    (void)state;

    assert_int_equal(PARSE("hangup"), 1);
    assert_int_equal(steps[0].verb, RCC_CLEAR);
    assert_string_equal(steps[0].name, "hangup");
}

static void test_faults_are_named(void **state)
{
    (void)state;

    assert_int_equal(PARSE("call"), -EINVAL);
    assert_string_equal(why, "\"call\" needs a number");
    assert_int_equal(PARSE("answer", "retreive"), -EINVAL);
    assert_string_equal(why, "unknown verb \"retreive\"; did you mean \"retrieve\"?");
    assert_int_equal(PARSE("dance"), -EINVAL);
    assert_int_equal(parse(0, NULL), -EINVAL);
    assert_true(*why);
}

static void test_too_many(void **state)
{
    char const *words[RCC_SCRIPT_MAX + 1];
    (void)state;

    for (size_t i = 0; i <= RCC_SCRIPT_MAX; i++)
        words[i] = "hold";
    assert_int_equal(parse(RCC_SCRIPT_MAX, words), RCC_SCRIPT_MAX);
    assert_int_equal(parse(RCC_SCRIPT_MAX + 1, words), -EINVAL);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_the_example_of_the_manual),
        cmocka_unit_test(test_events_in_any_spelling),
        cmocka_unit_test(test_hangup_is_clear),
        cmocka_unit_test(test_faults_are_named),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
