/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals are complete, and each is counted by the counter of its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proxy_metrics.h"
#include "refusal.h"
#include <stdio.h>
#include <string.h>

static void test_rows(void **state)
{
    (void)state;
    for (unsigned id = REFUSAL_NONE + 1; id < REFUSALS; id++) {
        char counter[64];
        struct refusal_row const *row = refusal_row(id);
        assert_true(row->status >= 400 && row->status <= 699);
        assert_true(row->phrase[0] && !strpbrk(row->phrase, "\r\n"));
        (void)snprintf(counter, sizeof counter, "refused_%s", row->reason);
        assert_true(row->metric < PROXY_METRICS);
        assert_string_equal(proxy_metrics.rows[row->metric].name, counter);
    }
}

/* What the RFCs ask for. */
static void test_statuses(void **state)
{
    static struct {
        enum refusal id;
        int status;
    } const rows[] = {
        { REFUSAL_acl, 403 },        { REFUSAL_scheme, 416 },       { REFUSAL_max_forwards, 483 },
        { REFUSAL_loop, 482 },       { REFUSAL_extension, 420 },    { REFUSAL_no_route, 404 },
        { REFUSAL_timeout, 408 },    { REFUSAL_cancelled, 487 },    { REFUSAL_busy, 503 },
        { REFUSAL_route, 400 },      { REFUSAL_bad_response, 502 }, { REFUSAL_memory, 500 },
        { REFUSAL_unresolved, 503 }, { REFUSAL_unreachable, 503 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(refusal_row(rows[i].id)->status, rows[i].status);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
