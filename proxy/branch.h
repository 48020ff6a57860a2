/* SPDX-License-Identifier: Apache-2.0 */
/* One branch of a response context: a hop of the decision on its way (RFC 3261 §16.6). It edits its
 * request, resolves the next hop, tries its addresses one after the other, keeps timer C, cancels.
 * What comes back goes to response.c.
 *
 * The machine is a table. An address fails, and the next one is tried, when it cannot be reached,
 * does not answer an INVITE at all, or answers 503 (RFC 3263 §4.3). 100 counts as no answer if the
 * connection dies after it: nobody has been rung. A request other than INVITE that nobody answered
 * is not tried again: its client has given up at the same moment (RFC 4320). */
#pragma once
#include "refusal.h"
#include "route_decide.h"
#include "transaction.h"
#include "wheel.h"

struct forward;
struct peer;
struct resolve_query;

enum branch_state {
    BRANCH_WAITING, /* for its group, or for breadth */
    BRANCH_RESOLVING,
    BRANCH_CALLING,    /* the try that runs has answered nothing, or 100 */
    BRANCH_PROCEEDING, /* it has answered with 101 to 199 */
    BRANCH_CANCELLING, /* its final response is still awaited */
    BRANCH_ACCEPTED,   /* 2xx to INVITE: more of them may come (RFC 6026) */
    BRANCH_DONE,
    BRANCH_STATES
};

struct branch {
    struct forward *forward;
    struct route_hop hop;
    struct client_transaction *ct; /* the try that runs, NULL between tries */
    struct resolve_query *query;
    struct peer *peer; /* whose health is watched, or NULL; borrowed from the generation */
    struct wheel_timer timer_c;
    msg_t *request;         /* a reference; Via, Record-Route, Max-Breadth of ours still lack */
    url_t const *uri;       /* next hop; of the request or of the decision */
    msg_t *challenge;       /* 401 or 407, kept by reference for RFC 3261 §16.7 step 7 */
    struct destination *to; /* addresses of the next hop, in order; owned unless it is &only */
    size_t n_to, next_to;
    size_t n_usable;   /* the first of them that do not rest */
    uint64_t tried_ms; /* when the try began, if the peer is watched */
    struct destination only;
    unsigned breadth;     /* RFC 5393 §5: what this branch may fork to */
    enum refusal refusal; /* why the try that ran last got no answer */
    uint8_t state;        /* enum branch_state */
    bool resolving;       /* inside resolve_uri() */
    bool heard;           /* the try has answered anything */
    bool rang;            /* with 101 to 199 */
    bool timer_c_fired;
};

extern struct fsm_table const branch_fsm;

/** Embedded; @p branch is zeroed, @p hop is copied (what it points to is borrowed). */
void branch_init(struct branch *branch, struct forward *forward, struct route_hop const *hop);

/** Drops everything without a word to anybody; a transaction goes on without us. */
void branch_fini(struct branch *branch);

/** Starts a waiting branch. It may end before this returns. */
void branch_start(struct branch *branch, unsigned breadth);

/** Nothing more is wanted of it: ends at once, or after the answer to a CANCEL. Harmless when it
 *  has ended. */
void branch_cancel(struct branch *branch);

/** May the hop, at @p addr, say who its users are, and be told (identity.h)? */
bool branch_is_trusted(struct branch const *branch, struct net_addr const *addr);

/** Name of the hop for logs, or the address tried last, printed into @p text; "" if neither. */
char const *branch_target(struct branch const *branch, char text[static NET_ADDR_TEXT]);
