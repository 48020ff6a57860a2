/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-proxy: listeners, access list, routes, registrar, transaction-stateful
 * forwarding (RFC 3261 §16). This file declares the process. */
#include "commands.h"
#include "proxy.h"
#include "proxy_alarms.h"
#include "proxy_metrics.h"
#include "sip_metrics.h"
#include "store_metrics.h"
#include "svc.h"
#include <errno.h>

enum { NAMES_MS = 3000 };

static int init(struct svc *svc)
{
    struct proxy *proxy = NULL;
    struct generation *first = generation_new(svc_conf(svc), svc_node(svc), svc_cfg(svc));
    int error = -EINVAL;
    if (first)
        error = proxy_open(&proxy, svc_loop(svc), svc_wheel(svc), svc_tap(svc), first);
    generation_unref(&first);
    svc_set_state(svc, proxy);
    return error;
}

static bool knows_names(void *proxy)
{
    return proxy_knows_names(proxy);
}

/* Who is admitted by name should be so when the first requests come; but not for ever is the DNS
 * waited for. */
static int start(struct svc *svc)
{
    struct proxy *proxy = svc_state(svc);
    int error = proxy_start(proxy, svc_alarms(svc));
    if (error == 0)
        svc_wait(svc, knows_names, proxy, NAMES_MS);
    return error;
}

static void on_clock(struct svc *svc)
{
    proxy_run_timers(svc_state(svc));
}

static int reload(struct svc *svc, struct cfg *cfg)
{
    struct generation *next = generation_new(cfg_get(cfg), cfg_get_node(cfg), cfg);
    int error = next ? proxy_reload(svc_state(svc), next) : -EINVAL;
    generation_unref(&next);
    return error;
}

static void deinit(struct svc *svc)
{
    struct proxy *proxy = svc_state(svc);
    svc_set_state(svc, NULL);
    proxy_close(&proxy);
}

static struct met_set const *const metrics[] = { &proxy_metrics, &sip_metrics, &store_metrics,
                                                 NULL };

static struct svc_desc const proxy_svc = {
    .name = "crosspoint-proxy",
    .summary = "SIP proxy of a Crosspoint node",
    .schema = &proxy_conf_schema,
    .check = proxy_conf_check,
    .commands = commands_table,
    .metrics = metrics,
    .alarms = &proxy_alarms,
    .init = init,
    .start = start,
    .reload = reload,
    .on_clock = on_clock,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&proxy_svc, argc, argv);
}
