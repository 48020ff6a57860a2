/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the transaction part: the structs, and what its files call of each other. Nobody else
 * includes this header.
 *
 * One struct serves the four machines; its `table` says which. A machine acts only on events, and a
 * transaction ends only from a timer, from a dead connection, by server_transaction_drop() or with
 * the layer: what another call of its owner breaks is put on a timer of 0 ms (transaction_break).
 */
#pragma once
#include "fsm.h"
#include "htab.h"
#include "stack_limits.h"
#include "transaction.h"
#include "transaction_key.h"
#include "transaction_reply.h"
#include "transaction_via.h"
#include "wheel.h"
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>

/* One alphabet for all machines. A client receives the responses, a server sends them. */
enum transaction_event {
    TX_RETRY,   /* Timer A, E, G: send again; of a server: 100 is due */
    TX_TIMEOUT, /* the timer that bounds the state: B, D, F, H, I, J, K, L, M */
    TX_BROKEN,  /* a send failed, or the connection died under the message */
    TX_REQUEST, /* the request came again */
    TX_ACK,
    TX_CANCEL,
    TX_1XX,
    TX_2XX,
    TX_3XX, /* 300 to 699 */
    TX_EVENTS
};

extern char const *const transaction_event_names[TX_EVENTS];

/* The transactions of one Call-ID. */
struct transaction_call {
    struct htab_entry entry;
    unsigned n;
    /* Those without a final response, of servers [0] and clients [1]: each is bounded by
     * max_transactions_per_call. A proxy has one of both for each request. */
    unsigned pending[2];
    char call_id[];
};

struct transaction {
    struct htab_entry entry; /* in layer->servers or layer->clients */
    struct transaction_key key;
    LIST_ENTRY(transaction) link;
    struct transaction_layer *layer;
    struct transaction_call *call;
    struct fsm_table const *table;
    struct wheel_timer retry;
    struct wheel_timer timer;
    struct transport_waiter waiter;
    struct destination to;
    char *wire; /* what a retransmission sends: the request, or the last response */
    uint32_t wire_len;
    uint32_t retry_ms; /* present interval of `retry` */
    uint8_t state;
    bool reliable;
    bool pending; /* counted in call->pending */
    char id[12];  /* in logs */
};

struct server_transaction {
    struct transaction base;
    struct htab_entry ack_entry; /* in layer->acks: waits for an ACK without branch */
    struct transaction_key ack_key;
    struct origin from;
    msg_t *request;
    void *owner;
    void (*on_gone)(void *owner, struct server_transaction *st);
    bool no_branch;
    bool cancelled; /* on_cancel was called */
    char to_tag[16 + 1];
};

struct client_transaction {
    struct transaction base;
    struct client_handlers const *handlers; /* NULL: no owner (any more) */
    void *ctx;
    int error;             /* of the transport, 0: none */
    uint16_t udp_listener; /* switched: where it would have left */
    bool switched;         /* sent by TCP because it is large */
    bool reconnected;      /* sent again over a new connection */
    bool cancelled;        /* by the owner */
    bool cancel_sent;
    char branch[TRANSACTION_BRANCH_SIZE];
};

struct transaction_layer {
    struct transport *transport;
    struct wheel *wheel;
    struct stack_limits const *limits;
    struct transaction_handlers const *handlers;
    void *ctx;
    struct htab servers, clients, acks, calls;
    struct transaction_call *last_call; /* found last, or NULL */
    LIST_HEAD(, transaction) all;
    size_t n;
    struct resolver *resolver; /* borrowed; NULL: none */
    struct transaction_replies replies;
    size_t n_replies;
    uint64_t serial;
    unsigned worker;
    bool closing;
};

/* What an event brings along. */
struct transaction_input {
    msg_t *msg;                /* TX_ACK: the ACK; TX_1XX...: the response */
    struct origin const *from; /* TX_ACK */
    int error;                 /* out: result of sending a response */
};

extern struct fsm_table const transaction_ict; /* INVITE client, RFC 3261 §17.1.1 */
extern struct fsm_table const transaction_nict;
extern struct fsm_table const transaction_ist; /* INVITE server, RFC 3261 §17.2.1 */
extern struct fsm_table const transaction_nist;

/* --- transaction.c: what all machines share ----------------------------------------------------
 */

/** Enters a zeroed transaction into the layer; its key must be set. 0 or -ENOMEM, and then the
 *  caller only frees it. @p call_id counts towards max_transactions_per_call. */
int transaction_begin(struct transaction_layer *layer, struct transaction *t,
                      struct fsm_table const *table, char const *call_id);

/** A final response was sent or came: what is left is waiting for repetitions. */
void transaction_settle(struct transaction *t);

/** Takes it out of everything and frees it. */
void transaction_end(struct transaction *t);

/** Makes it unfindable for messages from the network; it lives on until its timer. */
void transaction_unhash(struct transaction *t);

