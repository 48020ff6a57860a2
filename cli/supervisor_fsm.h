/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one child as a table; private to supervisor.c, which holds the actions, and to the
 * lint test. */
#pragma once
#include "fsm.h"

enum child_state {
    CHILD_NEW,      /* never started */
    CHILD_STARTING, /* runs, does not answer yet */
    CHILD_UP,
    CHILD_WAITING,  /* died, will be started again */
    CHILD_STOPPING, /* SIGTERM sent */
    CHILD_KILLED,   /* SIGKILL sent */
    CHILD_DEAD,
    CHILD_STATES
};

enum child_event {
    CHILD_EV_START,
    CHILD_EV_READY,
    CHILD_EV_GONE,     /* the process ended and all its output was read */
    CHILD_EV_HOPELESS, /* the same, and a restart cannot help */
    CHILD_EV_STOP,
    CHILD_EV_TIMER,
    CHILD_EVENTS
};

extern struct fsm_table const supervisor_fsm;

fsm_action_fn supervisor_act_start;
fsm_action_fn supervisor_act_poll;
fsm_action_fn supervisor_act_ready;
fsm_action_fn supervisor_act_restart_later;
fsm_action_fn supervisor_act_give_up;
fsm_action_fn supervisor_act_terminate;
fsm_action_fn supervisor_act_kill;
fsm_action_fn supervisor_act_gone;
fsm_action_fn supervisor_act_forget;
