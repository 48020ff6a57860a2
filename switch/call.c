/* SPDX-License-Identifier: Apache-2.0 */
/* Owns calls and their connections, and how they end. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "clock.h"
#include "log.h"
#include "station.h"
#include "switch_metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct call *call_of_id(struct htab_entry const *entry)
{
    return (struct call *)((char *)entry - offsetof(struct call, by_id));
}

static bool is_id(struct htab_entry const *entry, void const *key)
{
    return strcmp(call_of_id(entry)->id, key) == 0;
}

static uint64_t hash_id(char const *id)
{
    return htab_hash(id, strlen(id), 0);
}

/* --- connections ------------------------------------------------------------------------------ */

void call_step_telling(struct call_conn *conn, enum call_step event, struct call_tell const *tell)
{
    struct call_tell copy = *tell;
    fsm_step(&call_fsm, &conn->state, conn, event, &copy, conn->call->id);
    if (conn->station)
        station_update_hook(conn->call->table->options.lines, conn->station);
}

void call_step(struct call_conn *conn, enum call_step event, enum csta_cause cause)
{
    call_step_telling(conn, event, &(struct call_tell){ .cause = cause });
}

struct call_conn *call_conn_new(struct call *call, struct line *line)
{
    struct call_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return NULL;
    *conn = (struct call_conn){ .call = call, .line = line, .state = CALL_IDLE };
    TAILQ_INSERT_TAIL(&call->conns, conn, on_call);
    TAILQ_INSERT_TAIL(&line->conns, conn, on_line);
    line->n_conns++;
    return conn;
}

void call_conn_free(struct call_conn **pconn)
{
    struct call_conn *conn = *pconn;
    *pconn = NULL;
    if (!conn)
        return;
    struct call_table *tab = conn->call->table;
    struct line *line = conn->line;
    wheel_disarm(&conn->timer);
    call_seat(conn, NULL);
    TAILQ_REMOVE(&conn->call->conns, conn, on_call);
    TAILQ_REMOVE(&line->conns, conn, on_line);
    line->n_conns--;
    free(conn);
    call_line_freed(tab, line);
    line_guest_release(tab->options.lines, &line);
}

void call_seat(struct call_conn *conn, struct station *station)
{
    if (conn->station)
        TAILQ_REMOVE(&conn->station->conns, conn, on_station);
    conn->station = station;
    if (station)
        TAILQ_INSERT_TAIL(&station->conns, conn, on_station);
}

void call_move(struct call_conn *conn, struct call *to)
{
    TAILQ_REMOVE(&conn->call->conns, conn, on_call);
    conn->call = to;
    TAILQ_INSERT_TAIL(&to->conns, conn, on_call);
}

struct call_conn *call_conn_of(struct call const *call, struct line const *line)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        if (conn->line == line)
            return conn;
    }
    return NULL;
}

bool call_conn_is_at(struct call_conn const *conn, struct station const *station)
{
    return !station || !conn->station || conn->station == station;
}

char const *call_endpoint(struct call_conn const *conn)
{
    struct call const *call = conn->call;
    struct call_conn const *other;
    TAILQ_FOREACH(other, &call->conns, on_call)
    {
        if (other != conn)
            return other->line->number;
    }
    return strcmp(conn->line->number, call->calling) == 0 ? call->called : call->calling;
}

bool call_is_off_hook(struct call_conn const *conn)
{
    return conn->state == CALL_INITIATED || conn->state == CALL_CONNECTED ||
           conn->state == CALL_FAIL;
}

enum csta_connection_state call_state_csta(enum call_state state)
{
    static enum csta_connection_state const states[CALL_STATES] = {
        [CALL_IDLE] = CSTA_STATE_null,         [CALL_INITIATED] = CSTA_STATE_initiated,
        [CALL_ALERTING] = CSTA_STATE_alerting, [CALL_CONNECTED] = CSTA_STATE_connected,
        [CALL_HOLD] = CSTA_STATE_hold,         [CALL_QUEUED] = CSTA_STATE_queued,
        [CALL_FAIL] = CSTA_STATE_fail,
    };
    return states[state];
}

