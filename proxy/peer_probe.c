/* SPDX-License-Identifier: Apache-2.0 */
/* OPTIONS to next hops: see peer_probe.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "peer_probe.h"
#include "clock.h"
#include "domain.h"
#include "egress.h"
#include "log.h"
#include "peers.h"
#include "probe_options.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "response.h"
#include "route_decide.h"
#include "wheel.h"
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 250, AT_A_TICK = 16 };

/* One question. */
struct probe {
    LIST_ENTRY(probe) link;
    struct peer_probe *owner;
    struct peer *peer;     /* a reference */
    struct destination to; /* no family: the name is being resolved */
    struct client_transaction *ct;
    struct resolve_query *query;
    uint64_t started_ms;
};

struct peer_probe {
    struct worker *worker;
    struct wheel_timer tick;
    LIST_HEAD(, probe) probes;
    size_t n;
};

static void probe_free(struct probe *probe)
{
    if (probe->query)
        resolve_cancel(&probe->query);
    if (probe->ct)
        client_transaction_detach(probe->ct);
    peers_release(&probe->peer);
    LIST_REMOVE(probe, link);
    probe->owner->n--;
    free(probe);
}

/* Takes the reference to @p peer; NULL when out of memory. */
static struct probe *probe_new(struct peer_probe *owner, struct peer *peer,
                               struct destination const *to)
{
    struct probe *probe = calloc(1, sizeof *probe);
    if (!probe) {
        peers_release(&peer);
        return NULL;
    }
    probe->owner = owner;
    probe->peer = peer;
    probe->to = *to;
    probe->started_ms = clock_now_ms();
    LIST_INSERT_HEAD(&owner->probes, probe, link);
    owner->n++;
    return probe;
}

/* Tells the outcome and ends. */
static void finish(struct probe *probe, struct peer_evidence evidence)
{
    evidence.probe = true;
    evidence.started_ms = probe->started_ms;
    if (evidence.outcome != PEER_ANSWERED)
        met_inc(&proxy_metrics, M_probes_failed);
    peers_report(probe->peer, evidence.outcome == PEER_UNRESOLVED ? NULL : &probe->to, &evidence);
    probe_free(probe);
}

/* --- the request -------------------------------------------------------------------------------
 */

/* As the requests that this address got go; if it got none, as those of our own programs. */
static int choose_listener(struct probe *probe)
{
    struct worker *worker = probe->owner->worker;
    struct peer_way way = peers_way(probe->peer);
    struct route_table const *table = worker->generation->table;
    if (probe->to.listener < transport_listeners(stack_transport(worker->stack)))
        return 0;
    struct egress_hint const hint = {
        .in_listener = worker->proxy->first_internal,
        .internal = way.internal,
        .out_listener = DOMAIN_ANY_LISTENER,
        .named = way.listener,
        .preferred = egress_listener(worker, table->preferred_listener),
    };
    return egress_choose_listener(worker, &probe->to, &hint);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct probe *probe = ctx;
    int status = sip_object(response)->sip_status->st_status;
    if (status < 200)
        return;
    client_transaction_detach(ct);
    probe->ct = NULL;
    bool good = status != 408 && status != 503;
    finish(probe,
           (struct peer_evidence){ .outcome = good ? PEER_ANSWERED : PEER_UNAVAILABLE,
                                   .status = status,
                                   .retry_after_ms = good ? 0 : response_retry_after(response) });
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct probe *probe = ctx;
    int error = client_transaction_error(ct);
    client_transaction_detach(ct);
    probe->ct = NULL;
    finish(probe,
           (struct peer_evidence){
               .outcome = why == TRANSACTION_TIMEOUT ? PEER_SILENT : PEER_BROKEN, .error = error });
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct probe *probe = ctx;
    (void)ct;
    probe->ct = NULL;
    probe_free(probe);
}

