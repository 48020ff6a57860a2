/* SPDX-License-Identifier: Apache-2.0 */
/* Where to connect to for a domain: the hosts that its row names, else what the DNS says
 * (lib/sip/resolve_xmpp.h), which keeps it for a time. */
#pragma once
#include "net_addr.h"
#include "resolve.h"
#include <stdbool.h>
#include <stddef.h>

struct resolver;
struct stream_lookup;

enum { STREAM_LOOKUP_MAX = 16, STREAM_LOOKUP_PORT = 5269 };

struct stream_lookup_wanted {
    char const *domain; /* in A-labels */
    /* "im.example", "im.example:5270", "192.0.2.1", "[2001:db8::1]:5269": tried in this order, and
     * no others. None: the DNS is asked for the domain. */
    char const *const *hosts;
    size_t n_hosts;
    bool is_direct;        /* those hosts begin with TLS (XEP-0368) */
    resolve_note_fn *note; /* is told what the DNS says, which is asked anew; NULL: none */
};

struct stream_place {
    struct net_addr addr;
    bool is_direct;
};

/** @p n places (borrowed for the call), to be tried in this order, or n = 0 and a static text
 * saying why. */
typedef void stream_lookup_fn(void *ctx, struct stream_place const *places, size_t n,
                              char const *why_not);

/** Nothing is kept of @p wanted. Calls @p fn exactly once, perhaps before it returns: NULL then,
 *  else a handle for stream_lookup_cancel(). The resolver must outlive it. */
struct stream_lookup *stream_lookup_start(struct resolver *resolver,
                                          struct stream_lookup_wanted const *wanted,
                                          stream_lookup_fn *fn, void *ctx);

/** Forgets it: fn will not be called. Accepts NULL inside. */
void stream_lookup_cancel(struct stream_lookup **plookup);

/** Is @p host written as above? For the check of a configuration. */
bool stream_lookup_is_host(char const *host);
