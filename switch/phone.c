/* SPDX-License-Identifier: Apache-2.0 */
/* Owns which call of the line a key means, and the states it works in. */
#include "phone.h"
#include "buf.h"
#include "call.h"
#include "exchange.h"
#include "station.h"
#include <stdlib.h>
#include <string.h>

/* A key as it is pressed. */
struct press {
    struct exchange *ex;
    struct line_ref at;
    char const *value; /* NULL: nothing was said */
    int parameter;     /* of the verb's row */
};

static struct call_conn *oldest_in(struct press const *p, enum call_state state)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &p->at.line->conns, on_line)
    {
        if (conn->state == state && call_conn_is_at(conn, p->at.station))
            return conn;
    }
    return NULL;
}

static struct call_conn *off_hook(struct press const *p)
{
    static enum call_state const order[] = { CALL_CONNECTED, CALL_FAIL, CALL_INITIATED };
    struct call_conn *conn = NULL;
    for (size_t i = 0; !conn && i < sizeof order / sizeof *order; i++)
        conn = oldest_in(p, order[i]);
    return conn;
}

static enum phone_fault of_call_fault(enum call_fault fault)
{
    switch (fault) {
    case CALL_OK:
        return PHONE_OK;
    case CALL_FAULT_NUMBER:
    case CALL_FAULT_DESTINATION:
        return PHONE_NO_NUMBER;
    case CALL_FAULT_RESOURCES:
    case CALL_FAULT_MEMBERS:
        return PHONE_NO_ROOM;
    case CALL_FAULT_OUT_OF_SERVICE:
        return PHONE_DEAD;
    case CALL_FAULT_STATE:
    case CALL_FAULT_HELD_STATE:
    case CALL_FAULT_CALLING_STATE:
        break;
    }
    return PHONE_WRONG_STATE;
}

/* --- one call --------------------------------------------------------------------------------- */

/* Lifting the handset answers what rings, and else starts the call that waits for it. */
static enum phone_fault key_answer(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_ALERTING);
    if (conn)
        return of_call_fault(call_answer(conn, p->at.station, CALL_BY_HAND));
    conn = oldest_in(p, CALL_INITIATED);
    return conn ? of_call_fault(call_lift(conn)) : PHONE_WRONG_STATE;
}

/* Ends what the human hears now; a phone on the hook rejects what rings, then drops what is held.
 */
static enum phone_fault key_hangup(struct press const *p)
{
    struct call_conn *conn = off_hook(p);
    if (!conn)
        conn = oldest_in(p, CALL_ALERTING);
    if (!conn)
        conn = oldest_in(p, CALL_HOLD);
    if (!conn)
        return PHONE_WRONG_STATE;
    call_clear(conn);
    return PHONE_OK;
}

