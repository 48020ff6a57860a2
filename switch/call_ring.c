/* SPDX-License-Identifier: Apache-2.0 */
/* Owns who rings for a number: forwarding, do not disturb, trunks, waiting callers, and what
 * happens when nobody answers. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "log.h"
#include "switch_metrics.h"
#include <stdio.h>
#include <string.h>

enum verdict_kind { VERDICT_RING, VERDICT_DIVERT, VERDICT_QUEUE, VERDICT_REFUSE };

struct verdict {
    enum verdict_kind kind;
    enum csta_cause cause;
    char const *to; /* of VERDICT_DIVERT */
};

size_t call_appearances(struct line const *line)
{
    struct call_conn const *conn;
    size_t n = 0;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        n += conn->state != CALL_QUEUED;
    }
    return line->guest ? 0 : n;
}

static bool takes_calls(struct call_options const *options, struct line const *line)
{
    size_t n = call_appearances(line);
    if (line->busy || n >= options->max_calls_per_line)
        return false;
    return options->call_waiting || n == 0;
}

/* A call is not sent on for ever, and not back to a line that sent it on. */
static bool may_go_to(struct call const *call, char const *to)
{
    struct line const *line = line_find(call->table->options.lines, to);
    if (call->n_diversions >= call->table->options.max_diversions)
        return false;
    for (size_t i = 0; i < call->n_diversions; i++)
        if (call->diverted_by[i] == line)
            return false;
    return true;
}

static struct verdict divert_or(struct call const *call, struct line const *line,
                                enum feature_reason reason, enum csta_cause otherwise)
{
    static enum csta_cause const causes[FEATURE_REASONS] = {
        [FEATURE_IMMEDIATE] = CSTA_CAUSE_callForwardImmediate,
        [FEATURE_BUSY] = CSTA_CAUSE_callForwardBusy,
        [FEATURE_NO_ANSWER] = CSTA_CAUSE_callForwardNoAnswer,
        [FEATURE_DND] = CSTA_CAUSE_doNotDisturb,
    };
    struct feature_forward const *forward = feature_forward_for(line, reason, call->external);
    if (forward && may_go_to(call, forward->to))
        return (struct verdict){ VERDICT_DIVERT, causes[reason], forward->to };
    return (struct verdict){ VERDICT_REFUSE, otherwise, NULL };
}

static size_t n_waiting(struct line const *line)
{
    struct call_conn const *conn;
    size_t n = 0;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        n += conn->state == CALL_QUEUED;
    }
    return n;
}

/* A line cannot ring itself: it hears busy like any caller of a line in use. */
static struct verdict decide(struct call const *call, struct line const *line)
{
    struct verdict ring = { VERDICT_RING, CSTA_CAUSE_ABSENT, NULL };
    struct feature_forward const *always =
        feature_forward_for(line, FEATURE_IMMEDIATE, call->external);
    if (call_conn_of(call, line))
        return (struct verdict){ VERDICT_REFUSE, CSTA_CAUSE_busy, NULL };
    if (line->guest)
        return ring;
    if (always)
        return divert_or(call, line, FEATURE_IMMEDIATE, CSTA_CAUSE_destNotObtainable);
    if (line->features.dnd)
        return divert_or(call, line, FEATURE_DND, CSTA_CAUSE_doNotDisturb);
    /* A phone that does not work does not answer. */
    if (!line_in_service(line))
        return divert_or(call, line, FEATURE_NO_ANSWER, CSTA_CAUSE_destOutOfOrder);
    if (takes_calls(&call->table->options, line))
        return ring;
    struct verdict verdict = divert_or(call, line, FEATURE_BUSY, CSTA_CAUSE_busy);
    if (verdict.kind == VERDICT_REFUSE && n_waiting(line) < line->queue)
        verdict.kind = VERDICT_QUEUE;
    return verdict;
}

/* --- ringing ---------------------------------------------------------------------------------- */

void call_arm_no_answer(struct call_conn *conn)
{
    struct call_options const *options = &conn->call->table->options;
    if (options->no_answer_ms > 0)
        wheel_arm(options->wheel, &conn->timer, options->no_answer_ms, call_on_timer);
}

/* Whichever is over first: the rings that forwarding waits for, or the patience with the line. */
static void arm_ringing(struct call_conn *conn)
{
    struct call_options const *options = &conn->call->table->options;
    struct feature_forward const *forward =
        feature_forward_for(conn->line, FEATURE_NO_ANSWER, conn->call->external);
    conn->diverts = false;
    call_arm_no_answer(conn);
    if (!forward)
        return;
    uint64_t ms = (forward->rings ? forward->rings : options->rings) * options->ring_ms;
    if (options->no_answer_ms > 0 && options->no_answer_ms < ms)
        return;
    conn->diverts = true;
    wheel_arm(options->wheel, &conn->timer, ms, call_on_timer);
}

static void start_ringing(struct call_conn *conn, enum csta_cause cause)
{
    conn->offered = false;
    wheel_disarm(&conn->timer); /* of the offer; ringing may have no time of its own */
    call_step(conn, CALL_RING, cause);
    arm_ringing(conn);
}

static void ring(struct call_conn *conn, enum csta_cause cause)
{
    struct call_options const *options = &conn->call->table->options;

    if (conn->line->guest) {
        struct call_tell network = { .cause = cause, .text = conn->line->trunk };
        call_step_telling(conn, CALL_REACH_NETWORK, &network);
    }
    if (options->offered)
        call_step(conn, CALL_OFFER, cause);
    conn->offered = options->offered && options->accept_ms > 0 && !conn->line->guest;
    if (conn->offered)
        wheel_arm(options->wheel, &conn->timer, options->accept_ms, call_on_timer);
    else
        start_ringing(conn, cause);
}

