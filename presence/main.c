/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-presence: the presence server. The program is this descriptor; its life is in
 * event_server.c. */
#include "event_server.h"
#include "presence_commands.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "sip_metrics.h"
#include "store_metrics.h"
#include "svc.h"

static struct event_server server;

static int init(struct svc *svc)
{
    svc_set_state(svc, &server);
    return event_server_init(&server, svc);
}

static void deinit(struct svc *svc)
{
    (void)svc;
    event_server_fini(&server);
}

static struct met_set const *const metrics[] = { &presence_metrics, &sip_metrics, &store_metrics,
                                                 NULL };

static struct svc_desc const presence_svc = {
    .name = "crosspoint-presence",
    .summary = "Presence server: publications, subscriptions, and what users show",
    .schema = &presence_schema,
    .check = presence_conf_check,
    .commands = presence_commands,
    .metrics = metrics,
    .init = init,
    .deinit = deinit,
};

int main(int argc, char **argv)
{
    return svc_main(&presence_svc, argc, argv);
}
