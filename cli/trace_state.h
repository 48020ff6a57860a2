/* SPDX-License-Identifier: Apache-2.0 */
/* How far a SIP dialog has come, seen from outside, in whose messages of several hops may be mixed:
 * the table that an observer steps with each message. What is no SIP stays TRACE_STATE_NONE. */
#pragma once
#include "fsm.h"

enum trace_state {
    TRACE_STATE_NONE,
    TRACE_STATE_TRYING,
    TRACE_STATE_RINGING,
    TRACE_STATE_ANSWERED,
    TRACE_STATE_ENDED,
    TRACE_STATE_FAILED,
    TRACE_STATES
};

/* Requests and responses of the method that the dialog began with, and BYE. */
enum trace_state_event {
    TRACE_STATE_EV_INVITE,
    TRACE_STATE_EV_REQUEST, /* of another method than INVITE */
    TRACE_STATE_EV_TRY,
    TRACE_STATE_EV_RING,
    TRACE_STATE_EV_ACCEPT,
    TRACE_STATE_EV_REFUSE,
    TRACE_STATE_EV_BYE,
    TRACE_STATE_EVENTS
};

extern struct fsm_table const trace_state_fsm;

/** "ringing"; "" of TRACE_STATE_NONE. */
char const *trace_state_str(unsigned state);
