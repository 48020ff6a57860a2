/* SPDX-License-Identifier: Apache-2.0 */
/* Spellings of dialled numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number.h"
#include <errno.h>

static struct {
    char const *text, *number; /* NULL: refused */
} const vectors[] = {
    { "2002", "2002" },
    { "tel:2002;phone-context=dialstring", "2002" },
    { "TEL:2002;phone-context=dialstring;partition=PT1", "2002" },
    { "tel:+390298765", "+390298765" },
    { "tel:+39 (02) 98-76.5", "+390298765" },
    { "sip:2002@example.test", "2002" },
    { "*21#", "*21#" },
    { "12345678901234567890123456789012", "12345678901234567890123456789012" },
    { "123456789012345678901234567890123", NULL },
    { "", NULL },
    { "tel:", NULL },
    { "+", NULL },
    { "()", NULL },
    { ";ext=1", NULL },
    { "2+2", NULL },
    { "alice", NULL },
    { "sip:alice@example.test", NULL },
    { "20\n02", NULL },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char number[NUMBER_MAX + 1];
        int result = number_parse(vectors[i].text, number);
        print_message("# \"%s\"\n", vectors[i].text);
        assert_int_equal(result, vectors[i].number ? 0 : -EINVAL);
        if (vectors[i].number)
            assert_string_equal(number, vectors[i].number);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_parse) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
