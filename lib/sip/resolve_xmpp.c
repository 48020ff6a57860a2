/* SPDX-License-Identifier: Apache-2.0 */
/* Two SRV questions, one after the other, then the addresses of each target: see resolve_xmpp.h. */
#include "resolve_xmpp.h"
#include "clock.h"
#include "resolve_internal.h"
#include "resolve_result.h"
#include "resolve_srv.h"
#include "sip_metrics.h"
#include <arpa/nameser.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVICES = 2, MAX_TARGETS = SERVICES * RESOLVE_SRV_MAX };

static struct {
    char const *prefix;
    enum transport_kind kind;
} const services[SERVICES] = {
    { "_xmpps-server._tcp.", TRANSPORT_TLS },
    { "_xmpp-server._tcp.", TRANSPORT_TCP },
};

struct resolve_xmpp {
    struct resolver *resolver;
    resolve_fn *fn; /* NULL: cancelled */
    void *ctx;
    struct resolve_note note;
    char domain[RESOLVE_HOST_BYTES], key[RESOLVE_KEY_BYTES], service[RESOLVE_HOST_BYTES];
    uint64_t begun_ms;
    size_t next_service;
    struct resolve_target targets[MAX_TARGETS];
    enum transport_kind kinds[MAX_TARGETS];
    struct resolve_rank order[MAX_TARGETS];
    size_t n, next_target;
    bool is_declined; /* by _xmpp-server: there is none */
    bool is_doubtful; /* a question was not answered */
    bool is_starting, is_answered;
    struct resolve_result result;
    unsigned ttl_s;
};

static void ask_next(struct resolve_xmpp *query);

static void bound_ttl(struct resolve_xmpp *query, uint32_t ttl_s)
{
    query->ttl_s = ttl_s < query->ttl_s ? ttl_s : query->ttl_s;
}

static char const *why_nothing(struct resolve_xmpp const *query)
{
    if (query->is_declined && !query->n)
        return "the domain says that it offers no XMPP";
    return query->is_doubtful ? "the DNS gives no answer" : "the domain has no address";
}

/* Who is asking may still need it, if it is only about to be given out. */
static void release(struct resolve_xmpp *query)
{
    query->is_answered = true;
    if (!query->is_starting)
        free(query);
}

static void finish(struct resolve_xmpp *query)
{
    struct resolve_result *result = &query->result;
    bool is_doubtful = query->is_doubtful || !result->n;

    if (!result->n)
        result->why_not = why_nothing(query);
    if (result->n || !query->is_doubtful)
        resolve_cache_put(query->resolver->cache, query->key, result,
                          is_doubtful && query->ttl_s > RESOLVE_DOUBT_TTL_S ? RESOLVE_DOUBT_TTL_S
                                                                            : query->ttl_s);
    resolve_answer_with(query->fn, query->ctx, result);
    release(query);
}

/* Whether the query goes on after a DNS answer; the resolver may be on its way out. */
static bool goes_on(struct resolve_xmpp *query, int status)
{
    if (status == ARES_EDESTRUCTION) {
        release(query);
        return false;
    }
    query->is_doubtful |= !resolve_dns_is_certain(status);
    return true;
}

static void add_target(struct resolve_xmpp *query, struct resolve_target const *target,
                       enum transport_kind kind)
{
    size_t i = query->n++;

    query->targets[i] = *target;
    query->kinds[i] = kind;
    query->order[i] = (struct resolve_rank){ target->priority, target->weight, (uint32_t)i };
}

static void on_srv(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct resolve_xmpp *query = arg;
    struct resolve_srv srv = { .n = 0 };

    (void)timeouts;
    if (!goes_on(query, status))
        return;
    enum transport_kind kind = services[query->next_service - 1].kind;
    if (status == ARES_SUCCESS &&
        resolve_srv_read(&srv, answer, len, resolver_draw, query->resolver) == 0) {
        for (size_t i = 0; i < srv.n; i++)
            add_target(query, &srv.v[i], kind);
        query->is_declined |= kind == TRANSPORT_TCP && srv.declined;
        bound_ttl(query, srv.ttl_s);
    }
    resolve_note_srv(&query->note, query->service, status, &srv);
    ask_next(query);
}

static void add_plain_target(struct resolve_xmpp *query)
{
    struct resolve_target target = { .port = RESOLVE_XMPP_PORT };

    snprintf(target.host, sizeof target.host, "%s", query->domain);
    add_target(query, &target, TRANSPORT_TCP);
}

static struct resolve_rank const *current(struct resolve_xmpp const *query)
{
    return &query->order[query->next_target - 1];
}

