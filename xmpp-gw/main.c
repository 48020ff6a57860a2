/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-xmpp: the gateway to XMPP. The program is this descriptor; its life is in
 * xmpp_gateway.c. */
#include "sip_metrics.h"
#include "stream_metrics.h"
#include "svc.h"
#include "xmpp_alarms.h"
#include "xmpp_commands.h"
#include "xmpp_conf.h"
#include "xmpp_gateway.h"
#include "xmpp_metrics.h"

static struct xmpp_gateway gateway;

static int init(struct svc *svc)
{
    svc_set_state(svc, &gateway);
    return xmpp_gateway_init(&gateway, svc);
}

static int reload(struct svc *svc, struct cfg *cfg)
{
    return xmpp_gateway_reload(svc_state(svc), cfg_get(cfg));
}

static void deinit(struct svc *svc)
{
    (void)svc;
    xmpp_gateway_fini(&gateway);
}

static struct met_set const *const metrics[] = { &xmpp_metrics, &stream_metrics, &sip_metrics,
                                                 NULL };

static struct svc_desc const xmpp_svc = {
    .name = "crosspoint-xmpp",
    .summary = "Gateway to XMPP: streams to servers of other domains, or as their component",
    .schema = &xmpp_schema,
    .check = xmpp_conf_check,
    .commands = xmpp_commands,
    .metrics = metrics,
    .alarms = &xmpp_alarms,
    .init = init,
    .reload = reload,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&xmpp_svc, argc, argv);
}
