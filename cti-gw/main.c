/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-cti: the CTI gateway. The program is this descriptor; its life is in gateway.c. */
#include "cti_commands.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "gateway.h"
#include "sip_metrics.h"
#include "store_metrics.h"
#include "svc.h"

static struct gateway gateway;

static int init(struct svc *svc)
{
    svc_set_state(svc, &gateway);
    return gateway_init(&gateway, svc);
}

static int start(struct svc *svc)
{
    return directory_start(&gateway.directory, svc_loop(svc));
}

static void deinit(struct svc *svc)
{
    (void)svc;
    gateway_fini(&gateway);
}

static struct met_set const *const metrics[] = { &cti_metrics, &sip_metrics, &store_metrics, NULL };

static struct svc_desc const cti_svc = {
    .name = "crosspoint-cti",
    .summary = "CTI gateway: CSTA remote call control over SIP",
    .schema = &cti_schema,
    .check = cti_conf_check,
    .commands = cti_commands,
    .metrics = metrics,
    .init = init,
    .start = start,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&cti_svc, argc, argv);
}
