/* SPDX-License-Identifier: Apache-2.0 */
/* The delays of a program that keeps dying, and the clean sheet after a good minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backoff.h"

static struct {
    uint64_t up_ms, delay_ms;
} const lives[] = {
    { 5, 0 }, /* the first restart is at once */
    { 5, 1000 },  { 5, 2000 },
    { 5, 4000 },  { 59999, 8000 }, /* a minute less a millisecond is not good enough */
    { 5, 10000 },                  /* not 16000 */
    { 5, 10000 }, { 60000, 0 },    /* a clean sheet */
    { 5, 1000 },
};

static void test_delays(void **state)
{
    struct backoff backoff = { 0 };
    uint64_t now_ms = 1000;
    (void)state;

    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        backoff_started(&backoff, now_ms);
        now_ms += lives[i].up_ms;
        assert_int_equal(backoff_died(&backoff, now_ms), lives[i].delay_ms);
        now_ms += lives[i].delay_ms;
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_delays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
