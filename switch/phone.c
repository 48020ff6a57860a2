/* SPDX-License-Identifier: Apache-2.0 */
/* Owns which call of the line a key means, and the states it works in. */
#include "phone.h"
#include "call.h"
#include "exchange.h"
#include "line.h"
#include <string.h>

static struct call_conn *oldest_in(struct line *line, enum call_state state)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        if (conn->state == state)
            return conn;
    }
    return NULL;
}

static enum phone_fault of_call_fault(enum call_fault fault)
{
    switch (fault) {
    case CALL_OK:
        return PHONE_OK;
    case CALL_FAULT_NUMBER:
        return PHONE_NO_NUMBER;
    case CALL_FAULT_RESOURCES:
        return PHONE_NO_ROOM;
    case CALL_FAULT_STATE:
    case CALL_FAULT_CALLING_STATE:
        break;
    }
    return PHONE_WRONG_STATE;
}

/* Lifting the handset answers what rings, and else starts the call that waits for it. */
static enum phone_fault key_answer(struct exchange *ex, struct line *line, char const *number)
{
    (void)ex, (void)number;
    struct call_conn *conn = oldest_in(line, CALL_ALERTING);
    if (conn)
        return of_call_fault(call_answer(conn, CALL_BY_HAND));
    conn = oldest_in(line, CALL_INITIATED);
    return conn ? of_call_fault(call_lift(conn)) : PHONE_WRONG_STATE;
}

/* Ends what the human hears now; a phone on the hook rejects what rings, then drops what is held.
 */
static enum phone_fault key_hangup(struct exchange *ex, struct line *line, char const *number)
{
    static enum call_state const order[] = { CALL_CONNECTED, CALL_FAIL, CALL_INITIATED,
                                             CALL_ALERTING, CALL_HOLD };
    (void)ex, (void)number;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct call_conn *conn = oldest_in(line, order[i]);
        if (conn) {
            call_clear(conn);
            return PHONE_OK;
        }
    }
    return PHONE_WRONG_STATE;
}

static enum phone_fault key_hold(struct exchange *ex, struct line *line, char const *number)
{
    (void)ex, (void)number;
    struct call_conn *conn = oldest_in(line, CALL_CONNECTED);
    return conn ? of_call_fault(call_hold(conn, CALL_BY_HAND)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_retrieve(struct exchange *ex, struct line *line, char const *number)
{
    (void)ex, (void)number;
    struct call_conn *conn = oldest_in(line, CALL_HOLD);
    return conn ? of_call_fault(call_retrieve(conn, CALL_BY_HAND)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_dial(struct exchange *ex, struct line *line, char const *number)
{
    struct call *call;
    if (!number)
        return PHONE_NO_NUMBER;
    return of_call_fault(call_make(&ex->calls, line, number, CALL_MANUAL, &call));
}

static enum phone_fault key_busy(struct exchange *ex, struct line *line, char const *number)
{
    (void)ex, (void)number;
    line->busy = true;
    return PHONE_OK;
}

static enum phone_fault key_free(struct exchange *ex, struct line *line, char const *number)
{
    (void)ex, (void)number;
    line->busy = false;
    return PHONE_OK;
}

static struct {
    char const *verb;
    enum phone_fault (*press)(struct exchange *ex, struct line *line, char const *number);
} const keys[] = {
    { "answer", key_answer },     { "hangup", key_hangup }, { "hold", key_hold },
    { "retrieve", key_retrieve }, { "dial", key_dial },     { "busy", key_busy },
    { "free", key_free },
};

char const *phone_verbs(void)
{
    return "answer, hangup, hold, retrieve, dial, busy, free";
}

enum phone_fault phone_act(struct exchange *ex, struct line *line, char const *verb,
                           char const *number)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].verb, verb) == 0)
            return keys[i].press(ex, line, number);
    return PHONE_NO_VERB;
}
