/* SPDX-License-Identifier: Apache-2.0 */
/* See cluster_name.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "cluster_name.h"
#include "log.h"
#include <stdio.h>

enum { WANTED_PORT = 5060 };

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct cluster_name *check = ctx;
    check->query = NULL;
    if (n == 0)
        log_warn(NULL, "srv_cluster_name leads nowhere name=\"%s\" reason=\"%s\"", check->name,
                 why_not);
    for (size_t i = 0; i < n; i++) {
        char addr[NET_ADDR_TEXT];
        if (net_addr_port(&list[i].addr) == WANTED_PORT)
            continue;
        log_warn(NULL, "srv_cluster_name has a port other than 5060 name=\"%s\" address=%s",
                 check->name, net_addr_print(&list[i].addr, addr));
        return;
    }
}

void cluster_name_check(struct cluster_name *check, struct resolver *resolver, char const *name)
{
    cluster_name_cancel(check);
    if (!name || !*name)
        return;
    (void)snprintf(check->name, sizeof check->name, "%s", name);
    url_t const uri[1] = { { .url_type = url_sip, .url_scheme = "sip", .url_host = check->name } };
    struct resolve_query *query = resolve_uri(resolver, uri, TRANSPORT_UDP, resolved, check);
    if (query)
        check->query = query; /* not NULL: resolved() has not run */
}

void cluster_name_cancel(struct cluster_name *check)
{
    if (check->query)
        resolve_cancel(&check->query);
}
