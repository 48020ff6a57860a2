/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3263 §4: from a URI to an ordered list of destinations. A question goes through SRV (one or
 * two transports) and then the addresses of each target, one after the other. */
#define LOG_SUBSYSTEM LOG_SIP
#include "resolve.h"
#include "log.h"
#include "resolve_cache.h"
#include "resolve_dns.h"
#include "resolve_srv.h"
#include "sip_metrics.h"
#include "token.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SIP_PORT = 5060, HOST_BYTES = 256, CACHE_ENTRIES = 1024 };

/* Nothing is kept for longer; what may be wrong or may soon be there, for the short time. */
enum { MAX_TTL_S = 3600, DOUBT_TTL_S = 10 };

struct resolver {
    struct resolve_dns *dns;
    struct resolve_cache *cache;
};

struct resolve_query {
    struct resolver *resolver;
    resolve_fn *fn; /* NULL: cancelled */
    void *ctx;
    char host[HOST_BYTES];
    char key[HOST_BYTES + 24];
    enum transport_kind kinds[2]; /* SRV is asked for these, in this order */
    size_t n_kinds, next_kind;
    enum transport_kind kind; /* of the targets */
    struct resolve_srv srv;   /* the targets */
    size_t next_target;
    bool declined; /* the domain has said that a service is not there */
    bool doubtful; /* a question was not answered */
    struct resolve_result result;
    unsigned ttl_s;
};

struct resolver *resolver_new(uv_loop_t *loop, char const *servers)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);

    if (!resolver)
        return NULL;
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

/* --- DNS -------------------------------------------------------------------------------------- */

static uint32_t draw(void *ctx, uint32_t below)
{
    char token[7];
    uint32_t number = 0;

    (void)ctx;
    TOKEN_FILL(token);
    for (char const *p = token; *p; p++)
        number = number * 32 + (uint32_t)(*p >= 'a' ? *p - 'a' : *p - '2' + 26);
    return number % below;
}

static void ask_next(struct resolve_query *query);

static char const *why_nothing(struct resolve_query const *query)
{
    if (query->declined && !query->srv.n)
        return "the domain says that it offers no SIP";
    return query->doubtful ? "the DNS gives no answer" : "the name has no address";
}

static void answer(resolve_fn *fn, void *ctx, struct resolve_result const *result)
{
    if (!result->n)
        met_inc(&sip_metrics, M_resolve_failures);
    if (fn)
        fn(ctx, result->v, result->n, result->why_not);
}

static void finish(struct resolve_query *query)
{
    struct resolve_result *result = &query->result;
    bool doubt = query->doubtful || !result->n;

    if (!result->n)
        result->why_not = why_nothing(query);
    if (result->n || !query->doubtful)
        resolve_cache_put(query->resolver->cache, query->key, result,
                          doubt && query->ttl_s > DOUBT_TTL_S ? DOUBT_TTL_S : query->ttl_s);
    answer(query->fn, query->ctx, result);
    free(query);
}

/* Whether the DNS has answered, if only that there is nothing. */
static bool is_certain(int status)
{
    return status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND ||
           status == ARES_EBADNAME;
}

static void add_address(struct resolve_query *query, struct ares_addrinfo_node const *node)
{
    struct resolve_target const *target = &query->srv.v[query->next_target - 1];
    struct destination d = { .kind = query->kind, .listener = TRANSPORT_AUTO_LISTENER };

    if (query->result.n == RESOLVE_MAX_RESULTS || net_addr_from(&d.addr, node->ai_addr) < 0)
        return;
    net_addr_set_port(&d.addr, target->port);
    query->result.v[query->result.n++] = d;
    if (node->ai_ttl >= 0 && (unsigned)node->ai_ttl < query->ttl_s)
        query->ttl_s = (unsigned)node->ai_ttl;
}

static void on_host(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
    struct resolve_query *query = arg;

    (void)timeouts;
    if (status == ARES_EDESTRUCTION) {
        free(query);
        return;
    }
    query->doubtful |= !is_certain(status);
    for (struct ares_addrinfo_node *node = result ? result->nodes : NULL; node;
         node = node->ai_next)
        add_address(query, node);
    if (result)
        ares_freeaddrinfo(result);
    ask_next(query);
}

static void on_srv(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct resolve_query *query = arg;

    (void)timeouts;
    if (status == ARES_EDESTRUCTION) {
        free(query);
        return;
    }
    query->doubtful |= !is_certain(status);
    if (status == ARES_SUCCESS && resolve_srv_read(&query->srv, answer, len) == 0) {
        query->kind = query->kinds[query->next_kind - 1];
        query->declined |= query->srv.declined;
        query->ttl_s = query->srv.ttl_s < query->ttl_s ? query->srv.ttl_s : query->ttl_s;
        resolve_order(query->srv.v, query->srv.n, draw, NULL);
    }
    ask_next(query);
}

static void add_plain_target(struct resolve_query *query)
{
    struct resolve_target *target = &query->srv.v[query->srv.n++];

    snprintf(target->host, sizeof target->host, "%s", query->host);
    target->port = SIP_PORT;
}

/* What is still unknown: the next SRV, then the host itself, then each target's addresses. */
static void ask_next(struct resolve_query *query)
{
    char name[HOST_BYTES + 16];

    if (!query->srv.n && query->next_kind < query->n_kinds) {
        snprintf(name, sizeof name, "_sip._%s.%s",
                 transport_kind_name(query->kinds[query->next_kind++]), query->host);
        met_inc(&sip_metrics, M_resolve_queries);
        resolve_dns_srv(query->resolver->dns, name, on_srv, query);
        return;
    }
    if (!query->srv.n && !query->next_target && !query->declined)
        add_plain_target(query);
    if (query->next_target == query->srv.n || query->result.n == RESOLVE_MAX_RESULTS) {
        finish(query);
        return;
    }
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_host(query->resolver->dns, query->srv.v[query->next_target++].host, on_host, query);
}

