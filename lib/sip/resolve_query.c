/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the DNS, RFC 3263 4.1 and 4.2: NAPTR, then SRV of one transport after the other
 * until one has targets, then the addresses of each target. */
#include "clock.h"
#include "resolve_internal.h"
#include "resolve_naptr.h"
#include "resolve_srv.h"
#include "sip_metrics.h"
#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_SERVICES = RESOLVE_NAPTR_MAX + 3 };

struct resolve_query {
    struct resolver *resolver;
    resolve_fn *fn; /* NULL: cancelled */
    void *ctx;
    struct resolve_note note;
    struct resolve_wanted wanted;
    char key[RESOLVE_KEY_BYTES];
    uint64_t begun_ms;
    bool naptr_due;
    struct resolve_service services[MAX_SERVICES]; /* SRV is asked for these, in this order */
    size_t n_services, next_service;
    enum transport_kind kind; /* of the targets */
    struct resolve_srv srv;   /* the targets */
    size_t next_target;
    bool declined; /* the domain has said that a service is not there */
    bool doubtful; /* a question was not answered */
    struct resolve_result result;
    unsigned ttl_s;
};

static void ask_next(struct resolve_query *query);

/* --- the end ---------------------------------------------------------------------------------- */

static char const *why_nothing(struct resolve_query const *query)
{
    if (query->declined && !query->srv.n)
        return "the domain says that it offers no SIP";
    return query->doubtful ? "the DNS gives no answer" : "the name has no address";
}

static void finish(struct resolve_query *query)
{
    struct resolve_result *result = &query->result;
    bool doubt = query->doubtful || !result->n;

    if (!result->n)
        result->why_not = why_nothing(query);
    if (result->n || !query->doubtful)
        resolve_cache_put(query->resolver->cache, query->key, result,
                          doubt && query->ttl_s > RESOLVE_DOUBT_TTL_S ? RESOLVE_DOUBT_TTL_S
                                                                      : query->ttl_s);
    resolve_answer_with(query->fn, query->ctx, result);
    free(query);
}

/* Whether the query goes on after a DNS answer; the resolver may be on its way out. */
static bool goes_on(struct resolve_query *query, int status)
{
    if (status == ARES_EDESTRUCTION) {
        free(query);
        return false;
    }
    query->doubtful |= !resolve_dns_is_certain(status);
    return true;
}

static void bound_ttl(struct resolve_query *query, uint32_t ttl_s)
{
    query->ttl_s = ttl_s < query->ttl_s ? ttl_s : query->ttl_s;
}

/* --- services: NAPTR, or one for each transport -------------------------------------------------
 */

static void add_service(struct resolve_query *query, enum transport_kind kind, char const *name)
{
    for (size_t i = 0; i < query->n_services; i++)
        if (strcasecmp(query->services[i].name, name) == 0)
            return;
    if (query->n_services == MAX_SERVICES)
        return;
    struct resolve_service *service = &query->services[query->n_services++];
    service->kind = kind;
    snprintf(service->name, sizeof service->name, "%s", name);
}

static void add_usual_service(struct resolve_query *query, enum transport_kind kind)
{
    static char const *const prefixes[TRANSPORT_KINDS] = {
        [TRANSPORT_UDP] = "_sip._udp",
        [TRANSPORT_TCP] = "_sip._tcp",
        [TRANSPORT_TLS] = "_sips._tcp",
    };
    char name[RESOLVE_NAPTR_BYTES];

    if ((size_t)snprintf(name, sizeof name, "%s.%s", prefixes[kind], query->wanted.host) <
        sizeof name)
        add_service(query, kind, name);
}

/* RFC 3263 4.1: without NAPTR, those transports that we have; sip asks for _sip alone. */
static void add_usual_services(struct resolve_query *query)
{
    static enum transport_kind const plain[] = { TRANSPORT_UDP, TRANSPORT_TCP };

    add_usual_service(query, query->wanted.kind);
    if (query->wanted.kind_given || query->wanted.secure)
        return;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (resolver_kinds(query->resolver) >> plain[i] & 1)
            add_usual_service(query, plain[i]);
}

static void on_naptr(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct resolve_query *query = arg;
    struct resolve_naptr naptr = { .n = 0 };
    unsigned kinds = query->wanted.secure ? 1u << TRANSPORT_TLS : resolver_kinds(query->resolver);

    (void)timeouts;
    if (!goes_on(query, status))
        return;
    if (status == ARES_SUCCESS && resolve_naptr_read(&naptr, answer, len, kinds) == 0) {
        for (size_t i = 0; i < naptr.n; i++)
            add_service(query, naptr.v[i].kind, naptr.v[i].name);
        if (naptr.n)
            query->kind = naptr.v[0].kind; /* even if no SRV is behind it: RFC 3263 4.2 */
        bound_ttl(query, naptr.ttl_s);
    }
    resolve_note_naptr(&query->note, query->wanted.host, status, &naptr);
    add_usual_services(query);
    ask_next(query);
}

/* --- SRV -------------------------------------------------------------------------------------- */

