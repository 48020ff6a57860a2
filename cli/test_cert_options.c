/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `crosspoint cert`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cert_options.h"
#include <string.h>

enum { WORDS = 8 };

static int count(char const *const words[WORDS])
{
    int n = 0;

    while (n < WORDS && words[n])
        n++;
    return n;
}

static int parse(struct cert_options *ret, char const *const words[WORDS], char const *allowed,
                 struct cert_fault *fault)
{
    return cert_options_parse(ret, count(words), (char **)words, allowed, fault);
}

static void test_all_kinds(void **state)
{
    char const *const words[WORDS] = { "a.pem", "--context", "node", "--days",
                                       "30",    "--force",   "b.pem" };
    char const *const sans[WORDS] = { "--san", "a.test", "--san", "b.test", "--cn", "c" };
    struct cert_options options;
    struct cert_fault fault;
    (void)state;

    assert_int_equal(parse(&options, words, "context days force", &fault), 0);
    assert_string_equal(options.context, "node");
    assert_int_equal(options.days, 30);
    assert_true(options.force);
    assert_false(options.next);
    assert_int_equal(options.n_files, 2);
    assert_string_equal(options.files[1], "b.pem");
    assert_int_equal(parse(&options, sans, "cn san", &fault), 0);
    assert_int_equal(options.n_sans, 2);
    assert_string_equal(options.sans[1], "b.test");
    assert_string_equal(options.cn, "c");
    assert_null(options.context);
}

static struct {
    char const *words[WORDS];
    char const *allowed, *fault;
} const bad[] = {
    { { "--days" }, "days", "--days needs a value" },
    { { "--days", "" }, "days", "--days needs a value" },
    { { "--days", "0" }, "days", "--days wants a number, 1 to 36500, not \"0\"" },
    { { "--days", "-1" }, "days", "--days wants a number" },
    { { "--days", "1x" }, "days", "--days wants a number" },
    { { "--days", "99999999999999999999" }, "days", "--days wants a number" },
    { { "--colour" }, "days", "unknown option --colour" },
    { { "--cn", "x" }, "context days", "unknown option --cn" },
    { { "--con", "x" }, "context", "unknown option --con" },
    { { "--", "x" }, "context", "unknown option --" },
};

static void test_faults(void **state)
{
    struct cert_options options;
    struct cert_fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(&options, bad[i].words, bad[i].allowed, &fault), -1);
        assert_non_null(strstr(fault.text, bad[i].fault));
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_all_kinds),
        cmocka_unit_test(test_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
