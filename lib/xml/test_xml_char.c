/* SPDX-License-Identifier: Apache-2.0 */
/* Borders of each UTF-8 range and of XML's own exclusions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "xml_char.h"
#include <string.h>

static struct {
    char const *bytes;
    size_t len; /* 0: not a character */
} const vectors[] = {
    { "a", 1 },
    { "\t", 1 },
    { "\n", 1 },
    { "\r", 1 },
    { " ", 1 },
    { "\x7f", 1 }, /* XML 1.0 allows DEL */
    { "\x1f", 0 },
    { "\x01", 0 },
    { "\x80", 0 },
    { "\xbf", 0 },
    { "\xc0\x80", 0 }, /* overlong NUL */
    { "\xc1\xbf", 0 },
    { "\xc2\x80", 2 },
    { "\xdf\xbf", 2 },
    { "\xc2", 0 },
    { "\xc2\x7f", 0 },
    { "\xe0\x9f\xbf", 0 },
    { "\xe0\xa0\x80", 3 },
    { "\xe2\x82\xac", 3 },
    { "\xe2\x82", 0 },
    { "\xe2\x82\x20", 0 },
    { "\xed\x9f\xbf", 3 },
    { "\xed\xa0\x80", 0 }, /* surrogate */
    { "\xee\x80\x80", 3 },
    { "\xef\xbf\xbd", 3 },
    { "\xef\xbf\xbe", 0 },
    { "\xef\xbf\xbf", 0 },
    { "\xf0\x8f\xbf\xbf", 0 },
    { "\xf0\x90\x80\x80", 4 },
    { "\xf0\x9f\x98\x80", 4 },
    { "\xf0\x9f\x98", 0 },
    { "\xf4\x8f\xbf\xbf", 4 },
    { "\xf4\x90\x80\x80", 0 },
    { "\xf5\x80\x80\x80", 0 },
    { "\xff", 0 },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char const *bytes = vectors[i].bytes;
        size_t len = xml_char_len(bytes, bytes + strlen(bytes));
        if (len != vectors[i].len)
            fail_msg("row %zu: length %zu, expected %zu", i, len, vectors[i].len);
    }
}

static void test_nul_is_no_character(void **state)
{
    char const nul[] = "";
    (void)state;

    assert_int_equal(xml_char_len(nul, nul + 1), 0);
}

static void test_span_stops_at_the_first_fault(void **state)
{
    char const text[] = "gr\xc3\xbc\xc3\x9f\x01";
    char const *end = text + sizeof text - 1;
    (void)state;

    assert_ptr_equal(xml_char_span(text, end), end - 1);
    assert_ptr_equal(xml_char_span(text, end - 1), end - 1);
    /* Cut in the middle of a character. */
    assert_ptr_equal(xml_char_span(text, text + 3), text + 2);
    assert_ptr_equal(xml_char_span(end, end), end);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_nul_is_no_character),
        cmocka_unit_test(test_span_stops_at_the_first_fault),
    };
    return cmocka_run_group_tests_name("xml_char", tests, NULL, NULL);
}