static void ask(struct probe *probe)
{
    static struct client_handlers const handlers = { on_response, on_failure, on_gone };
    struct transaction_layer *layer = stack_transactions(probe->owner->worker->stack);
    int error = choose_listener(probe);
    char call_id[PROBE_OPTIONS_CALL_ID];
    msg_t *options = error < 0
                         ? NULL
                         : probe_options_new(peers_name(probe->peer), peers_uri(probe->peer),
                                             probe->owner->worker->generation->domain, call_id);
    if (options) {
        if (probe->to.kind == TRANSPORT_TLS)
            probe->to.server_name = peers_uri(probe->peer)->url_host;
        probe->ct = client_transaction_new(layer, options, &probe->to, NULL, &handlers, probe);
        probe->to.server_name = NULL;
    }
    if (probe->ct)
        met_inc(&proxy_metrics, M_probes);
    else
        finish(probe, (struct peer_evidence){ .outcome = PEER_BROKEN,
                                              .error = error < 0 ? error : -ENOMEM });
}

/* --- names -------------------------------------------------------------------------------------
 */

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct probe *probe = ctx;
    probe->query = NULL;
    if (n == 0) {
        finish(probe, (struct peer_evidence){ .outcome = PEER_UNRESOLVED, .why_not = why_not });
        return;
    }
    struct destination *copy = calloc(n, sizeof *copy);
    if (copy) {
        memcpy(copy, list, n * sizeof *copy);
        (void)peers_order(probe->peer, copy, n);
    }
    for (size_t i = 0; copy && i < n; i++) {
        struct probe *each = probe_new(probe->owner, peers_ref(probe->peer), &copy[i]);
        if (each)
            ask(each);
    }
    free(copy);
    probe_free(probe);
}

static void resolve(struct probe *probe)
{
    struct worker *worker = probe->owner->worker;
    struct egress_hint const hint = { .named = peers_way(probe->peer).listener };
    struct resolve_query *query = resolve_uri(stack_resolver(worker->stack), peers_uri(probe->peer),
                                              egress_fallback(worker, &hint), resolved, probe);
    if (query)
        probe->query = query; /* not NULL: resolved() has not run, the object lives */
}

/* --- due ---------------------------------------------------------------------------------------
 */

static void on_tick(struct wheel_timer *timer)
{
    struct peer_probe *owner =
        (struct peer_probe *)((char *)timer - offsetof(struct peer_probe, tick));
    struct worker *worker = owner->worker;
    struct peer_job jobs[AT_A_TICK];
    peers_tell_alarms(worker->proxy->peers);
    size_t max = (size_t)worker->generation->conf->peer_rules.probes_max;
    size_t room = max > owner->n ? max - owner->n : 0;
    size_t n = peers_take_due(worker->proxy->peers, clock_now_ms(), jobs,
                              room < AT_A_TICK ? room : AT_A_TICK);
    for (size_t i = 0; i < n; i++) {
        struct probe *probe = probe_new(owner, jobs[i].peer, &jobs[i].to);
        if (probe && jobs[i].resolve)
            resolve(probe);
        else if (probe)
            ask(probe);
    }
    wheel_arm(worker->wheel, &owner->tick, TICK_MS, on_tick);
}

struct peer_probe *peer_probe_new(struct worker *worker)
{
    struct peer_probe *owner = calloc(1, sizeof *owner);
    if (!owner)
        return NULL;
    owner->worker = worker;
    LIST_INIT(&owner->probes);
    wheel_arm(worker->wheel, &owner->tick, TICK_MS, on_tick);
    return owner;
}

void peer_probe_free(struct peer_probe **pprobe)
{
    struct peer_probe *owner = *pprobe;
    *pprobe = NULL;
    if (!owner)
        return;
    wheel_disarm(&owner->tick);
    while (!LIST_EMPTY(&owner->probes))
        probe_free(LIST_FIRST(&owner->probes));
    free(owner);
}
