/* SPDX-License-Identifier: Apache-2.0 */
/* See sip_side.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "sip_side.h"
#include "log.h"
#include "message.h"
#include "net_addr.h"
#include "svc.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

enum { ALLOW_BYTES = 200, TEXT_BYTES = 200, LINE_BYTES = 300 };

void sip_side_refuse_with(struct server_transaction *st, int status, char const *phrase,
                          char const *header, char const *why)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    char text[TEXT_BYTES];

    (void)snprintf(text, sizeof text, "%s", why);
    message_make_quotable(text);
    log_info(sip->sip_call_id->i_id, "request refused method=%s status=%d reason=\"%s\"",
             sip->sip_request->rq_method_name, status, text);
    (void)server_transaction_refuse_why(st, status, phrase, header, text);
}

void sip_side_refuse(struct server_transaction *st, int status, char const *phrase, char const *why)
{
    sip_side_refuse_with(st, status, phrase, NULL, why);
}

void sip_side_contact(struct sip_side const *side, uint16_t listener, char const *uri,
                      char ret[static SIP_SIDE_CONTACT])
{
    struct transport const *t = stack_transport(side->stack);
    char const *host = transport_listener_host(t, listener);
    bool is_v6 = strchr(host, ':') && host[0] != '[';

    (void)snprintf(ret, SIP_SIDE_CONTACT, "<%.*s@%s%s%s:%u;transport=%s;gr=xmpp>",
                   (int)strcspn(uri, "@"), uri, is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                   net_addr_port(transport_listener_addr(t, listener)),
                   transport_kind_name(transport_listener_kind(t, listener)));
}

static void refuse_method(struct sip_side *side, struct server_transaction *st)
{
    char allow[ALLOW_BYTES] = "Allow: OPTIONS";

    for (struct sip_side_method const *m = side->methods; m->name; m++) {
        size_t used = strlen(allow);
        (void)snprintf(allow + used, sizeof allow - used, ", %s", m->name);
    }
    xmpp_count(M_sip_refused_method);
    (void)server_transaction_refuse(st, 405, "Method Not Allowed", allow);
}

static void refuse_unfit(struct server_transaction *st, int status, char const *phrase,
                         char const *header, char const *why)
{
    xmpp_count(M_sip_refused_unfit);
    sip_side_refuse_with(st, status, phrase, header, why);
}

/* RFC 3261 8.2.2.3 and 8.2.3. RFC 7247 6.1: who wrote sips wants a security on the whole way that
 * XMPP does not promise; a Request-URI is looked at where it becomes a JID. */
static bool is_fit(struct server_transaction *st)
{
    static char const *const served[] = { NULL };
    sip_t const *sip = sip_object(server_transaction_request(st));
    char header[LINE_BYTES];

    if (message_unsupported(sip->sip_require, served, header, sizeof header))
        refuse_unfit(st, 420, "Bad Extension", header, "Require names what is not served");
    else if (sip->sip_to->a_url->url_type == url_sips)
        refuse_unfit(st, 416, "Unsupported URI Scheme", NULL,
                     "To is a sips URI, which is not mapped");
    else if (message_coding(sip))
        refuse_unfit(st, 415, "Unsupported Media Type", "Accept-Encoding: identity",
                     "the body is coded");
    else
        return true;
    return false;
}

static void on_request(void *ctx, struct server_transaction *st)
{
    struct sip_side *side = ctx;
    char const *name = sip_object(server_transaction_request(st))->sip_request->rq_method_name;

    if (!is_fit(st))
        return;
    for (struct sip_side_method const *m = side->methods; m->name; m++)
        if (strcmp(m->name, name) == 0) {
            m->take(side->ctx, st);
            return;
        }
    if (strcmp(name, "OPTIONS") == 0)
        (void)server_transaction_refuse(st, 200, "OK", NULL);
    else
        refuse_method(side, st);
}

static int admit(void *ctx, struct origin const *from, sip_t const *request,
                 char const **ret_phrase)
{
    struct cfg_strings const *proxies = &((struct sip_side *)ctx)->conf->proxies;
    struct net_cidr block;

    (void)request;
    for (size_t i = 0; i < proxies->n; i++)
        if (net_cidr_parse(&block, proxies->v[i]) == 0 && net_cidr_contains(&block, &from->peer))
            return TRANSACTION_ADMITTED;
    xmpp_count(M_sip_refused_source);
    *ret_phrase = "Forbidden";
    return 403;
}

static int open_listeners(struct sip_side *side)
{
    struct cfg_strings const *listen = &side->conf->listen;

    for (size_t i = 0; i < listen->n; i++) {
        int listener = stack_listen(side->stack, listen->v[i], NULL);
        if (listener < 0) {
            log_error(NULL, "listener not opened listen=\"%s\" error=\"%s\"", listen->v[i],
                      strerror(-listener));
            return listener;
        }
        transport_carries_many(stack_transport(side->stack), (uint16_t)listener);
    }
    return 0;
}

int sip_side_init(struct sip_side *side, struct svc *svc, struct xmpp_conf const *conf,
                  struct sip_side_method const *methods, void *ctx)
{
    static struct transaction_handlers const handlers = { .on_request = on_request,
                                                          .admit = admit };

    *side = (struct sip_side){ .conf = conf, .methods = methods, .ctx = ctx };
    side->outbound = url_hdup(NULL, (url_t const *)conf->outbound);
    side->stack = stack_new(svc_loop(svc), svc_wheel(svc), svc_tap(svc), &conf->sip_limits, NULL,
                            &handlers, side);
    return side->stack && side->outbound ? open_listeners(side) : -ENOMEM;
}

void sip_side_fini(struct sip_side *side)
{
    stack_free(&side->stack);
    su_free(NULL, side->outbound);
    side->outbound = NULL;
}
