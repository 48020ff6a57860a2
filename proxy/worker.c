/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a worker: see worker.h. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "worker.h"
#include "ack.h"
#include "admission.h"
#include "explain.h"
#include "forward.h"
#include "log.h"
#include "peer_watch.h"
#include "probe.h"
#include "proxy.h"
#include "request.h"
#include "static_table.h"
#include <errno.h>
#include <string.h>

static struct transaction_handlers const handlers = {
    .on_request = request_arrived,
    .on_ack = ack_arrived,
    .on_cancel = forward_cancelled,
    .admit = admission_ask,
};

int worker_init(struct worker *worker, struct proxy *proxy, unsigned number, uv_loop_t *loop,
                struct wheel *wheel, struct tap *tap)
{
    char const *dns_servers = proxy->generation->conf->dns_servers;
    *worker = (struct worker){
        .proxy = proxy, .number = number, .loop = loop, .wheel = wheel, .admitted_by = ""
    };
    LIST_INIT(&worker->forwards);
    LIST_INIT(&worker->acks);
    LIST_INIT(&worker->explains);
    LIST_INIT(&worker->probes);
    worker->stack = stack_new(loop, wheel, tap, &proxy->limits, *dns_servers ? dns_servers : NULL,
                              &handlers, worker);
    if (!worker->stack)
        return -ENOMEM;
    worker_adopt(worker, proxy->generation);
    return proxy->steer ? stack_share(worker->stack, proxy->steer, number) : 0;
}

static int listen_on(struct worker *worker, struct cfg_strings const *list, bool is_internal)
{
    char const *host = worker->generation->conf->advertised_host;
    for (size_t i = 0; i < list->n; i++) {
        int listener = stack_listen(worker->stack, list->v[i], *host ? host : NULL);
        if (listener < 0) {
            log_error(NULL, "cannot listen on=\"%s\" error=\"%s\"", list->v[i],
                      strerror(-listener));
            return listener;
        }
        if (is_internal)
            transport_carries_many(stack_transport(worker->stack), (uint16_t)listener);
    }
    return 0;
}

int worker_listen(struct worker *worker)
{
    int error = listen_on(worker, &worker->generation->conf->listen, false);
    if (error == 0 && worker->number == 0)
        worker->proxy->first_internal = transport_listeners(stack_transport(worker->stack));
    return error < 0 ? error : listen_on(worker, &worker->generation->conf->internal, true);
}

int worker_join(struct worker *worker, struct registrar *registrar)
{
    return registrar_worker_init(&worker->registrar, registrar, worker->loop);
}

void worker_fini(struct worker *worker)
{
    registrar_worker_fini(&worker->registrar);
    while (!LIST_EMPTY(&worker->forwards))
        forward_free(LIST_FIRST(&worker->forwards));
    while (!LIST_EMPTY(&worker->acks))
        ack_free(LIST_FIRST(&worker->acks));
    while (!LIST_EMPTY(&worker->explains))
        explain_abort(LIST_FIRST(&worker->explains));
    while (!LIST_EMPTY(&worker->probes))
        probe_abort(LIST_FIRST(&worker->probes));
    stack_free(&worker->stack);
    generation_unref(&worker->generation);
}

void worker_adopt(struct worker *worker, struct generation *generation)
{
    struct generation *old = worker->generation;
    worker->generation = generation_ref(generation);
    generation_unref(&old);
    resolver_set_ipv6(stack_resolver(worker->stack), generation->conf->ipv6);
    transport_use_contexts(stack_transport(worker->stack), &generation->contexts);
}

/* route_inputs.usable */
static bool is_usable(void *watch, struct static_route const *route)
{
    struct peer const *peer = peer_watch_find(watch, route->hop->uri);
    return !peer || !peers_rests(peer);
}

struct route_inputs worker_route_inputs(struct worker const *worker)
{
    struct generation const *generation = worker->generation;
    struct registrar const *registrar = worker->registrar.shared;
    struct route_inputs inputs = { .table = generation->table,
                                   .federation = generation->federation,
                                   .acl = generation->acl,
                                   .first_internal = worker->proxy->first_internal,
                                   .usable = is_usable,
                                   .usable_ctx = generation->watch };
    if (registrar && generation->registrar) {
        inputs.registrar.policy = generation->registrar;
        inputs.registrar.location = registrar->location;
        inputs.registrar.users = registrar->users;
    }
    return inputs;
}

bool worker_is_internal(struct worker const *worker, uint16_t listener)
{
    return listener >= worker->proxy->first_internal;
}
