/* SPDX-License-Identifier: Apache-2.0 */
/* ACK forwarding: see ack.h. An object lives only while its next hop is being resolved. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "ack.h"
#include "admission.h"
#include "egress.h"
#include "identity.h"
#include "location_list.h"
#include "log.h"
#include "message.h"
#include "normalize.h"
#include "proxy_metrics.h"
#include "request.h"
#include "resolve.h"
#include "route_decide.h"
#include "text.h"
#include "transaction.h"
#include "worker.h"
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 1000 };

struct ack {
    LIST_ENTRY(ack) link;
    struct worker *worker;
    msg_t *msg; /* owned */
    struct resolve_query *query;
    struct egress_hint hint;
    char const *server_name; /* of msg */
    char loop_hash[NORMALIZE_HASH + 1];
};

void ack_free(struct ack *ack)
{
    if (ack->query)
        resolve_cancel(&ack->query);
    msg_destroy(ack->msg);
    LIST_REMOVE(ack, link);
    ack->worker->n_acks--;
    free(ack);
}

static void drop(char const *why)
{
    met_inc(&proxy_metrics, M_acks_dropped);
    log_debug(NULL, "ACK dropped reason=%s", why);
}

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct ack *ack = ctx;
    struct destination to;
    ack->query = NULL;
    if (n == 0) {
        drop(why_not);
        ack_free(ack);
        return;
    }
    to = list[0];
    if (!ack->hint.internal && !admission_trusts(ack->worker->generation, &to.addr) &&
        identity_conceal(ack->msg))
        met_inc(&proxy_metrics, M_identities_concealed);
    to.server_name = ack->server_name;
    if (egress_choose_listener(ack->worker, &to, &ack->hint) < 0 ||
        transaction_send_ack(stack_transactions(ack->worker->stack), ack->msg, &to,
                             &(struct client_extra){ ack->loop_hash, "" }) < 0)
        drop("unreachable");
    else
        met_inc(&proxy_metrics, M_acks_forwarded);
    ack->msg = NULL;
    ack_free(ack);
}

/* Takes @p msg. */
static void send_on(struct worker *worker, struct origin const *from, msg_t *msg,
                    struct normalized const *normalized)
{
    struct route_request request = { sip_object(msg), normalized->route_was_ours,
                                     normalized->no_hops_left };
    struct route_inputs const inputs = worker_route_inputs(worker);
    struct route_decision decision TEXT_UNINITIALIZED;
    route_decide(&inputs, from, &request, NULL, &decision);
    bool follows = decision.n_hops > 0 && !decision.hops[0].uri && !decision.hops[0].request_uri;
    location_list_unref(&decision.contacts);
    url_t const *uri = follows ? normalize_next_hop(msg) : NULL;
    struct ack *ack = uri && worker->n_acks < WAITING_MAX ? calloc(1, sizeof *ack) : NULL;
    if (!ack) {
        drop(uri ? "busy" : decision.rule_name);
        msg_destroy(msg);
        return;
    }
    ack->worker = worker;
    ack->msg = msg;
    ack->hint = egress_hint_of(worker, worker->generation->table, &decision.hops[0], from->listener,
                               normalized->out_listener);
    memcpy(ack->loop_hash, normalized->loop_hash, sizeof ack->loop_hash);
    LIST_INSERT_HEAD(&worker->acks, ack, link);
    worker->n_acks++;
    ack->server_name = uri->url_host;
    struct resolve_query *query =
        egress_resolve(worker, sip_object(msg), uri, &ack->hint, resolved, ack);
    if (query)
        ack->query = query; /* not NULL: resolved() has not run, the object lives */
}

void ack_arrived(void *vworker, struct origin const *from, msg_t *msg)
{
    struct worker *worker = vworker;
    struct normalized normalized;
    met_inc(&proxy_metrics, M_acks);
    struct normalize_input const input =
        request_input(worker, worker->generation, from, sip_object(msg));
    normalize_request(&input, msg, &normalized);
    if (normalized.refusal)
        drop(refusal_row(normalized.refusal)->reason);
    else
        send_on(worker, from, msg_ref_create(msg), &normalized);
}
