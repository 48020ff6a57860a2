/* SPDX-License-Identifier: Apache-2.0 */
/* See resolve_host.h. The list grows with the answer, which the DNS bounds to 64 KiB. */
#include "resolve_host.h"
#include "resolve_internal.h"
#include "sip_metrics.h"
#include <stdlib.h>

struct resolve_host {
    resolve_host_fn *fn; /* NULL: cancelled */
    void *ctx;
    struct net_addr *addrs;
    size_t n, size;
    unsigned ttl_s;
    bool starting, answered, short_of_memory;
};

static bool has(struct resolve_host const *host, struct net_addr const *addr)
{
    for (size_t i = 0; i < host->n; i++)
        if (net_addr_same_host(&host->addrs[i], addr))
            return true;
    return false;
}

static void add_address(void *ctx, struct net_addr const *addr, unsigned ttl_s)
{
    struct resolve_host *host = ctx;

    host->ttl_s = ttl_s < host->ttl_s ? ttl_s : host->ttl_s;
    if (has(host, addr))
        return;
    if (host->n == host->size) {
        size_t size = host->size ? 2 * host->size : 8;
        struct net_addr *addrs = realloc(host->addrs, size * sizeof *addrs);
        host->short_of_memory |= !addrs;
        if (!addrs)
            return;
        host->addrs = addrs;
        host->size = size;
    }
    host->addrs[host->n++] = *addr;
}

static void tell(struct resolve_host *host, int status)
{
    struct resolve_host_answer answer = { .addrs = host->addrs, .n = host->n };

    if (host->short_of_memory)
        answer.n = 0; /* half a list would look like a name that has changed */
    if (answer.n) {
        answer.ttl_s = host->ttl_s;
    } else {
        met_inc(&sip_metrics, M_resolve_failures);
        answer.certain = !host->short_of_memory && resolve_dns_is_certain(status);
        answer.why_not = host->short_of_memory ? "out of memory"
                         : answer.certain      ? "the name has no address"
                                               : "the DNS gives no answer";
    }
    host->fn(host->ctx, &answer);
}

static void host_free(struct resolve_host *host)
{
    free(host->addrs);
    free(host);
}

static void on_host(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolve_host *host = arg;

    (void)timeouts;
    if (status != ARES_EDESTRUCTION && host->fn) {
        resolve_each_address(info, add_address, host);
        tell(host, status);
    }
    if (info)
        ares_freeaddrinfo(info);
    host->answered = true;
    if (!host->starting)
        host_free(host);
}

struct resolve_host *resolve_host_start(struct resolver *resolver, char const *name,
                                        resolve_host_fn *fn, void *ctx)
{
    struct resolve_host *host = calloc(1, sizeof *host);

    if (!host) {
        fn(ctx, &(struct resolve_host_answer){ .why_not = "out of memory" });
        return NULL;
    }
    *host =
        (struct resolve_host){ .fn = fn, .ctx = ctx, .ttl_s = RESOLVE_MAX_TTL_S, .starting = true };
    met_inc(&sip_metrics, M_resolve_queries);
    resolve_dns_host(resolver->dns, name, resolver_family(resolver), on_host, host);
    host->starting = false;
    if (host->answered) {
        host_free(host);
        return NULL;
    }
    return host;
}

void resolve_host_cancel(struct resolve_host **phost)
{
    if (*phost)
        (*phost)->fn = NULL;
    *phost = NULL;
}