/* --- the URI ---------------------------------------------------------------------------------- */

struct wanted {
    char host[HOST_BYTES];
    uint16_t port; /* 0: none given */
    enum transport_kind kind;
    bool kind_given;
};

static char const *read_transport(url_t const *uri, struct wanted *ret)
{
    char text[16];

    if (uri->url_type == url_sips)
        return "TLS is not available";
    if (!url_param(uri->url_params, "transport", text, sizeof text))
        return NULL;
    ret->kind_given = true;
    if (strcasecmp(text, "tcp") == 0)
        ret->kind = TRANSPORT_TCP;
    else if (strcasecmp(text, "udp") == 0)
        ret->kind = TRANSPORT_UDP;
    else
        return strcasecmp(text, "tls") == 0 ? "TLS is not available" : "unknown transport";
    return NULL;
}

/* Host in lower case without brackets; maddr wins (RFC 3261 19.1.1). NULL, or what is wrong. */
static char const *read_uri(url_t const *uri, enum transport_kind fallback, struct wanted *ret)
{
    char const *why;

    *ret = (struct wanted){ .kind = fallback };
    if (uri->url_type != url_sip && uri->url_type != url_sips)
        return "not a SIP URI";
    if (!uri->url_host || !*uri->url_host)
        return "URI without a host";
    if ((why = read_transport(uri, ret)))
        return why;
    if (!url_param(uri->url_params, "maddr", ret->host, sizeof ret->host) || !*ret->host)
        if ((size_t)snprintf(ret->host, sizeof ret->host, "%s", uri->url_host) >= sizeof ret->host)
            return "host name is too long";
    size_t len = strlen(ret->host);
    if (ret->host[0] == '[' && ret->host[len - 1] == ']') {
        memmove(ret->host, ret->host + 1, len - 2);
        ret->host[len - 2] = '\0';
    }
    if (uri->url_port && *uri->url_port) {
        unsigned long port = strtoul(uri->url_port, NULL, 10);
        if (port == 0 || port > 65535)
            return "wrong port";
        ret->port = (uint16_t)port;
    }
    for (char *p = ret->host; *p; p++) /* names are equal without regard to case */
        *p += *p >= 'A' && *p <= 'Z' ? 'a' - 'A' : 0;
    return NULL;
}

static bool answer_at_once(struct resolver *resolver, struct wanted const *wanted, char const *key,
                           resolve_fn *fn, void *ctx)
{
    struct destination numeric = { .kind = wanted->kind, .listener = TRANSPORT_AUTO_LISTENER };

    if (net_addr_parse(&numeric.addr, wanted->host, 0) == 0) {
        net_addr_set_port(&numeric.addr, wanted->port ? wanted->port : SIP_PORT);
        fn(ctx, &numeric, 1, NULL);
        return true;
    }
    struct resolve_result const *cached = resolve_cache_get(resolver->cache, key);
    if (!cached)
        return false;
    /* A copy: what fn does may put a newer result into the cache. */
    struct resolve_result result = *cached;
    met_inc(&sip_metrics, M_resolve_cached);
    answer(fn, ctx, &result);
    return true;
}

static struct resolve_query *start(struct resolver *resolver, struct wanted const *wanted,
                                   char const *key)
{
    struct resolve_query *query = calloc(1, sizeof *query);

    if (!query)
        return NULL;
    query->resolver = resolver;
    query->kind = wanted->kind;
    query->ttl_s = MAX_TTL_S;
    snprintf(query->host, sizeof query->host, "%s", wanted->host);
    snprintf(query->key, sizeof query->key, "%s", key);
    if (wanted->port) {
        add_plain_target(query);
        query->srv.v[0].port = wanted->port;
    } else {
        query->kinds[query->n_kinds++] = wanted->kind;
        if (!wanted->kind_given)
            query->kinds[query->n_kinds++] =
                wanted->kind == TRANSPORT_UDP ? TRANSPORT_TCP : TRANSPORT_UDP;
    }
    return query;
}

/* Notes whether the answer came before resolve_uri() returned. */
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

struct resolve_query *resolve_uri(struct resolver *resolver, url_t const *uri,
                                  enum transport_kind fallback, resolve_fn *fn, void *ctx)
{
    struct wanted wanted;
    char key[HOST_BYTES + 24];
    char const *why_not = read_uri(uri, fallback, &wanted);

    if (why_not) {
        fn(ctx, NULL, 0, why_not);
        return NULL;
    }
    snprintf(key, sizeof key, "%s %s%s %u", wanted.host, transport_kind_name(wanted.kind),
             wanted.kind_given ? "" : "?", wanted.port);
    if (answer_at_once(resolver, &wanted, key, fn, ctx))
        return NULL;
    struct resolve_query *query = start(resolver, &wanted, key);
    if (!query) {
        fn(ctx, NULL, 0, "out of memory");
        return NULL;
    }
    struct first_turn turn = { fn, ctx, false };
    query->fn = on_first_turn;
    query->ctx = &turn;
    ask_next(query);
    if (turn.answered)
        return NULL;
    query->fn = fn;
    query->ctx = ctx;
    return query;
}

void resolve_cancel(struct resolve_query **pquery)
{
    if (*pquery)
        (*pquery)->fn = NULL;
    *pquery = NULL;
}
