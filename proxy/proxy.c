/* SPDX-License-Identifier: Apache-2.0 */
/* Opens, reloads and closes the proxy. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "proxy.h"
#include "log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int open_listeners(struct proxy *proxy, struct cfg_strings const *list)
{
    char const *host = proxy->generation->conf->advertised_host;
    for (size_t i = 0; i < list->n; i++) {
        int listener = stack_listen(proxy->worker.stack, list->v[i], *host ? host : NULL);
        if (listener < 0) {
            log_error(NULL, "cannot listen on=\"%s\" error=\"%s\"", list->v[i],
                      strerror(-listener));
            return listener;
        }
    }
    return 0;
}

static void check_cluster_name(struct proxy *proxy)
{
    cluster_name_check(&proxy->cluster_name, stack_resolver(proxy->worker.stack),
                       proxy->generation->conf->srv_cluster_name);
}

int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct generation *first)
{
    struct proxy *proxy = *ret = calloc(1, sizeof *proxy);
    int error = -ENOMEM;
    if (!proxy)
        goto fail;
    proxy->generation = generation_ref(first);
    proxy->limits = first->conf->limits;
    proxy->acl_log = acl_log_new();
    if (!proxy->acl_log || worker_init(&proxy->worker, proxy, loop, wheel, tap) < 0)
        goto fail;
    struct transport const *transport = stack_transport(proxy->worker.stack);
    if ((error = open_listeners(proxy, &first->conf->listen)) < 0)
        goto fail;
    proxy->first_internal = transport_listeners(transport);
    if ((error = open_listeners(proxy, &first->conf->internal)) < 0 ||
        (error = generation_add_listeners(first, transport)) < 0)
        goto fail;
    check_cluster_name(proxy);
    return 0;
fail:
    log_error(NULL, "cannot start error=\"%s\"", strerror(-error));
    proxy_close(ret);
    return error;
}

int proxy_reload(struct proxy *proxy, struct generation *next)
{
    int error = generation_add_listeners(next, stack_transport(proxy->worker.stack));
    if (error < 0) {
        log_error(NULL, "configuration not taken error=\"%s\"", strerror(-error));
        return error;
    }
    generation_unref(&proxy->generation);
    proxy->generation = generation_ref(next);
    worker_adopt(&proxy->worker, next);
    check_cluster_name(proxy);
    return 0;
}

void proxy_close(struct proxy **pproxy)
{
    struct proxy *proxy = *pproxy;
    *pproxy = NULL;
    if (!proxy)
        return;
    cluster_name_cancel(&proxy->cluster_name);
    worker_fini(&proxy->worker);
    acl_log_free(&proxy->acl_log);
    generation_unref(&proxy->generation);
    free(proxy);
}
