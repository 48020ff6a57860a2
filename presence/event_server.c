/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as they come from the proxy, and the parts of the server in their order. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "event_server.h"
#include "asker.h"
#include "clock.h"
#include "foreign.h"
#include "log.h"
#include "message.h"
#include "message_gate.h"
#include "phone_gateway.h"
#include "presence_conf.h"
#include "presence_refusal.h"
#include "presentity.h"
#include "publication.h"
#include "publish.h"
#include "rls.h"
#include "subscribe.h"
#include "subscription.h"
#include "svc.h"
#include "trunk.h"
#include "watcher_policy.h"
#include "winfo.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct presence_refusal const bad_method = {
    405, "Method Not Allowed", M_refused_method,
    "Allow: SUBSCRIBE, PUBLISH, NOTIFY, MESSAGE, OPTIONS"
};

/* --- what the transaction layer hands up ------------------------------------------------------ */

static void on_request(void *ctx, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    sip_method_t method = sip->sip_request->rq_method;
    struct event_server *server = ctx;
    bool is_of_ours = method == sip_method_subscribe || method == sip_method_publish;

    if (is_of_ours && !asker_serves(st))
        return;
    if (method == sip_method_subscribe)
        subscribe_take(ctx, st);
    else if (method == sip_method_publish && trunk_concerns(ctx, st))
        trunk_take(ctx, st);
    else if (method == sip_method_publish)
        publish_take(ctx, st);
    else if (method == sip_method_notify)
        watch_notify(&server->watches, st);
    else if (method == sip_method_message)
        message_gate_take(server, st);
    else if (method == sip_method_options)
        server_transaction_refuse(st, 200, "OK", EVENT_SERVER_PACKAGES);
    else
        presence_refusal_send(st, &bad_method, "%s is not served",
                              sip->sip_request->rq_method_name);
}

static void print_contact(struct event_server const *server, uint16_t listener,
                          char ret[static EVENT_SERVER_CONTACT_BYTES])
{
    struct transport *t = stack_transport(server->stack);
    char const *host = transport_listener_host(t, listener);
    bool is_v6 = strchr(host, ':') && host[0] != '[';

    (void)snprintf(ret, EVENT_SERVER_CONTACT_BYTES, "<sip:presence@%s%s%s:%u;transport=%s>",
                   is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                   net_addr_port(transport_listener_addr(t, listener)),
                   transport_kind_name(transport_listener_kind(t, listener)));
}

void event_server_contact(struct event_server *server, struct server_transaction *st,
                          char ret[static EVENT_SERVER_CONTACT_BYTES])
{
    struct origin const *from = server_transaction_origin(st);

    print_contact(server, from->listener, ret);
}

char const *event_server_fitting_contact(struct event_server *server, char const *contact,
                                         char ret[static EVENT_SERVER_CONTACT_BYTES])
{
    for (int i = server->first; i < server->first + (int)server->conf->listen.n; i++) {
        print_contact(server, (uint16_t)i, ret);
        if (strcmp(contact, ret) == 0)
            return ret;
    }
    print_contact(server, (uint16_t)server->first, ret);
    return ret;
}

void event_server_own_contact(struct event_server *server,
                              char ret[static EVENT_SERVER_CONTACT_BYTES])
{
    print_contact(server, (uint16_t)server->first, ret);
}

/* --- up and down ------------------------------------------------------------------------------ */

static int open_listeners(struct event_server *server, struct cfg_strings const *listen,
                          int *ret_first)
{
    for (size_t i = 0; i < listen->n; i++) {
        int listener = stack_listen(server->stack, listen->v[i], NULL);
        if (listener < 0) {
            log_error(NULL, "listener not opened listen=\"%s\" error=\"%s\"", listen->v[i],
                      strerror(-listener));
            return listener;
        }
        if (i == 0)
            *ret_first = listener;
        /* It is the proxy that comes here, with everybody. */
        transport_carries_many(stack_transport(server->stack), (uint16_t)listener);
    }
    return 0;
}

enum event_server_entry event_server_entry(struct event_server const *server,
                                           struct server_transaction *st)
{
    struct origin const *from = server_transaction_origin(st);

    if (from->is_opened)
        return EVENT_SERVER_ALL;
    if (server->first_partner >= 0 && from->listener >= (unsigned)server->first_partner)
        return EVENT_SERVER_PARTNER;
    if (server->first_trunk >= 0 && from->listener >= (unsigned)server->first_trunk)
        return EVENT_SERVER_TRUNK;
    return EVENT_SERVER_ALL;
}

bool event_server_has_user(struct event_server const *server, char const *address)
{
    return own_users_have(&server->users, address) || rosters_have_user(&server->rosters, address);
}

/* RFC 6665 4.1.3: whom there is no more, nobody can watch. */
void event_server_judge(struct event_server *server, struct subscription *s)
{
    if (event_server_has_user(server, s->presentity->address))
        if (s->list)
            rls_judge(s);
        else
            (void)subscription_decide(s, watcher_policy_decide(s->presentity, s->watcher, false));
    else
        subscription_end(s, "noresource");
}

/* What users say about others has changed, or who is a user: every subscription is judged again. */
static void on_rosters(void *ctx)
{
    struct event_server *server = ctx;
    struct subscription *s, *next;

    server->judged++;
    for (s = LIST_FIRST(&server->all); s; s = next) {
        next = LIST_NEXT(s, among_all);
        if (!s->is_unborn)
            event_server_judge(server, s);
    }
    winfo_judge(server);
}

