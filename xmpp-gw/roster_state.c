/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of RFC 6121 A.2 and A.3, in the order of its states. Each pair is listed: what changes
 * nothing is none that nobody thought of. */
#include "roster_state.h"
#include <string.h>

static char const *const state_names[] = { "none",  "none-out", "none-in",  "none-out-in", "to",
                                           "to-in", "from",     "from-out", "both" };
static char const *const event_names[] = { "in-subscribe",    "in-subscribed",   "in-unsubscribe",
                                           "in-unsubscribed", "out-subscribe",   "out-subscribed",
                                           "out-unsubscribe", "out-unsubscribed" };

static int act_pass(void *obj, void *arg)
{
    (void)arg;
    ((struct roster_step *)obj)->passes = true;
    return FSM_OK;
}

static int act_subscribed(void *obj, void *arg)
{
    (void)arg;
    ((struct roster_step *)obj)->reply = ROSTER_REPLY_SUBSCRIBED;
    return FSM_OK;
}

static int act_unsubscribed(void *obj, void *arg)
{
    ((struct roster_step *)obj)->reply = ROSTER_REPLY_UNSUBSCRIBED;
    return act_pass(obj, arg);
}

#define NONE     FSM_IN(ROSTER_NONE)
#define NONE_O   FSM_IN(ROSTER_NONE_OUT)
#define NONE_I   FSM_IN(ROSTER_NONE_IN)
#define NONE_OI  FSM_IN(ROSTER_NONE_OUT_IN)
#define TO       FSM_IN(ROSTER_TO)
#define TO_I     FSM_IN(ROSTER_TO_IN)
#define FROM     FSM_IN(ROSTER_FROM)
#define FROM_O   FSM_IN(ROSTER_FROM_OUT)
#define BOTH     FSM_IN(ROSTER_BOTH)
#define ALL_OUT  (NONE_O | NONE_OI | FROM_O)
#define ALL_IN   (NONE_I | NONE_OI | TO_I)
#define ALL_TO   (TO | TO_I | BOTH)
#define ALL_FROM (FROM | FROM_O | BOTH)

static struct fsm_row const rows[] = {
    { NONE, ROSTER_EV_IN_SUBSCRIBE, act_pass, ROSTER_NONE_IN },
    { NONE_O, ROSTER_EV_IN_SUBSCRIBE, act_pass, ROSTER_NONE_OUT_IN },
    { TO, ROSTER_EV_IN_SUBSCRIBE, act_pass, ROSTER_TO_IN },
    { ALL_IN, ROSTER_EV_IN_SUBSCRIBE, NULL, FSM_STAY },
    { ALL_FROM, ROSTER_EV_IN_SUBSCRIBE, act_subscribed, FSM_STAY },

    { NONE_O, ROSTER_EV_IN_SUBSCRIBED, act_pass, ROSTER_TO },
    { NONE_OI, ROSTER_EV_IN_SUBSCRIBED, act_pass, ROSTER_TO_IN },
    { FROM_O, ROSTER_EV_IN_SUBSCRIBED, act_pass, ROSTER_BOTH },
    { NONE | NONE_I | FROM | ALL_TO, ROSTER_EV_IN_SUBSCRIBED, NULL, FSM_STAY },

    { NONE_I, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_NONE },
    { NONE_OI, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_NONE_OUT },
    { TO_I, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_TO },
    { FROM, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_NONE },
    { FROM_O, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_NONE_OUT },
    { BOTH, ROSTER_EV_IN_UNSUBSCRIBE, act_unsubscribed, ROSTER_TO },
    { NONE | NONE_O | TO, ROSTER_EV_IN_UNSUBSCRIBE, NULL, FSM_STAY },

