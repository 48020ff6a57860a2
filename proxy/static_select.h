/* SPDX-License-Identifier: Apache-2.0 */
/* Which routes of the patterns that match a request are tried, and in which order (guide part 2,
 * 1.3 and 1.5). Pure.
 *
 * The best match is the most specific pattern that has a route in service. A route out of service
 * is as if it were not there, and so is one without TLS when the Request-URI is sips (RFC 3261
 * 26.2.2). If a route of the best match blocks, the request is refused, whatever other routes there
 * are. Else its routes are tried by priority; inside one priority by weighted chance without
 * putting back (RFC 2782), drawn from a seed, so that equal seeds give equal orders.
 *
 * The next pattern follows only if every route in service of the former allows less specific ones.
 * A less specific pattern that blocks ends the list: requests shall not go there, but those before
 * it stay. A next hop that stands in the list is not put there again.
 *
 * Routes whose next hop rests go behind all others of the list; they are not dropped. */
#pragma once
#include "static_table.h"

struct route_trace;

enum { STATIC_SELECT_MAX = 128 };

enum static_verdict {
    STATIC_NOTHING, /* no route in service matches */
    STATIC_BLOCKED, /* by routes[0] */
    STATIC_ROUTES,
};

struct static_query {
    struct static_table const *table;
    enum pattern_mode mode;
    url_t const *uri; /* the Request-URI */
    uint64_t seed;    /* of the order inside one priority */
    /* May requests be sent by this route now? NULL: all may. */
    bool (*usable)(void *ctx, struct static_route const *route);
    void *usable_ctx;
    struct route_trace const *trace; /* may be NULL */
};

struct static_selection {
    enum static_verdict verdict;
    unsigned n; /* STATIC_ROUTES: at least 1; STATIC_BLOCKED: 1 */
    bool cut;   /* struct static_matches */
    struct static_route const *routes[STATIC_SELECT_MAX];
};

/** Fills @p ret; routes beyond ret->n are not initialised. */
void static_select(struct static_query const *query, struct static_selection *ret);
