/* SPDX-License-Identifier: Apache-2.0 */
/* Owns calls and their connections, and the operations on them. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call.h"
#include "clock.h"
#include "line.h"
#include "log.h"
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

static int step(struct call_conn *conn, enum call_step event, enum csta_cause cause)
{
    return fsm_step(&call_fsm, &conn->state, conn, event, &cause, conn->call->id);
}

/* --- connections ------------------------------------------------------------------------------ */

static struct call_conn *conn_new(struct call *call, struct line *line)
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

static void conn_free(struct call_conn **pconn)
{
    struct call_conn *conn = *pconn;
    *pconn = NULL;
    if (!conn)
        return;
    TAILQ_REMOVE(&conn->call->conns, conn, on_call);
    TAILQ_REMOVE(&conn->line->conns, conn, on_line);
    conn->line->n_conns--;
    free(conn);
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

char const *call_endpoint(struct call_conn const *conn)
{
    struct call_conn const *other;
    TAILQ_FOREACH(other, &conn->call->conns, on_call)
    {
        if (other != conn)
            return other->line->number;
    }
    return conn->line == conn->call->calling ? conn->call->called : conn->call->calling->number;
}

enum csta_connection_state call_state_csta(enum call_state state)
{
    static enum csta_connection_state const states[CALL_STATES] = {
        [CALL_IDLE] = CSTA_STATE_null,         [CALL_INITIATED] = CSTA_STATE_initiated,
        [CALL_ALERTING] = CSTA_STATE_alerting, [CALL_CONNECTED] = CSTA_STATE_connected,
        [CALL_HOLD] = CSTA_STATE_hold,         [CALL_FAIL] = CSTA_STATE_fail,
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

static void call_free(struct call **pcall)
{
    struct call *call = *pcall;
    *pcall = NULL;
    if (!call)
        return;
    struct call_table *tab = call->table;
    struct call_conn *conn;
    while ((conn = TAILQ_FIRST(&call->conns)))
        conn_free(&conn);
    wheel_disarm(&call->no_answer);
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

static struct call *call_new(struct call_table *tab, struct line *line, char const *called)
{
    if (tab->n >= tab->options.max_calls)
        return NULL;
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->table = tab;
    call->calling = line;
    call->start_ms = clock_now_ms();
    snprintf(call->called, sizeof call->called, "%s", called);
    call_id_next(&tab->ids, call->id);
    TAILQ_INIT(&call->conns);
    TAILQ_INSERT_TAIL(&tab->all, call, link);
    tab->n++;
    met_inc(&switch_metrics, M_calls);
    if (htab_insert(&tab->by_id, &call->by_id, hash_id(call->id)) < 0 || !conn_new(call, line)) {
        call_free(&call);
        return NULL;
    }
    return call;
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
    step(conn, CALL_CLEAR, cause);
    conn_free(&conn);
}

/* The first to go leaves by @p cause; a line that only rang sees that the caller gave up. */
static void end_from(struct call_conn *conn, enum csta_cause cause)
{
    struct call *call = conn->call;
    drop(conn, cause);
    while ((conn = TAILQ_FIRST(&call->conns)))
        drop(conn, conn->state == CALL_ALERTING ? CSTA_CAUSE_callCancelled : cause);
    log_info(call->id, "call ended from=\"%s\" to=\"%s\" duration_ms=%" PRIu64,
             call->calling->number, call->called, clock_now_ms() - call->start_ms);
    call_free(&call);
}

void call_clear(struct call_conn *conn)
{
    end_from(conn, CSTA_CAUSE_normalClearing);
}

/* Nobody answered, or nobody lifted the handset of a prompted call. */
static void on_no_answer(struct wheel_timer *timer)
{
    struct call *call = (struct call *)((char *)timer - offsetof(struct call, no_answer));
    met_inc(&switch_metrics, M_calls_unanswered);
    end_from(TAILQ_LAST(&call->conns, call_conns), CSTA_CAUSE_callNotAnswered);
}

static void arm_no_answer(struct call *call)
{
    struct call_options const *options = &call->table->options;
    if (options->no_answer_ms > 0)
        wheel_arm(options->wheel, &call->no_answer, options->no_answer_ms, on_no_answer);
}

/* --- starting --------------------------------------------------------------------------------- */

static bool is_off_hook(struct call_conn const *conn)
{
    return conn->state == CALL_INITIATED || conn->state == CALL_CONNECTED ||
           conn->state == CALL_FAIL;
}

static bool line_is_off_hook(struct line const *line)
{
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        if (is_off_hook(conn))
            return true;
    }
    return false;
}

static bool line_takes_calls(struct call_options const *options, struct line const *line)
{
    if (line->busy || line->n_conns >= options->max_calls_per_line)
        return false;
    return options->call_waiting || line->n_conns == 0;
}

static void fail(struct call_conn *conn, enum csta_cause cause)
{
    met_inc(&switch_metrics, M_calls_failed);
    step(conn, CALL_BREAK, cause);
}

/* Goes off-hook, dials, and rings the far end if it can be rung. A line cannot ring itself: it
 * hears busy like any caller of a line in use. */
static void originate(struct call_conn *conn)
{
    struct call *call = conn->call;
    struct call_options const *options = &call->table->options;
    wheel_disarm(&call->no_answer);
    step(conn, CALL_ORIGINATE, CSTA_CAUSE_newCall);

    struct line *line = line_find(options->lines, call->called);
    if (!line) {
        fail(conn, CSTA_CAUSE_destNotObtainable);
        return;
    }
    if (line == conn->line || !line_takes_calls(options, line)) {
        fail(conn, CSTA_CAUSE_busy);
        return;
    }
    struct call_conn *far = conn_new(call, line);
    if (!far) {
        fail(conn, CSTA_CAUSE_resourcesNotAvailable);
        return;
    }
    step(far, CALL_OFFER, CSTA_CAUSE_newCall);
    arm_no_answer(call);
}

enum call_fault call_make(struct call_table *tab, struct line *line, char const *number,
                          enum call_mode mode, struct call **ret_call)
{
    char called[NUMBER_MAX + 1];
    if (number_parse(number, called) < 0)
        return CALL_FAULT_NUMBER;
    if (line->busy || line_is_off_hook(line))
        return CALL_FAULT_CALLING_STATE;
    if (line->n_conns >= tab->options.max_calls_per_line)
        return CALL_FAULT_RESOURCES;
    struct call *call = call_new(tab, line, called);
    if (!call)
        return CALL_FAULT_RESOURCES;
    met_inc(&switch_metrics, M_calls_started);
    log_info(call->id, "call started from=\"%s\" to=\"%s\"", line->number, called);

    struct call_conn *conn = TAILQ_FIRST(&call->conns);
    *ret_call = call;
    if (mode == CALL_PROMPT) {
        step(conn, CALL_INITIATE, CSTA_CAUSE_makeCall);
        arm_no_answer(call);
        return CALL_OK;
    }
    if (mode == CALL_MANUAL)
        step(conn, CALL_INITIATE, CSTA_CAUSE_keyOperation);
    originate(conn);
    return CALL_OK;
}

enum call_fault call_lift(struct call_conn *conn)
{
    if (conn->state != CALL_INITIATED)
        return CALL_FAULT_STATE;
    originate(conn);
    return CALL_OK;
}

/* --- while it lasts --------------------------------------------------------------------------- */

static enum csta_cause cause_of(enum call_actor actor)
{
    return actor == CALL_BY_HAND ? CSTA_CAUSE_keyOperation : CSTA_CAUSE_normal;
}

/* Frees the handset of the line for @p conn: what it talks in is held, what it only listens to
 * (dial tone, busy tone) ends. */
static void take_handset(struct call_conn *conn, enum call_actor actor)
{
    struct call_conn *other = TAILQ_FIRST(&conn->line->conns), *next;
    for (; other; other = next) {
        next = TAILQ_NEXT(other, on_line);
        if (other == conn || !is_off_hook(other))
            continue;
        if (other->state == CALL_CONNECTED)
            step(other, CALL_PUT_ON_HOLD, cause_of(actor));
        else
            call_clear(other);
    }
}

enum call_fault call_answer(struct call_conn *conn, enum call_actor actor)
{
    if (conn->state != CALL_ALERTING)
        return CALL_FAULT_STATE;
    wheel_disarm(&conn->call->no_answer);
    take_handset(conn, actor);
    step(conn, CALL_ANSWER, cause_of(actor));
    return CALL_OK;
}

enum call_fault call_hold(struct call_conn *conn, enum call_actor actor)
{
    if (conn->state != CALL_CONNECTED)
        return CALL_FAULT_STATE;
    step(conn, CALL_PUT_ON_HOLD, cause_of(actor));
    return CALL_OK;
}

enum call_fault call_retrieve(struct call_conn *conn, enum call_actor actor)
{
    if (conn->state != CALL_HOLD)
        return CALL_FAULT_STATE;
    take_handset(conn, actor);
    step(conn, CALL_RETRIEVE, cause_of(actor));
    return CALL_OK;
}
