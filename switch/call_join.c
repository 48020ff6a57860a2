/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how calls become one: transfer and conference, in two steps and in one.
 *
 * What comes of two calls is a third with an id of its own, and the connections of the others move
 * there as they are. The line that does it tells by its held connection; its active one goes
 * silently, for one event says it all. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "log.h"
#include "station.h"
#include "switch_metrics.h"
#include <stdio.h>
#include <string.h>

static void add_member(struct call_join *join, struct call_conn const *conn, char const *old_id)
{
    struct call_member *member = &join->members[join->n++];
    snprintf(member->number, sizeof member->number, "%s", conn->line->number);
    member->old_id = old_id;
    member->state = conn->state;
}

static struct call_conn *first_other(struct call_conn const *conn)
{
    struct call_conn *other = TAILQ_FIRST(&conn->call->conns);
    return other == conn ? TAILQ_NEXT(other, on_call) : other;
}

/* Two connections of one line in one call could not be told apart. */
static bool share_a_line(struct call_conn const *held, struct call_conn const *active)
{
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &active->call->conns, on_call)
    {
        if (conn != active && call_conn_of(held->call, conn->line))
            return true;
    }
    return false;
}

static enum call_fault check_join(struct call_conn const *held, struct call_conn const *active,
                                  bool leaves)
{
    enum call_purpose purpose = active->call->purpose;
    if (held->state != CALL_HOLD)
        return CALL_FAULT_HELD_STATE;
    if (active->state != CALL_CONNECTED || held->line != active->line ||
        held->call == active->call || held->silent || active->silent)
        return CALL_FAULT_STATE;
    if (purpose == CALL_FOR_TALK || purpose == (leaves ? CALL_FOR_CONFERENCE : CALL_FOR_TRANSFER))
        return CALL_FAULT_STATE;
    if (!first_other(held) || !first_other(active) || share_a_line(held, active))
        return CALL_FAULT_STATE;
    /* Who transfers leaves, who makes a conference stays. Two may always talk. */
    size_t members = call_parties(held->call) + call_parties(active->call) - (leaves ? 2 : 1);
    return members > 2 && members > held->call->table->options.max_members ? CALL_FAULT_MEMBERS
                                                                           : CALL_OK;
}

/* A new call takes over all connections of @p from. */
static void move_all(struct call *from, struct call *to)
{
    struct call_options const *options = &from->table->options;
    struct call_conn *conn;
    while ((conn = TAILQ_FIRST(&from->conns)))
        call_move(conn, to);
    if (options->on_move)
        options->on_move(options->ctx, from, to);
}

static void name_members(struct call_join *join, struct call_conn const *by,
                         struct call const *call)
{
    snprintf(join->id, sizeof join->id, "%s", call->id);
    snprintf(join->by, sizeof join->by, "%s", by->line->number);
}

/* The others of both calls, the primary call's first; whoever leaves is not among them. */
static void list_members(struct call_join *join, struct call const *call,
                         struct call_conn const *leaving, struct call_conn const *first_added)
{
    struct call_conn const *conn;
    char const *old_id = join->primary;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        if (conn == first_added)
            old_id = join->secondary;
        if (conn != leaving && join->n < CALL_MEMBERS_MAX)
            add_member(join, conn, old_id);
    }
}

/* Makes the new call of both; held is still as it was, active is gone. */
static enum call_fault merge(struct call_conn *held, struct call_conn *active,
                             struct call_join *ret)
{
    struct call *first = held->call, *second = active->call;
    struct call_conn *added = first_other(active);
    struct call *call = call_new(first->table, held->line, added->line->number);
    *ret = (struct call_join){ .n = 0 };
    if (!call)
        return CALL_FAULT_RESOURCES;
    snprintf(ret->primary, sizeof ret->primary, "%s", first->id);
    snprintf(ret->secondary, sizeof ret->secondary, "%s", second->id);
    snprintf(ret->added, sizeof ret->added, "%s", added->line->number);
    name_members(ret, held, call);
    call->start_ms = first->start_ms;
    call_tie(call, first->correlator[0] ? first->correlator : second->correlator);
    call_step(active, CALL_DISCARD, CSTA_CAUSE_ABSENT);
    call_conn_free(&active);
    move_all(first, call);
    move_all(second, call);
    call_free(&first);
    call_free(&second);
    return CALL_OK;
}

static struct call_conn *find_added(struct call_join const *join, struct call const *call)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        if (strcmp(conn->line->number, join->added) == 0)
            return conn;
    }
    return NULL;
}

/* After a transfer it is the first of those who talked that calls the other one. */
static void rename_call(struct call *call, struct call_conn const *caller)
{
    snprintf(call->calling, sizeof call->calling, "%s", caller->line->number);
    call->external = caller->line->guest;
}

enum call_fault call_transfer(struct call_conn *held, struct call_conn *active,
                              struct call_join *ret)
{
    enum call_fault fault = check_join(held, active, true);
    if (fault == CALL_OK)
        fault = merge(held, active, ret);
    if (fault != CALL_OK)
        return fault;
    struct call *call = held->call;
    rename_call(call, first_other(held));
    list_members(ret, call, held, find_added(ret, call));
    met_inc(&switch_metrics, M_calls_transferred);
    log_info(call->id, "call transferred by=%s to=\"%s\"", ret->by, ret->added);
    call_step_telling(held, CALL_HAND_OVER,
                      &(struct call_tell){ .cause = CSTA_CAUSE_transfer, .join = ret });
    call_conn_free(&held);
    return CALL_OK;
}