/** Is there no room for a transaction more, at all or of @p call_id? */
bool transaction_is_full(struct transaction_layer *layer, char const *call_id, bool as_client);

int transaction_step(struct transaction *t, enum transaction_event event,
                     struct transaction_input *input);

/** Prints @p msg under the header lines @p lines into `wire`. Returns 0 or a negative errno. */
int transaction_print(struct transaction *t, msg_t *msg, char const *lines);
void transaction_drop_wire(struct transaction *t);

/** Sends `wire`. Returns 0 or a negative errno. @p watched: what goes wrong later raises TX_BROKEN,
 *  until transport_forget(&t->waiter). */
int transaction_send(struct transaction *t, bool watched);

/** Lets TX_BROKEN come from the next tick of the wheel. */
void transaction_break(struct transaction *t);

/** Arms the two timers. */
void transaction_arm_retry(struct transaction *t, uint64_t in_ms);
void transaction_arm(struct transaction *t, uint64_t in_ms);

/** Next interval of a retransmission: doubled, at most @p max_ms. */
void transaction_retry_later(struct transaction *t, int64_t max_ms);

/** Timers that are 0 on a reliable transport: D, I, J, K. */
uint64_t transaction_linger_ms(struct transaction const *t, int64_t unreliable_ms);

/* --- transaction_server.c ----------------------------------------------------------------------
 */

/** New server transaction for @p request (taken, also on failure). */
struct server_transaction *server_transaction_new(struct transaction_layer *layer,
                                                  struct origin const *from, msg_t *request,
                                                  struct transaction_key const *key);
void server_transaction_end(struct server_transaction *st);

/** Gives the request back. */
void server_transaction_release(struct server_transaction *st);

/** The INVITE that waits for the ACK with this key, or NULL. */
struct server_transaction *server_transaction_find_ack(struct transaction_layer *layer,
                                                       struct transaction_key const *key);

/* Actions of both machines: the request came again, and gets no answer or that of before; it ends.
 */
int server_transaction_absorb(void *st, void *input);
int server_transaction_repeat(void *st, void *input);
int server_transaction_finish(void *st, void *input);

/** Builds and sends 100 Trying. */
void server_transaction_trying(struct server_transaction *st);

/** Sends a response of @p input and keeps it for retransmission. */
void server_transaction_send(struct server_transaction *st, struct transaction_input *input);

/** As server_transaction_send() for the first final response: the request is released, and on
 *  failure TX_BROKEN follows. */
void server_transaction_send_final(struct server_transaction *st, struct transaction_input *input);

/* --- transaction_client.c ----------------------------------------------------------------------
 */

void client_transaction_end(struct client_transaction *ct);

/** A stream took not even the connection: sends what was switched to it by UDP after all. False: it
 *  was not, or that failed, too. */
bool client_transaction_fall_back(struct client_transaction *ct);

/** The peer has closed a connection that was open before the request was written to it. It may not
 *  have seen it, so the same request goes again, over a new connection; with its branch a peer that
 *  did see it takes it for the repetition that it is. Once, before any response. False: not so. */
bool client_transaction_reconnect(struct client_transaction *ct, int error);

/** Tells the owner; harmless without one. */
void client_transaction_deliver(struct client_transaction *ct, msg_t *response);
void client_transaction_fail(struct client_transaction *ct, enum transaction_failure why);

/* Actions of both machines: a response for the owner; the end, and what the owner hears of it. */
int client_transaction_pass(void *ct, void *input);
int client_transaction_expire(void *ct, void *input);
int client_transaction_lose(void *ct, void *input);
int client_transaction_finish(void *ct, void *input);

/** Sends `wire` for the first time or again. */
void client_transaction_transmit(struct client_transaction *ct);

/** Sends CANCEL as a transaction of its own, without owner (RFC 3261 §9.1). */
void client_transaction_send_cancel(struct client_transaction *ct);

/* --- transaction_switch.c: large requests by TCP -------------------------------------------------
 */

/** Must a request of @p len bytes to @p to go by TCP instead (RFC 3261 §18.1.1), and can it? */
bool transaction_switch_is_due(struct transaction_layer const *layer, struct destination const *to,
                               size_t len);

/** Makes @p to the same peer over TCP. */
void transaction_switch_to_tcp(struct transaction_layer const *layer, struct destination *to);

/** Makes the printed request one for UDP again, to leave by @p listener. 0 or a negative errno. */
int transaction_switch_back(struct transaction *t, char const *branch, uint16_t listener);

/* --- transaction_hop.c: requests made of a sent INVITE ------------------------------------------
 */

/** ACK of a non-2xx final response (RFC 3261 §17.1.1.3) or CANCEL (§9.1; @p response NULL) of the
 *  INVITE printed in @p wire. NULL when out of memory. */
msg_t *transaction_hop_ack(char const *wire, size_t wire_len, sip_t const *response);
msg_t *transaction_hop_cancel(char const *wire, size_t wire_len);
