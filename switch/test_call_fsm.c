/* SPDX-License-Identifier: Apache-2.0 */
/* The connection table is sound, and every state a call can be in can be cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"

static void test_lint(void **state)
{
    char fault[128] = "";
    (void)state;
    assert_int_equal(fsm_lint(&call_fsm, fault, sizeof fault), 0);
    assert_string_equal(fault, "");
}

static void test_clear_everywhere(void **state)
{
    uint32_t in = 0;
    (void)state;
    for (size_t i = 0; i < call_fsm.n_rows; i++)
        if (call_fsm.rows[i].event == CALL_CLEAR && call_fsm.rows[i].to == CALL_IDLE)
            in |= call_fsm.rows[i].in;
    for (unsigned s = 0; s < CALL_STATES; s++)
        assert_int_equal((in & FSM_IN(s)) != 0, s != CALL_IDLE);
}

/* A transition that tells nobody would leave a monitor with a wrong picture. Of the two connections
 * that a line has in calls that become one, the first tells. */
static void test_every_row_tells(void **state)
{
    (void)state;
    for (size_t i = 0; i < call_fsm.n_rows; i++)
        assert_true(call_fsm.rows[i].action || call_fsm.rows[i].event == CALL_DISCARD);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lint),
        cmocka_unit_test(test_clear_everywhere),
        cmocka_unit_test(test_every_row_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