static int read_rosters(struct event_server *server, struct svc *svc)
{
    struct presence_conf const *conf = server->conf;

    return rosters_init(&server->rosters, conf->store, (uint64_t)conf->store_poll * 1000,
                        server->wheel, svc_loop(svc), on_rosters, server);
}

static void refuse_notify(void *ctx, struct server_transaction *st, int status, char const *phrase,
                          char const *why)
{
    struct presence_refusal const refusal = { status, phrase,
                                              status == 489 ? M_refused_event : M_refused_dialog,
                                              NULL };

    (void)ctx;
    presence_refusal_send(st, &refusal, "%s", why);
}

static int start_watches(struct event_server *server)
{
    server->gateway = malloc(sizeof *server->gateway);
    int err = server->gateway ? phone_gateway_init(server->gateway, server) : -ENOMEM;
    /* Guide part 2, 5.1: nor is what other domains say shared then. */
    if (err < 0 || server->conf->foreign.n == 0 || !server->conf->availability_sharing)
        return err;
    server->foreigners = malloc(sizeof *server->foreigners);
    return server->foreigners ? foreigners_init(server->foreigners, server) : -ENOMEM;
}

int event_server_init(struct event_server *server, struct svc *svc)
{
    static struct transaction_handlers const handlers = { .on_request = on_request };

    *server = (struct event_server){
        .conf = svc_conf(svc), .wheel = svc_wheel(svc), .first_trunk = -1, .first_partner = -1
    };
    uv_timer_init(svc_loop(svc), &server->patience);
    htab_init(&server->presentities);
    htab_init(&server->publications);
    htab_init(&server->subscriptions);
    watches_init(&server->watches, NULL, server->wheel, &presence_metrics);
    server->watches.ctx = server;
    server->watches.refuse = refuse_notify;
    LIST_INIT(&server->all);
    TAILQ_INIT(&server->waiting);
    tally_init(&server->watchers);
    tally_init(&server->domains);
    throttle_init(&server->changes, (uint64_t)server->conf->change_rate, clock_now_ms());
    int err = own_users_init(&server->users, &server->conf->users, svc_node(svc)->domain);
    if (err == 0)
        err = read_rosters(server, svc);
    if (err == 0)
        err = phone_lines_init(&server->phones, &server->conf->phone_lines, &server->users,
                               *server->conf->store, NULL);
    if (err == 0) {
        server->stack = stack_new(svc_loop(svc), server->wheel, svc_tap(svc), &server->conf->limits,
                                  NULL, &handlers, server);
        err =
            server->stack ? open_listeners(server, &server->conf->listen, &server->first) : -ENOMEM;
        server->watches.stack = server->stack;
    }
    if (err == 0)
        err = open_listeners(server, &server->conf->trunk_listen, &server->first_trunk);
    if (err == 0)
        err = open_listeners(server, &server->conf->partner_listen, &server->first_partner);
    if (err == 0)
        err = start_watches(server);
    if (err == 0)
        err = message_gate_init(&server->gate, server->conf->message_outbound);
    if (err == 0)
        err = presence_state_init(&server->state, server);
    if (err == 0)
        err = presence_state_restore(&server->state, svc_loop(svc));
    return err;
}

static void on_patience_over(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Those who will not be there at the next start. */
static bool has_leaving(struct event_server const *server)
{
    struct subscription const *s;

    LIST_FOREACH(s, &server->all, among_all)
    {
        if (!s->is_saved)
            return true;
    }
    return false;
}

/* RFC 6665 4.4.1: who is told "deactivated" subscribes anew at once. */
static void say_goodbye(struct event_server *server)
{
    uv_loop_t *loop = server->patience.loop;
    struct subscription *s;

    server->is_stopping = true;
    LIST_FOREACH(s, &server->all, among_all)
    {
        if (!s->is_saved)
            subscription_end(s, "deactivated");
    }
    if (!loop)
        return;
    uv_timer_start(&server->patience, on_patience_over, (uint64_t)server->conf->stop_ms, 0);
    while (has_leaving(server) && uv_is_active((uv_handle_t *)&server->patience))
        uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&server->patience, NULL);
}

static void forget_all(struct event_server *server)
{
    struct htab_entry *entry;
    struct subscription *s;

    while ((s = LIST_FIRST(&server->all)))
        subscription_leave(&s);
    while ((entry = htab_next(&server->publications, NULL))) {
        struct publication *p = (struct publication *)entry;
        struct presentity *presentity = p->presentity;
        publication_free(&p);
        presentity_release(presentity);
    }
}

void event_server_fini(struct event_server *server)
{
    if (server->stack)
        say_goodbye(server);
    presence_state_fini(&server->state);
    forget_all(server);
    if (server->gateway)
        phone_gateway_fini(server->gateway);
    free(server->gateway);
    if (server->foreigners)
        foreigners_fini(server->foreigners);
    free(server->foreigners);
    message_gate_fini(&server->gate);
    phone_lines_fini(&server->phones);
    for (struct htab_entry *left; (left = htab_next(&server->presentities, NULL));)
        presentity_free((struct presentity *)left);
    wheel_disarm(&server->turn);
    stack_free(&server->stack);
    rosters_fini(&server->rosters);
    own_users_fini(&server->users);
    tally_fini(&server->watchers);
    tally_fini(&server->domains);
    htab_fini(&server->presentities);
    htab_fini(&server->publications);
    htab_fini(&server->subscriptions);
    watches_fini(&server->watches);
}
