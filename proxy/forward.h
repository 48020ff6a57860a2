/* SPDX-License-Identifier: Apache-2.0 */
/* The response context of one forwarded request (RFC 3261 §16.6, §16.7): resolves the next hop,
 * tries its addresses in turn, keeps timer C, hands CANCEL on. Responses are judged in response.c.
 *
 * Until the final response a context holds the request; after it only an INVITE answered with 2xx
 * stays, to send further 2xx back (RFC 6026), and it is small. */
#pragma once
#include "egress.h"
#include "normalize.h"
#include "resolve.h"
#include "route_decide.h"
#include "transaction.h"
#include "wheel.h"
#include <sys/queue.h>

struct worker;

struct forward {
    LIST_ENTRY(forward) link;
    struct worker *worker;
    struct generation *generation; /* decided under; a reference, for names and URIs */
    struct server_transaction *st; /* NULL once it is gone or disowned */
    struct client_transaction *ct; /* the try that runs, NULL between tries */
    struct resolve_query *query;
    struct wheel_timer timer_c;
    msg_t *request;           /* owned; what is sent, without Via and Record-Route of ours */
    struct destination *hops; /* owned; addresses of the next hop, in order */
    size_t n_hops, next_hop;
    msg_t *best; /* best final response so far, kept by reference */
    uint64_t started_us;
    struct net_addr from; /* the client's address */
    struct egress_hint hint;
    char const *target; /* for the log; borrowed from configuration or request */
    char const *rule;   /* borrowed */
    char loop_hash[NORMALIZE_HASH + 1];
    bool invite;
    bool keep_503;    /* a 503 goes back as it is: see response.c */
    bool resolving;   /* inside resolve_uri() */
    bool provisional; /* the running try has answered with 1xx */
    bool cancelled;   /* by the client or by timer C: no further tries */
    bool timer_c_fired;
    bool answered; /* the final response was sent back */
};

/** Starts to forward: @p msg, normalised, is taken; answers @p st in any case. */
void forward_start(struct worker *worker, struct server_transaction *st, msg_t *msg,
                   struct normalized const *normalized, struct route_decision const *decision);

/** transaction_handlers.on_cancel. */
void forward_cancelled(void *vworker, struct server_transaction *st);

/** Tries the next address of the next hop. Returns REFUSAL_NONE if a try runs, else why not. */
enum refusal forward_try_next(struct forward *forward);

/** Restarts timer C after a 101-199 (RFC 3261 §16.7 step 2). */
void forward_restart_timer_c(struct forward *forward);

/** The final response has been sent back with @p status (0: there will be none): writes the log
 *  line and frees what is no longer needed, perhaps the context itself. */
void forward_finish(struct forward *forward, int status);

/** Answers with the best response there is, else with @p refusal, and finishes. */
void forward_give_up(struct forward *forward, enum refusal refusal);

/** Drops the context without an answer; transactions are disowned. */
void forward_free(struct forward *forward);
