/* SPDX-License-Identifier: Apache-2.0 */
/* The engine on a small machine, and that the lint finds each kind of fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsm.h"
#include <string.h>

enum { CLOSED, OPEN, LOST, STATES };
enum { EV_OPEN, EV_FAIL, EV_TIMEOUT, EVENTS };
static char const *const state_names[] = { "closed", "open", "lost" };
static char const *const event_names[] = { "open", "fail", "timeout" };

struct door {
    uint8_t state;
    int opened, seen_state, fail;
};

static int act_open(void *obj, void *arg)
{
    struct door *door = obj;
    (void)arg;

    door->opened++;
    door->seen_state = door->state;
    return door->fail ? EV_FAIL : FSM_OK;
}

static struct fsm_row const rows[] = {
    { FSM_IN(CLOSED), EV_OPEN, act_open, OPEN },
    { FSM_IN(OPEN), EV_FAIL, NULL, LOST },
    { FSM_IN(OPEN), EV_OPEN, NULL, FSM_STAY },
    { FSM_IN(CLOSED) | FSM_IN(OPEN), EV_TIMEOUT, NULL, LOST },
};

#define TABLE(list)                                                                                \
    {                                                                                              \
        .name = "door", .state_names = state_names, .event_names = event_names, .rows = list,      \
        .n_rows = sizeof list / sizeof list[0], .n_states = STATES, .n_events = EVENTS,            \
        .initial = CLOSED, .final = FSM_IN(LOST), .timeout_event = EV_TIMEOUT                      \
    }

static struct fsm_table const good = TABLE(rows);

static void test_step(void **state)
{
    struct door door = { .state = CLOSED };
    (void)state;

    assert_int_equal(fsm_step(&good, &door.state, &door, EV_OPEN, NULL, "d1"), 0);
    assert_int_equal(door.state, OPEN);
    assert_int_equal(door.seen_state, OPEN); /* the new state is set before the action */
    fsm_step(&good, &door.state, &door, EV_OPEN, NULL, "d1");
    assert_int_equal(door.opened, 1);

    uint64_t before = fsm_unlisted();
    assert_int_equal(fsm_step(&good, &door.state, &door, EV_TIMEOUT, NULL, "d1"), 0);
    assert_int_equal(door.state, LOST);
    assert_true(fsm_step(&good, &door.state, &door, EV_OPEN, NULL, "d1") < 0);
    assert_int_equal(door.state, LOST);
    assert_int_equal(fsm_unlisted(), before + 1);
}

static void test_failing_action_steps_its_failure_event(void **state)
{
    struct door door = { .state = CLOSED, .fail = 1 };
    (void)state;

    assert_int_equal(fsm_step(&good, &door.state, &door, EV_OPEN, NULL, "d2"), 0);
    assert_int_equal(door.state, LOST);
}

static struct fsm_row const unreachable[] = {
    { FSM_IN(CLOSED), EV_TIMEOUT, NULL, LOST },
    { FSM_IN(OPEN), EV_TIMEOUT, NULL, LOST },
};
static struct fsm_row const no_timeout[] = {
    { FSM_IN(CLOSED), EV_OPEN, NULL, OPEN },
    { FSM_IN(OPEN), EV_FAIL, NULL, LOST },
    { FSM_IN(CLOSED), EV_TIMEOUT, NULL, LOST },
};
static struct fsm_row const twice[] = {
    { FSM_IN(CLOSED), EV_OPEN, NULL, OPEN },
    { FSM_IN(CLOSED) | FSM_IN(OPEN), EV_TIMEOUT, NULL, LOST },
    { FSM_IN(OPEN), EV_TIMEOUT, NULL, FSM_STAY },
};

static void test_lint(void **state)
{
    struct fsm_table const bad[] = { TABLE(unreachable), TABLE(no_timeout), TABLE(twice) };
    static char const *const why[] = { "door: state open is not reachable",
                                       "door: state open has no timeout row",
                                       "door: state open lists an event twice" };
    char fault[80] = "";
    (void)state;

    assert_int_equal(fsm_lint(&good, fault, sizeof fault), 0);
    for (int i = 0; i < 3; i++) {
        assert_true(fsm_lint(&bad[i], fault, sizeof fault) < 0);
        assert_string_equal(fault, why[i]);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_failing_action_steps_its_failure_event),
        cmocka_unit_test(test_lint),
    };
    return cmocka_run_group_tests_name("fsm", tests, NULL, NULL);
}
