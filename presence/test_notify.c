/* SPDX-License-Identifier: Apache-2.0 */
/* When a watcher may be told: by what is untold, and when the last NOTIFY was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify.h"
#include "subscription.h"

/* clang-format off */
static struct {
    char const *what;
    enum subscription_untold untold;
    uint32_t interval_ms;
    uint64_t told_ms, now_ms, wait_ms;
} const vectors[] = {
    { "nothing to tell", SUBSCRIPTION_NOTHING, 5000, 10000, 10001, 0 },
    { "a change at once after the last", SUBSCRIPTION_PACED, 5000, 10000, 10000, 5000 },
    { "a change soon after", SUBSCRIPTION_PACED, 5000, 10000, 12000, 3000 },
    { "a millisecond early", SUBSCRIPTION_PACED, 5000, 10000, 14999, 1 },
    { "in time", SUBSCRIPTION_PACED, 5000, 10000, 15000, 0 },
    { "long after", SUBSCRIPTION_PACED, 5000, 10000, 99000, 0 },
    { "no interval", SUBSCRIPTION_PACED, 0, 10000, 10000, 0 },
    { "the watcher's own interval", SUBSCRIPTION_PACED, 60000, 10000, 15000, 55000 },
    { "signing out, the end, a SUBSCRIBE", SUBSCRIPTION_NOW, 5000, 10000, 10001, 0 },
};
/* clang-format on */

static void test_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct subscription const s = { .untold = (uint8_t)vectors[i].untold,
                                        .interval_ms = vectors[i].interval_ms,
                                        .told_ms = vectors[i].told_ms };

        print_message("# %s\n", vectors[i].what);
        assert_int_equal(notify_wait_ms(&s, vectors[i].now_ms), vectors[i].wait_ms);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_wait) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
