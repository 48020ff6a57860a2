/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the resolver, for resolve.c and its inner parts alone. */
#pragma once
#include "resolve.h"
#include "resolve_cache.h"
#include "resolve_dns.h"
#include "resolve_note.h"
#include "resolve_wanted.h"

/* Nothing is kept for longer. */
enum { RESOLVE_MAX_TTL_S = 3600, RESOLVE_KEY_BYTES = RESOLVE_HOST_BYTES + 24 };

/* What may be wrong or may soon be there is kept for the short time. A DNS that is silent for
 * longer than the budget is asked for the host itself at most: the client does not wait for ever.
 */
enum { RESOLVE_DOUBT_TTL_S = 10, RESOLVE_BUDGET_MS = 10000 };

struct resolver {
    struct resolve_dns *dns;
    struct resolve_cache *cache;
    struct transport const *transport; /* whose listeners say what is asked for; NULL: all */
    uint64_t random;                   /* state of the draws */
    bool ipv6;
};

/** Bits (1 << TRANSPORT_UDP ...) of the transports that can be used. */
unsigned resolver_kinds(struct resolver const *resolver);

/** Address family to ask the DNS for: AF_INET, AF_INET6, or AF_UNSPEC for both. */
int resolver_family(struct resolver const *resolver);

/** resolve_draw_fn of a resolver. */
uint32_t resolver_draw(void *vresolver, uint32_t below);

/** Counts and tells a result; @p fn may be NULL. */
void resolve_answer_with(resolve_fn *fn, void *ctx, struct resolve_result const *result);

/** Answers from what is known of @p key, its targets drawn anew. False: nothing is. */
bool resolver_recall(struct resolver *resolver, char const *key, resolve_fn *fn, void *ctx);

/** Asks the DNS, and tells @p note. Calls @p fn exactly once unless resolve_cancel() or the
 * resolver's end comes first; before it returns: NULL then, also when out of memory. */
struct resolve_query *resolve_query_start(struct resolver *resolver,
                                          struct resolve_wanted const *wanted, char const *key,
                                          struct resolve_note note, resolve_fn *fn, void *ctx);

/** Appends the addresses of @p info, IPv6 first, each family in the order of the answer. @p take
 *  hears of each with its time to live in seconds. */
typedef void resolve_address_fn(void *ctx, struct net_addr const *addr, unsigned ttl_s);
void resolve_each_address(struct ares_addrinfo const *info, resolve_address_fn *take, void *ctx);