static void add_address(void *ctx, struct net_addr const *addr, unsigned ttl_s)
{
    struct resolve_xmpp *query = ctx;
    struct resolve_rank const *rank = current(query);
    struct destination to = { .kind = query->kinds[rank->index],
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = *addr };

    net_addr_set_port(&to.addr, query->targets[rank->index].port);
    resolve_result_add(&query->result, &to, *rank);
    bound_ttl(query, ttl_s);
}

static void on_host(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolve_xmpp *query = arg;

    (void)timeouts;
    if (goes_on(query, status)) {
        resolve_each_address(info, add_address, query);
        resolve_note_host(&query->note, query->targets[current(query)->index].host,
                          resolver_family(query->resolver), status, info);
        ask_next(query);
    }
    if (info)
        ares_freeaddrinfo(info);
}

static bool is_late(struct resolve_xmpp const *query)
{
    return query->is_doubtful && clock_now_ms() - query->begun_ms > RESOLVE_BUDGET_MS;
}

static bool is_enough(struct resolve_xmpp const *query)
{
    return query->next_target == query->n || query->result.n == RESOLVE_MAX_RESULTS ||
           (query->next_target && is_late(query));
}

static void ask_service(struct resolve_xmpp *query)
{
    snprintf(query->service, sizeof query->service, "%s%s", services[query->next_service++].prefix,
             query->domain);
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_query(query->resolver->dns, query->service, ns_t_srv, on_srv, query);
}

/* Both services, for their targets stand in one order (XEP-0368 3); then each target. */
static void ask_next(struct resolve_xmpp *query)
{
    if (query->next_service < SERVICES && !is_late(query)) {
        ask_service(query);
        return;
    }
    if (!query->next_target) {
        if (!query->n && !query->is_declined)
            add_plain_target(query);
        resolve_order(query->order, query->n, query->n, resolver_draw, query->resolver);
    }
    if (is_enough(query)) {
        finish(query);
        return;
    }
    query->next_target++;
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_host(query->resolver->dns, query->targets[current(query)->index].host,
                     resolver_family(query->resolver), on_host, query);
}

/* Is that all there is to say, without the DNS? */
static bool answer_numeric(struct resolver const *resolver, char const *domain, resolve_fn *fn,
                           void *ctx)
{
    struct destination to = { .kind = TRANSPORT_TCP, .listener = TRANSPORT_AUTO_LISTENER };

    if (net_addr_parse(&to.addr, domain, RESOLVE_XMPP_PORT) < 0)
        return false;
    if (!resolver->ipv6 && to.addr.sa.sa_family == AF_INET6)
        fn(ctx, NULL, 0, "IPv6 is switched off");
    else
        fn(ctx, &to, 1, NULL);
    return true;
}

/* In lower case, without the root's dot, and short enough for the services in front of it. */
static bool set_domain(struct resolve_xmpp *query, char const *domain)
{
    size_t len = strlen(domain);

    len -= len && domain[len - 1] == '.';
    if (!len || strlen(services[0].prefix) + len >= sizeof query->domain)
        return false;
    for (size_t i = 0; i < len; i++)
        query->domain[i] = (char)tolower((unsigned char)domain[i]);
    return true;
}

struct resolve_xmpp *resolve_xmpp_start(struct resolver *resolver, char const *domain,
                                        resolve_note_fn *note, resolve_fn *fn, void *ctx)
{
    if (answer_numeric(resolver, domain, fn, ctx))
        return NULL;
    struct resolve_xmpp *query = calloc(1, sizeof *query);
    if (!query || !set_domain(query, domain)) {
        fn(ctx, NULL, 0, query ? "no such name is possible" : "out of memory");
        free(query);
        return NULL;
    }
    snprintf(query->key, sizeof query->key, "xmpp %s %d", query->domain, resolver_family(resolver));
    if (!note && resolver_recall(resolver, query->key, fn, ctx)) {
        free(query);
        return NULL;
    }
    query->resolver = resolver;
    query->fn = fn;
    query->ctx = ctx;
    query->note = (struct resolve_note){ note, ctx };
    query->ttl_s = RESOLVE_MAX_TTL_S;
    query->begun_ms = clock_now_ms();
    query->is_starting = true;
    ask_next(query);
    query->is_starting = false;
    if (!query->is_answered)
        return query;
    free(query);
    return NULL;
}

void resolve_xmpp_cancel(struct resolve_xmpp **pquery)
{
    if (*pquery) {
        (*pquery)->fn = NULL;
        (*pquery)->note.fn = NULL;
    }
    *pquery = NULL;
}