static void on_srv(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct resolve_query *query = arg;

    (void)timeouts;
    if (!goes_on(query, status))
        return;
    if (status == ARES_SUCCESS &&
        resolve_srv_read(&query->srv, answer, len, resolver_draw, query->resolver) == 0) {
        if (query->srv.n)
            query->kind = query->services[query->next_service - 1].kind;
        query->declined |= query->srv.declined;
        bound_ttl(query, query->srv.ttl_s);
    }
    resolve_note_srv(&query->note, query->services[query->next_service - 1].name, status,
                     &query->srv);
    ask_next(query);
}

static void add_plain_target(struct resolve_query *query)
{
    struct resolve_target *target = &query->srv.v[query->srv.n++];

    snprintf(target->host, sizeof target->host, "%s", query->wanted.host);
    target->port = query->wanted.port ? query->wanted.port : resolve_wanted_port(query->kind);
}

/* --- addresses -------------------------------------------------------------------------------- */

void resolve_each_address(struct ares_addrinfo const *info, resolve_address_fn *take, void *ctx)
{
    static int const families[] = { AF_INET6, AF_INET };
    struct net_addr addr;

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (struct ares_addrinfo_node const *node = info ? info->nodes : NULL; node;
             node = node->ai_next)
            if (node->ai_family == families[i] && net_addr_from(&addr, node->ai_addr) == 0)
                take(ctx, &addr, node->ai_ttl > 0 ? (unsigned)node->ai_ttl : 0);
}

static void add_address(void *ctx, struct net_addr const *addr, unsigned ttl_s)
{
    struct resolve_query *query = ctx;
    uint32_t index = (uint32_t)query->next_target - 1;
    struct resolve_target const *target = &query->srv.v[index];
    struct destination to = { .kind = query->kind,
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = *addr };

    net_addr_set_port(&to.addr, target->port);
    resolve_result_add(&query->result, &to,
                       (struct resolve_rank){ target->priority, target->weight, index });
    bound_ttl(query, ttl_s);
}

static void on_host(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolve_query *query = arg;

    (void)timeouts;
    if (goes_on(query, status)) {
        resolve_each_address(info, add_address, query);
        resolve_note_host(&query->note, query->srv.v[query->next_target - 1].host,
                          resolver_family(query->resolver), status, info);
        ask_next(query);
    }
    if (info)
        ares_freeaddrinfo(info);
}

/* --- the course ------------------------------------------------------------------------------- */

static void ask(struct resolve_query *query, char const *name, int type, ares_callback fn)
{
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_query(query->resolver->dns, name, type, fn, query);
}

static bool is_late(struct resolve_query const *query)
{
    return query->doubtful && clock_now_ms() - query->begun_ms > RESOLVE_BUDGET_MS;
}

static bool is_enough(struct resolve_query const *query)
{
    return query->next_target == query->srv.n || query->result.n == RESOLVE_MAX_RESULTS ||
           (query->next_target && is_late(query));
}

/* What is still unknown: the services, their SRV, then the host itself, then each target's
 * addresses. */
static void ask_next(struct resolve_query *query)
{
    if (query->naptr_due) {
        query->naptr_due = false;
        ask(query, query->wanted.host, ns_t_naptr, on_naptr);
        return;
    }
    if (!query->srv.n && query->next_service < query->n_services && !is_late(query)) {
        ask(query, query->services[query->next_service++].name, ns_t_srv, on_srv);
        return;
    }
    if (!query->srv.n && !query->next_target && !query->declined)
        add_plain_target(query);
    if (is_enough(query)) {
        finish(query);
        return;
    }
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_host(query->resolver->dns, query->srv.v[query->next_target++].host,
                     resolver_family(query->resolver), on_host, query);
}

/* Notes whether the answer came before resolve_query_start() returned. */
struct first_turn {
    resolve_fn *fn;
    void *ctx;
    bool answered;
};

static void on_first_turn(void *arg, struct destination const *list, size_t n, char const *why_not)
{
    struct first_turn *turn = arg;

    turn->answered = true;
    turn->fn(turn->ctx, list, n, why_not);
}

struct resolve_query *resolve_query_start(struct resolver *resolver,
                                          struct resolve_wanted const *wanted, char const *key,
                                          struct resolve_note note, resolve_fn *fn, void *ctx)
{
    struct first_turn turn = { fn, ctx, false };
    struct resolve_query *query = calloc(1, sizeof *query);

    if (!query) {
        fn(ctx, NULL, 0, "out of memory");
        return NULL;
    }
    query->resolver = resolver;
    query->fn = on_first_turn;
    query->ctx = &turn;
    query->note = note;
    query->wanted = *wanted;
    query->kind = wanted->kind;
    query->ttl_s = RESOLVE_MAX_TTL_S;
    query->begun_ms = clock_now_ms();
    snprintf(query->key, sizeof query->key, "%s", key);
    /* RFC 3263 4.1 and 4.2: a port forbids NAPTR and SRV, a given transport NAPTR. */
    query->naptr_due = !wanted->port && !wanted->kind_given;
    if (!wanted->port && wanted->kind_given)
        add_usual_services(query);
    ask_next(query);
    if (turn.answered)
        return NULL;
    query->fn = fn;
    query->ctx = ctx;
    return query;
}

void resolve_cancel(struct resolve_query **pquery)
{
    if (*pquery) {
        (*pquery)->fn = NULL;
        (*pquery)->note.fn = NULL;
    }
    *pquery = NULL;
}
