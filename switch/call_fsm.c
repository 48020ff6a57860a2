/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the state machine of one connection: which step leads where, and which CSTA event tells it
 * (ECMA-269 connection states). The events' argument is a struct call_tell. */
#include "call_parts.h"

static int tell(struct call_conn *conn, enum csta_type type, void *arg)
{
    struct call_options const *options = &conn->call->table->options;
    struct call_tell const *more = arg;
    struct call_event event = {
        .type = type,
        .call = conn->call,
        .device = conn->line->number,
        .cause = more->cause,
        .line = conn->line,
        .station = conn->station,
        .text = more->text,
        .join = more->join,
    };
    /* What failed is the far end, which has no connection here. */
    if (type == CSTA_FailedEvent)
        event.device = more->text;
    options->on_event(options->ctx, &event);
    return FSM_OK;
}

static int tell_initiated(void *conn, void *arg)
{
    return tell(conn, CSTA_ServiceInitiatedEvent, arg);
}

static int tell_dialed(void *conn, void *arg)
{
    return tell(conn, CSTA_DigitsDialedEvent, arg);
}

static int tell_originated(void *conn, void *arg)
{
    return tell(conn, CSTA_OriginatedEvent, arg);
}

static int tell_network(void *conn, void *arg)
{
    return tell(conn, CSTA_NetworkReachedEvent, arg);
}

static int tell_queued(void *conn, void *arg)
{
    return tell(conn, CSTA_QueuedEvent, arg);
}

static int tell_offered(void *conn, void *arg)
{
    return tell(conn, CSTA_OfferedEvent, arg);
}

static int tell_delivered(void *conn, void *arg)
{
    return tell(conn, CSTA_DeliveredEvent, arg);
}

static int tell_established(void *conn, void *arg)
{
    return tell(conn, CSTA_EstablishedEvent, arg);
}

static int tell_held(void *conn, void *arg)
{
    return tell(conn, CSTA_HeldEvent, arg);
}

static int tell_retrieved(void *conn, void *arg)
{
    return tell(conn, CSTA_RetrievedEvent, arg);
}

static int tell_diverted(void *conn, void *arg)
{
    return tell(conn, CSTA_DivertedEvent, arg);
}

static int tell_conferenced(void *conn, void *arg)
{
    return tell(conn, CSTA_ConferencedEvent, arg);
}

static int tell_transferred(void *conn, void *arg)
{
    return tell(conn, CSTA_TransferedEvent, arg);
}

static int tell_cleared(void *conn, void *arg)
{
    return tell(conn, CSTA_ConnectionClearedEvent, arg);
}

static int tell_failed(void *conn, void *arg)
{
    return tell(conn, CSTA_FailedEvent, arg);
}

#define IN FSM_IN
enum {
    NEW = IN(CALL_IDLE),
    OFF_HOOK = IN(CALL_IDLE) | IN(CALL_INITIATED),
    COMING = IN(CALL_IDLE) | IN(CALL_ALERTING) | IN(CALL_QUEUED),
    TALKING = IN(CALL_CONNECTED) | IN(CALL_HOLD),
    LIVE = IN(CALL_INITIATED) | IN(CALL_ALERTING) | IN(CALL_CONNECTED) | IN(CALL_HOLD) |
           IN(CALL_QUEUED) | IN(CALL_FAIL),
};

static const struct fsm_row rows[] = {
    { NEW, CALL_INITIATE, tell_initiated, CALL_INITIATED },
    { IN(CALL_INITIATED), CALL_DIGITS, tell_dialed, FSM_STAY },
    { OFF_HOOK, CALL_ORIGINATE, tell_originated, CALL_CONNECTED },
    { NEW, CALL_REACH_NETWORK, tell_network, FSM_STAY },
    { NEW, CALL_QUEUE, tell_queued, CALL_QUEUED },
    { NEW, CALL_OFFER, tell_offered, CALL_ALERTING },
    { COMING, CALL_RING, tell_delivered, CALL_ALERTING },
    { NEW | IN(CALL_ALERTING), CALL_ANSWER, tell_established, CALL_CONNECTED },
    { IN(CALL_CONNECTED), CALL_PUT_ON_HOLD, tell_held, CALL_HOLD },
    { IN(CALL_HOLD), CALL_RETRIEVE, tell_retrieved, CALL_CONNECTED },
    { COMING, CALL_DIVERT, tell_diverted, CALL_IDLE },
    { NEW | IN(CALL_HOLD), CALL_JOIN, tell_conferenced, CALL_CONNECTED },
    { TALKING, CALL_HAND_OVER, tell_transferred, CALL_IDLE },
    { IN(CALL_CONNECTED), CALL_DISCARD, NULL, CALL_IDLE },
    { TALKING, CALL_BREAK, tell_failed, CALL_FAIL },
    { LIVE, CALL_CLEAR, tell_cleared, CALL_IDLE },
};

static char const *const state_names[CALL_STATES] = {
    [CALL_IDLE] = "idle",           [CALL_INITIATED] = "initiated", [CALL_ALERTING] = "alerting",
    [CALL_CONNECTED] = "connected", [CALL_HOLD] = "hold",           [CALL_QUEUED] = "queued",
    [CALL_FAIL] = "fail",
};

static char const *const step_names[CALL_STEPS] = {
    [CALL_INITIATE] = "initiate",   [CALL_DIGITS] = "digits",
    [CALL_ORIGINATE] = "originate", [CALL_REACH_NETWORK] = "reach-network",
    [CALL_QUEUE] = "queue",         [CALL_OFFER] = "offer",
    [CALL_RING] = "ring",           [CALL_ANSWER] = "answer",
    [CALL_PUT_ON_HOLD] = "hold",    [CALL_RETRIEVE] = "retrieve",
    [CALL_DIVERT] = "divert",       [CALL_JOIN] = "join",
    [CALL_HAND_OVER] = "hand-over", [CALL_DISCARD] = "discard",
    [CALL_BREAK] = "break",         [CALL_CLEAR] = "clear",
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
    .timeout_event = -1, /* what the timer of a connection does depends on more than its state */
};