/* --- calls ------------------------------------------------------------------------------------ */

void call_table_init(struct call_table *tab, struct call_options const *options)
{
    *tab = (struct call_table){ .options = *options };
    call_id_init(&tab->ids);
    TAILQ_INIT(&tab->all);
    htab_init(&tab->by_id);
}

void call_free(struct call **pcall)
{
    struct call *call = *pcall;
    *pcall = NULL;
    if (!call)
        return;
    struct call_table *tab = call->table;
    struct call_conn *conn;
    if (tab->options.on_end)
        tab->options.on_end(tab->options.ctx, call);
    while ((conn = TAILQ_FIRST(&call->conns)))
        call_conn_free(&conn);
    htab_remove(&tab->by_id, &call->by_id);
    TAILQ_REMOVE(&tab->all, call, link);
    tab->n--;
    met_add(&switch_metrics, M_calls, -1);
    free(call);
}

void call_table_fini(struct call_table *tab)
{
    struct call *call;
    while ((call = TAILQ_FIRST(&tab->all)))
        call_free(&call);
    htab_fini(&tab->by_id);
}

bool call_has_room(struct call_table const *tab)
{
    return tab->n < tab->options.max_calls;
}

struct call *call_new(struct call_table *tab, struct line const *caller, char const *called)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->table = tab;
    call->external = caller->guest;
    call->start_ms = clock_now_ms();
    snprintf(call->calling, sizeof call->calling, "%s", caller->number);
    snprintf(call->called, sizeof call->called, "%s", called);
    call_id_next(&tab->ids, call->id);
    TAILQ_INIT(&call->conns);
    TAILQ_INIT(&call->monitors);
    TAILQ_INSERT_TAIL(&tab->all, call, link);
    tab->n++;
    met_inc(&switch_metrics, M_calls);
    if (htab_insert(&tab->by_id, &call->by_id, hash_id(call->id)) < 0)
        call_free(&call);
    return call;
}

void call_tie(struct call *call, char const *correlator)
{
    if (correlator)
        snprintf(call->correlator, sizeof call->correlator, "%s", correlator);
}

struct call *call_find(struct call_table const *tab, char const *id)
{
    struct htab_entry *entry = htab_find(&tab->by_id, hash_id(id), is_id, id);
    return entry ? call_of_id(entry) : NULL;
}

size_t call_parties(struct call const *call)
{
    struct call_conn const *conn;
    size_t n = 0;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        n++;
    }
    return n;
}

/* --- ending ----------------------------------------------------------------------------------- */

static void drop(struct call_conn *conn, enum csta_cause cause)
{
    call_step(conn, CALL_CLEAR, cause);
    call_conn_free(&conn);
}

/* Two that can hear each other, or one who waits for the other to answer. */
static bool can_go_on(struct call const *call)
{
    struct call_conn const *conn;
    size_t n = 0, talking = 0;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        if (conn->silent)
            continue;
        n++;
        talking += conn->state == CALL_CONNECTED || conn->state == CALL_HOLD;
    }
    return n >= 2 && talking >= 1;
}

/* A line that only rang, or waited, sees that the caller gave up. */
static void end(struct call *call, enum csta_cause cause)
{
    struct call_conn *conn;
    while ((conn = TAILQ_FIRST(&call->conns))) {
        bool rang = conn->state == CALL_ALERTING || conn->state == CALL_QUEUED;
        drop(conn, rang ? CSTA_CAUSE_callCancelled : cause);
    }
    log_info(call->id, "call ended from=\"%s\" to=\"%s\" duration_ms=%" PRIu64, call->calling,
             call->called, clock_now_ms() - call->start_ms);
    call_free(&call);
}

void call_leave(struct call_conn *conn, enum csta_cause cause)
{
    struct call *call = conn->call;
    drop(conn, cause);
    if (!can_go_on(call))
        end(call, cause);
}

void call_clear(struct call_conn *conn)
{
    call_leave(conn, CSTA_CAUSE_normalClearing);
}

void call_clear_all(struct call *call)
{
    end(call, CSTA_CAUSE_normalClearing);
}
