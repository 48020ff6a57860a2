/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-proxy: listeners, access list, method and event routes, transaction-stateful
 * forwarding (RFC 3261 §16). This file declares the process. */
#include "commands.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "sip_metrics.h"
#include "svc.h"

static int init(struct svc *svc)
{
    struct proxy *proxy;
    int error = proxy_open(&proxy, svc_loop(svc), svc_wheel(svc), svc_tap(svc), svc_conf(svc),
                           svc_node(svc));
    svc_set_state(svc, proxy);
    return error;
}

static void deinit(struct svc *svc)
{
    struct proxy *proxy = svc_state(svc);
    svc_set_state(svc, NULL);
    proxy_close(&proxy);
}

static struct met_set const *const metrics[] = { &proxy_metrics, &sip_metrics, NULL };

static struct svc_desc const proxy_svc = {
    .name = "crosspoint-proxy",
    .summary = "SIP proxy of a Crosspoint node",
    .schema = &proxy_conf_schema,
    .check = proxy_conf_check,
    .commands = commands_table,
    .metrics = metrics,
    .init = init,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&proxy_svc, argc, argv);
}
