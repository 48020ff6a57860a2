/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a dialog's states. It has no timer: what comes no more changes nothing. */
#include "trace_state.h"

static char const *const state_names[] = {
    [TRACE_STATE_NONE] = "",           [TRACE_STATE_TRYING] = "trying",
    [TRACE_STATE_RINGING] = "ringing", [TRACE_STATE_ANSWERED] = "answered",
    [TRACE_STATE_ENDED] = "ended",     [TRACE_STATE_FAILED] = "failed",
};

static char const *const event_names[] = {
    [TRACE_STATE_EV_INVITE] = "invite", [TRACE_STATE_EV_REQUEST] = "request",
    [TRACE_STATE_EV_TRY] = "try",       [TRACE_STATE_EV_RING] = "ring",
    [TRACE_STATE_EV_ACCEPT] = "accept", [TRACE_STATE_EV_REFUSE] = "refuse",
    [TRACE_STATE_EV_BYE] = "bye",
};

enum {
    NONE = FSM_IN(TRACE_STATE_NONE),
    TRYING = FSM_IN(TRACE_STATE_TRYING),
    RINGING = FSM_IN(TRACE_STATE_RINGING),
    ANSWERED = FSM_IN(TRACE_STATE_ANSWERED),
    ENDED = FSM_IN(TRACE_STATE_ENDED),
    FAILED = FSM_IN(TRACE_STATE_FAILED),
};

static struct fsm_row const rows[] = {
    /* in                 event                   action   to                   */
    /* After a refusal: the next target, or the same one with credentials. */
    { NONE | FAILED, TRACE_STATE_EV_INVITE, NULL, TRACE_STATE_TRYING },
    { NONE | FAILED, TRACE_STATE_EV_REQUEST, NULL, TRACE_STATE_TRYING },
    /* A registration, say, that is refreshed. */
    { ANSWERED, TRACE_STATE_EV_REQUEST, NULL, TRACE_STATE_TRYING },
    { TRYING | RINGING | ENDED, TRACE_STATE_EV_REQUEST, NULL, FSM_STAY },
    { TRYING | RINGING | ANSWERED | ENDED, TRACE_STATE_EV_INVITE, NULL, FSM_STAY },
    { NONE, TRACE_STATE_EV_TRY, NULL, TRACE_STATE_TRYING },
    { TRYING | RINGING | ANSWERED | ENDED | FAILED, TRACE_STATE_EV_TRY, NULL, FSM_STAY },
    { NONE | TRYING | FAILED, TRACE_STATE_EV_RING, NULL, TRACE_STATE_RINGING },
    { RINGING | ANSWERED | ENDED, TRACE_STATE_EV_RING, NULL, FSM_STAY },
    { NONE | TRYING | RINGING | FAILED, TRACE_STATE_EV_ACCEPT, NULL, TRACE_STATE_ANSWERED },
    { ANSWERED | ENDED, TRACE_STATE_EV_ACCEPT, NULL, FSM_STAY },
    { NONE | TRYING | RINGING, TRACE_STATE_EV_REFUSE, NULL, TRACE_STATE_FAILED },
    /* A change of the session that is refused leaves it as it was. */
    { ANSWERED | ENDED | FAILED, TRACE_STATE_EV_REFUSE, NULL, FSM_STAY },
    { NONE | TRYING | RINGING | ANSWERED | FAILED, TRACE_STATE_EV_BYE, NULL, TRACE_STATE_ENDED },
    { ENDED, TRACE_STATE_EV_BYE, NULL, FSM_STAY },
};

struct fsm_table const trace_state_fsm = {
    .name = "trace",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = TRACE_STATES,
    .n_events = TRACE_STATE_EVENTS,
    .initial = TRACE_STATE_NONE,
    .final = ENDED,
    .timeout_event = -1,
};

char const *trace_state_str(unsigned state)
{
    return state < TRACE_STATES ? state_names[state] : "";
}
