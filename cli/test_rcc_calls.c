/* SPDX-License-Identifier: Apache-2.0 */
/* Which call a verb is about, after what events said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rcc_calls.h"
#include <stdio.h>
#include <string.h>

static void event(struct rcc_calls *calls, enum csta_type type, char const *id,
                  enum csta_connection_state state)
{
    struct csta_msg msg = { .type = type, .conn.call_id = id, .local_state = state };

    rcc_calls_event(calls, &msg);
}

static void test_life_of_a_call(void **state)
{
    struct rcc_calls calls = { 0 };
    (void)state;

    assert_null(rcc_calls_pick(&calls, RCC_CLEAR));
    event(&calls, CSTA_DeliveredEvent, "c1", CSTA_STATE_alerting);
    assert_string_equal(rcc_calls_pick(&calls, RCC_ANSWER), "c1");
    assert_null(rcc_calls_pick(&calls, RCC_HOLD));
    event(&calls, CSTA_EstablishedEvent, "c1", CSTA_STATE_ABSENT);
    assert_null(rcc_calls_pick(&calls, RCC_ANSWER));
    assert_string_equal(rcc_calls_pick(&calls, RCC_HOLD), "c1");
    /* The other party holds: our own connection says what we are. */
    event(&calls, CSTA_HeldEvent, "c1", CSTA_STATE_connected);
    assert_string_equal(rcc_calls_pick(&calls, RCC_HOLD), "c1");
    event(&calls, CSTA_HeldEvent, "c1", CSTA_STATE_hold);
    assert_string_equal(rcc_calls_pick(&calls, RCC_RETRIEVE), "c1");
    event(&calls, CSTA_ConnectionClearedEvent, "c1", CSTA_STATE_null);
    assert_null(rcc_calls_pick(&calls, RCC_CLEAR));
    assert_int_equal(calls.n, 0);
}

static void test_the_latest_and_the_connected_win(void **state)
{
    struct rcc_calls calls = { 0 };
    (void)state;

    rcc_calls_set(&calls, "c1", CSTA_STATE_connected);
    rcc_calls_set(&calls, "c2", CSTA_STATE_hold);
    rcc_calls_set(&calls, "c3", CSTA_STATE_hold);
    rcc_calls_set(&calls, "c4", CSTA_STATE_alerting);
    assert_string_equal(rcc_calls_pick(&calls, RCC_RETRIEVE), "c3");
    assert_string_equal(rcc_calls_pick(&calls, RCC_CLEAR), "c1");
    rcc_calls_set(&calls, "c1", CSTA_STATE_null);
    assert_string_equal(rcc_calls_pick(&calls, RCC_CLEAR), "c4");
    rcc_calls_set(&calls, "c3", CSTA_STATE_null);
    assert_string_equal(rcc_calls_pick(&calls, RCC_RETRIEVE), "c2");
    assert_null(rcc_calls_pick(&calls, RCC_SNAPSHOT));
}

static void test_a_snapshot_replaces_all(void **state)
{
    struct csta_snapshot_item items[] = {
        { .conn.call_id = "c8", .state = CSTA_STATE_alerting },
        { .conn.call_id = NULL, .state = CSTA_STATE_alerting },
    };
    struct csta_msg msg = { .type = CSTA_SnapshotDeviceResponse, .items = items, .n_items = 2 };
    struct rcc_calls calls = { 0 };
    (void)state;

    rcc_calls_set(&calls, "c1", CSTA_STATE_connected);
    rcc_calls_snapshot(&calls, &msg);
    assert_int_equal(calls.n, 1);
    assert_string_equal(rcc_calls_pick(&calls, RCC_ANSWER), "c8");
}

static void test_bounds(void **state)
{
    struct rcc_calls calls = { 0 };
    char id[RCC_CALLS_ID + 1];
    (void)state;

    memset(id, 'x', RCC_CALLS_ID);
    id[RCC_CALLS_ID] = '\0';
    rcc_calls_set(&calls, id, CSTA_STATE_connected);
    rcc_calls_set(&calls, NULL, CSTA_STATE_connected);
    assert_int_equal(calls.n, 0);
    for (int i = 0; i < RCC_CALLS_MAX + 5; i++) {
        snprintf(id, sizeof id, "c%d", i);
        rcc_calls_set(&calls, id, CSTA_STATE_connected);
    }
    assert_int_equal(calls.n, RCC_CALLS_MAX);
    rcc_calls_set(&calls, "c0", CSTA_STATE_null);
    rcc_calls_set(&calls, "unknown", CSTA_STATE_null);
    assert_int_equal(calls.n, RCC_CALLS_MAX - 1);
    assert_string_equal(calls.v[0].id, "c1");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_life_of_a_call),
        cmocka_unit_test(test_the_latest_and_the_connected_win),
        cmocka_unit_test(test_a_snapshot_replaces_all),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
