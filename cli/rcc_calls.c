/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the line, kept from events. */
#include "rcc_calls.h"
#include <string.h>

#define IN(state) (1u << CSTA_STATE_##state)

void rcc_calls_set(struct rcc_calls *calls, char const *id, enum csta_connection_state state)
{
    size_t i = 0;

    if (!id || strlen(id) >= RCC_CALLS_ID)
        return;
    while (i < calls->n && strcmp(calls->v[i].id, id) != 0)
        i++;
    if (state == CSTA_STATE_null) {
        if (i < calls->n) {
            calls->n--;
            memmove(&calls->v[i], &calls->v[i + 1], (calls->n - i) * sizeof calls->v[0]);
        }
        return;
    }
    if (i == RCC_CALLS_MAX)
        return;
    if (i == calls->n)
        memcpy(calls->v[calls->n++].id, id, strlen(id) + 1);
    calls->v[i].state = state;
}

bool rcc_calls_has(struct rcc_calls const *calls, char const *id)
{
    for (size_t i = 0; i < calls->n; i++)
        if (strcmp(calls->v[i].id, id) == 0)
            return true;
    return false;
}

/* What an event without localConnectionInfo says about our own line. */
static enum csta_connection_state guess(enum csta_type event)
{
    switch (event) {
    case CSTA_ServiceInitiatedEvent:
        return CSTA_STATE_initiated;
    case CSTA_OriginatedEvent:
    case CSTA_EstablishedEvent:
        return CSTA_STATE_connected;
    default:
        return CSTA_STATE_ABSENT;
    }
}

void rcc_calls_event(struct rcc_calls *calls, struct csta_msg const *event)
{
    enum csta_connection_state state = event->local_state ? event->local_state : guess(event->type);

    if (state)
        rcc_calls_set(calls, event->conn.call_id, state);
}

void rcc_calls_snapshot(struct rcc_calls *calls, struct csta_msg const *response)
{
    calls->n = 0;
    for (size_t i = 0; i < response->n_items; i++)
        if (response->items[i].state)
            rcc_calls_set(calls, response->items[i].conn.call_id, response->items[i].state);
}

static unsigned states_for(enum rcc_verb verb)
{
    switch (verb) {
    case RCC_ANSWER:
        return IN(alerting);
    case RCC_HOLD:
        return IN(connected);
    case RCC_RETRIEVE:
        return IN(hold);
    case RCC_CLEAR:
        return IN(connected) | IN(initiated) | IN(alerting) | IN(hold) | IN(fail) | IN(queued);
    default:
        return 0;
    }
}

char const *rcc_calls_wanted(enum rcc_verb verb)
{
    switch (verb) {
    case RCC_ANSWER:
        return "that rings";
    case RCC_HOLD:
        return "that is connected";
    case RCC_RETRIEVE:
        return "on hold";
    default:
        return "at all";
    }
}

/* The latest with a state among @p states. */
static char const *latest(struct rcc_calls const *calls, unsigned states)
{
    for (size_t i = calls->n; i-- > 0;)
        if (states & 1u << calls->v[i].state)
            return calls->v[i].id;
    return NULL;
}

char const *rcc_calls_pick(struct rcc_calls const *calls, enum rcc_verb verb)
{
    char const *id = NULL;

    /* Whoever says clear means the call that he talks in, if there is one. */
    if (verb == RCC_CLEAR)
        id = latest(calls, IN(connected));
    return id ? id : latest(calls, states_for(verb));
}
