/* SPDX-License-Identifier: Apache-2.0 */
/* The call model: calls, and their connections to lines. Pure: no socket, no XML.
 *
 * A call is an id and the connections of the lines that take part. Each connection is a state
 * machine (call_fsm.c); every transition tells one CSTA event through the table's hook, with all
 * states already as they are after it. Services and the human at the phone use the same operations.
 * A line talks in one call at a time: answering or retrieving holds the call it was in. */
#pragma once
#include "call_id.h"
#include "csta.h"
#include "fsm.h"
#include "htab.h"
#include "number.h"
#include "wheel.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct line;
struct line_table;

enum call_state {
    CALL_IDLE,
    CALL_INITIATED, /* off-hook, or asked to lift the handset */
    CALL_ALERTING,
    CALL_CONNECTED,
    CALL_HOLD,
    CALL_FAIL, /* hears busy tone until it is cleared */
    CALL_STATES
};

enum call_step {
    CALL_INITIATE,
    CALL_ORIGINATE,
    CALL_OFFER,
    CALL_ANSWER,
    CALL_PUT_ON_HOLD,
    CALL_RETRIEVE,
    CALL_BREAK,
    CALL_CLEAR,
    CALL_STEPS
};

struct call_conn {
    TAILQ_ENTRY(call_conn) on_call, on_line;
    struct call *call;
    struct line *line;
    uint8_t state; /* enum call_state, set by fsm_step() only */
};

struct call {
    TAILQ_ENTRY(call) link;
    struct htab_entry by_id;
    struct call_table *table;
    char id[CALL_ID_TEXT];
    struct line *calling;
    char called[NUMBER_MAX + 1];
    TAILQ_HEAD(call_conns, call_conn) conns; /* the calling line first */
    struct wheel_timer no_answer;
    uint64_t start_ms;
};

/** What happened: borrowed for the time of the hook. */
struct call_event {
    enum csta_type type;
    struct call const *call;
    char const *device; /* of the connection it is about: a number, also one that is no line */
    enum csta_cause cause;
};

typedef void call_event_fn(void *ctx, struct call_event const *event);

struct call_options {
    struct line_table *lines;
    struct wheel *wheel;
    uint64_t no_answer_ms; /* 0: rings for ever */
    size_t max_calls, max_calls_per_line;
    bool call_waiting; /* a line in use takes further calls while it has room */
    call_event_fn *on_event;
    void *ctx;
};

struct call_table {
    struct call_options options;
    struct call_id_maker ids;
    TAILQ_HEAD(calls, call) all; /* oldest first */
    struct htab by_id;
    size_t n;
};

enum call_fault {
    CALL_OK,
    CALL_FAULT_STATE,         /* the connection's state does not allow it */
    CALL_FAULT_CALLING_STATE, /* the calling line is in use */
    CALL_FAULT_NUMBER,        /* what was dialled is not a number */
    CALL_FAULT_RESOURCES,     /* no appearance, call record or memory left */
};

enum call_mode {
    CALL_DIRECT, /* the phone goes off-hook by itself */
    CALL_PROMPT, /* the human is asked to lift first */
    CALL_MANUAL, /* the human dials */
};

enum call_actor { CALL_BY_SERVICE, CALL_BY_HAND };

void call_table_init(struct call_table *tab, struct call_options const *options);

/** Frees all calls without telling anyone. */
void call_table_fini(struct call_table *tab);

struct call *call_find(struct call_table const *tab, char const *id);

/** The connection of @p line in @p call, or NULL. */
struct call_conn *call_conn_of(struct call const *call, struct line const *line);

/** The number at the far end of @p conn: the other line, else what was dialled. */
char const *call_endpoint(struct call_conn const *conn);

/** Number of connections of @p call. */
size_t call_parties(struct call const *call);

/** Calls @p number from @p line. A far end that cannot be reached is no fault: the call exists and
 *  has failed, as its event says. */
enum call_fault call_make(struct call_table *tab, struct line *line, char const *number,
                          enum call_mode mode, struct call **ret_call);

/** The human lifts the handset of a prompted call. */
enum call_fault call_lift(struct call_conn *conn);

enum call_fault call_answer(struct call_conn *conn, enum call_actor actor);
enum call_fault call_hold(struct call_conn *conn, enum call_actor actor);
enum call_fault call_retrieve(struct call_conn *conn, enum call_actor actor);

/** Ends the connection, and with it the call when fewer than two lines would be left; frees the
 *  call then. */
void call_clear(struct call_conn *conn);

/** Name of a state as CSTA spells it: "null", "initiated" ... */
enum csta_connection_state call_state_csta(enum call_state state);

extern const struct fsm_table call_fsm;
