/* SPDX-License-Identifier: Apache-2.0 */
/* Counts by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tally.h"

static void test_counts(void **state)
{
    struct tally tally;

    (void)state;
    tally_init(&tally);
    assert_int_equal(tally_of(&tally, "a"), 0);
    for (size_t i = 1; i < 100; i++) {
        assert_int_equal(tally_add(&tally, "a"), 0);
        assert_int_equal(tally_of(&tally, "a"), i);
    }
    assert_int_equal(tally_add(&tally, ""), 0);
    assert_int_equal(tally_add(&tally, "A"), 0);
    assert_int_equal(tally_of(&tally, "A"), 1);
    assert_int_equal(tally_of(&tally, "a"), 99);
    tally_drop(&tally, "A");
    assert_int_equal(tally_of(&tally, "A"), 0);
    tally_drop(&tally, "A");
    tally_drop(&tally, "nobody");
    assert_int_equal(tally.names.n, 2);
    tally_drop(&tally, "a");
    assert_int_equal(tally_of(&tally, "a"), 98);
    tally_fini(&tally);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_counts) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
