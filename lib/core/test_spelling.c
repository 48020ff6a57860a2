/* SPDX-License-Identifier: Apache-2.0 */
/* Distances of names, in both directions. */
#include "spelling.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FIFTY "12345678901234567890123456789012345678901234567890"

static struct vector {
    char const *a, *b;
    unsigned distance;
} const vectors[] = {
    { "", "", 0 },
    { "same", "same", 0 },
    { "Same", "sAME", 0 },
    { "", "abc", 3 },
    { "abc", "", 3 },
    { "listen", "lisen", 1 },
    { "lisen", "listen", 1 },
    { "listen", "liston", 1 },
    { "ab", "ba", 2 },
    { "kitten", "sitting", 3 },
    { FIFTY "a", FIFTY "b", 0 },
};

static void test_distance(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(spelling_distance(vectors[i].a, vectors[i].b), vectors[i].distance);
}

int main(void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test(test_distance) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
