/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a subscription. One that is ending hears of nothing more. */
#include "subscription_fsm.h"

static char const *const state_names[] = { "pending", "active", "ending", "terminated" };
static char const *const event_names[] = { "allowed", "held", "asked", "changed", "paced",
                                           "expired", "end",  "told",  "failed",  "put-off" };

#define PENDING FSM_IN(SUBSCRIPTION_PENDING)
#define ACTIVE  FSM_IN(SUBSCRIPTION_ACTIVE)
#define ENDING  FSM_IN(SUBSCRIPTION_ENDING)
#define OPEN    (PENDING | ACTIVE)

static struct fsm_row const rows[] = {
    { PENDING, SUBSCRIPTION_EV_ALLOWED, subscription_act_allow, SUBSCRIPTION_ACTIVE },
    { ACTIVE, SUBSCRIPTION_EV_ALLOWED, NULL, FSM_STAY },
    { ACTIVE, SUBSCRIPTION_EV_HELD, subscription_act_hold, SUBSCRIPTION_PENDING },
    { PENDING, SUBSCRIPTION_EV_HELD, NULL, FSM_STAY },
    { OPEN, SUBSCRIPTION_EV_ASKED, subscription_act_tell, FSM_STAY },
    { ACTIVE, SUBSCRIPTION_EV_CHANGED, subscription_act_change, FSM_STAY },
    { PENDING, SUBSCRIPTION_EV_CHANGED, NULL, FSM_STAY },
    { OPEN, SUBSCRIPTION_EV_PACED, subscription_act_go_on, FSM_STAY },
    { OPEN, SUBSCRIPTION_EV_EXPIRED, subscription_act_expire, SUBSCRIPTION_ENDING },
    { OPEN, SUBSCRIPTION_EV_END, subscription_act_end, SUBSCRIPTION_ENDING },
    { OPEN, SUBSCRIPTION_EV_TOLD, subscription_act_go_on, FSM_STAY },
    { OPEN, SUBSCRIPTION_EV_FAILED, subscription_act_fail, SUBSCRIPTION_ENDED },
    { OPEN | ENDING, SUBSCRIPTION_EV_PUT_OFF, subscription_act_put_off, FSM_STAY },
    { ENDING, SUBSCRIPTION_EV_PACED, subscription_act_go_on, FSM_STAY },
    { ENDING, SUBSCRIPTION_EV_TOLD, subscription_act_last, FSM_STAY },
    { ENDING, SUBSCRIPTION_EV_FAILED, subscription_act_go, SUBSCRIPTION_ENDED },
    { ENDING, SUBSCRIPTION_EV_EXPIRED, subscription_act_go, SUBSCRIPTION_ENDED },
    { ENDING, SUBSCRIPTION_EV_END, NULL, FSM_STAY },
};

static struct fsm_table const table = { .name = "subscription",
                                        .state_names = state_names,
                                        .event_names = event_names,
                                        .rows = rows,
                                        .n_rows = sizeof rows / sizeof rows[0],
                                        .n_states = SUBSCRIPTION_STATES,
                                        .n_events = SUBSCRIPTION_EVENTS,
                                        .initial = SUBSCRIPTION_PENDING,
                                        .final = FSM_IN(SUBSCRIPTION_ENDED),
                                        .timeout_event = SUBSCRIPTION_EV_EXPIRED };

struct fsm_table const *subscription_fsm(void)
{
    return &table;
}
