/* SPDX-License-Identifier: Apache-2.0 */
/* Opens, reloads and closes the proxy. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "proxy.h"
#include "acl_names.h"
#include "cert_watch.h"
#include "key_log.h"
#include "log.h"
#include "peer_probe.h"
#include "peers.h"
#include "steer.h"
#include "worker_thread.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BOX_BYTES = 4 << 20 };

/* How many; 0 in the file: as many as the machine has processors for us. */
static unsigned count_workers(struct generation const *generation)
{
    int64_t wanted = generation->conf->workers;
    if (wanted == 0)
        wanted = (int64_t)uv_available_parallelism();
    return wanted > PROXY_CONF_WORKERS_MAX ? PROXY_CONF_WORKERS_MAX : (unsigned)wanted;
}

static int open_threads(struct proxy *proxy, unsigned workers, struct tap *tap)
{
    int error = 0;
    for (unsigned number = 1; error == 0 && number < workers; number++) {
        struct worker_thread **thread = &proxy->threads[proxy->n_threads];
        error = worker_thread_open(thread, proxy, number, tap);
        if (error == 0) {
            proxy->n_threads++;
            error = worker_listen(worker_thread_worker(*thread));
        }
    }
    return error;
}

static int start_threads(struct proxy *proxy)
{
    int error = 0;
    for (unsigned i = 0; error == 0 && i < proxy->n_threads; i++)
        error = worker_thread_start(proxy->threads[i]);
    return error;
}

static void check_cluster_name(struct proxy *proxy)
{
    cluster_name_check(&proxy->cluster_name, stack_resolver(proxy->worker.stack),
                       proxy->generation->conf->srv_cluster_name);
}

/* The access list of @p generation is asked for from now on, and the former one no longer. */
static int watch_names(struct proxy *proxy, struct generation const *generation)
{
    struct acl_names *former = proxy->acl_names;
    struct acl_names_options const options = {
        .resolver = stack_resolver(proxy->worker.stack),
        .wheel = proxy->worker.wheel,
        .alarms = proxy->alarms,
        .domain = generation->cfg ? cfg_get_node(generation->cfg)->domain : NULL,
        .refresh_s = (unsigned)generation->conf->acl_refresh_s,
    };
    proxy->acl_names = acl_names_new(generation->acl, &options);
    acl_names_free(&former, generation->acl);
    if (proxy->acl_names)
        return 0;
    log_error(NULL, "names of the access list are not asked for error=\"out of memory\"");
    return -ENOMEM;
}

static void watch_contexts(struct proxy *proxy, struct generation const *generation)
{
    if (proxy->certs)
        cert_watch_set(proxy->certs, &generation->contexts, &generation->conf->expiry);
    key_log_use(&proxy->key_log, &generation->contexts);
}

bool proxy_knows_names(struct proxy const *proxy)
{
    return acl_names_waiting(proxy->acl_names) == 0;
}

int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct generation *first)
{
    struct proxy *proxy = *ret = calloc(1, sizeof *proxy);
    unsigned workers = count_workers(first);
    int error = -ENOMEM;
    if (!proxy)
        goto fail;
    proxy->generation = generation_ref(first);
    proxy->limits = first->conf->limits;
    proxy->acl_log = log_sources_new(1);
    proxy->peers = peers_new();
    if (!proxy->acl_log || !proxy->peers ||
        (workers > 1 && !(proxy->steer = steer_new(workers, BOX_BYTES))))
        goto fail;
    if ((error = worker_init(&proxy->worker, proxy, 0, loop, wheel, tap)) < 0 ||
        (error = worker_listen(&proxy->worker)) < 0)
        goto fail;
    struct transport const *transport = stack_transport(proxy->worker.stack);
    proxy->probe = peer_probe_new(&proxy->worker);
    error = proxy->probe ? 0 : -ENOMEM;
    if (error < 0 || (error = generation_add_listeners(first, transport)) < 0 ||
        (error = generation_watch(first, proxy->peers, transport)) < 0 ||
        (error = open_threads(proxy, workers, tap)) < 0)
        goto fail;
    check_cluster_name(proxy);
    log_info(NULL, "workers=%u", workers);
    return 0;
fail:
    log_error(NULL, "cannot start error=\"%s\"", strerror(-error));
    proxy_close(ret);
    return error;
}

