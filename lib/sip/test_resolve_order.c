/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 2782: priority first, then draws whose results are given. */
#include "resolve_order.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 8 };

struct vector {
    char const *ranks; /* PRIORITY.WEIGHT of one digit each */
    char const *draws; /* one digit each, taken in turn */
    size_t wanted;
    char const *order; /* indices */
};

static struct vector const vectors[] = {
    { "", "", 8, "" },
    { "1.1", "", 8, "0" },
    { "3.1 1.1 2.1", "", 8, "120" },
    /* no weights: nothing is drawn that matters, the order of the answer stays */
    { "1.0 1.0 1.0", "00", 8, "012" },
    /* running sums 1, 3, 6: 0 and 1 choose the first, 2 and 3 the second, 4 to 6 the third */
    { "1.1 1.2 1.3", "00", 8, "012" },
    { "1.1 1.2 1.3", "10", 8, "012" },
    { "1.1 1.2 1.3", "20", 8, "102" },
    { "1.1 1.2 1.3", "30", 8, "102" },
    { "1.1 1.2 1.3", "40", 8, "201" },
    { "1.1 1.2 1.3", "62", 8, "210" },
    /* weight 0 stands first and only a draw of 0 chooses it */
    { "1.5 1.0", "0", 8, "10" },
    { "1.5 1.0", "1", 8, "01" },
    /* each priority draws for itself */
    { "2.5 1.5 2.5 1.5", "99", 8, "3120" },
    /* only so many are wanted; the priorities hold */
    { "3.1 1.1 2.1", "", 1, "1" },
    { "1.1 2.1 1.2", "3", 1, "2" },
};

static uint32_t next_draw(void *ctx, uint32_t below)
{
    char const **draws = ctx;
    uint32_t drawn = **draws ? (uint32_t)(*(*draws)++ - '0') : 0;

    return drawn < below ? drawn : below - 1;
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct resolve_rank ranks[MAX];
        char order[MAX + 1] = "";
        char const *draws = vectors[i].draws;
        uint32_t n = 0;
        for (char const *p = vectors[i].ranks; *p; p += p[3] ? 4 : 3, n++)
            ranks[n] = (struct resolve_rank){ (uint16_t)(p[0] - '0'), (uint16_t)(p[2] - '0'), n };
        resolve_order(ranks, n, vectors[i].wanted, next_draw, &draws);
        for (size_t k = 0; k < n && k < vectors[i].wanted; k++)
            order[k] = (char)('0' + ranks[k].index);
        if (strcmp(order, vectors[i].order) != 0)
            fail_msg("%s drawn %s: %s instead of %s", vectors[i].ranks, vectors[i].draws, order,
                     vectors[i].order);
    }
}

/* As many as a DNS answer can hold, all equal: in order, and at once. */
static void test_thousands(void **state)
{
    enum { N = 4000 };
    struct resolve_rank *ranks = calloc(N, sizeof *ranks);
    char const *draws = "";

    (void)state;
    for (uint32_t i = 0; i < N; i++)
        ranks[i] = (struct resolve_rank){ (uint16_t)(N - i), 1, i };
    resolve_order(ranks, N, 16, next_draw, &draws);
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(ranks[i].index, N - 1 - i);
    free(ranks);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_thousands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
