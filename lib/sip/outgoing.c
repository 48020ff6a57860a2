/* SPDX-License-Identifier: Apache-2.0 */
/* A request of a user agent on its way: resolve, send, and try the next destination while no
 * response has come (RFC 3263 §4.3). Failure is always told later, never inside stack_send(). */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "message.h"
#include "stack_internal.h"
#include "wheel.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TRIES = 8 };

struct outgoing {
    LIST_ENTRY(outgoing) link;
    struct stack *stack;
    struct client_handlers const *handlers; /* NULL: the ACK of a 2xx */
    void *ctx;
    msg_t *request; /* kept while another destination may be tried */
    struct resolve_query *query;
    struct client_transaction *ct;
    struct wheel_timer later; /* tells a failure that was known at once */
    enum transport_kind flow_kind;
    uint64_t flow; /* connection to be tried first, 0: none */
    struct destination list[MAX_TRIES];
    size_t n, next;
    char server_name[256]; /* for TLS: whom the next hop's URI names */
    bool responded, cancelled;
};

static void outgoing_free(struct outgoing *outgoing)
{
    LIST_REMOVE(outgoing, link);
    wheel_disarm(&outgoing->later);
    resolve_cancel(&outgoing->query);
    if (outgoing->request)
        msg_destroy(outgoing->request);
    free(outgoing);
}

void outgoing_free_all(struct outgoing_list *list)
{
    struct outgoing *outgoing;

    while ((outgoing = LIST_FIRST(list)))
        outgoing_detach(outgoing);
}

static void on_later(struct wheel_timer *timer)
{
    struct outgoing *outgoing =
        (struct outgoing *)((char *)timer - offsetof(struct outgoing, later));
    struct client_handlers const *handlers = outgoing->handlers;
    void *ctx = outgoing->ctx;

    outgoing_free(outgoing);
    if (!handlers)
        return;
    if (handlers->on_failure)
        handlers->on_failure(ctx, NULL, TRANSACTION_TRANSPORT);
    handlers->on_gone(ctx, NULL);
}

static void fail_later(struct outgoing *outgoing)
{
    wheel_arm(stack_wheel(outgoing->stack), &outgoing->later, 0, on_later);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct outgoing *outgoing = ctx;

    outgoing->responded = true;
    outgoing->handlers->on_response(outgoing->ctx, ct, response);
}

static bool may_try_next(struct outgoing const *outgoing)
{
    return !outgoing->responded && !outgoing->cancelled && outgoing->next < outgoing->n;
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct outgoing *outgoing = ctx;

    if (why != TRANSACTION_TRANSPORT || !may_try_next(outgoing)) {
        outgoing->next = outgoing->n;
        if (outgoing->handlers->on_failure)
            outgoing->handlers->on_failure(outgoing->ctx, ct, why);
    }
}

static void try_next(struct outgoing *outgoing);

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct outgoing *outgoing = ctx;
    struct client_handlers const *handlers = outgoing->handlers;
    void *owner = outgoing->ctx;

    outgoing->ct = NULL;
    if (may_try_next(outgoing)) {
        try_next(outgoing);
        return;
    }
    outgoing_free(outgoing);
    handlers->on_gone(owner, ct);
}

static void try_next(struct outgoing *outgoing)
{
    static struct client_handlers const wrapped = { on_response, on_failure, on_gone };
    struct destination *to = &outgoing->list[outgoing->next++];
    msg_t *request = outgoing->request;

    to->server_name = outgoing->server_name;
    if (outgoing->next < outgoing->n)
        request = message_copy(request);
    else
        outgoing->request = NULL;
    struct transaction_layer *layer = stack_transactions(outgoing->stack);
    if (request && !outgoing->handlers) {
        transaction_send_ack(layer, request, to, NULL);
        fail_later(outgoing); /* frees it; an ACK has nobody to tell */
        return;
    }
    if (request)
        outgoing->ct = client_transaction_new(layer, request, to, NULL, &wrapped, outgoing);
    if (!outgoing->ct)
        fail_later(outgoing);
    else if (outgoing->cancelled)
        client_transaction_cancel(outgoing->ct);
}

static void on_resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct outgoing *outgoing = ctx;

    outgoing->query = NULL;
    if (!n) {
        log_info(NULL, "request not sent reason=\"%s\"", why_not);
        fail_later(outgoing);
        return;
    }
    outgoing->n = n < MAX_TRIES ? n : MAX_TRIES;
    memcpy(outgoing->list, list, outgoing->n * sizeof *list);
    if (outgoing->list[0].kind == outgoing->flow_kind)
        outgoing->list[0].connection = outgoing->flow;
    try_next(outgoing);
}

static struct outgoing *start(struct stack *stack, msg_t *request, url_t const *next_hop,
                              struct origin const *flow, struct client_handlers const *handlers,
                              void *ctx)
{
    struct outgoing *outgoing = calloc(1, sizeof *outgoing);

    if (!outgoing || !next_hop) {
        msg_destroy(request);
        free(outgoing);
        return NULL;
    }
    outgoing->stack = stack;
    outgoing->handlers = handlers;
    outgoing->ctx = ctx;
    outgoing->request = request;
    if (flow) {
        outgoing->flow_kind = flow->kind;
        outgoing->flow = flow->connection;
    }
    snprintf(outgoing->server_name, sizeof outgoing->server_name, "%s",
             next_hop->url_host ? next_hop->url_host : "");
    LIST_INSERT_HEAD(stack_outgoing(stack), outgoing, link);
    struct resolve_query *query =
        resolve_uri(stack_resolver(stack), next_hop, TRANSPORT_UDP, on_resolved, outgoing);
    if (query)
        outgoing->query = query;
    return outgoing;
}

struct outgoing *stack_send(struct stack *stack, msg_t *request, url_t const *next_hop,
                            struct client_handlers const *handlers, void *ctx)
{
    return start(stack, request, next_hop, NULL, handlers, ctx);
}

struct outgoing *stack_send_back(struct stack *stack, msg_t *request, url_t const *next_hop,
                                 struct origin const *flow, struct client_handlers const *handlers,
                                 void *ctx)
{
    return start(stack, request, next_hop, flow, handlers, ctx);
}

int stack_send_ack(struct stack *stack, msg_t *ack, url_t const *next_hop)
{
    return start(stack, ack, next_hop, NULL, NULL, NULL) ? 0 : -ENOMEM;
}

void outgoing_cancel(struct outgoing *outgoing)
{
    outgoing->cancelled = true;
    if (outgoing->ct)
        client_transaction_cancel(outgoing->ct);
}

void outgoing_detach(struct outgoing *outgoing)
{
    if (outgoing->ct)
        client_transaction_detach(outgoing->ct);
    outgoing_free(outgoing);
}
