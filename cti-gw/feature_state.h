/* SPDX-License-Identifier: Apache-2.0 */
/* What phones know of a line by as-feature-event: do not disturb, and each type of forwarding. Pure
 * data; a set of its parts is a mask, so that what a phone has not been told yet takes two bytes.
 */
#pragma once
#include "csta.h"

enum {
    FEATURE_STATE_DND = 1,           /* the bit of do not disturb */
    FEATURE_STATE_NUMBER = 64,       /* bytes of a number */
    FEATURE_STATE_NOTHING = 1U << 15 /* a part without content: nothing is known */
};
_Static_assert(CSTA_FORWARDINGS < 15, "a bit for each type of forwarding");

struct feature_state {
    uint16_t known; /* parts that the switch has told */
    bool dnd;
    struct {
        bool on;
        char number[FEATURE_STATE_NUMBER];
        uint32_t rings;
    } forwards[CSTA_FORWARDINGS]; /* by type */
};

/** Takes what an event or an answer (GetDoNotDisturbResponse, GetForwardingResponse) says. Returns
 *  the mask of the parts that it has told. */
uint16_t feature_state_take(struct feature_state *state, struct csta_msg const *msg);

/** The part that a SetDoNotDisturb or SetForwarding is about; 0 of any other message. */
uint16_t feature_state_part(struct csta_msg const *wish);

/** The event that tells the lowest part of @p mask, which is known, of @p line; its strings are
 *  borrowed from both. The device is the plain number, as every server that phones know writes it,
 *  not what the schema says. Returns the part's bit. */
uint16_t feature_state_event(struct feature_state const *state, char const *line, uint16_t mask,
                             struct csta_msg *ret);
