/* SPDX-License-Identifier: Apache-2.0 */
/* The call model: calls, and their connections to lines. Pure: no socket, no XML.
 *
 * A call is an id and the connections of the lines that take part. Each connection is a state
 * machine (call_fsm.c); every transition tells one CSTA event through the table's hook, with all
 * states already as they are after it. Services and the human at the phone use the same operations.
 *
 * A connection rings on every phone of its line and is then at the phone that answered; a call that
 * a phone makes is at that phone from the start. A phone talks in one call at a time: answering or
 * retrieving holds the call it was in. The parts: call.c (records and their end), call_setup.c
 * (making calls), call_ring.c (finding who rings: forwarding, trunks, waiting callers),
 * call_control.c (a phone and its calls), call_divert.c (deflect, pickup), call_join.c (transfer,
 * conference); call_parts.h is theirs alone. */
#pragma once
#include "call_id.h"
#include "csta.h"
#include "fsm.h"
#include "htab.h"
#include "line.h"
#include "number.h"
#include "wheel.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum call_state {
    CALL_IDLE,
    CALL_INITIATED, /* off-hook, or asked to lift the handset */
    CALL_ALERTING,
    CALL_CONNECTED,
    CALL_HOLD,
    CALL_QUEUED, /* waits until its line is free */
    CALL_FAIL,   /* hears busy tone until it is cleared */
    CALL_STATES
};

enum call_step {
    CALL_INITIATE,
    CALL_DIGITS,
    CALL_ORIGINATE,
    CALL_REACH_NETWORK,
    CALL_QUEUE,
    CALL_OFFER,
    CALL_RING,
    CALL_ANSWER,
    CALL_PUT_ON_HOLD,
    CALL_RETRIEVE,
    CALL_DIVERT,
    CALL_JOIN,      /* becomes part of a conference */
    CALL_HAND_OVER, /* leaves because it transferred the others */
    CALL_DISCARD, /* the second connection of the line that joined two calls; the first one tells */
    CALL_BREAK,
    CALL_CLEAR,
    CALL_STEPS
};

struct call_conn {
    TAILQ_ENTRY(call_conn) on_call, on_line, on_station;
    struct call *call;
    struct line *line;
    struct station *station; /* NULL: rings on all phones of the line, or the line is a guest */
    uint8_t state;           /* enum call_state, set by fsm_step() only */
    bool diverts;            /* when the timer of its ringing fires, forwarding goes on */
    bool dials;              /* digits were dialled one by one */
    bool silent;             /* only listens */
    bool offered;            /* does not ring yet: waits for AcceptCall, or its time */
    struct wheel_timer timer;
};

enum { CALL_DIVERSIONS_MAX = 16, CALL_MEMBERS_MAX = 64, CALL_CORRELATOR_MAX = 64 };

/** What a call made by ConsultationCall may become. */
enum call_purpose {
    CALL_FOR_ANYTHING,
    CALL_FOR_TALK,
    CALL_FOR_TRANSFER,
    CALL_FOR_CONFERENCE,
};

struct call {
    TAILQ_ENTRY(call) link;
    struct htab_entry by_id;
    struct call_table *table;
    char id[CALL_ID_TEXT];
    char calling[NUMBER_MAX + 1], called[NUMBER_MAX + 1];
    char redirected[NUMBER_MAX + 1];          /* who diverted it last; "": nobody */
    char correlator[CALL_CORRELATOR_MAX + 1]; /* what an application ties to it; "": nothing */
    bool external;                            /* the calling line is a guest */
    enum call_purpose purpose;
    TAILQ_HEAD(call_conns, call_conn) conns; /* the calling line first */
    struct line const *diverted_by[CALL_DIVERSIONS_MAX];
    size_t n_diversions;
    TAILQ_HEAD(, monitor) monitors; /* of the call itself; owned by the monitor table */
    uint64_t start_ms;
};