enum call_fault call_conference(struct call_conn *held, struct call_conn *active,
                                struct call_join *ret)
{
    enum call_fault fault = check_join(held, active, false);
    if (fault != CALL_OK)
        return fault;
    char calling[NUMBER_MAX + 1], called[NUMBER_MAX + 1];
    bool external = held->call->external;
    memcpy(calling, held->call->calling, sizeof calling);
    memcpy(called, held->call->called, sizeof called);
    fault = merge(held, active, ret);
    if (fault != CALL_OK)
        return fault;
    struct call *call = held->call;
    memcpy(call->calling, calling, sizeof calling);
    memcpy(call->called, called, sizeof called);
    call->external = external;
    met_inc(&switch_metrics, M_conferences);
    log_info(call->id, "conference by=%s with=\"%s\"", ret->by, ret->added);
    /* The list shows the line that joined them as it is now: connected. */
    list_members(ret, call, NULL, find_added(ret, call));
    for (size_t i = 0; i < ret->n; i++)
        if (strcmp(ret->members[i].number, ret->by) == 0)
            ret->members[i].state = CALL_CONNECTED;
    call_step_telling(held, CALL_JOIN,
                      &(struct call_tell){ .cause = CSTA_CAUSE_conference, .join = ret });
    return CALL_OK;
}

/* --- in one step ------------------------------------------------------------------------------ */

/* Somebody must be there who talks; two that ring have nothing to say to each other. */
static bool has_answered(struct call_conn const *conn)
{
    struct call_conn const *other;
    TAILQ_FOREACH(other, &conn->call->conns, on_call)
    {
        if (other != conn && (other->state == CALL_CONNECTED || other->state == CALL_HOLD))
            return true;
    }
    return false;
}

enum call_fault call_send_to(struct call_conn *active, char const *number, char const *correlator,
                             struct call_join *ret)
{
    struct call *first = active->call;
    struct line_table const *lines = first->table->options.lines;
    char to[NUMBER_MAX + 1];
    if (active->state != CALL_CONNECTED || active->silent || !has_answered(active))
        return CALL_FAULT_STATE;
    if (number_parse(number, to) < 0 || !line_is_reachable(lines, to))
        return CALL_FAULT_DESTINATION;
    struct line const *line = line_find(lines, to);
    if (line && call_conn_of(first, line))
        return CALL_FAULT_DESTINATION;
    struct call *call = call_new(first->table, active->line, to);
    if (!call)
        return CALL_FAULT_RESOURCES;
    *ret = (struct call_join){ .n = 0 };
    snprintf(ret->primary, sizeof ret->primary, "%s", first->id);
    snprintf(ret->added, sizeof ret->added, "%s", to);
    name_members(ret, active, call);
    call->start_ms = first->start_ms;
    call_tie(call, correlator ? correlator : first->correlator);
    move_all(first, call);
    call_free(&first);
    rename_call(call, first_other(active));
    list_members(ret, call, active, NULL);
    met_inc(&switch_metrics, M_calls_transferred);
    log_info(call->id, "call transferred by=%s to=\"%s\"", ret->by, to);
    call_step_telling(active, CALL_HAND_OVER,
                      &(struct call_tell){ .cause = CSTA_CAUSE_singleStepTransfer, .join = ret });
    call_conn_free(&active);
    call_ring(call, to, CSTA_CAUSE_singleStepTransfer);
    return CALL_OK;
}

static enum call_fault check_take_in(struct call_conn const *active, struct line_ref whom)
{
    struct call_options const *options = &active->call->table->options;
    if (active->state != CALL_CONNECTED || active->silent || !has_answered(active) ||
        call_conn_of(active->call, whom.line))
        return CALL_FAULT_STATE;
    if (!whom.station || !whom.station->in_service)
        return CALL_FAULT_OUT_OF_SERVICE;
    if (whom.line->busy || call_station_is_off_hook(whom.station))
        return CALL_FAULT_CALLING_STATE;
    if (call_appearances(whom.line) >= options->max_calls_per_line)
        return CALL_FAULT_RESOURCES;
    return call_parties(active->call) >= options->max_members ? CALL_FAULT_MEMBERS : CALL_OK;
}

enum call_fault call_take_in(struct call_conn *active, struct line_ref whom, bool silent,
                             struct call_join *ret)
{
    struct call *call = active->call;
    if (!whom.station)
        whom.station = line_pick_station(whom.line);
    enum call_fault fault = check_take_in(active, whom);
    if (fault != CALL_OK)
        return fault;
    *ret = (struct call_join){ .n = 0 };
    snprintf(ret->primary, sizeof ret->primary, "%s", call->id);
    snprintf(ret->added, sizeof ret->added, "%s", whom.line->number);
    name_members(ret, active, call);
    list_members(ret, call, NULL, NULL);
    struct call_conn *fresh = call_conn_new(call, whom.line);
    if (!fresh)
        return CALL_FAULT_RESOURCES;
    call_seat(fresh, whom.station);
    fresh->silent = silent;
    add_member(ret, fresh, NULL);
    ret->members[ret->n - 1].state = CALL_CONNECTED;
    met_inc(&switch_metrics, M_conferences);
    log_info(call->id, "conference by=%s with=\"%s\" silent=%d", ret->by, ret->added, silent);
    call_step_telling(fresh, CALL_JOIN,
                      &(struct call_tell){ .cause = CSTA_CAUSE_singleStepConference, .join = ret });
    return CALL_OK;
}
