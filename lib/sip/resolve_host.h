/* SPDX-License-Identifier: Apache-2.0 */
/* All addresses of a plain host name, for those who need the addresses and no destination (an
 * access list). The DNS is asked each time; nothing is cached. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>

struct resolve_host;
struct resolver;

struct resolve_host_answer {
    struct net_addr const *addrs; /* without port; borrowed for the call; each stands once */
    size_t n;
    unsigned ttl_s;      /* smallest time to live, at most an hour; 0 if it is not known */
    char const *why_not; /* static text if n is 0 */
    bool certain;        /* n is 0 because the DNS says so, not because it did not answer */
};

typedef void resolve_host_fn(void *ctx, struct resolve_host_answer const *answer);

/** Asks for the addresses of @p name, of the families that the resolver uses.
 *  Calls @p fn exactly once, perhaps before it returns: NULL then, else a handle to cancel it. */
struct resolve_host *resolve_host_start(struct resolver *resolver, char const *name,
                                        resolve_host_fn *fn, void *ctx);

/** Forgets the question: fn will not be called. Accepts NULL inside. */
void resolve_host_cancel(struct resolve_host **phost);
