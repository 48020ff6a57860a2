/* SPDX-License-Identifier: Apache-2.0 */
/* Late responses: see transaction_reply.h. */
#define LOG_SUBSYSTEM LOG_SIP
#include "transaction_reply.h"
#include "log.h"
#include "resolve.h"
#include "sip_metrics.h"
#include "transaction_machine.h"
#include "wheel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WAYS = 8, HOST_BYTES = 256 };

struct transaction_reply {
    LIST_ENTRY(transaction_reply) link;
    struct transaction_layer *layer;
    struct transport_waiter waiter;
    struct wheel_timer timer;
    struct resolve_query *query;
    struct destination ways[MAX_WAYS];
    size_t n, next;
    bool resolving, resolved;
    char host[HOST_BYTES], port[8]; /* of the Via */
    size_t len;
    char bytes[];
};

bool transaction_reply_is_due(struct transaction_layer const *layer, struct destination const *to)
{
    return to->kind != TRANSPORT_UDP && !transport_has_connection(layer->transport, to->connection);
}

static void reply_free(struct transaction_reply *reply)
{
    LIST_REMOVE(reply, link);
    reply->layer->n_replies--;
    transport_forget(&reply->waiter);
    wheel_disarm(&reply->timer);
    if (reply->query)
        resolve_cancel(&reply->query);
    free(reply);
}

void transaction_reply_free_all(struct transaction_layer *layer)
{
    while (!LIST_EMPTY(&layer->replies))
        reply_free(LIST_FIRST(&layer->replies));
}

/* --- the ways, one after the other --------------------------------------------------------------
 */

static void try_next(struct transaction_reply *reply);

static void on_resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct transaction_reply *reply = ctx;
    enum transport_kind kind = reply->ways[0].kind;
    uint16_t listener = reply->ways[0].listener;
    struct net_addr first = reply->ways[0].addr;

    (void)why_not;
    reply->query = NULL;
    reply->n = reply->next = 0;
    for (size_t i = 0; i < n && reply->n < MAX_WAYS; i++) {
        /* The first way has failed; another transport is not what the Via says. */
        if (list[i].kind != kind || net_addr_equal(&list[i].addr, &first))
            continue;
        reply->ways[reply->n] = list[i];
        reply->ways[reply->n].server_name = reply->host;
        reply->ways[reply->n++].listener = listener;
    }
    if (!reply->resolving)
        try_next(reply);
}

/* RFC 3263 §5: the host of the Via, with its port or by SRV. */
static void ask(struct transaction_reply *reply)
{
    bool secure = reply->ways[0].kind == TRANSPORT_TLS;
    url_t uri = { .url_type = secure ? url_sips : url_sip,
                  .url_scheme = secure ? "sips" : "sip",
                  .url_host = reply->host,
                  .url_port = *reply->port ? reply->port : NULL,
                  .url_params = secure ? NULL : "transport=tcp" };

    reply->resolved = true;
    reply->resolving = true;
    reply->query =
        resolve_uri(reply->layer->resolver, &uri, reply->ways[0].kind, on_resolved, reply);
    reply->resolving = false;
}

static void lose(struct transaction_reply *reply)
{
    char to[NET_ADDR_TEXT];

    met_inc(&sip_metrics, M_transaction_replies_lost);
    log_info(NULL, "response not sent, its connection is gone to=%s via=\"%s\"",
             net_addr_print(&reply->ways[0].addr, to), reply->host);
    reply_free(reply);
}

static void try_next(struct transaction_reply *reply)
{
    for (;;) {
        while (reply->next < reply->n) {
            struct destination *to = &reply->ways[reply->next++];
            if (transport_send(reply->layer->transport, to, reply->bytes, reply->len,
                               &reply->waiter) == 0)
                return;
        }
        if (reply->resolved || !reply->layer->resolver) {
            lose(reply);
            return;
        }
        ask(reply);
        if (reply->query)
            return;
    }
}

static void on_failed(struct transport_waiter *waiter, int error)
{
    struct transaction_reply *reply =
        (void *)((char *)waiter - offsetof(struct transaction_reply, waiter));

    if (waiter->opened || error == -ECANCELED)
        reply_free(reply); /* it has arrived, as far as anybody can know */
    else
        try_next(reply);
}

static void on_time(struct wheel_timer *timer)
{
    reply_free((void *)((char *)timer - offsetof(struct transaction_reply, timer)));
}

int transaction_reply_send(struct transaction_layer *layer, struct destination const *to,
                           sip_via_t const *via, void const *bytes, size_t len)
{
    if (layer->n_replies >= (size_t)layer->limits->max_late_replies)
        return -EBUSY;
    struct transaction_reply *reply = calloc(1, sizeof *reply + len);
    if (!reply)
        return -ENOMEM;
    reply->layer = layer;
    reply->waiter.on_failed = on_failed;
    reply->ways[reply->n++] = *to;
    reply->ways[0].connection = 0;
    /* Without a name TLS opens no connection, and who was there had none: the Via's is checked. */
    reply->ways[0].server_name = reply->host;
    (void)snprintf(reply->host, sizeof reply->host, "%s", via->v_host ? via->v_host : "");
    (void)snprintf(reply->port, sizeof reply->port, "%s", via->v_port ? via->v_port : "");
    memcpy(reply->bytes, bytes, len);
    reply->len = len;
    LIST_INSERT_HEAD(&layer->replies, reply, link);
    layer->n_replies++;
    met_inc(&sip_metrics, M_transaction_replies_late);
    wheel_arm(layer->wheel, &reply->timer, 64 * (uint64_t)layer->limits->t1_ms, on_time);
    try_next(reply);
    return 0;
}
