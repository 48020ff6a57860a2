/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how a call that rings goes elsewhere by somebody's wish: deflected, or picked up. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "station.h"

enum call_fault call_deflect(struct call_conn *conn, char const *number)
{
    struct call *call = conn->call;
    struct line_table const *lines = call->table->options.lines;
    char to[NUMBER_MAX + 1];
    if (conn->state != CALL_ALERTING && conn->state != CALL_QUEUED)
        return CALL_FAULT_STATE;
    if (number_parse(number, to) < 0 || !line_is_reachable(lines, to))
        return CALL_FAULT_DESTINATION;
    struct line const *line = line_find(lines, to);
    if (line && call_conn_of(call, line))
        return CALL_FAULT_DESTINATION;
    call_send_on(conn, to, CSTA_CAUSE_redirected);
    call_ring(call, to, CSTA_CAUSE_redirected);
    return CALL_OK;
}

enum call_fault call_pick_up(struct call_conn *conn, struct line_ref at)
{
    struct call *call = conn->call;
    struct call_table const *tab = call->table;
    if (conn->state != CALL_ALERTING)
        return CALL_FAULT_STATE;
    if (!at.station)
        at.station = line_pick_station(at.line);
    if (at.line == conn->line)
        return call_answer(conn, at.station, CALL_BY_SERVICE);
    if (call_conn_of(call, at.line))
        return CALL_FAULT_STATE;
    if (!at.station || !at.station->in_service)
        return CALL_FAULT_OUT_OF_SERVICE;
    if (call_appearances(at.line) >= tab->options.max_calls_per_line)
        return CALL_FAULT_RESOURCES;
    struct call_conn *fresh = call_conn_new(call, at.line);
    if (!fresh)
        return CALL_FAULT_RESOURCES;
    call_seat(fresh, at.station);
    call_send_on(conn, at.line->number, CSTA_CAUSE_callPickup);
    call_take_handset(fresh, CSTA_CAUSE_callPickup);
    call_step(fresh, CALL_ANSWER, CSTA_CAUSE_callPickup);
    return CALL_OK;
}
