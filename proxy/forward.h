/* SPDX-License-Identifier: Apache-2.0 */
/* The response context of one forwarded request (RFC 3261 §16.6 to §16.10): its branches, group
 * after group, the best response so far, and the end. One branch is branch.c; what becomes of
 * responses is judged in response.c.
 *
 * Groups. The hops of the lowest group are sent to in parallel, as far as Max-Breadth allows
 * (RFC 5393 §5; the others follow as room is made), the next group when all of the former have
 * ended. Contacts of a registered user go on after any final response but 2xx and 6xx. All other
 * hops (static routes, targets, what the message itself names) are several ways to one callee:
 * there only a failure goes on, that is no answer, a dead connection, 503, or 408 from one who had
 * not rung. Redirections are not followed but sent back.
 *
 * Until the final response a context holds the request; after it only an INVITE answered with 2xx
 * stays, to send further 2xx back (RFC 6026), and holds no messages. */
#pragma once
#include "branch.h"
#include "egress.h"
#include "normalize.h"
#include <sys/queue.h>

struct location_list;
struct worker;

/* Chosen by response.c. */
struct forward_best {
    int status; /* 0: nothing yet */
    msg_t *msg; /* kept by reference; NULL: nobody answered, `refusal` says why */
    enum refusal refusal;
    struct branch *branch;
};

struct forward {
    LIST_ENTRY(forward) link;
    struct worker *worker;
    struct generation *generation;        /* decided under; a reference, for names and URIs */
    struct location_list const *contacts; /* a reference, for the same; NULL: none */
    struct server_transaction *st;        /* NULL once it is gone or disowned */
    msg_t *request;                       /* owned; normalised, without anything of a branch */
    struct forward_best best;
    uint64_t started_us;
    struct net_addr from; /* the client's address */
    uint16_t in_listener;
    int out_listener; /* named by the dialog's route set, or DOMAIN_ANY_LISTENER */
    char const *rule; /* borrowed */
    char loop_hash[NORMALIZE_HASH + 1];
    bool invite;
    bool in_dialog;
    bool cancelled;   /* by the client */
    bool closed;      /* no further branch is started */
    bool busy;        /* branches are being started or cancelled: none ends the context */
    bool answered;    /* the final response was sent back */
    unsigned breadth; /* not given to a live branch */
    unsigned n_branches, next, n_live; /* those before `next` have been started */
    struct branch branches[];
};

/** Starts to forward: @p msg, normalised, is taken; answers @p st in any case. The list of hops is
 *  trimmed. */
void forward_start(struct worker *worker, struct server_transaction *st, msg_t *msg,
                   struct normalized const *normalized, struct route_decision *decision);

/** transaction_handlers.on_cancel. */
void forward_cancelled(void *vworker, struct server_transaction *st);

/** @p branch has ended; may others follow it? Starts them, or answers. May free the context. */
void forward_branch_ended(struct branch *branch, bool others_may_follow);

/** Cancels every live branch (RFC 3261 §16.7 step 10); no further one is started. */
void forward_cancel_branches(struct forward *forward);

/** The final response has been sent back with @p status (0: there will be none), it was that of
 *  @p branch (may be NULL): writes the log line, cancels the other branches and frees what is no
 *  longer needed, perhaps the context itself. */
void forward_finish(struct forward *forward, struct branch const *branch, int status);

/** Drops the context without an answer; transactions are disowned. */
void forward_free(struct forward *forward);
