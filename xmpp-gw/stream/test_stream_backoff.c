/* SPDX-License-Identifier: Apache-2.0 */
/* Pauses: their rows, their ends, their chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_backoff.h"

static struct {
    unsigned failures;
    uint64_t min_ms, max_ms;
    uint32_t random;
    uint64_t pause_ms;
} const vectors[] = {
    /* the middle of the chance is the row itself */
    { 1, 1000, 120000, 250, 1000 },
    { 2, 1000, 120000, 500, 2000 },
    { 3, 1000, 120000, 1000, 4000 },
    { 7, 1000, 120000, 16000, 64000 },
    { 0, 1000, 120000, 250, 1000 },
    /* its ends */
    { 1, 1000, 120000, 0, 750 },
    { 1, 1000, 120000, 500, 1250 },
    { 1, 1000, 120000, 501, 750 },
    { 2, 1000, 120000, 1000, 2500 },
    /* truncated */
    { 8, 1000, 120000, 30000, 120000 },
    { 8, 1000, 120000, 0, 90000 },
    { 8, 1000, 120000, 60000, 90000 },
    { 4000000000, 1000, 120000, 30000, 120000 },
    { 4000000000, 1, UINT64_MAX, 0, UINT64_MAX - UINT64_MAX / 4 },
    /* odd rows */
    { 5, 1000, 1000, 250, 1000 },
    { 5, 1000, 500, 125, 500 },
    { 1, 0, 0, 77, 0 },
    { 1, 1, 1, 77, 1 },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(stream_backoff_ms(vectors[i].failures, vectors[i].min_ms,
                                           vectors[i].max_ms, vectors[i].random),
                         vectors[i].pause_ms);
}

/* Whatever the chance: between the bounds, and not always the same. */
static void test_bounds(void **state)
{
    (void)state;
    for (unsigned failures = 1; failures < 40; failures++) {
        uint64_t least = UINT64_MAX, most = 0;
        for (uint64_t random = 0; random <= UINT32_MAX; random += 9999991) {
            uint64_t pause = stream_backoff_ms(failures, 1000, 120000, (uint32_t)random);
            least = pause < least ? pause : least;
            most = pause > most ? pause : most;
        }
        assert_in_range(least, 750, 120000);
        assert_in_range(most, 1000, 120000);
        assert_true(most > least + least / 8);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests_name("stream_backoff", tests, NULL, NULL);
}