/** One connection of the call that came out of a transfer or conference. */
struct call_member {
    char number[NUMBER_MAX + 1];
    char const *old_id; /* points into the join; NULL: it was in none before */
    enum call_state state;
};

/** How calls became one. Not to be copied. */
struct call_join {
    char id[CALL_ID_TEXT];                               /* of the one call */
    char primary[CALL_ID_TEXT], secondary[CALL_ID_TEXT]; /* secondary "": there was one call */
    char by[NUMBER_MAX + 1];                             /* the line that did it */
    char added[NUMBER_MAX + 1];                          /* what came to the primary call */
    struct call_member members[CALL_MEMBERS_MAX];
    size_t n;
};

/** What happened: borrowed for the time of the hook. */
struct call_event {
    enum csta_type type;
    struct call const *call;
    char const *device; /* of the connection it is about: a number, also one that is no line */
    enum csta_cause cause;
    struct line const *line; /* of the connection it is about; NULL: of a number without one */
    struct station const *station; /* at which it happened; other phones of the line see nothing */
    bool elsewhere;                /* only for the other phones: the call is gone from them */
    char const *text; /* new destination, trunk or digits; NULL where the event has none */
    struct call_join const *join; /* NULL but for transfer and conference */
};

typedef void call_event_fn(void *ctx, struct call_event const *event);

struct call_options {
    struct line_table *lines;
    struct wheel *wheel;
    uint64_t no_answer_ms; /* 0: rings for ever */
    uint64_t ring_ms;      /* one ring, of those that forwarding on no answer counts */
    unsigned rings;        /* before forwarding on no answer, where the line says nothing */
    uint64_t dial_ms;      /* after the last digit the number is complete */
    uint64_t accept_ms;    /* an offered call waits so long for AcceptCall; 0: it rings at once */
    size_t max_calls, max_calls_per_line;
    size_t max_members;    /* of a conference, at most CALL_MEMBERS_MAX */
    size_t max_diversions; /* of one call, at most CALL_DIVERSIONS_MAX */
    bool call_waiting;     /* a line in use takes further calls while it has room */
    bool offered;          /* tell OfferedEvent before DeliveredEvent */
    call_event_fn *on_event;
    void (*on_move)(void *ctx, struct call *from, struct call *to); /* monitors of a call follow */
    void (*on_end)(void *ctx, struct call *call);                   /* before it is freed */
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
    CALL_FAULT_STATE,          /* the connection's state does not allow it */
    CALL_FAULT_CALLING_STATE,  /* the calling line is in use */
    CALL_FAULT_HELD_STATE,     /* what should be held is not */
    CALL_FAULT_NUMBER,         /* what was dialled is not a number */
    CALL_FAULT_DESTINATION,    /* a number that leads nowhere, or back */
    CALL_FAULT_RESOURCES,      /* no appearance, call record or memory left */
    CALL_FAULT_OUT_OF_SERVICE, /* the phone does not work */
    CALL_FAULT_MEMBERS,        /* the conference is full */
};

enum call_mode {
    CALL_DIRECT, /* the phone goes off-hook by itself */
    CALL_PROMPT, /* the human is asked to lift first */
    CALL_MANUAL, /* the human dials */
};

enum call_actor { CALL_BY_SERVICE, CALL_BY_HAND };

extern const struct fsm_table call_fsm;

/* --- records (call.c) ------------------------------------------------------------------------- */

void call_table_init(struct call_table *tab, struct call_options const *options);

/** Frees all calls without telling anyone. */
void call_table_fini(struct call_table *tab);

struct call *call_find(struct call_table const *tab, char const *id);

/** The connection of @p line in @p call, or NULL. */
struct call_conn *call_conn_of(struct call const *call, struct line const *line);

/** Whether @p conn is to be seen at @p station: it is there, or rings everywhere. NULL sees all. */
bool call_conn_is_at(struct call_conn const *conn, struct station const *station);

/** Ties @p correlator to the call, at most CALL_CORRELATOR_MAX bytes of it; NULL changes nothing.
 */
