/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a session. SETUP: the 2xx is sent, its ACK has not come; services are served
 * already, because clients do not wait. LEAVING: many sessions end at once, and its BYE waits for
 * its turn. ENDING: our BYE is out. */
#include "session_fsm.h"

static char const *const state_names[] = { "setup", "active", "leaving", "ending", "ended" };
static char const *const event_names[] = { "ack",     "bye",  "expired", "lost", "forbidden",
                                           "stopped", "turn", "no-ack",  "done" };

#define OPEN    (FSM_IN(SESSION_SETUP) | FSM_IN(SESSION_ACTIVE))
#define CLOSING (FSM_IN(SESSION_LEAVING) | FSM_IN(SESSION_ENDING))

static struct fsm_row const rows[] = {
    { FSM_IN(SESSION_SETUP), SESSION_EV_ACK, session_act_acked, SESSION_ACTIVE },
    { FSM_IN(SESSION_ACTIVE), SESSION_EV_ACK, session_act_acked, FSM_STAY },
    { OPEN, SESSION_EV_BYE, session_act_bye, SESSION_ENDED },
    { OPEN, SESSION_EV_EXPIRED, session_act_expired, SESSION_ENDING },
    { OPEN, SESSION_EV_LOST, session_act_lost, SESSION_LEAVING },
    { OPEN, SESSION_EV_FORBIDDEN, session_act_forbidden, SESSION_ENDING },
    { OPEN, SESSION_EV_STOPPED, session_act_stopped, SESSION_LEAVING },
    { OPEN, SESSION_EV_NO_ACK, session_act_no_ack, SESSION_ENDING },
    { FSM_IN(SESSION_LEAVING), SESSION_EV_TURN, session_act_turn, SESSION_ENDING },
    { FSM_IN(SESSION_LEAVING), SESSION_EV_EXPIRED, session_act_turn, SESSION_ENDING },
    { CLOSING, SESSION_EV_ACK, session_act_acked, FSM_STAY },
    { CLOSING, SESSION_EV_LOST, NULL, FSM_STAY },
    { CLOSING, SESSION_EV_BYE, session_act_gone, SESSION_ENDED },
    { FSM_IN(SESSION_ENDING), SESSION_EV_DONE, session_act_gone, SESSION_ENDED },
    { FSM_IN(SESSION_ENDING), SESSION_EV_EXPIRED, session_act_gone, SESSION_ENDED },
};

static struct fsm_table const table = { .name = "session",
                                        .state_names = state_names,
                                        .event_names = event_names,
                                        .rows = rows,
                                        .n_rows = sizeof rows / sizeof rows[0],
                                        .n_states = SESSION_STATES,
                                        .n_events = SESSION_EVENTS,
                                        .initial = SESSION_SETUP,
                                        .final = FSM_IN(SESSION_ENDED),
                                        .timeout_event = SESSION_EV_EXPIRED };

struct fsm_table const *session_fsm(void)
{
    return &table;
}
