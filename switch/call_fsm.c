/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the state machine of one connection: which step leads where, and which CSTA event tells it
 * (ECMA-269 connection states). The events' argument is the cause. */
#include "call.h"
#include "line.h"

static int tell(struct call_conn *conn, enum csta_type type, char const *device, void *cause)
{
    struct call_options const *options = &conn->call->table->options;
    struct call_event event = {
        .type = type,
        .call = conn->call,
        .device = device,
        .cause = *(enum csta_cause *)cause,
    };
    options->on_event(options->ctx, &event);
    return FSM_OK;
}

static int tell_initiated(void *conn, void *cause)
{
    return tell(conn, CSTA_ServiceInitiatedEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_originated(void *conn, void *cause)
{
    return tell(conn, CSTA_OriginatedEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_delivered(void *conn, void *cause)
{
    return tell(conn, CSTA_DeliveredEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_established(void *conn, void *cause)
{
    return tell(conn, CSTA_EstablishedEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_held(void *conn, void *cause)
{
    return tell(conn, CSTA_HeldEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_retrieved(void *conn, void *cause)
{
    return tell(conn, CSTA_RetrievedEvent, ((struct call_conn *)conn)->line->number, cause);
}

static int tell_cleared(void *conn, void *cause)
{
    return tell(conn, CSTA_ConnectionClearedEvent, ((struct call_conn *)conn)->line->number, cause);
}

/* What failed is the far end, which has no connection here. */
static int tell_failed(void *conn, void *cause)
{
    return tell(conn, CSTA_FailedEvent, ((struct call_conn *)conn)->call->called, cause);
}

#define IN FSM_IN
enum {
    NEW = IN(CALL_IDLE),
    OFF_HOOK = IN(CALL_IDLE) | IN(CALL_INITIATED),
    LIVE =
        IN(CALL_INITIATED) | IN(CALL_ALERTING) | IN(CALL_CONNECTED) | IN(CALL_HOLD) | IN(CALL_FAIL),
};

static const struct fsm_row rows[] = {
    { NEW, CALL_INITIATE, tell_initiated, CALL_INITIATED },
    { OFF_HOOK, CALL_ORIGINATE, tell_originated, CALL_CONNECTED },
    { NEW, CALL_OFFER, tell_delivered, CALL_ALERTING },
    { IN(CALL_ALERTING), CALL_ANSWER, tell_established, CALL_CONNECTED },
    { IN(CALL_CONNECTED), CALL_PUT_ON_HOLD, tell_held, CALL_HOLD },
    { IN(CALL_HOLD), CALL_RETRIEVE, tell_retrieved, CALL_CONNECTED },
    { IN(CALL_CONNECTED), CALL_BREAK, tell_failed, CALL_FAIL },
    { LIVE, CALL_CLEAR, tell_cleared, CALL_IDLE },
};

static char const *const state_names[CALL_STATES] = {
    [CALL_IDLE] = "idle",           [CALL_INITIATED] = "initiated", [CALL_ALERTING] = "alerting",
    [CALL_CONNECTED] = "connected", [CALL_HOLD] = "hold",           [CALL_FAIL] = "fail",
};

static char const *const step_names[CALL_STEPS] = {
    [CALL_INITIATE] = "initiate", [CALL_ORIGINATE] = "originate", [CALL_OFFER] = "offer",
    [CALL_ANSWER] = "answer",     [CALL_PUT_ON_HOLD] = "hold",    [CALL_RETRIEVE] = "retrieve",
    [CALL_BREAK] = "break",       [CALL_CLEAR] = "clear",
};

const struct fsm_table call_fsm = {
    .name = "connection",
    .state_names = state_names,
    .event_names = step_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof *rows,
    .n_states = CALL_STATES,
    .n_events = CALL_STEPS,
    .initial = CALL_IDLE,
    .final = FSM_IN(CALL_IDLE),
    .timeout_event = -1, /* the ring timer is the call's, and clears */
};
