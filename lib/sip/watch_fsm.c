/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a subscription of ours. A terminated one begins anew in another dialog. */
#include "watch_fsm.h"

static char const *const state_names[] = { "waiting", "asking", "active",  "refreshing",
                                           "leaving", "ending", "stopped", "gone" };
static char const *const event_names[] = { "timer",   "accepted", "failed", "too-brief",
                                           "gone",    "silent",   "told",   "ended",
                                           "put-off", "refused",  "leave" };

#define WAITING    FSM_IN(WATCH_WAITING)
#define ASKING     FSM_IN(WATCH_ASKING)
#define ACTIVE     FSM_IN(WATCH_ACTIVE)
#define REFRESHING FSM_IN(WATCH_REFRESHING)
#define LEAVING    FSM_IN(WATCH_LEAVING)
#define ENDING     FSM_IN(WATCH_ENDING)
#define STOPPED    FSM_IN(WATCH_STOPPED)
#define SENT       (ASKING | REFRESHING)
#define OPEN       (SENT | ACTIVE)
#define CLOSING    (LEAVING | ENDING)

static struct fsm_row const rows[] = {
    { WAITING, WATCH_EV_TIMER, watch_act_ask, WATCH_ASKING },
    { ACTIVE, WATCH_EV_TIMER, watch_act_refresh, WATCH_REFRESHING },
    { SENT, WATCH_EV_TIMER, watch_act_back_off, WATCH_WAITING },
    { SENT, WATCH_EV_ACCEPTED, watch_act_hold, WATCH_ACTIVE },
    { SENT, WATCH_EV_FAILED, watch_act_back_off, WATCH_WAITING },
    { SENT, WATCH_EV_TOO_BRIEF, watch_act_longer, WATCH_WAITING },
    { ASKING, WATCH_EV_GONE, watch_act_back_off, WATCH_WAITING },
    { REFRESHING, WATCH_EV_GONE, watch_act_again, WATCH_WAITING },
    { ACTIVE, WATCH_EV_SILENT, watch_act_back_off, WATCH_WAITING },
    { OPEN, WATCH_EV_TOLD, watch_act_told, FSM_STAY },
    { OPEN, WATCH_EV_ENDED, watch_act_again, WATCH_WAITING },
    { OPEN, WATCH_EV_PUT_OFF, watch_act_back_off, WATCH_WAITING },
    { OPEN, WATCH_EV_REFUSED, watch_act_stop, WATCH_STOPPED },

    { WAITING | STOPPED, WATCH_EV_LEAVE, watch_act_go, WATCH_GONE },
    { SENT, WATCH_EV_LEAVE, NULL, WATCH_LEAVING },
    { ACTIVE, WATCH_EV_LEAVE, watch_act_turn, WATCH_LEAVING },
    { LEAVING, WATCH_EV_ACCEPTED, watch_act_turn, FSM_STAY },
    { LEAVING, WATCH_EV_TIMER, watch_act_unsubscribe, WATCH_ENDING },
    { ENDING, WATCH_EV_ACCEPTED, watch_act_last, FSM_STAY },
    { ENDING, WATCH_EV_TIMER, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_TOLD, NULL, FSM_STAY },
    { CLOSING, WATCH_EV_FAILED, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_TOO_BRIEF, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_GONE, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_ENDED, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_PUT_OFF, watch_act_go, WATCH_GONE },
    { CLOSING, WATCH_EV_REFUSED, watch_act_go, WATCH_GONE },
};

static struct fsm_table const table = { .name = "watch",
                                        .state_names = state_names,
                                        .event_names = event_names,
                                        .rows = rows,
                                        .n_rows = sizeof rows / sizeof rows[0],
                                        .n_states = WATCH_STATES,
                                        .n_events = WATCH_EVENTS,
                                        .initial = WATCH_WAITING,
                                        .final = STOPPED | FSM_IN(WATCH_GONE),
                                        .timeout_event = WATCH_EV_TIMER };

struct fsm_table const *watch_fsm(void)
{
    return &table;
}
