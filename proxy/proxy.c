/* SPDX-License-Identifier: Apache-2.0 */
/* Opens and closes the proxy: access lists, routes, stack, listeners. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "proxy.h"
#include "ack.h"
#include "domain.h"
#include "forward.h"
#include "log.h"
#include "request.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct transaction_handlers const handlers = {
    .on_request = request_arrived,
    .on_ack = ack_arrived,
    .on_cancel = forward_cancelled,
};

static int fill_acl(struct proxy *proxy)
{
    proxy->acl = acl_new();
    proxy->internal_acl = acl_new();
    proxy->acl_log = acl_log_new();
    if (!proxy->acl || !proxy->internal_acl || !proxy->acl_log)
        return -ENOMEM;
    struct proxy_conf_acl const *rows = proxy->conf->acl.v;
    for (size_t i = 0; i < proxy->conf->acl.n; i++) {
        int error = acl_add(proxy->acl, rows[i].pattern, rows[i].description);
        if (error < 0)
            return error;
    }
    if (proxy->conf->acl.n == 0)
        log_warn(NULL, "access list is empty: every request is refused");
    acl_seal(proxy->acl);
    return 0;
}

/* Our own programs answer on the addresses of the targets and send their requests to the internal
 * listeners; nobody should have to list them. */
static int fill_internal_acl(struct proxy *proxy)
{
    for (size_t i = 0; i < proxy->table->n_targets; i++) {
        struct route_target const *target = &proxy->table->targets[i];
        int error = acl_add(proxy->internal_acl, target->uri->url_host, target->name);
        if (error == -ENOMEM)
            return error;
    }
    acl_seal(proxy->internal_acl);
    return 0;
}

static int compile(struct proxy *proxy, struct cfg_node const *node)
{
    struct cfg_faults *faults = cfg_faults_new();
    if (!faults)
        return -ENOMEM;
    proxy->table = route_table_new(proxy->conf, node, faults);
    int error = !proxy->table ? -ENOMEM : cfg_faults_count(faults) ? -EINVAL : 0;
    cfg_faults_free(&faults);
    if (error < 0)
        return error;
    proxy->rule_hits = calloc(proxy->table->n_rules + 1, sizeof *proxy->rule_hits);
    return proxy->rule_hits ? 0 : -ENOMEM;
}

static int open_listeners(struct proxy *proxy, struct cfg_strings const *list)
{
    char const *advertised = *proxy->conf->advertised_host ? proxy->conf->advertised_host : NULL;
    struct transport *transport = stack_transport(proxy->stack);
    for (size_t i = 0; i < list->n; i++) {
        int listener = stack_listen(proxy->stack, list->v[i], advertised);
        if (listener < 0) {
            log_error(NULL, "cannot listen on=\"%s\" error=\"%s\"", list->v[i],
                      strerror(-listener));
            return listener;
        }
        struct net_addr const *addr = transport_listener_addr(transport, (uint16_t)listener);
        int error = domain_add_listener(proxy->table->own, (uint16_t)listener, addr,
                                        transport_listener_host(transport, (uint16_t)listener));
        if (error < 0)
            return error;
    }
    return 0;
}

int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct proxy_conf const *conf, struct cfg_node const *node)
{
    struct proxy *proxy = *ret = calloc(1, sizeof *proxy);
    int error = -ENOMEM;
    if (!proxy)
        goto fail;
    proxy->wheel = wheel;
    proxy->conf = conf;
    LIST_INIT(&proxy->forwards);
    LIST_INIT(&proxy->acks);
    if ((error = fill_acl(proxy)) < 0 || (error = compile(proxy, node)) < 0 ||
        (error = fill_internal_acl(proxy)) < 0)
        goto fail;
    proxy->stack = stack_new(loop, wheel, tap, &conf->limits,
                             *conf->dns_servers ? conf->dns_servers : NULL, &handlers, proxy);
    error = -ENOMEM;
    if (!proxy->stack || (error = open_listeners(proxy, &conf->listen)) < 0)
        goto fail;
    proxy->first_internal = transport_listeners(stack_transport(proxy->stack));
    if ((error = open_listeners(proxy, &conf->internal)) < 0)
        goto fail;
    return 0;
fail:
    log_error(NULL, "cannot start error=\"%s\"", strerror(-error));
    proxy_close(ret);
    return error;
}

void proxy_close(struct proxy **pproxy)
{
    struct proxy *proxy = *pproxy;
    *pproxy = NULL;
    if (!proxy)
        return;
    while (!LIST_EMPTY(&proxy->forwards))
        forward_free(LIST_FIRST(&proxy->forwards));
    while (!LIST_EMPTY(&proxy->acks))
        ack_free(LIST_FIRST(&proxy->acks));
    stack_free(&proxy->stack);
    route_table_free(&proxy->table);
    acl_log_free(&proxy->acl_log);
    acl_free(&proxy->internal_acl);
    acl_free(&proxy->acl);
    free(proxy->rule_hits);
    free(proxy);
}