enum call_fault call_accept(struct call_conn *conn)
{
    if (conn->state != CALL_ALERTING || !conn->offered)
        return CALL_FAULT_STATE;
    start_ringing(conn, CSTA_CAUSE_newCall);
    return CALL_OK;
}

/* The caller hears it; in a call of several the others talk on. A guest hangs up at once. */
static void refuse(struct call *call, char const *number, enum csta_cause cause)
{
    struct call_conn *caller = TAILQ_FIRST(&call->conns);
    met_inc(&switch_metrics, M_calls_failed);
    if (!caller || TAILQ_NEXT(caller, on_call))
        return;
    call_step_telling(caller, CALL_BREAK, &(struct call_tell){ .cause = cause, .text = number });
    if (caller->line->guest)
        call_leave(caller, cause);
}

void call_send_on(struct call_conn *conn, char const *to, enum csta_cause cause)
{
    struct call *call = conn->call;
    call_step_telling(conn, CALL_DIVERT, &(struct call_tell){ .cause = cause, .text = to });
    met_inc(&switch_metrics, M_calls_diverted);
    snprintf(call->redirected, sizeof call->redirected, "%s", conn->line->number);
    if (call->n_diversions < CALL_DIVERSIONS_MAX)
        call->diverted_by[call->n_diversions++] = conn->line;
    call_conn_free(&conn);
}

/* Each turn sends the call on once more, so may_go_to() ends it. */
void call_ring(struct call *call, char const *number, enum csta_cause cause)
{
    struct line_table *lines = call->table->options.lines;
    char to[NUMBER_MAX + 1];
    snprintf(to, sizeof to, "%s", number);
    for (;;) {
        struct line *line = line_find(lines, to);
        if (!line)
            line = line_guest(lines, to);
        if (!line) {
            refuse(call, to,
                   line_is_reachable(lines, to) ? CSTA_CAUSE_networkCongestion
                                                : CSTA_CAUSE_destNotObtainable);
            return;
        }
        struct verdict verdict = decide(call, line);
        if (verdict.kind == VERDICT_REFUSE) {
            refuse(call, to, verdict.cause);
            return;
        }
        struct call_conn *conn = call_conn_new(call, line);
        if (!conn) {
            line_guest_release(lines, &line);
            refuse(call, to, CSTA_CAUSE_resourcesNotAvailable);
            return;
        }
        if (verdict.kind == VERDICT_RING)
            ring(conn, cause);
        if (verdict.kind == VERDICT_QUEUE)
            call_step_telling(conn, CALL_QUEUE,
                              &(struct call_tell){ .cause = CSTA_CAUSE_busy, .text = to });
        if (verdict.kind != VERDICT_DIVERT)
            return;
        snprintf(to, sizeof to, "%s", verdict.to);
        cause = verdict.cause;
        call_send_on(conn, to, verdict.cause);
    }
}

/* --- waiting ---------------------------------------------------------------------------------- */

static struct call_conn *first_waiting(struct line const *line)
{
    struct call_conn *conn;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        if (conn->state == CALL_QUEUED)
            return conn;
    }
    return NULL;
}

/* By timer, for the one that frees the line is often in the middle of ending calls. */
void call_line_freed(struct call_table *tab, struct line *line)
{
    struct call_conn *conn = first_waiting(line);
    if (conn)
        wheel_arm(tab->options.wheel, &conn->timer, 0, call_on_timer);
}

static void serve_waiting(struct call_conn *conn)
{
    struct call_table *tab = conn->call->table;
    struct line *line = conn->line;
    if (!takes_calls(&tab->options, line) || !line_in_service(line))
        return;
    call_step(conn, CALL_RING, CSTA_CAUSE_newCall);
    arm_ringing(conn);
    call_line_freed(tab, line);
}

/* Nobody answered, or nobody lifted the handset of a prompted call. */
static void give_up(struct call_conn *conn)
{
    met_inc(&switch_metrics, M_calls_unanswered);
    call_leave(conn, CSTA_CAUSE_callNotAnswered);
}

static void on_rung_out(struct call_conn *conn)
{
    struct call *call = conn->call;
    struct verdict verdict =
        divert_or(call, conn->line, FEATURE_NO_ANSWER, CSTA_CAUSE_callNotAnswered);
    char to[NUMBER_MAX + 1];
    if (!conn->diverts || verdict.kind == VERDICT_REFUSE) {
        give_up(conn);
        return;
    }
    snprintf(to, sizeof to, "%s", verdict.to);
    call_send_on(conn, to, verdict.cause);
    call_ring(call, to, verdict.cause);
}

void call_on_timer(struct wheel_timer *timer)
{
    struct call_conn *conn =
        (struct call_conn *)((char *)timer - offsetof(struct call_conn, timer));
    if (conn->state == CALL_QUEUED)
        serve_waiting(conn);
    else if (conn->state == CALL_INITIATED && conn->dials)
        call_originate(conn, CSTA_CAUSE_newCall);
    else if (conn->state == CALL_ALERTING && conn->offered)
        start_ringing(conn, CSTA_CAUSE_newCall);
    else if (conn->state == CALL_ALERTING)
        on_rung_out(conn);
    else
        give_up(conn);
}