void call_tie(struct call *call, char const *correlator);

/** The number at the far end of @p conn: the other line, else what was dialled. */
char const *call_endpoint(struct call_conn const *conn);

/** Number of connections of @p call. */
size_t call_parties(struct call const *call);

/** Whether the connection keeps a handset off its hook. */
bool call_is_off_hook(struct call_conn const *conn);

/** Name of a state as CSTA spells it: "null", "initiated" ... */
enum csta_connection_state call_state_csta(enum call_state state);

/** Ends the connection, and with it the call when nobody would be left to talk to; frees the call
 *  then. */
void call_clear(struct call_conn *conn);

/** Ends the call for all. */
void call_clear_all(struct call *call);

/* --- making calls (call_setup.c) -------------------------------------------------------------- */

/** Calls @p number from a phone of the line. A far end that cannot be reached is no fault: the call
 *  exists and has failed, as its event says. An empty number waits for digits. *@p ret_call is
 *  gone already when a guest's call failed. @p correlator may be NULL. */
enum call_fault call_make(struct call_table *tab, struct line_ref from, char const *number,
                          enum call_mode mode, char const *correlator, struct call **ret_call);

/** The human lifts the handset of a prompted call. */
enum call_fault call_lift(struct call_conn *conn);

/** Dials further digits. The call goes out when they name a line, after "#", or when none has
 *  followed for a while. */
enum call_fault call_dial(struct call_conn *conn, char const *digits);

/** Sends DTMF digits; nobody is told. */
enum call_fault call_send_digits(struct call_conn *conn, char const *digits);

/** Holds @p conn and calls @p number from the same phone. */
enum call_fault call_consult(struct call_conn *conn, char const *number, enum call_purpose purpose,
                             struct call **ret_call);

/* --- a phone and its calls (call_control.c) --------------------------------------------------- */

/** An offered call that waits for this rings from now on. */
enum call_fault call_accept(struct call_conn *conn);

/** Answers at @p at, or at the phone that line_pick_station() chooses. */
enum call_fault call_answer(struct call_conn *conn, struct station *at, enum call_actor actor);
enum call_fault call_hold(struct call_conn *conn, enum call_actor actor);
enum call_fault call_retrieve(struct call_conn *conn, enum call_actor actor);

/** Holds the one and retrieves the other. */
enum call_fault call_alternate(struct call_conn *held, struct call_conn *active);

/** Ends the one and retrieves the other. */
enum call_fault call_reconnect(struct call_conn *active, struct call_conn *held);

/** Takes a phone into or out of service; out of it, its calls end. */
void call_set_service(struct call_table *tab, struct station *station, bool on);

/** Callers that wait for the line may get through now: it was made free, or leaves no calls away
 *  any more. */
void call_line_freed(struct call_table *tab, struct line *line);

/* --- diverting (call_divert.c) ---------------------------------------------------------------- */

/** Sends what rings at @p conn to @p number instead. */
enum call_fault call_deflect(struct call_conn *conn, char const *number);

/** Answers at the phone @p at what rings at @p conn. */
enum call_fault call_pick_up(struct call_conn *conn, struct line_ref at);

/* --- joining (call_join.c) -------------------------------------------------------------------- */

/** Connects the others of both calls and leaves them; *@p ret says what became of whom. */
enum call_fault call_transfer(struct call_conn *held, struct call_conn *active,
                              struct call_join *ret);

/** Makes both calls one. */
enum call_fault call_conference(struct call_conn *held, struct call_conn *active,
                                struct call_join *ret);

/** Leaves the call and has @p number rung for the others; @p correlator NULL: what was tied to it
 *  stays. */
enum call_fault call_send_to(struct call_conn *active, char const *number, char const *correlator,
                             struct call_join *ret);

/** Takes the line into the call at once; a silent one only listens. */
enum call_fault call_take_in(struct call_conn *active, struct line_ref whom, bool silent,
                             struct call_join *ret);
