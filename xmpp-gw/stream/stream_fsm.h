/* SPDX-License-Identifier: Apache-2.0 */
/* The one machine of all XMPP streams: component (XEP-0114), to another server, from another
 * server. The role shows in which event a header is; everything behind that is common. The actions
 * are in stream_negotiate.c and stream_end.c. */
#pragma once
#include "fsm.h"

enum stream_state {
    STREAM_CONNECTING,
    STREAM_OPENING,      /* the peer's header is awaited */
    STREAM_FEATURES,     /* what the peer offers is awaited */
    STREAM_STARTING_TLS, /* its consent to TLS is */
    STREAM_TLS,
    STREAM_SASL,        /* its answer to our proof is */
    STREAM_DIALBACK,    /* the same, by dialback; or its answer about a third one */
    STREAM_HANDSHAKE,   /* the same, of a component */
    STREAM_NEGOTIATING, /* the peer has seen what we offer, and chooses */
    STREAM_READY,       /* stanzas */
    STREAM_CLOSING,     /* we have ended it, and wait for the peer's end */
    STREAM_DEAD,
    STREAM_STATES
};

enum stream_event {
    STREAM_EV_OPEN,
    STREAM_EV_OPEN_DIRECT, /* and TLS begins at once */
    STREAM_EV_HEADER_COMPONENT,
    STREAM_EV_HEADER_OUT,
    STREAM_EV_HEADER_IN,
    STREAM_EV_WANT_TLS,
    STREAM_EV_WANT_SASL,
    STREAM_EV_WANT_DIALBACK,
    STREAM_EV_PROCEED,
    STREAM_EV_SECURE,
    STREAM_EV_PROVED,  /* by SASL: the stream begins anew */
    STREAM_EV_READY,   /* nothing is left to negotiate */
    STREAM_EV_REFUSED, /* the peer does not want what we asked for */
    STREAM_EV_FAULT,   /* we end it with a stream error: struct stream_fault */
    STREAM_EV_END,     /* the peer has ended it, or we do, in order */
    STREAM_EV_LOST,
    STREAM_EV_TIMEOUT,
    STREAM_EVENTS
};

extern struct fsm_table const stream_fsm_table;

char const *stream_fsm_state_str(uint8_t state);

int stream_act_open(void *obj, void *arg);
int stream_act_secure(void *obj, void *arg);
int stream_act_starttls(void *obj, void *arg);
int stream_act_proceed(void *obj, void *arg);
int stream_act_reopen(void *obj, void *arg);
int stream_act_handshake(void *obj, void *arg);
int stream_act_offer(void *obj, void *arg);
int stream_act_accepted(void *obj, void *arg);
int stream_act_auth(void *obj, void *arg);
int stream_act_dial(void *obj, void *arg);
int stream_act_ready(void *obj, void *arg);
int stream_act_refused(void *obj, void *arg);
int stream_act_fault(void *obj, void *arg);
int stream_act_late(void *obj, void *arg);
int stream_act_unanswered(void *obj, void *arg);
int stream_act_end(void *obj, void *arg);
int stream_act_dead(void *obj, void *arg);
