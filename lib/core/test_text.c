/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as printf() would write them, and nothing behind the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text.h"
#include <stdio.h>

static void test_numbers(void **state)
{
    static uint64_t const numbers[] = {
        0, 1, 9, 10, 15, 16, 255, 4095, 65535, 999999, UINT32_MAX, UINT64_MAX, UINT64_MAX / 10
    };
    (void)state;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (unsigned digits = 0; digits <= 16; digits += 3) {
            char text[80], expected[80];
            struct text line;
            unsigned long long n = numbers[i];
            text_begin(&line, text, sizeof text);
            text_number(&line, n, digits);
            text_puts(&line, " ");
            text_hex(&line, n, digits);
            snprintf(expected, sizeof expected, "%0*llu %0*llx", (int)digits, n, (int)digits, n);
            assert_string_equal(text, expected);
            assert_int_equal(text_len(&line), strlen(expected));
            assert_false(line.cut);
        }
}

static void test_end(void **state)
{
    char text[8] = "......!";
    struct text line;
    (void)state;

    text_begin(&line, text, 6);
    assert_string_equal(text, "");
    text_puts(&line, "12345");
    assert_false(line.cut);
    text_puts(&line, "");
    assert_false(line.cut);
    text_puts(&line, "6");
    assert_true(line.cut);
    assert_string_equal(text, "12345");
    assert_int_equal(text[6], '!');
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_end),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
