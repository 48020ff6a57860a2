/* SPDX-License-Identifier: Apache-2.0 */
/* The resolver itself, and the answers that need no DNS: numeric hosts and the cache. */
#include "resolve.h"
#include "resolve_internal.h"
#include "sip_metrics.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CACHE_ENTRIES = 1024 };

struct resolver *resolver_new(uv_loop_t *loop, char const *servers)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);

    if (!resolver)
        return NULL;
    resolver->ipv6 = true;
    /* Without randomness the draws are only the same after each start. */
    if (getrandom(&resolver->random, sizeof resolver->random, GRND_NONBLOCK) < 0)
        resolver->random = (uintptr_t)resolver;
    resolver->dns = resolve_dns_new(loop, servers);
    resolver->cache = resolve_cache_new(CACHE_ENTRIES);
    if (!resolver->dns || !resolver->cache)
        resolver_free(&resolver);
    return resolver;
}

void resolver_free(struct resolver **presolver)
{
    struct resolver *resolver = *presolver;

    *presolver = NULL;
    if (!resolver)
        return;
    resolve_dns_free(&resolver->dns);
    resolve_cache_free(&resolver->cache);
    free(resolver);
}

void resolver_use_transport(struct resolver *resolver, struct transport const *transport)
{
    resolver->transport = transport;
}

void resolver_set_ipv6(struct resolver *resolver, bool on)
{
    resolver->ipv6 = on;
}

void resolver_set_seed(struct resolver *resolver, uint64_t seed)
{
    resolver->random = seed;
}

static uint16_t count_listeners(struct resolver const *resolver)
{
    return resolver->transport ? transport_listeners(resolver->transport) : 0;
}

unsigned resolver_kinds(struct resolver const *resolver)
{
    uint16_t n = count_listeners(resolver);
    unsigned kinds = 0;

    for (uint16_t i = 0; i < n; i++)
        kinds |= 1u << transport_listener_kind(resolver->transport, i);
    return n ? kinds : (1u << TRANSPORT_KINDS) - 1;
}

int resolver_family(struct resolver const *resolver)
{
    uint16_t n = count_listeners(resolver);
    bool v4 = n == 0, v6 = n == 0;

    for (uint16_t i = 0; i < n; i++) {
        bool is_v6 = transport_listener_addr(resolver->transport, i)->sa.sa_family == AF_INET6;
        v6 |= is_v6;
        v4 |= !is_v6;
    }
    if (!v6 || !resolver->ipv6)
        return AF_INET;
    return v4 ? AF_UNSPEC : AF_INET6;
}

/* SplitMix64. Nothing secret hangs on it; a branch or a tag is made elsewhere. */
uint32_t resolver_draw(void *vresolver, uint32_t below)
{
    struct resolver *resolver = vresolver;
    uint64_t z = resolver->random += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return (uint32_t)((z >> 32) * below >> 32);
}

void resolve_answer_with(resolve_fn *fn, void *ctx, struct resolve_result const *result)
{
    if (!result->n)
        met_inc(&sip_metrics, M_resolve_failures);
    if (fn)
        fn(ctx, result->v, result->n, result->why_not);
}

/* RFC 3263 4.1: UDP, or what we have. */
static enum transport_kind usable_fallback(struct resolver const *resolver,
                                           enum transport_kind fallback)
{
    unsigned kinds = resolver_kinds(resolver);

    for (int kind = 0; !(kinds >> fallback & 1) && kind < TRANSPORT_KINDS; kind++)
        if (kinds >> kind & 1)
            return (enum transport_kind)kind;
    return fallback;
}

static char const *answer_numeric(struct resolver *resolver, struct resolve_wanted const *wanted,
                                  resolve_fn *fn, void *ctx)
{
    struct destination to = { .kind = wanted->kind,
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = wanted->addr };

    if (!resolver->ipv6 && to.addr.sa.sa_family == AF_INET6)
        return "IPv6 is switched off";
    net_addr_set_port(&to.addr, wanted->port ? wanted->port : resolve_wanted_port(wanted->kind));
    fn(ctx, &to, 1, NULL);
    return NULL;
}

bool resolver_recall(struct resolver *resolver, char const *key, resolve_fn *fn, void *ctx)
{
    struct resolve_result const *cached = resolve_cache_get(resolver->cache, key);

    if (!cached)
        return false;
    /* A copy: what fn does may put a newer result into the cache. */
    struct resolve_result result = *cached;
    resolve_result_draw(&result, resolver_draw, resolver);
    met_inc(&sip_metrics, M_resolve_cached);
    resolve_answer_with(fn, ctx, &result);
    return true;
}

static struct resolve_query *start(struct resolver *resolver, struct resolve_wanted const *wanted,
                                   struct resolve_note note, resolve_fn *fn, void *ctx)
{
    char key[RESOLVE_KEY_BYTES];

    snprintf(key, sizeof key, "%s %s%s%s %u %d", wanted->host, transport_kind_name(wanted->kind),
             wanted->kind_given ? "" : "?", wanted->secure ? "!" : "", wanted->port,
             resolver_family(resolver));
    if (!note.fn && resolver_recall(resolver, key, fn, ctx))
        return NULL;
    return resolve_query_start(resolver, wanted, key, note, fn, ctx);
}

struct resolve_query *resolve_uri_anew(struct resolver *resolver, url_t const *uri,
                                       enum transport_kind fallback, resolve_note_fn *note,
                                       resolve_fn *fn, void *ctx)
{
    struct resolve_wanted wanted;
    char const *why_not = resolve_wanted_read(&wanted, uri, usable_fallback(resolver, fallback));

    if (!why_not && wanted.numeric && !(why_not = answer_numeric(resolver, &wanted, fn, ctx)))
        return NULL;
    if (why_not) {
        fn(ctx, NULL, 0, why_not);
        return NULL;
    }
    return start(resolver, &wanted, (struct resolve_note){ note, ctx }, fn, ctx);
}

struct resolve_query *resolve_uri(struct resolver *resolver, url_t const *uri,
                                  enum transport_kind fallback, resolve_fn *fn, void *ctx)
{
    return resolve_uri_anew(resolver, uri, fallback, NULL, fn, ctx);
}
