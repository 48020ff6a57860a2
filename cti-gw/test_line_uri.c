/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of line URIs that clients send (csta-rcc 1.2), and what must not pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "line_uri.h"
#include <errno.h>
#include <string.h>

#define DIGITS_63 "123456789012345678901234567890123456789012345678901234567890123"

/* clang-format off */
static struct {
    char const *text, *number, *device, *partition;
} const good[] = {
    { "tel:2001;phone-context=dialstring", "2001", "", "" },
    { "tel:2001;phone-context=dialstring;partition=PT1", "2001", "", "PT1" },
    { "tel:2001;phone-context=dialstring;device=SEP001122334455;partition=PT1",
      "2001", "SEP001122334455", "PT1" },
    { "TEL:2001;Phone-Context=dialstring;DEVICE=SEP00;Partition=a b", "2001", "SEP00", "a b" },
    { "tel:+390212345;ext=345", "345", "", "" },
    { "tel:+390212345;EXT=3-45", "345", "", "" },
    { "tel:+390212345;ext=", "+390212345", "", "" },
    { "tel:+39 (02) 12-34.5", "+390212345", "", "" },
    { "tel:(+39)0212345", "+390212345", "", "" },
    { "2001", "2001", "", "" },
    { "2001;partition=PT1", "2001", "", "PT1" },
    { "*31#2001", "*31#2001", "", "" },
    { "tel:2001;;x", "2001", "", "" },
    { "tel:2001;", "2001", "", "" },
    { "tel:2001;device=", "2001", "", "" },
    { "tel:2001;devices=SEP00", "2001", "", "" },
    { "tel:" DIGITS_63, DIGITS_63, "", "" },
    { "tel:1;device=" DIGITS_63, "1", DIGITS_63, "" },
    /* SIP: parameters of the line stand in the user part, those behind the host are not ours. */
    { "sip:2001@rcc.example.test", "2001", "", "" },
    { "SIP:2001@rcc.example.test;transport=tcp", "2001", "", "" },
    { "sip:2001@rcc.example.test;device=SEP00;ext=2002", "2001", "", "" },
    { "sip:2001;partition=PT1@rcc.example.test;lr", "2001", "", "PT1" },
    { "sip:2001;phone-context=dialstring;device=SEP00@rcc.example.test", "2001", "SEP00", "" },
};

static char const *const bad[] = {
    "", "tel:", "sip:", "tel:;device=SEP00", "tel:;ext=345", "sip:alice@example.test",
    "sip:@example.test", "tel:20x01", "mailto:2001", "tel:2001;ext=abc", "tel:--", "tel:2001:pw",
    "tel:+", "tel:20+01", "tel:++2001", "tel:20\t01",
    DIGITS_63 "4",
    "tel:1;ext=" DIGITS_63 "4",
    "tel:1;device=" DIGITS_63 "4",
    "tel:1;partition=" DIGITS_63 "4",
};
/* clang-format on */

static void test_parse(void **state)
{
    struct line_uri uri;
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        print_message("# %s\n", good[i].text);
        assert_int_equal(line_uri_parse(good[i].text, &uri), 0);
        assert_string_equal(uri.number, good[i].number);
        assert_string_equal(uri.device, good[i].device);
        assert_string_equal(uri.partition, good[i].partition);
        assert_int_equal(uri.dialstring, strcasestr(good[i].text, "=dialstring") != NULL);
    }
}

static void test_refused(void **state)
{
    struct line_uri uri;
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        print_message("# %s\n", bad[i]);
        assert_int_equal(line_uri_parse(bad[i], &uri), -EINVAL);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
