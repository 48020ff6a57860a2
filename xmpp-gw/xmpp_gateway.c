/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the gateway in their order. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "xmpp_gateway.h"
#include "clock.h"
#include "domain_check.h"
#include "log.h"
#include "resolve.h"
#include "roster_link.h"
#include "svc.h"
#include "xml_tree.h"
#include "xmpp_answer.h"
#include "xmpp_certs.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include "xmpp_settings.h"
#include <errno.h>
#include <string.h>

/* --- what comes ------------------------------------------------------------------------------- */

static void on_stanza(void *ctx, struct xml_tree *stanza, struct streams_incoming *in)
{
    struct xmpp_gateway *gateway = ctx;
    struct xml_element const *root = xml_tree_root(stanza);
    struct xml_tree *answer = NULL;

    if (strcmp(root->name, "message") == 0) {
        im_bridge_from_xmpp(&gateway->im, stanza, in);
        return;
    }
    if (strcmp(root->name, "presence") == 0) {
        roster_from_xmpp(&gateway->roster, stanza, in);
        return;
    }
    answer = xmpp_answer(root, &gateway->roster, gateway->up_ms);
    if (answer)
        (void)streams_send(gateway->streams, answer, "", NULL, NULL);
    xml_tree_free(&stanza);
    streams_handled(in);
}

static void on_up(void *ctx, char const *ours, char const *theirs)
{
    struct xmpp_gateway *gateway = ctx;

    log_info(NULL, "domain reached ours=%s theirs=%s", ours, theirs);
    roster_link_up(&gateway->roster, ours, theirs);
}

static void on_down(void *ctx, char const *ours, char const *theirs)
{
    struct xmpp_gateway *gateway = ctx;

    log_warn(NULL, "domain not reached ours=%s theirs=%s", ours, theirs);
    roster_link_down(&gateway->roster, ours, theirs);
}

/* RFC 7572 5: a thread is a Call-ID. */
static char const *whose(void *ctx, struct xml_tree const *stanza)
{
    (void)ctx;
    return xml_element_child_text(xml_tree_root(stanza), "thread", STREAMS_NS);
}

static struct streams_handlers const handlers = {
    .on_stanza = on_stanza, .on_up = on_up, .on_down = on_down, .whose = whose
};

static void take_message(void *ctx, struct server_transaction *st)
{
    im_bridge_from_sip(&((struct xmpp_gateway *)ctx)->im, st);
}

static void take_subscribe(void *ctx, struct server_transaction *st)
{
    roster_from_sip(&((struct xmpp_gateway *)ctx)->roster, st);
}

static void take_notify(void *ctx, struct server_transaction *st)
{
    roster_notified(&((struct xmpp_gateway *)ctx)->roster, st);
}

static struct sip_side_method const methods[] = { { "MESSAGE", take_message },
                                                  { "NOTIFY", take_notify },
                                                  { "SUBSCRIBE", take_subscribe },
                                                  { NULL, NULL } };

/* --- up and down ------------------------------------------------------------------------------ */

static int open_listeners(struct xmpp_gateway *gateway, struct cfg_strings const *listen,
                          bool direct_tls)
{
    for (size_t i = 0; i < listen->n; i++) {
        struct net_addr addr;
        int err = net_addr_parse(&addr, listen->v[i], 0);
        if (err == 0)
            err = streams_listen(gateway->streams, &addr, direct_tls);
        if (err < 0) {
            log_error(NULL, "listener not opened listen=\"%s\" error=\"%s\"", listen->v[i],
                      strerror(-err));
            return err;
        }
    }
    return 0;
}

static int open_streams(struct xmpp_gateway *gateway, struct svc *svc)
{
    struct xmpp_conf const *conf = gateway->conf;

    gateway->settings.resolver =
        resolver_new(svc_loop(svc), *conf->dns_servers ? conf->dns_servers : NULL);
    if (!gateway->settings.resolver) {
        log_error(NULL, "no resolver dns_servers=\"%s\"", conf->dns_servers);
        return -EINVAL;
    }
    gateway->streams = streams_new(svc_loop(svc), gateway->wheel, svc_tap(svc), &gateway->settings,
                                   &handlers, gateway);
    int err = gateway->streams ? open_listeners(gateway, &conf->server_listen, false) : -ENOMEM;
    return err ? err : open_listeners(gateway, &conf->direct_tls_listen, true);
}

int xmpp_gateway_init(struct xmpp_gateway *gateway, struct svc *svc)
{
    *gateway = (struct xmpp_gateway){ .cfg = cfg_ref(svc_cfg(svc)),
                                      .conf = svc_conf(svc),
                                      .wheel = svc_wheel(svc),
                                      .up_ms = clock_now_ms() };
    int err = xmpp_settings_init(&gateway->settings, gateway->conf);

    if (err == 0)
        err = open_streams(gateway, svc);
    if (err == 0)
        err = sip_side_init(&gateway->sip, svc, gateway->conf, methods, gateway);
    if (err == 0)
        err = im_bridge_init(&gateway->im, gateway->conf, gateway->streams, gateway->sip.stack,
                             gateway->wheel, gateway->sip.outbound);
    if (err == 0)
        err = roster_init(&gateway->roster, gateway->conf, gateway->streams, &gateway->sip,
                          gateway->wheel);
    if (err == 0)
        err = roster_start(&gateway->roster, svc_loop(svc));
    gateway->certs = xmpp_certs_new(gateway->wheel, svc_alarms(svc));
    if (err == 0 && !gateway->certs)
        err = -ENOMEM;
    if (err < 0)
        return err;
    xmpp_certs_watch(gateway->certs, &gateway->settings, gateway->conf);
    streams_start(gateway->streams);
    return 0;
}

int xmpp_gateway_reload(struct xmpp_gateway *gateway, struct xmpp_conf const *conf)
{
    int err = xmpp_certs_renew(&gateway->settings, conf);

    if (err == 0)
        xmpp_certs_watch(gateway->certs, &gateway->settings, conf);
    return err;
}

void xmpp_gateway_fini(struct xmpp_gateway *gateway)
{
    roster_fini(&gateway->roster);
    while (!LIST_EMPTY(&gateway->checks))
        domain_check_abort(LIST_FIRST(&gateway->checks));
    im_bridge_fini(&gateway->im);
    streams_free(&gateway->streams);
    sip_side_fini(&gateway->sip);
    secure_watch_free(&gateway->certs);
    resolver_free(&gateway->settings.resolver);
    xmpp_settings_fini(&gateway->settings);
    cfg_free(&gateway->cfg);
}
