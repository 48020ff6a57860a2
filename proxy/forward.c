/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding of one request: see forward.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "forward.h"
#include "branch_message.h"
#include "clock.h"
#include "location_list.h"
#include "log.h"
#include "message.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "request.h"
#include "response.h"
#include "route_hops.h"
#include <sofia-sip/sip_protos.h>
#include <stdlib.h>
#include <string.h>

/* --- end ---------------------------------------------------------------------------------------
 */

static void drop_request(struct forward *forward)
{
    msg_destroy(forward->request);
    msg_destroy(forward->best.msg);
    forward->request = forward->best.msg = NULL;
}

void forward_free(struct forward *forward)
{
    for (unsigned i = 0; i < forward->n_branches; i++)
        branch_fini(&forward->branches[i]);
    if (forward->st)
        server_transaction_own(forward->st, NULL, NULL);
    drop_request(forward);
    location_list_unref(&forward->contacts);
    generation_unref(&forward->generation);
    LIST_REMOVE(forward, link);
    met_add(&proxy_metrics, M_contexts, -1);
    free(forward);
}

void forward_cancel_branches(struct forward *forward)
{
    bool was_busy = forward->busy;
    forward->busy = forward->closed = true;
    for (unsigned i = 0; i < forward->n_branches; i++)
        branch_cancel(&forward->branches[i]);
    forward->busy = was_busy;
}

void forward_finish(struct forward *forward, struct branch const *branch, int status)
{
    char text[NET_ADDR_TEXT];
    forward->answered = true;
    request_log(&(struct request_outcome){
        .sip = sip_object(forward->request),
        .from = &forward->from,
        .target = branch ? branch_target(branch, text) : NULL,
        .rule = forward->rule,
        .status = status,
        .started_us = forward->started_us,
    });
    if (forward->invite)
        forward_cancel_branches(forward);
    if (!forward->invite || status < 200 || status > 299 || !forward->n_live || !forward->st)
        forward_free(forward);
    else
        drop_request(forward);
}

static void server_gone(void *owner, struct server_transaction *st)
{
    struct forward *forward = owner;
    (void)st;
    forward->st = NULL;
    forward_cancel_branches(forward);
    forward_free(forward);
}

/* All branches have ended: the best response goes back (RFC 3261 §16.7 step 6). */
static void answer(struct forward *forward)
{
    struct forward_best const *best = &forward->best;
    enum refusal refusal = best->status ? best->refusal : REFUSAL_cancelled;
    int status = 0;
    if (best->msg) {
        status = response_send_back(best->branch, best->msg);
    } else if (refusal == REFUSAL_timeout && !forward->invite) {
        /* RFC 4320 §4.2: the transaction ends without sending it. */
        met_inc(&proxy_metrics, M_unanswered);
        (void)server_transaction_refuse(forward->st, 408, NULL, NULL);
    } else {
        request_refuse(forward->st, refusal, "");
        status = refusal_row(refusal)->status;
    }
    forward_finish(forward, best->branch, status > 0 ? status : 0);
}

/* --- groups ------------------------------------------------------------------------------------
 */

/* Those of @p forward->next 's group that have not been started. */
static unsigned count_waiting(struct forward const *forward)
{
    unsigned n = 1;
    while (forward->next + n < forward->n_branches &&
           forward->branches[forward->next + n].hop.group ==
               forward->branches[forward->next].hop.group)
        n++;
    return n;
}

static bool may_start(struct forward const *forward)
{
    if (forward->closed || forward->next == forward->n_branches)
        return false;
    struct branch const *next = &forward->branches[forward->next];
    return forward->n_live == 0 || (forward->breadth > 0 && next->hop.group == next[-1].hop.group);
}

/* RFC 5393 §5.3: what the branches of a group get must not exceed what the request brought; each of
 * those still waiting gets an equal share. */
static void start_next(struct forward *forward)
{
    struct branch *branch = &forward->branches[forward->next];
    unsigned share = branch_message_share(forward->breadth, count_waiting(forward));
    if (forward->n_live > 0)
        met_inc(&proxy_metrics, M_forks);
    else if (forward->next > 0)
        met_inc(&proxy_metrics, M_group_failovers);
    forward->next++;
    forward->n_live++;
    forward->breadth -= share;
    branch_start(branch, share);
}

static void go_on(struct forward *forward)
{
    if (forward->busy)
        return;
    forward->busy = true;
    while (may_start(forward))
        start_next(forward);
    forward->busy = false;
    if (forward->n_live > 0)
        return;
    if (forward->answered)
        forward_free(forward);
    else
        answer(forward);
}

void forward_branch_ended(struct branch *branch, bool others_may_follow)
{
    struct forward *forward = branch->forward;
    forward->n_live--;
    forward->breadth += branch->breadth;
    forward->closed |= !others_may_follow;
    go_on(forward);
}

void forward_cancelled(void *vworker, struct server_transaction *st)
{
    struct forward *forward = server_transaction_owner(st);
    (void)vworker;
    if (!forward || forward->answered || forward->cancelled)
        return;
    met_inc(&proxy_metrics, M_cancels);
    forward->cancelled = true;
    forward_cancel_branches(forward);
    go_on(forward);
}

/* --- start -------------------------------------------------------------------------------------
 */

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
    struct proxy_conf const *conf = worker->generation->conf;
    struct forward *forward =
        calloc(1, sizeof *forward + decision->n_hops * sizeof forward->branches[0]);
    if (!forward)
        return NULL;
    struct origin const *origin = server_transaction_origin(st);
    forward->worker = worker;
    forward->generation = generation_ref(worker->generation);
    forward->contacts = location_list_ref(decision->contacts);
    forward->st = st;
    forward->request = msg;
    forward->started_us = clock_now_us();
    forward->from = origin->peer;
    forward->in_listener = origin->listener;
    forward->out_listener = normalized->out_listener;
    forward->rule = decision->rule_name;
    forward->in_dialog = decision->in_dialog;
    memcpy(forward->loop_hash, normalized->loop_hash, sizeof forward->loop_hash);
    forward->invite = sip_object(msg)->sip_request->rq_method == sip_method_invite;
    forward->breadth = branch_message_take_breadth(msg, (unsigned)conf->max_breadth);
    while (forward->n_branches < decision->n_hops) {
        unsigned i = forward->n_branches++;
        branch_init(&forward->branches[i], forward, &decision->hops[i]);
    }
    LIST_INSERT_HEAD(&worker->forwards, forward, link);
    met_add(&proxy_metrics, M_contexts, 1);
    server_transaction_own(st, forward, server_gone);
    return forward;
}

void forward_start(struct worker *worker, struct server_transaction *st, msg_t *msg,
                   struct normalized const *normalized, struct route_decision *decision)
{
    unsigned max = (unsigned)worker->generation->conf->max_branches;
    if (route_hops_trim(decision, max)) {
        met_inc(&proxy_metrics, M_branches_cut);
        log_debug(NULL, "request has too many targets max=%u rule=\"%s\"", max,
                  decision->rule_name);
    }
    struct forward *forward = forward_new(worker, st, msg, normalized, decision);
    if (!forward) {
        msg_destroy(msg);
        request_refuse(st, REFUSAL_memory, "");
        return;
    }
    if (forward->invite)
        say_trying(st);
    if (forward->breadth == 0) {
        forward->best = (struct forward_best){ 440, NULL, REFUSAL_breadth, NULL };
        forward->closed = true;
    }
    go_on(forward);
}
