/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_fsm.h. */
#include "stream_fsm.h"

static char const *const state_names[STREAM_STATES] = {
    [STREAM_CONNECTING] = "connecting",
    [STREAM_OPENING] = "opening",
    [STREAM_FEATURES] = "features",
    [STREAM_STARTING_TLS] = "starttls",
    [STREAM_TLS] = "tls",
    [STREAM_SASL] = "sasl",
    [STREAM_DIALBACK] = "dialback",
    [STREAM_HANDSHAKE] = "handshake",
    [STREAM_NEGOTIATING] = "offered",
    [STREAM_READY] = "ready",
    [STREAM_CLOSING] = "closing",
    [STREAM_DEAD] = "dead",
};
static char const *const event_names[STREAM_EVENTS] = {
    [STREAM_EV_OPEN] = "open",
    [STREAM_EV_OPEN_DIRECT] = "open-direct",
    [STREAM_EV_HEADER_COMPONENT] = "header-component",
    [STREAM_EV_HEADER_OUT] = "header-out",
    [STREAM_EV_HEADER_IN] = "header-in",
    [STREAM_EV_WANT_TLS] = "want-tls",
    [STREAM_EV_WANT_SASL] = "want-sasl",
    [STREAM_EV_WANT_DIALBACK] = "want-dialback",
    [STREAM_EV_PROCEED] = "proceed",
    [STREAM_EV_SECURE] = "secure",
    [STREAM_EV_PROVED] = "proved",
    [STREAM_EV_READY] = "ready",
    [STREAM_EV_REFUSED] = "refused",
    [STREAM_EV_FAULT] = "fault",
    [STREAM_EV_END] = "end",
    [STREAM_EV_LOST] = "lost",
    [STREAM_EV_TIMEOUT] = "timeout",
};

/* Those in which something is awaited before stanzas may flow. */
enum {
    YOUNG = FSM_IN(STREAM_OPENING) | FSM_IN(STREAM_FEATURES) | FSM_IN(STREAM_STARTING_TLS) |
            FSM_IN(STREAM_SASL) | FSM_IN(STREAM_DIALBACK) | FSM_IN(STREAM_HANDSHAKE) |
            FSM_IN(STREAM_NEGOTIATING),
    BEFORE_XML = FSM_IN(STREAM_CONNECTING) | FSM_IN(STREAM_TLS),
    TALKING = YOUNG | FSM_IN(STREAM_READY),
};

static struct fsm_row const rows[] = {
    { FSM_IN(STREAM_CONNECTING), STREAM_EV_OPEN, stream_act_open, STREAM_OPENING },
    { FSM_IN(STREAM_CONNECTING), STREAM_EV_OPEN_DIRECT, stream_act_secure, STREAM_TLS },

    { FSM_IN(STREAM_OPENING), STREAM_EV_HEADER_COMPONENT, stream_act_handshake, STREAM_HANDSHAKE },
    { FSM_IN(STREAM_OPENING), STREAM_EV_HEADER_OUT, stream_act_accepted, STREAM_FEATURES },
    { FSM_IN(STREAM_OPENING), STREAM_EV_HEADER_IN, stream_act_offer, STREAM_NEGOTIATING },

    { FSM_IN(STREAM_FEATURES), STREAM_EV_WANT_TLS, stream_act_starttls, STREAM_STARTING_TLS },
    { FSM_IN(STREAM_FEATURES), STREAM_EV_WANT_SASL, stream_act_auth, STREAM_SASL },
    { FSM_IN(STREAM_FEATURES) | FSM_IN(STREAM_SASL), STREAM_EV_WANT_DIALBACK, stream_act_dial,
      STREAM_DIALBACK },
    { FSM_IN(STREAM_STARTING_TLS), STREAM_EV_PROCEED, stream_act_secure, STREAM_TLS },
    { FSM_IN(STREAM_NEGOTIATING), STREAM_EV_PROCEED, stream_act_proceed, STREAM_TLS },
    { FSM_IN(STREAM_TLS), STREAM_EV_SECURE, stream_act_reopen, STREAM_OPENING },
    { FSM_IN(STREAM_SASL) | FSM_IN(STREAM_NEGOTIATING), STREAM_EV_PROVED, stream_act_reopen,
      STREAM_OPENING },
    { FSM_IN(STREAM_FEATURES) | FSM_IN(STREAM_DIALBACK) | FSM_IN(STREAM_HANDSHAKE) |
          FSM_IN(STREAM_NEGOTIATING),
      STREAM_EV_READY, stream_act_ready, STREAM_READY },
    { FSM_IN(STREAM_FEATURES) | FSM_IN(STREAM_STARTING_TLS) | FSM_IN(STREAM_SASL) |
          FSM_IN(STREAM_DIALBACK) | FSM_IN(STREAM_HANDSHAKE),
      STREAM_EV_REFUSED, stream_act_refused, STREAM_CLOSING },

    { TALKING, STREAM_EV_FAULT, stream_act_fault, STREAM_CLOSING },
    { TALKING, STREAM_EV_END, stream_act_end, STREAM_CLOSING },
    { TALKING & ~FSM_IN(STREAM_DIALBACK), STREAM_EV_TIMEOUT, stream_act_late, STREAM_CLOSING },
    { FSM_IN(STREAM_DIALBACK), STREAM_EV_TIMEOUT, stream_act_unanswered, STREAM_CLOSING },
    { BEFORE_XML | FSM_IN(STREAM_CLOSING), STREAM_EV_END, stream_act_dead, STREAM_DEAD },
    { BEFORE_XML | FSM_IN(STREAM_CLOSING), STREAM_EV_TIMEOUT, stream_act_dead, STREAM_DEAD },
    { BEFORE_XML | FSM_IN(STREAM_CLOSING), STREAM_EV_FAULT, stream_act_dead, STREAM_DEAD },
    { BEFORE_XML | TALKING | FSM_IN(STREAM_CLOSING), STREAM_EV_LOST, stream_act_dead, STREAM_DEAD },
};

struct fsm_table const stream_fsm_table = {
    .name = "stream",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = STREAM_STATES,
    .n_events = STREAM_EVENTS,
    .initial = STREAM_CONNECTING,
    .final = FSM_IN(STREAM_DEAD),
    .timeout_event = STREAM_EV_TIMEOUT,
};

char const *stream_fsm_state_str(uint8_t state)
{
    return state < STREAM_STATES ? state_names[state] : "?";
}
