/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the rcc command, and the addresses made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rcc_options.h"
#include <errno.h>
#include <string.h>

static struct rcc_options options;
static char why[200];

static int parse(int argc, char const *const *argv)
{
    return rcc_options_parse(argc, (char **)argv, &options, why, sizeof why);
}

#define PARSE(...)                                                                                 \
    parse(sizeof((char const *[]){ __VA_ARGS__ }) / sizeof(char *), (char const *[]){ __VA_ARGS__ })
#define WHO "--user", "alice@example.test", "--line", "tel:2001;phone-context=dialstring"

static void test_defaults(void **state)
{
    (void)state;

    assert_int_equal(PARSE(WHO, "call", "2002"), 0);
    assert_string_equal(options.user, "sip:alice@example.test");
    assert_string_equal(options.server, "sip:2001@example.test");
    assert_string_equal(options.line, "tel:2001;phone-context=dialstring");
    assert_null(options.proxy);
    assert_int_equal(options.wait_s, 10);
    assert_int_equal(options.watch_s, 0);
    assert_int_equal(options.expires_s, 0);
    assert_false(options.like_client);
    assert_int_equal(options.n_steps, 1);
}

static void test_all_options(void **state)
{
    (void)state;

    assert_int_equal(PARSE("--like-client", WHO, "--proxy", "sip:192.0.2.1", "--server",
                           "sip:cti@rcc.example.test", "--wait", "3", "--expires", "90", "monitor"),
                     0);
    assert_string_equal(options.proxy, "sip:192.0.2.1");
    assert_string_equal(options.server, "sip:cti@rcc.example.test");
    assert_int_equal(options.wait_s, 3);
    assert_int_equal(options.watch_s, 3);
    assert_int_equal(options.expires_s, 90);
    assert_true(options.like_client);
    assert_null(options.secure.certificate);
}

static void test_secure(void **state)
{
    (void)state;

    assert_int_equal(
        PARSE(WHO, "--certificate", "a.pem", "--key", "a.key", "--ca", "ca.pem", "hold"), 0);
    assert_string_equal(options.secure.certificate, "a.pem");
    assert_string_equal(options.secure.key, "a.key");
    assert_string_equal(options.secure.ca, "ca.pem");
    assert_int_equal(PARSE(WHO, "--ca", "ca.pem", "hold"), -EINVAL);
    assert_string_equal(why, "--ca means nothing without --certificate");
}

static void test_faults(void **state)
{
    (void)state;

    assert_int_equal(PARSE("--line", "tel:2001", "hold"), -EINVAL);
    assert_string_equal(why, "--user is missing");
    assert_int_equal(PARSE("--user", "a@b", "hold"), -EINVAL);
    assert_string_equal(why, "--line is missing");
    assert_int_equal(PARSE(WHO, "--wait"), -EINVAL);
    assert_string_equal(why, "--wait needs a value");
    assert_int_equal(PARSE(WHO, "--sleep", "1", "hold"), -EINVAL);
    assert_string_equal(why, "unknown option --sleep");
    assert_int_equal(PARSE(WHO, "--wait", "1x", "hold"), -EINVAL);
    assert_int_equal(PARSE(WHO, "--wait", "0", "hold"), -EINVAL);
    assert_int_equal(PARSE(WHO, "--wait", "-1", "hold"), -EINVAL);
    assert_int_equal(PARSE(WHO, "--expires", "86401", "hold"), -EINVAL);
    assert_int_equal(PARSE("--user", "alice", "--line", "tel:1", "hold"), -EINVAL);
    assert_int_equal(PARSE("--user", "a@b\r\nEvil: x", "--line", "tel:1", "hold"), -EINVAL);
    assert_int_equal(PARSE(WHO), -EINVAL);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_all_options),
        cmocka_unit_test(test_secure),
        cmocka_unit_test(test_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
