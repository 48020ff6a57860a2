/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of the best response (RFC 3261 §16.7 step 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "response.h"

static void test_choice(void **state)
{
    static struct {
        int a, b;
        bool a_is_better;
    } const rows[] = {
        { 404, 0, true },    { 503, 0, true },    { 603, 404, true },  { 404, 603, false },
        { 302, 404, true },  { 404, 302, false }, { 486, 500, true },  { 500, 486, false },
        { 401, 404, true },  { 404, 407, false }, { 484, 486, true },  { 415, 480, true },
        { 420, 404, true },  { 404, 486, false }, { 486, 404, false }, { 500, 503, true },
        { 503, 500, false }, { 503, 503, false }, { 600, 603, false }, { 486, 503, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (response_is_better(rows[i].a, rows[i].b) != rows[i].a_is_better)
            fail_msg("%d against %d", rows[i].a, rows[i].b);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_choice) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
