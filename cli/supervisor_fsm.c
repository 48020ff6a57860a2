/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a child's states. */
#include "supervisor_fsm.h"

static char const *const state_names[] = {
    [CHILD_NEW] = "new",         [CHILD_STARTING] = "starting", [CHILD_UP] = "up",
    [CHILD_WAITING] = "waiting", [CHILD_STOPPING] = "stopping", [CHILD_KILLED] = "killed",
    [CHILD_DEAD] = "dead",
};

static char const *const event_names[] = {
    [CHILD_EV_START] = "start",       [CHILD_EV_READY] = "ready", [CHILD_EV_GONE] = "gone",
    [CHILD_EV_HOPELESS] = "hopeless", [CHILD_EV_STOP] = "stop",   [CHILD_EV_TIMER] = "timer",
};

enum {
    RUNNING = FSM_IN(CHILD_STARTING) | FSM_IN(CHILD_UP),
    ENDING = FSM_IN(CHILD_STOPPING) | FSM_IN(CHILD_KILLED),
};

static struct fsm_row const rows[] = {
    /* in                      event              action                        to             */
    { FSM_IN(CHILD_NEW), CHILD_EV_START, supervisor_act_start, CHILD_STARTING },
    { FSM_IN(CHILD_NEW), CHILD_EV_STOP, NULL, CHILD_DEAD },
    { FSM_IN(CHILD_NEW), CHILD_EV_TIMER, NULL, FSM_STAY },
    { FSM_IN(CHILD_STARTING), CHILD_EV_TIMER, supervisor_act_poll, FSM_STAY },
    { FSM_IN(CHILD_STARTING), CHILD_EV_READY, supervisor_act_ready, CHILD_UP },
    { RUNNING, CHILD_EV_GONE, supervisor_act_restart_later, CHILD_WAITING },
    { RUNNING, CHILD_EV_HOPELESS, supervisor_act_give_up, CHILD_DEAD },
    { RUNNING, CHILD_EV_STOP, supervisor_act_terminate, CHILD_STOPPING },
    { FSM_IN(CHILD_UP), CHILD_EV_TIMER, NULL, FSM_STAY },
    { FSM_IN(CHILD_WAITING), CHILD_EV_TIMER, supervisor_act_start, CHILD_STARTING },
    { FSM_IN(CHILD_WAITING), CHILD_EV_STOP, supervisor_act_forget, CHILD_DEAD },
    { FSM_IN(CHILD_STOPPING), CHILD_EV_TIMER, supervisor_act_kill, CHILD_KILLED },
    { FSM_IN(CHILD_KILLED), CHILD_EV_TIMER, supervisor_act_kill, FSM_STAY },
    { ENDING, CHILD_EV_GONE, supervisor_act_gone, CHILD_DEAD },
    { ENDING, CHILD_EV_HOPELESS, supervisor_act_gone, CHILD_DEAD },
    /* A stop that comes again, from a second signal, changes nothing. */
    { ENDING, CHILD_EV_STOP, NULL, FSM_STAY },
};

struct fsm_table const supervisor_fsm = {
    .name = "child",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = CHILD_STATES,
    .n_events = CHILD_EVENTS,
    .initial = CHILD_NEW,
    .final = FSM_IN(CHILD_DEAD),
    .timeout_event = CHILD_EV_TIMER,
};