    { NONE_O, ROSTER_EV_IN_UNSUBSCRIBED, act_pass, ROSTER_NONE },
    { NONE_OI, ROSTER_EV_IN_UNSUBSCRIBED, act_pass, ROSTER_NONE_IN },
    { TO, ROSTER_EV_IN_UNSUBSCRIBED, act_pass, ROSTER_NONE },
    { TO_I, ROSTER_EV_IN_UNSUBSCRIBED, act_pass, ROSTER_NONE_IN },
    { FROM_O | BOTH, ROSTER_EV_IN_UNSUBSCRIBED, act_pass, ROSTER_FROM },
    { NONE | NONE_I | FROM, ROSTER_EV_IN_UNSUBSCRIBED, NULL, FSM_STAY },

    /* RFC 6121 A.2.1: always routed. */
    { NONE, ROSTER_EV_OUT_SUBSCRIBE, act_pass, ROSTER_NONE_OUT },
    { NONE_I, ROSTER_EV_OUT_SUBSCRIBE, act_pass, ROSTER_NONE_OUT_IN },
    { FROM, ROSTER_EV_OUT_SUBSCRIBE, act_pass, ROSTER_FROM_OUT },
    { ALL_OUT | ALL_TO, ROSTER_EV_OUT_SUBSCRIBE, act_pass, FSM_STAY },

    { NONE_O, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, ROSTER_NONE },
    { NONE_OI, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, ROSTER_NONE_IN },
    { TO, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, ROSTER_NONE },
    { TO_I, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, ROSTER_NONE_IN },
    { FROM_O | BOTH, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, ROSTER_FROM },
    { NONE | NONE_I | FROM, ROSTER_EV_OUT_UNSUBSCRIBE, act_pass, FSM_STAY },

    /* A.2.3: only an answer to who has asked; we approve nothing in advance. */
    { NONE_I, ROSTER_EV_OUT_SUBSCRIBED, act_pass, ROSTER_FROM },
    { NONE_OI, ROSTER_EV_OUT_SUBSCRIBED, act_pass, ROSTER_FROM_OUT },
    { TO_I, ROSTER_EV_OUT_SUBSCRIBED, act_pass, ROSTER_BOTH },
    { NONE | NONE_O | TO | ALL_FROM, ROSTER_EV_OUT_SUBSCRIBED, NULL, FSM_STAY },

    { NONE_I, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_NONE },
    { NONE_OI, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_NONE_OUT },
    { TO_I, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_TO },
    { FROM, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_NONE },
    { FROM_O, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_NONE_OUT },
    { BOTH, ROSTER_EV_OUT_UNSUBSCRIBED, act_pass, ROSTER_TO },
    { NONE | NONE_O | TO, ROSTER_EV_OUT_UNSUBSCRIBED, NULL, FSM_STAY },
};

static struct fsm_table const table = { .name = "roster",
                                        .state_names = state_names,
                                        .event_names = event_names,
                                        .rows = rows,
                                        .n_rows = sizeof rows / sizeof rows[0],
                                        .n_states = ROSTER_STATES,
                                        .n_events = ROSTER_EVENTS,
                                        .initial = ROSTER_NONE,
                                        .timeout_event = -1 };

struct fsm_table const *roster_state_fsm(void)
{
    return &table;
}

struct roster_step roster_state_step(enum roster_state state, enum roster_event event)
{
    struct roster_step step = { .from = (uint8_t)state };
    uint8_t now = (uint8_t)state;

    (void)fsm_step(&table, &now, &step, (int)event, NULL, NULL);
    step.to = now;
    return step;
}

char const *roster_state_name(enum roster_state state)
{
    return state_names[state];
}

enum roster_state roster_state_find(char const *name)
{
    enum roster_state state = ROSTER_NONE;

    while (state < ROSTER_STATES && strcmp(state_names[state], name) != 0)
        state++;
    return state;
}

bool roster_state_is_to(enum roster_state state)
{
    return FSM_IN(state) & ALL_TO;
}

bool roster_state_is_from(enum roster_state state)
{
    return FSM_IN(state) & ALL_FROM;
}

bool roster_state_is_out(enum roster_state state)
{
    return FSM_IN(state) & ALL_OUT;
}

bool roster_state_is_in(enum roster_state state)
{
    return FSM_IN(state) & ALL_IN;
}
