/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding of one request: see forward.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "forward.h"
#include "clock.h"
#include "domain.h"
#include "log.h"
#include "message.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "request.h"
#include "response.h"
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

static struct forward *forward_of(struct wheel_timer *timer)
{
    return (struct forward *)((char *)timer - offsetof(struct forward, timer_c));
}

/* --- end -----------------------------------------------------------------------------------------
 */

static void detach_client(struct forward *forward)
{
    if (forward->ct)
        client_transaction_detach(forward->ct);
    forward->ct = NULL;
}

static void drop_request(struct forward *forward)
{
    msg_destroy(forward->request);
    msg_destroy(forward->best);
    free(forward->hops);
    forward->request = forward->best = NULL;
    forward->hops = NULL;
    forward->n_hops = forward->next_hop = 0;
}

void forward_free(struct forward *forward)
{
    if (forward->query)
        resolve_cancel(&forward->query);
    wheel_disarm(&forward->timer_c);
    detach_client(forward);
    if (forward->st)
        server_transaction_own(forward->st, NULL, NULL);
    drop_request(forward);
    generation_unref(&forward->generation);
    LIST_REMOVE(forward, link);
    met_add(&proxy_metrics, M_contexts, -1);
    free(forward);
}

void forward_finish(struct forward *forward, int status)
{
    char host[NET_ADDR_TEXT];
    char const *target = forward->target;
    if (!target && forward->hops && forward->next_hop > 0)
        target = net_addr_print(&forward->hops[forward->next_hop - 1].addr, host);
    forward->answered = true;
    request_log(&(struct request_outcome){
        .sip = sip_object(forward->request),
        .from = &forward->from,
        .target = target,
        .rule = forward->rule,
        .status = status,
        .started_us = forward->started_us,
    });
    if (!forward->invite || status < 200 || status > 299 || !forward->ct || !forward->st) {
        forward_free(forward);
        return;
    }
    wheel_disarm(&forward->timer_c);
    drop_request(forward);
}

void forward_give_up(struct forward *forward, enum refusal refusal)
{
    int status;
    if (forward->best) {
        status = response_send_back(forward, forward->best);
    } else {
        request_refuse(forward->st, refusal, "");
        status = refusal_row(refusal)->status;
    }
    forward_finish(forward, status > 0 ? status : 0);
}

static void server_gone(void *owner, struct server_transaction *st)
{
    struct forward *forward = owner;
    (void)st;
    forward->st = NULL;
    if (!forward->answered && forward->ct)
        client_transaction_cancel(forward->ct);
    forward_free(forward);
}

/* --- timer C, RFC 3261 §16.8 ---------------------------------------------------------------------
 */

/* From here on the transaction limits the wait: without a final response 64*T1 after the CANCEL it
 * fails (RFC 3261 §9.1). */
static void cancel_client(struct forward *forward)
{
    forward->cancelled = true;
    wheel_disarm(&forward->timer_c);
    client_transaction_cancel(forward->ct);
}

static void timer_c_fired(struct wheel_timer *timer)
{
    struct forward *forward = forward_of(timer);
    met_inc(&proxy_metrics, M_timer_c);
    forward->timer_c_fired = true;
    cancel_client(forward);
}

void forward_restart_timer_c(struct forward *forward)
{
    if (forward->invite && !forward->cancelled)
        wheel_arm(forward->worker->wheel, &forward->timer_c,
                  (uint64_t)forward->worker->proxy->limits.timer_c_ms, timer_c_fired);
}

void forward_cancelled(void *vworker, struct server_transaction *st)
{
    struct forward *forward = server_transaction_owner(st);
    (void)vworker;
    if (!forward || forward->answered || forward->cancelled)
        return;
    met_inc(&proxy_metrics, M_cancels);
    if (forward->ct)
        cancel_client(forward);
    else
        forward_give_up(forward, REFUSAL_cancelled);
}

/* --- tries ---------------------------------------------------------------------------------------
 */

/* The message of one try: private, because Record-Route depends on the way out. */
static msg_t *make_try(struct forward *forward, struct destination const *to)
{
    struct transport *transport = stack_transport(forward->worker->stack);
    msg_t *msg = message_copy(forward->request);
    if (msg && egress_makes_dialog(sip_object(msg)) &&
        egress_record_route(transport, msg, forward->hint.in_listener, to->listener) < 0) {
        msg_destroy(msg);
        return NULL;
    }
    return msg;
}