static enum phone_fault key_hold(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_CONNECTED);
    return conn ? of_call_fault(call_hold(conn, CALL_BY_HAND)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_retrieve(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_HOLD);
    return conn ? of_call_fault(call_retrieve(conn, CALL_BY_HAND)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_lift(struct press const *p)
{
    struct call *call;
    return of_call_fault(call_make(&p->ex->calls, p->at, "", CALL_MANUAL, NULL, &call));
}

static enum phone_fault key_dial(struct press const *p)
{
    struct call *call;
    return of_call_fault(call_make(&p->ex->calls, p->at, p->value, CALL_MANUAL, NULL, &call));
}

/* With a dial tone they dial, in a call they are heard. */
static enum phone_fault key_digits(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_INITIATED);
    if (conn)
        return of_call_fault(call_dial(conn, p->value));
    conn = oldest_in(p, CALL_CONNECTED);
    return conn ? of_call_fault(call_send_digits(conn, p->value)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_deflect(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_ALERTING);
    return conn ? of_call_fault(call_deflect(conn, p->value)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_pickup(struct press const *p)
{
    struct press other = { .ex = p->ex };
    if (!line_resolve(&p->ex->lines, p->value, &other.at))
        return PHONE_NO_NUMBER;
    struct call_conn *conn = oldest_in(&other, CALL_ALERTING);
    return conn ? of_call_fault(call_pick_up(conn, p->at)) : PHONE_WRONG_STATE;
}

/* --- two calls -------------------------------------------------------------------------------- */

static enum phone_fault key_consult(struct press const *p)
{
    struct call_conn *conn = oldest_in(p, CALL_CONNECTED);
    struct call *call;
    return conn ? of_call_fault(call_consult(conn, p->value, CALL_FOR_ANYTHING, &call))
                : PHONE_WRONG_STATE;
}

static enum phone_fault key_alternate(struct press const *p)
{
    struct call_conn *held = oldest_in(p, CALL_HOLD), *active = oldest_in(p, CALL_CONNECTED);
    return held && active ? of_call_fault(call_alternate(held, active)) : PHONE_WRONG_STATE;
}

static enum phone_fault key_reconnect(struct press const *p)
{
    struct call_conn *held = oldest_in(p, CALL_HOLD), *active = off_hook(p);
    return held && active ? of_call_fault(call_reconnect(active, held)) : PHONE_WRONG_STATE;
}

/* To a number in one step; without one it connects the two calls that the phone has. */
static enum phone_fault key_transfer(struct press const *p)
{
    struct call_conn *held = oldest_in(p, CALL_HOLD), *active = oldest_in(p, CALL_CONNECTED);
    struct call_join join;
    if (!active || (!p->value && !held))
        return PHONE_WRONG_STATE;
    return of_call_fault(p->value ? call_send_to(active, p->value, NULL, &join)
                                  : call_transfer(held, active, &join));
}

static enum phone_fault key_conference(struct press const *p)
{
    struct call_conn *held = oldest_in(p, CALL_HOLD), *active = oldest_in(p, CALL_CONNECTED);
    struct line_ref whom;
    struct call_join join;
    if (!active || (!p->value && !held))
        return PHONE_WRONG_STATE;
    if (!p->value)
        return of_call_fault(call_conference(held, active, &join));
    if (!line_resolve(&p->ex->lines, p->value, &whom))
        return PHONE_NO_NUMBER;
    return of_call_fault(call_take_in(active, whom, false, &join));
}

/* --- the line and the phone ------------------------------------------------------------------- */

static bool is_on(struct press const *p)
{
    return strcmp(p->value, "on") == 0;
}

static enum phone_fault key_busy(struct press const *p)
{
    p->at.line->busy = p->parameter;
    call_line_freed(&p->ex->calls, p->at.line);
    return PHONE_OK;
}

/* A number switches it on, "off" off. */
static enum phone_fault key_forward(struct press const *p)
{
    struct feature_forward wanted = {
        .reason = (enum feature_reason)p->parameter,
        .active = strcmp(p->value, "off") != 0,
    };
    if (wanted.active && number_parse(p->value, wanted.to) < 0)
        return PHONE_NO_NUMBER;
    return feature_set_forward(&p->ex->lines, p->at.line, &wanted) == FEATURE_OK ? PHONE_OK
                                                                                 : PHONE_NO_NUMBER;
}

static enum phone_fault key_dnd(struct press const *p)
{
    feature_set_dnd(&p->ex->lines, p->at.line, is_on(p));
    return PHONE_OK;
}

static enum phone_fault key_message(struct press const *p)
{
    feature_set_message_waiting(&p->ex->lines, p->at.line, is_on(p));
    return PHONE_OK;
}

static struct station *phone_of(struct press const *p)
{
    return p->at.station ? p->at.station : line_pick_station(p->at.line);
}

static enum phone_fault key_mute(struct press const *p)
{
    struct station *station = phone_of(p);
    for (size_t i = 0; station && i < STATION_APPARATUS; i++)
        station->audio[i].microphone_mute = is_on(p);
    return station ? PHONE_OK : PHONE_WRONG_STATE;
}

static enum phone_fault key_volume(struct press const *p)
{
    struct station *station = phone_of(p);
    char *end;
    unsigned long volume = strtoul(p->value, &end, 10);
    if (*end || volume > STATION_VOLUME_MAX)
        return PHONE_NO_VALUE;
    for (size_t i = 0; station && i < STATION_APPARATUS; i++)
        station->audio[i].volume = (unsigned)volume;
    return station ? PHONE_OK : PHONE_WRONG_STATE;
}

static enum phone_fault key_service(struct press const *p)
{
    if (p->at.line->guest)
        return PHONE_WRONG_STATE;
    for (size_t i = 0; i < p->at.line->n_stations; i++)
        if (!p->at.station || p->at.line->stations[i] == p->at.station)
            call_set_service(&p->ex->calls, p->at.line->stations[i], p->parameter);
    return PHONE_OK;
}

/* --- the keys --------------------------------------------------------------------------------- */

enum need { NOTHING, NUMBER, MAYBE_NUMBER, DIGITS, NUMBER_OR_OFF, ON_OFF, PERCENT };

static char const *const needs[] = {
    [NOTHING] = "",
    [NUMBER] = " NUMBER",
    [MAYBE_NUMBER] = " [NUMBER]",
    [DIGITS] = " DIGITS",
    [NUMBER_OR_OFF] = " NUMBER|off",
    [ON_OFF] = " on|off",
    [PERCENT] = " PERCENT",
};

static struct key {
    char const *verb;
    enum need need;
    enum phone_fault (*press)(struct press const *p);
    int parameter;
} const keys[] = {
    { "answer", NOTHING, key_answer, 0 },
    { "hangup", NOTHING, key_hangup, 0 },
    { "hold", NOTHING, key_hold, 0 },
    { "retrieve", NOTHING, key_retrieve, 0 },
    { "lift", NOTHING, key_lift, 0 },
    { "dial", NUMBER, key_dial, 0 },
    { "digits", DIGITS, key_digits, 0 },
    { "deflect", NUMBER, key_deflect, 0 },
    { "pickup", NUMBER, key_pickup, 0 },
    { "consult", NUMBER, key_consult, 0 },
    { "alternate", NOTHING, key_alternate, 0 },
    { "reconnect", NOTHING, key_reconnect, 0 },
    { "transfer", MAYBE_NUMBER, key_transfer, 0 },
    { "conference", MAYBE_NUMBER, key_conference, 0 },
    { "forward", NUMBER_OR_OFF, key_forward, FEATURE_IMMEDIATE },
    { "forward-busy", NUMBER_OR_OFF, key_forward, FEATURE_BUSY },
    { "forward-no-answer", NUMBER_OR_OFF, key_forward, FEATURE_NO_ANSWER },
    { "forward-dnd", NUMBER_OR_OFF, key_forward, FEATURE_DND },
    { "dnd", ON_OFF, key_dnd, 0 },
    { "message", ON_OFF, key_message, 0 },
    { "mute", ON_OFF, key_mute, 0 },
    { "volume", PERCENT, key_volume, 0 },
    { "busy", NOTHING, key_busy, true },
    { "free", NOTHING, key_busy, false },
    { "out-of-service", NOTHING, key_service, false },
    { "in-service", NOTHING, key_service, true },
};
enum { N_KEYS = sizeof keys / sizeof *keys };

void phone_verbs(struct buf *out)
{
    for (size_t i = 0; i < N_KEYS; i++)
        buf_printf(out, "%s%s%s", i ? ", " : "", keys[i].verb, needs[keys[i].need]);
}

static enum phone_fault check_value(enum need need, char const *value)
{
    bool is_switch = value && (strcmp(value, "on") == 0 || strcmp(value, "off") == 0);
    if (need == NOTHING || need == MAYBE_NUMBER)
        return PHONE_OK;
    if (need == ON_OFF)
        return is_switch ? PHONE_OK : PHONE_NO_VALUE;
    if (value && value[0])
        return PHONE_OK;
    return need == PERCENT ? PHONE_NO_VALUE : PHONE_NO_NUMBER;
}

enum phone_fault phone_act(struct exchange *ex, struct line_ref at, char const *verb,
                           char const *value)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        struct press press = { ex, at, value, keys[i].parameter };
        if (strcmp(keys[i].verb, verb) != 0)
            continue;
        enum phone_fault fault = check_value(keys[i].need, value);
        return fault == PHONE_OK ? keys[i].press(&press) : fault;
    }
    return PHONE_NO_VERB;
}
