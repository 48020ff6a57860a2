/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of a session; actions are in session.c. */
#pragma once
#include "fsm.h"

enum session_state {
    SESSION_SETUP,
    SESSION_ACTIVE,
    SESSION_LEAVING,
    SESSION_ENDING,
    SESSION_ENDED,
    SESSION_STATES
};

enum session_event {
    SESSION_EV_ACK,
    SESSION_EV_BYE,       /* from the client */
    SESSION_EV_EXPIRED,   /* session timer, or the guard of our BYE */
    SESSION_EV_LOST,      /* CTI connection lost */
    SESSION_EV_FORBIDDEN, /* the user may not control the line any more */
    SESSION_EV_STOPPED,   /* the gateway stops */
    SESSION_EV_TURN,      /* of those that end together, this one is told now */
    SESSION_EV_NO_ACK,
    SESSION_EV_DONE, /* our BYE is answered, or will not be */
    SESSION_EVENTS
};

struct fsm_table const *session_fsm(void);

/* Actions; @p obj is a struct session. */
int session_act_acked(void *obj, void *arg);
int session_act_gone(void *obj, void *arg); /* frees the session */
int session_act_lost(void *obj, void *arg); /* these wait for their turn */
int session_act_stopped(void *obj, void *arg);
int session_act_turn(void *obj, void *arg); /* these send BYE */
int session_act_expired(void *obj, void *arg);
int session_act_forbidden(void *obj, void *arg);
int session_act_no_ack(void *obj, void *arg);
int session_act_bye(void *obj, void *arg);