enum refusal forward_try_next(struct forward *forward)
{
    while (!forward->cancelled && forward->next_hop < forward->n_hops) {
        struct destination *to = &forward->hops[forward->next_hop++];
        if (egress_choose_listener(forward->worker, to, &forward->hint) < 0)
            continue;
        msg_t *msg = make_try(forward, to);
        if (!msg)
            return REFUSAL_memory;
        if (forward->next_hop > 1)
            met_inc(&proxy_metrics, M_hop_failovers);
        forward->provisional = false;
        forward->ct = client_transaction_new(stack_transactions(forward->worker->stack), msg, to,
                                             forward->loop_hash, &response_handlers, forward);
        if (!forward->ct)
            return REFUSAL_busy;
        met_inc(&proxy_metrics, M_forwarded);
        forward_restart_timer_c(forward);
        return REFUSAL_NONE;
    }
    return forward->cancelled ? REFUSAL_cancelled : REFUSAL_unreachable;
}

static void first_try(struct forward *forward)
{
    enum refusal refusal = forward->n_hops ? forward_try_next(forward) : REFUSAL_unresolved;
    if (refusal)
        forward_give_up(forward, refusal);
}

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct forward *forward = ctx;
    forward->query = NULL;
    if (n > 0)
        forward->hops = calloc(n, sizeof *forward->hops);
    else
        log_debug(forward->loop_hash, "next hop not resolved reason=\"%s\"", why_not);
    if (forward->hops) {
        memcpy(forward->hops, list, n * sizeof *list);
        forward->n_hops = n;
    }
    if (!forward->resolving)
        first_try(forward);
}

/* RFC 3261 §17.2.1: the client stops its retransmissions. */
static void say_trying(struct server_transaction *st)
{
    msg_t *trying = message_response(server_transaction_request(st), 100, "Trying", NULL);
    if (trying)
        (void)server_transaction_respond(st, trying);
}

static struct forward *forward_new(struct worker *worker, struct server_transaction *st, msg_t *msg,
                                   struct normalized const *normalized,
                                   struct route_decision const *decision)
{
    struct route_hop const *hop = &decision->hops[0];
    struct forward *forward = calloc(1, sizeof *forward);
    if (!forward)
        return NULL;
    struct origin const *origin = server_transaction_origin(st);
    forward->worker = worker;
    forward->generation = generation_ref(worker->generation);
    forward->st = st;
    forward->request = msg;
    forward->started_us = clock_now_us();
    forward->from = origin->peer;
    forward->hint = egress_hint_of(worker, forward->generation->table, hop, origin->listener,
                                   normalized->out_listener);
    forward->target = hop->name;
    forward->rule = decision->rule_name;
    forward->keep_503 = hop->uri || decision->in_dialog;
    memcpy(forward->loop_hash, normalized->loop_hash, sizeof forward->loop_hash);
    forward->invite = sip_object(msg)->sip_request->rq_method == sip_method_invite;
    LIST_INSERT_HEAD(&worker->forwards, forward, link);
    met_add(&proxy_metrics, M_contexts, 1);
    server_transaction_own(st, forward, server_gone);
    return forward;
}

void forward_start(struct worker *worker, struct server_transaction *st, msg_t *msg,
                   struct normalized const *normalized, struct route_decision const *decision)
{
    struct route_hop const *hop = &decision->hops[0]; /* of several only the first, so far */
    struct forward *forward = forward_new(worker, st, msg, normalized, decision);
    if (!forward) {
        msg_destroy(msg);
        request_refuse(st, REFUSAL_memory, "");
        return;
    }
    if (forward->invite)
        say_trying(st);
    url_t const *uri = hop->uri ? hop->uri : normalize_next_hop(msg);
    if (!uri) {
        forward_give_up(forward, REFUSAL_memory);
        return;
    }
    forward->resolving = true;
    forward->query = resolve_uri(stack_resolver(worker->stack), uri,
                                 egress_fallback(worker, &forward->hint), resolved, forward);
    forward->resolving = false;
    if (!forward->query)
        first_try(forward);
}
