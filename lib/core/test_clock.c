/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that tests move and stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

enum { LONG_MS = 60000 };

static void test_moves(void **state)
{
    uint64_t before_ms = clock_now_ms(), before_us = clock_wall_us();

    (void)state;
    assert_false(clock_is_stopped());
    clock_advance_ms(LONG_MS);
    assert_in_range(clock_now_ms(), before_ms + LONG_MS, before_ms + 2 * LONG_MS);
    assert_in_range(clock_wall_us(), before_us + LONG_MS * 1000, before_us + 2 * LONG_MS * 1000);
    before_ms = clock_now_ms();
    clock_reach_ms(before_ms + LONG_MS); /* only one that is stopped */
    assert_in_range(clock_now_ms(), before_ms, before_ms + LONG_MS - 1);
}

static void test_stops(void **state)
{
    (void)state;
    clock_stop();
    assert_true(clock_is_stopped());
    uint64_t at_us = clock_now_us(), wall_us = clock_wall_us(), at_ms = clock_now_ms();
    while (clock_wall_us() < wall_us + 2000)
        assert_int_equal(clock_now_us(), at_us);
    clock_stop();
    assert_int_equal(clock_now_us(), at_us);
    clock_advance_ms(5);
    assert_int_equal(clock_now_us(), at_us + 5000);
    clock_reach_ms(at_ms + 9);
    assert_int_equal(clock_now_us(), (at_ms + 9) * 1000);
    clock_reach_ms(at_ms + 9);
    clock_reach_ms(at_ms + 3);
    assert_int_equal(clock_now_ms(), at_ms + 9);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
