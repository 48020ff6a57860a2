/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a line's features, in and out of CSTA. */
#include "feature_state.h"
#include <stdio.h>

/* Without a type the switch's own default is meant, which is the first. */
static enum csta_forwarding type_of(enum csta_forwarding type)
{
    return type ? type : CSTA_FORWARD_forwardImmediate;
}

static uint16_t take_forward(struct feature_state *state, struct csta_forward const *forward)
{
    enum csta_forwarding type = type_of(forward->type);

    state->forwards[type].on = forward->on;
    state->forwards[type].rings = forward->ring_count;
    (void)snprintf(state->forwards[type].number, sizeof state->forwards[type].number, "%s",
                   forward->number ? forward->number : "");
    return (uint16_t)(1U << type);
}

uint16_t feature_state_take(struct feature_state *state, struct csta_msg const *msg)
{
    uint16_t told = 0;

    if (msg->type == CSTA_DoNotDisturbEvent || msg->type == CSTA_GetDoNotDisturbResponse) {
        state->dnd = msg->on;
        told = FEATURE_STATE_DND;
    } else if (msg->type == CSTA_ForwardingEvent) {
        struct csta_forward const one = { msg->forwarding, msg->on, msg->directory_number,
                                          msg->ring_count };
        told = take_forward(state, &one);
    } else if (msg->type == CSTA_GetForwardingResponse) {
        for (size_t i = 0; i < msg->n_forwards; i++)
            told |= take_forward(state, &msg->forwards[i]);
    }
    state->known |= told;
    return told;
}

uint16_t feature_state_part(struct csta_msg const *wish)
{
    if (wish->type == CSTA_SetDoNotDisturb)
        return FEATURE_STATE_DND;
    return wish->type == CSTA_SetForwarding ? (uint16_t)(1U << type_of(wish->forwarding)) : 0;
}

uint16_t feature_state_event(struct feature_state const *state, char const *line, uint16_t mask,
                             struct csta_msg *ret)
{
    enum csta_forwarding type = CSTA_FORWARD_ABSENT;

    *ret = (struct csta_msg){ .edition = CSTA_ED3, .subject = { CSTA_DEVICE_PLAIN, line } };
    if (mask & FEATURE_STATE_DND) {
        ret->type = CSTA_DoNotDisturbEvent;
        ret->on = state->dnd;
        return FEATURE_STATE_DND;
    }
    while (type + 1 < CSTA_FORWARDINGS && !(mask >> type & 1))
        type++;
    ret->type = CSTA_ForwardingEvent;
    ret->forwarding = type;
    ret->on = state->forwards[type].on;
    ret->directory_number = state->forwards[type].number[0] ? state->forwards[type].number : NULL;
    ret->ring_count = state->forwards[type].rings;
    return (uint16_t)(1U << type);
}
