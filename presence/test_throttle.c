/* SPDX-License-Identifier: Apache-2.0 */
/* The bucket: what it gives at which times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "throttle.h"

/* clang-format off */
static struct {
    char const *what;
    uint64_t rate;
    struct { uint64_t at_ms; unsigned asked, given; uint64_t wait_ms; } steps[4];
} const vectors[] = {
    { "no limit", 0, { { 0, 5000, 5000, 0 } } },
    { "what a second holds at once", 10, { { 0, 12, 10, 100 } } },
    { "fills by itself", 10, { { 0, 10, 10, 100 }, { 99, 1, 0, 1 }, { 100, 2, 1, 100 },
                               { 350, 5, 2, 50 } } },
    { "holds no more than a second's", 10, { { 0, 10, 10, 100 }, { 60000, 12, 10, 100 } } },
    { "one a second", 1, { { 0, 2, 1, 1000 }, { 999, 1, 0, 1 }, { 1000, 2, 1, 1000 } } },
    { "fast", 1000000, { { 0, 1000001, 1000000, 1 }, { 1, 1001, 1000, 1 } } },
    { "the wait is rounded up", 3, { { 0, 4, 3, 334 }, { 333, 1, 0, 1 }, { 334, 1, 1, 333 } } },
};
/* clang-format on */

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct throttle throttle;

        print_message("# %s\n", vectors[i].what);
        throttle_init(&throttle, vectors[i].rate, 1000);
        for (size_t k = 0; k < 4 && vectors[i].steps[k].asked; k++) {
            uint64_t now_ms = 1000 + vectors[i].steps[k].at_ms;
            unsigned given = 0;
            for (unsigned n = 0; n < vectors[i].steps[k].asked; n++)
                given += throttle_take(&throttle, now_ms);
            assert_int_equal(given, vectors[i].steps[k].given);
            assert_int_equal(throttle_wait_ms(&throttle, now_ms), vectors[i].steps[k].wait_ms);
        }
    }
}

/* Who waits as long as it is told gets one. */
static void test_wait_is_enough(void **state)
{
    (void)state;
    for (uint64_t rate = 1; rate < 2000; rate += 7) {
        struct throttle throttle;
        uint64_t now_ms = 0;

        throttle_init(&throttle, rate, now_ms);
        while (throttle_take(&throttle, now_ms))
            ;
        for (int n = 0; n < 20; n++) {
            now_ms += throttle_wait_ms(&throttle, now_ms);
            assert_true(throttle_take(&throttle, now_ms));
        }
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_wait_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
