/* SPDX-License-Identifier: Apache-2.0 */
/* Typed words against help tables, and words as arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control_match.h"
#include <string.h>

static char const help_text[] =
    "{\"columns\": [\"command\", \"arguments\", \"of\"], \"rows\": ["
    "[\"show\", \"\", \"switch\"], [\"show calls\", \"\", \"switch\"],"
    "[\"show counters\", \"\", \"all\"], [\"phone\", \"LINE VERB [NUMBER]\", \"switch\"]]}";

enum { WORDS = 4 };

static struct {
    char const *words[WORDS];
    char const *name;
    bool of_all;
} const typed[] = {
    { { "show", "calls" }, "show calls", false },
    { { "show", "counters", "proxy" }, "show counters", true },
    { { "show", "call" }, "show", false }, /* a shorter name that fits */
    { { "show" }, "show", false },
    { { "phone", "2001", "answer" }, "phone", false },
    { { "phon" }, NULL, false },
    { { "calls" }, NULL, false },
    { { "" }, NULL, false },
};

static int count(char const *const *words)
{
    int n = 0;

    while (n < WORDS && words[n])
        n++;
    return n;
}

static void test_the_longest_name_wins(void **state)
{
    json_t *help = json_loads(help_text, 0, NULL);
    (void)state;

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        struct control_match match = { 0 };

        control_match_find(help, count(typed[i].words), (char **)typed[i].words, &match);
        if (typed[i].name)
            assert_string_equal(match.name, typed[i].name);
        else
            assert_null(match.name);
        assert_int_equal(match.of_all, typed[i].of_all);
    }
    json_decref(help);
}

struct call {
    char const *spec;
    char const *words[WORDS];
    char const *json; /* NULL: refused */
};

/* clang-format off */
static struct call const calls[] = {
    { "", { 0 }, "{}" },
    { "", { "x" }, NULL },
    { "LEVEL", { "debug" }, "{\"level\":\"debug\"}" },
    { "LEVEL", { 0 }, NULL },
    { "LINE VERB [NUMBER]", { "2001", "dial", "2002" },
      "{\"line\":\"2001\",\"number\":\"2002\",\"verb\":\"dial\"}" },
    { "LINE VERB [NUMBER]", { "2001", "answer" }, "{\"line\":\"2001\",\"verb\":\"answer\"}" },
    { "LINE VERB [NUMBER]", { "2001" }, NULL },
    { "LINE VERB [NUMBER]", { "2001", "dial", "2002", "x" }, NULL },
    { "[MAX] [AFTER]", { "1" }, "{\"max\":\"1\"}" },
    { "NAME <PASSWORD>", { "alice" }, "{\"name\":\"alice\"}" },
    { "NAME <PASSWORD>", { "alice", "secret" }, NULL },
    { "NAME <PASSWORD>", { 0 }, NULL },
    { "LEVEL", { "\xff" }, NULL }, /* JSON holds UTF-8 only */
};
/* clang-format on */

static void test_arguments(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        json_t *args =
            control_match_args(calls[i].spec, count(calls[i].words), (char **)calls[i].words);

        if (calls[i].json) {
            json_t *wanted = json_loads(calls[i].json, 0, NULL);

            assert_true(json_equal(args, wanted));
            json_decref(wanted);
        } else {
            assert_null(args);
        }
        json_decref(args);
    }
}

static void test_secrets(void **state)
{
    char key[CONTROL_MATCH_KEY];
    (void)state;

    assert_true(control_match_secret("NAME <PASSWORD>", key));
    assert_string_equal(key, "password");
    assert_false(control_match_secret("NAME [PASSWORD]", key));
    assert_false(control_match_secret("", key));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_the_longest_name_wins),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