/* --- registrar ---------------------------------------------------------------------------------
 */

enum { TICK_MS = 1000 };

static void on_tick(struct wheel_timer *timer)
{
    struct proxy *proxy = (struct proxy *)((char *)timer - offsetof(struct proxy, registrar_tick));
    registrar_tick(&proxy->worker.registrar);
    wheel_arm(proxy->worker.wheel, timer, TICK_MS, on_tick);
}

static int join_all(struct proxy *proxy)
{
    int error = worker_join(&proxy->worker, proxy->registrar);
    for (unsigned i = 0; error == 0 && i < proxy->n_threads; i++)
        error = worker_join(worker_thread_worker(proxy->threads[i]), proxy->registrar);
    return error;
}

static int open_registrar(struct proxy *proxy)
{
    struct registrar_conf const *conf = proxy_conf_registrar(proxy->generation->conf);
    if (!conf)
        return 0;
    int error = registrar_open(&proxy->registrar, conf);
    if (error == 0)
        error = join_all(proxy);
    if (error == 0)
        wheel_arm(proxy->worker.wheel, &proxy->registrar_tick, TICK_MS, on_tick);
    return error;
}

/* The store is opened at the start only. */
static void check_registrar(struct proxy const *proxy)
{
    if (proxy->generation->registrar && !proxy->registrar)
        log_warn(NULL, "registrar stays off until the next start");
}

/* --- start, reload, end -------------------------------------------------------------------------
 */

/* Workers join the registrar before their loops run. */
int proxy_start(struct proxy *proxy, struct alarm_board *alarms)
{
    proxy->alarms = alarms;
    peers_set_alarms(proxy->peers, alarms);
    key_log_init(&proxy->key_log, alarms);
    proxy->certs = cert_watch_new(proxy->worker.wheel, alarms);
    if (!proxy->certs)
        return -ENOMEM;
    watch_contexts(proxy, proxy->generation);
    int error = open_registrar(proxy);
    if (error == 0)
        error = start_threads(proxy);
    return error < 0 ? error : watch_names(proxy, proxy->generation);
}

int proxy_reload(struct proxy *proxy, struct generation *next)
{
    struct transport const *transport = stack_transport(proxy->worker.stack);
    int error = generation_add_listeners(next, transport);
    if (error == 0)
        error = generation_watch(next, proxy->peers, transport);
    /* Whom a name has admitted so far it goes on to admit, before it is asked for again. */
    if (error == 0 && (error = acl_inherit(next->acl, proxy->generation->acl)) == 0)
        error = acl_publish(next->acl);
    if (error < 0) {
        log_error(NULL, "configuration not taken error=\"%s\"", strerror(-error));
        return error;
    }
    secure_set_inherit(&next->contexts, &proxy->generation->contexts);
    if (proxy->acl_names)
        (void)watch_names(proxy, next);
    watch_contexts(proxy, next);
    generation_unref(&proxy->generation);
    proxy->generation = generation_ref(next);
    worker_adopt(&proxy->worker, next);
    check_cluster_name(proxy);
    for (unsigned i = 0; i < proxy->n_threads; i++)
        worker_thread_adopt(proxy->threads[i], next);
    check_registrar(proxy);
    return 0;
}

void proxy_run_timers(struct proxy *proxy)
{
    for (unsigned i = 0; i < proxy->n_threads; i++)
        worker_thread_run_timers(proxy->threads[i]);
}

void proxy_close(struct proxy **pproxy)
{
    struct proxy *proxy = *pproxy;
    *pproxy = NULL;
    if (!proxy)
        return;
    cluster_name_cancel(&proxy->cluster_name);
    acl_names_free(&proxy->acl_names, NULL);
    key_log_fini(&proxy->key_log);
    secure_watch_free(&proxy->certs);
    for (unsigned i = 0; i < proxy->n_threads; i++)
        worker_thread_close(&proxy->threads[i]);
    peer_probe_free(&proxy->probe);
    if (proxy->peers)
        peers_set_alarms(proxy->peers, NULL); /* to end is not to be up again */
    wheel_disarm(&proxy->registrar_tick);
    worker_fini(&proxy->worker);
    registrar_close(&proxy->registrar);
    steer_free(&proxy->steer);
    log_sources_free(&proxy->acl_log);
    generation_unref(&proxy->generation);
    peers_free(&proxy->peers);
    free(proxy);
}
