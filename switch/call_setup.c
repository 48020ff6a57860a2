/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how a call comes to be: made at once, prompted, dialled digit by digit, or to consult. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "call_parts.h"
#include "log.h"
#include "station.h"
#include "switch_metrics.h"
#include <string.h>

/* An empty text is no number, but the start of one. */
static bool parse_called(char const *text, char ret[static NUMBER_MAX + 1])
{
    ret[0] = '\0';
    return !text[0] || number_parse(text, ret) == 0;
}

static bool is_complete(struct call const *call)
{
    return call->called[0] && line_find(call->table->options.lines, call->called);
}

void call_originate(struct call_conn *conn, enum csta_cause cause)
{
    struct call *call = conn->call;
    wheel_disarm(&conn->timer);
    call_step(conn, CALL_ORIGINATE, cause);
    call_ring(call, call->called, CSTA_CAUSE_newCall);
}

/* Goes out when the number is there, and else waits with a dial tone. */
static void start_dialling(struct call_conn *conn, enum csta_cause cause)
{
    if (conn->call->called[0])
        call_originate(conn, cause);
    else
        call_arm_no_answer(conn);
}

static enum call_fault check_caller(struct call_table const *tab, struct line_ref from)
{
    struct call_conn const *conn;
    if (from.line->busy)
        return CALL_FAULT_CALLING_STATE;
    if (from.station && !from.station->in_service)
        return CALL_FAULT_OUT_OF_SERVICE;
    if (from.station && call_station_is_off_hook(from.station))
        return CALL_FAULT_CALLING_STATE;
    TAILQ_FOREACH(conn, &from.line->conns, on_line)
    {
        if (!from.station && call_is_off_hook(conn))
            return CALL_FAULT_CALLING_STATE;
    }
    if (call_appearances(from.line) >= tab->options.max_calls_per_line || !call_has_room(tab))
        return CALL_FAULT_RESOURCES;
    return CALL_OK;
}

static struct call_conn *start(struct call_table *tab, struct line_ref from, char const *called,
                               char const *correlator)
{
    struct call *call = call_new(tab, from.line, called);
    struct call_conn *conn = call ? call_conn_new(call, from.line) : NULL;
    if (!conn) {
        call_free(&call);
        return NULL;
    }
    call_tie(call, correlator);
    call_seat(conn, from.station);
    met_inc(&switch_metrics, M_calls_started);
    log_info(call->id, "call started from=\"%s\" to=\"%s\"", call->calling, called);
    return conn;
}

enum call_fault call_make(struct call_table *tab, struct line_ref from, char const *number,
                          enum call_mode mode, char const *correlator, struct call **ret_call)
{
    char called[NUMBER_MAX + 1];
    if (!parse_called(number, called))
        return CALL_FAULT_NUMBER;
    if (!from.station)
        from.station = line_pick_station(from.line);
    enum call_fault fault = check_caller(tab, from);
    if (fault != CALL_OK)
        return fault;
    struct call_conn *conn = start(tab, from, called, correlator);
    if (!conn)
        return CALL_FAULT_RESOURCES;
    *ret_call = conn->call;
    if (mode == CALL_PROMPT) {
        call_step(conn, CALL_INITIATE, CSTA_CAUSE_makeCall);
        call_arm_no_answer(conn);
        return CALL_OK;
    }
    if (mode == CALL_MANUAL)
        call_step(conn, CALL_INITIATE, CSTA_CAUSE_keyOperation);
    else if (!called[0])
        call_step(conn, CALL_INITIATE, CSTA_CAUSE_makeCall);
    start_dialling(conn, CSTA_CAUSE_newCall);
    return CALL_OK;
}

enum call_fault call_lift(struct call_conn *conn)
{
    if (conn->state != CALL_INITIATED || conn->dials)
        return CALL_FAULT_STATE;
    start_dialling(conn, CSTA_CAUSE_newCall);
    return CALL_OK;
}

/* --- digits ----------------------------------------------------------------------------------- */

static bool are_digits(char const *digits, char const *allowed)
{
    return digits[0] && digits[strspn(digits, allowed)] == '\0';
}

enum call_fault call_dial(struct call_conn *conn, char const *digits)
{
    struct call *call = conn->call;
    size_t have = strlen(call->called), more = strlen(digits);
    if (conn->state != CALL_INITIATED || (have > 0 && !conn->dials))
        return CALL_FAULT_STATE;
    if (!are_digits(digits, "+0123456789*#") || have + more > NUMBER_MAX)
        return CALL_FAULT_NUMBER;
    memcpy(call->called + have, digits, more + 1);
    conn->dials = true;
    call_step_telling(conn, CALL_DIGITS,
                      &(struct call_tell){ .cause = CSTA_CAUSE_normal, .text = digits });

    bool ended = digits[more - 1] == '#' && have + more > 1;
    if (ended)
        call->called[have + more - 1] = '\0';
    if (ended || is_complete(call))
        call_originate(conn, CSTA_CAUSE_newCall);
    else
        wheel_arm(call->table->options.wheel, &conn->timer, call->table->options.dial_ms,
                  call_on_timer);
    return CALL_OK;
}

enum call_fault call_send_digits(struct call_conn *conn, char const *digits)
{
    if (conn->state != CALL_CONNECTED)
        return CALL_FAULT_STATE;
    if (!are_digits(digits, "0123456789*#ABCDabcd,"))
        return CALL_FAULT_NUMBER;
    met_inc(&switch_metrics, M_digits_sent);
    log_info(conn->call->id, "digits sent line=%s n=%zu", conn->line->number, strlen(digits));
    return CALL_OK;
}

/* --- consultation ----------------------------------------------------------------------------- */

enum call_fault call_consult(struct call_conn *conn, char const *number, enum call_purpose purpose,
                             struct call **ret_call)
{
    struct call_table *tab = conn->call->table;
    char called[NUMBER_MAX + 1];
    if (conn->state != CALL_CONNECTED)
        return CALL_FAULT_STATE;
    if (!parse_called(number, called))
        return CALL_FAULT_NUMBER;
    if (call_appearances(conn->line) >= tab->options.max_calls_per_line || !call_has_room(tab))
        return CALL_FAULT_RESOURCES;
    struct line_ref const from = { conn->line, conn->station };
    struct call_conn *fresh = start(tab, from, called, NULL);
    if (!fresh)
        return CALL_FAULT_RESOURCES;
    fresh->call->purpose = purpose;
    *ret_call = fresh->call;
    call_step(conn, CALL_PUT_ON_HOLD, CSTA_CAUSE_consultation);
    if (!called[0])
        call_step(fresh, CALL_INITIATE, CSTA_CAUSE_consultation);
    start_dialling(fresh, CSTA_CAUSE_consultation);
    return CALL_OK;
}
