/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the transaction layer: a layer on a transport that only records, an owner that only
 * records, and a player of scripts.
 *
 * A script is a table of steps. After each step the rig compares what happened, in order, with the
 * step's text: ">180" a message left, "request", "cancel", "ack", "180" (a response) the owner was
 * called, "timeout", "transport", "gone" it heard of an end; after RIG_LARGE, ">INVITE/TCP" left by
 * TCP. T1 is 50 s here, so that a slow
 * machine changes nothing; times are written in T1 from the start of the script. */
#pragma once
#include "transaction.h"

struct fsm_table;

#define RIG_T1_MS 50000
#define RIG_T(x)  ((uint64_t)((x)*RIG_T1_MS))

enum rig_op {
    RIG_END,
    RIG_RECEIVE, /* `text`: "METHOD CSEQ [TO-TAG [CALL-ID]]", or a status to answer our request */
    RIG_RESPOND, /* the owner sends the status `text` */
    RIG_MISUSE, /* the same when it must not: no row lists it, in every other step all are listed */
    RIG_DROP,   /* the owner drops the server transaction */
    RIG_AT,     /* the clock moves to `at` */
    RIG_SEND,   /* the owner sends a request with method `text` */
    RIG_CANCEL, /* the owner cancels it */
    RIG_DETACH,
    RIG_BROKEN,  /* from now on sending fails; with `text` "ok" no more */
    RIG_DIE,     /* the peer closes the connection under the request; `text` "late": we do */
    RIG_REUSE,   /* requests go over a connection that is open; with `text` "no" no more */
    RIG_CLOSED,  /* it has never been open */
    RIG_HANG_UP, /* the connection of the request that was received is gone */
    RIG_LARGE,   /* from now on there is a TCP listener, too, and every request is large */
};

struct rig_step {
    enum rig_op op;
    char const *text;
    char const *expect;
    uint64_t at;
};

struct rig_script {
    char const *name;
    enum transport_kind kind;
    char const *branch;        /* of received requests; NULL: none (RFC 2543) */
    struct rig_step steps[24]; /* ends with RIG_END */
};

/** Plays one script; a difference fails the test with the number of the step. At the end the layer
 *  must have no transaction left, if the script ends with a step that says "gone". */
void rig_play(struct rig_script const *script);
void rig_play_all(struct rig_script const *scripts, size_t n);

/** The table passes fsm_lint(). */
void rig_expect_sound(struct fsm_table const *table);

/** main() of a test that plays scripts of one machine and nothing else. */
int rig_main(struct fsm_table const *table, struct rig_script const *scripts, size_t n);

/* --- for tests that need more than a script ----------------------------------------------------
 */

struct rig;

struct rig *rig_new(enum transport_kind kind, char const *branch);
/** As RIG_LARGE. */
void rig_let_switch(struct rig *rig);
void rig_free(struct rig **prig);
/** Frees the layer, and what happens is still in the trace. */
void rig_close(struct rig *rig);
struct stack_limits *rig_limits(struct rig *rig);
/** What the owner says of every source from now on, and how many requests it was asked about. */
void rig_set_admission(struct rig *rig, int admission);
int rig_admissions(struct rig const *rig);
struct transaction_layer *rig_layer(struct rig *rig);

/** Text of the last message that left, and where it went. */
char const *rig_last_sent(struct rig const *rig);
struct destination const *rig_last_to(struct rig const *rig);
struct server_transaction *rig_server(struct rig const *rig);

/** Gives the layer these bytes, as from 192.0.2.1:5060. */
void rig_receive_text(struct rig *rig, char const *text);
void rig_do(struct rig *rig, struct rig_step const *step);

/** What happened since the last call, words between spaces. */
char const *rig_take_trace(struct rig *rig);
