/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what a phone does with the calls that it has: one handset, several calls. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "station.h"

static enum csta_cause cause_of(enum call_actor actor)
{
    return actor == CALL_BY_HAND ? CSTA_CAUSE_keyOperation : CSTA_CAUSE_normal;
}

static struct call_conn *off_hook_at(struct station const *station, struct call_conn const *but)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &station->conns, on_station)
    {
        if (conn != but && call_is_off_hook(conn))
            return conn;
    }
    return NULL;
}

bool call_station_is_off_hook(struct station const *station)
{
    return off_hook_at(station, NULL) != NULL;
}

/* Ending one call may end others of the phone, so each turn looks anew. */
void call_take_handset(struct call_conn *conn, enum csta_cause cause)
{
    struct call_conn *other;
    while (conn->station && (other = off_hook_at(conn->station, conn))) {
        if (other->state == CALL_CONNECTED)
            call_step(other, CALL_PUT_ON_HOLD, cause);
        else
            call_clear(other);
    }
}

/* The other phones of a shared line stop ringing; nobody there has missed a call. */
static void tell_elsewhere(struct call_conn const *conn)
{
    struct call_options const *options = &conn->call->table->options;
    struct call_event event = {
        .type = CSTA_ConnectionClearedEvent,
        .call = conn->call,
        .device = conn->line->number,
        .cause = CSTA_CAUSE_callPickup,
        .line = conn->line,
        .station = conn->station,
        .elsewhere = true,
    };
    if (line_is_shared(conn->line))
        options->on_event(options->ctx, &event);
}

enum call_fault call_answer(struct call_conn *conn, struct station *at, enum call_actor actor)
{
    if (conn->state != CALL_ALERTING)
        return CALL_FAULT_STATE;
    if (!at)
        at = line_pick_station(conn->line);
    if (at && !at->in_service)
        return CALL_FAULT_OUT_OF_SERVICE;
    wheel_disarm(&conn->timer);
    conn->offered = false;
    call_seat(conn, at);
    call_take_handset(conn, cause_of(actor));
    call_step(conn, CALL_ANSWER, cause_of(actor));
    tell_elsewhere(conn);
    return CALL_OK;
}

enum call_fault call_hold(struct call_conn *conn, enum call_actor actor)
{
    if (conn->state != CALL_CONNECTED)
        return CALL_FAULT_STATE;
    call_step(conn, CALL_PUT_ON_HOLD, cause_of(actor));
    return CALL_OK;
}

enum call_fault call_retrieve(struct call_conn *conn, enum call_actor actor)
{
    if (conn->state != CALL_HOLD)
        return CALL_FAULT_STATE;
    call_take_handset(conn, cause_of(actor));
    call_step(conn, CALL_RETRIEVE, cause_of(actor));
    return CALL_OK;
}

static enum call_fault check_pair(struct call_conn const *held, struct call_conn const *active)
{
    if (held->state != CALL_HOLD)
        return CALL_FAULT_HELD_STATE;
    if (held->call == active->call || held->station != active->station)
        return CALL_FAULT_STATE;
    return CALL_OK;
}

enum call_fault call_alternate(struct call_conn *held, struct call_conn *active)
{
    enum call_fault fault = check_pair(held, active);
    if (fault != CALL_OK)
        return fault;
    if (active->state != CALL_CONNECTED)
        return CALL_FAULT_STATE;
    call_step(active, CALL_PUT_ON_HOLD, CSTA_CAUSE_alternate);
    call_step(held, CALL_RETRIEVE, CSTA_CAUSE_alternate);
    return CALL_OK;
}

enum call_fault call_reconnect(struct call_conn *active, struct call_conn *held)
{
    enum call_fault fault = check_pair(held, active);
    if (fault != CALL_OK)
        return fault;
    if (!call_is_off_hook(active))
        return CALL_FAULT_STATE;
    call_clear(active);
    call_step(held, CALL_RETRIEVE, CSTA_CAUSE_normal);
    return CALL_OK;
}

/* What rings where no phone works any more, or is at the phone that fails. */
static struct call_conn *cut_off(struct station const *station)
{
    struct call_conn *conn;
    if (!TAILQ_EMPTY(&station->conns))
        return TAILQ_FIRST(&station->conns);
    for (size_t i = 0; i < station->n_lines; i++) {
        struct line const *line = station->lines[i];
        if (line_in_service(line))
            continue;
        TAILQ_FOREACH(conn, &line->conns, on_line)
        {
            if (conn->state == CALL_ALERTING)
                return conn;
        }
    }
    return NULL;
}

void call_set_service(struct call_table *tab, struct station *station, bool on)
{
    struct call_conn *conn;
    station_set_service(tab->options.lines, station, on);
    while (!on && (conn = cut_off(station)))
        call_leave(conn, CSTA_CAUSE_destOutOfOrder);
    for (size_t i = 0; i < station->n_lines; i++)
        call_line_freed(tab, station->lines[i]);
}
