/* SPDX-License-Identifier: Apache-2.0 */
/* What a user of ours and a contact in XMPP have agreed on: the nine states of RFC 6121, appendix
 * A, as the server of that user has them. "To": the user is told of the contact's presence. "From":
 * the contact is told of the user's. "Out", "in": either has been asked for and not answered. Pure.
 */
#pragma once
#include "fsm.h"
#include <stdbool.h>

enum roster_state {
    ROSTER_NONE,
    ROSTER_NONE_OUT,
    ROSTER_NONE_IN,
    ROSTER_NONE_OUT_IN,
    ROSTER_TO,
    ROSTER_TO_IN,
    ROSTER_FROM,
    ROSTER_FROM_OUT,
    ROSTER_BOTH,
    ROSTER_STATES
};

/* Stanzas: "in" of the contact, "out" of our user. */
enum roster_event {
    ROSTER_EV_IN_SUBSCRIBE,
    ROSTER_EV_IN_SUBSCRIBED,
    ROSTER_EV_IN_UNSUBSCRIBE,
    ROSTER_EV_IN_UNSUBSCRIBED,
    ROSTER_EV_OUT_SUBSCRIBE,
    ROSTER_EV_OUT_SUBSCRIBED,
    ROSTER_EV_OUT_UNSUBSCRIBE,
    ROSTER_EV_OUT_UNSUBSCRIBED,
    ROSTER_EVENTS
};

enum roster_reply { ROSTER_SILENT, ROSTER_REPLY_SUBSCRIBED, ROSTER_REPLY_UNSUBSCRIBED };

struct roster_step {
    uint8_t from, to;        /* enum roster_state */
    bool passes;             /* in: our user is told of it; out: it goes to the contact */
    enum roster_reply reply; /* of ours, without asking anybody */
};

struct roster_step roster_state_step(enum roster_state state, enum roster_event event);

/** "from-out". Static; as it is stored. */
char const *roster_state_name(enum roster_state state);

/** By its name; ROSTER_STATES: there is none such. */
enum roster_state roster_state_find(char const *name);

/** Parts of a state. */
bool roster_state_is_to(enum roster_state state);
bool roster_state_is_from(enum roster_state state);
bool roster_state_is_out(enum roster_state state);
bool roster_state_is_in(enum roster_state state);

/** For its test. */
struct fsm_table const *roster_state_fsm(void);
