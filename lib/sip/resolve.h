/* SPDX-License-Identifier: Apache-2.0 */
/* Where a SIP URI leads (RFC 3263): numeric host, maddr, NAPTR, SRV, host name; over c-ares on the
 * libuv loop.
 *
 * Answers come in the order in which they should be tried: SRV targets by priority and drawn weight
 * (anew for every request, also from the cache), of each target the IPv6 addresses and then the
 * IPv4 addresses, as the DNS lists them. A numeric address answers before resolve_uri() returns;
 * names answer later. Results are cached for their time to live (bounded). */
#pragma once
#include "transport.h"
#include <sofia-sip/url.h>
#include <uv.h>

struct resolver;
struct resolve_query;

/** @p n destinations (borrowed for the call), or n = 0 and a static text saying why. */
typedef void resolve_fn(void *ctx, struct destination const *list, size_t n, char const *why_not);

/** @p servers: DNS servers "127.0.0.1:5353,...", NULL = the system's. NULL result: out
 *  of memory, or the servers are no addresses. */
struct resolver *resolver_new(uv_loop_t *loop, char const *servers);
void resolver_free(struct resolver **presolver);

/** From now on the DNS is asked only for transports and address families that @p transport
 *  (borrowed) has a listener for; one without listeners, and NULL, stand for all. */
void resolver_use_transport(struct resolver *resolver, struct transport const *transport);

/** Whether IPv6 addresses are used at all, numeric or from the DNS; true at the start. */
void resolver_set_ipv6(struct resolver *resolver, bool on);

/** Makes the draws between weights repeatable, for tests. */
void resolver_set_seed(struct resolver *resolver, uint64_t seed);

/** Resolves where a request to @p uri goes; @p fallback is the transport when neither the URI nor
 * DNS says (UDP by the RFC). Calls @p fn exactly once, perhaps before it returns; returns NULL
 * then, else a handle for resolve_cancel(). */
struct resolve_query *resolve_uri(struct resolver *resolver, url_t const *uri,
                                  enum transport_kind fallback, resolve_fn *fn, void *ctx);

/** A question to the DNS and its answer, for people; borrowed for the call. */
typedef void resolve_note_fn(void *ctx, char const *question, char const *answer);

/** As resolve_uri(), but asks the DNS whether or not it knows the answer, and tells @p note what it
 *  asked and heard, with the same @p ctx. The answer holds for everybody from then on. */
struct resolve_query *resolve_uri_anew(struct resolver *resolver, url_t const *uri,
                                       enum transport_kind fallback, resolve_note_fn *note,
                                       resolve_fn *fn, void *ctx);

/** Forgets the query: fn will not be called. */
void resolve_cancel(struct resolve_query **pquery);
