/* SPDX-License-Identifier: Apache-2.0 */
/* Arrival of a request: see request.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "request.h"
#include "admission.h"
#include "clock.h"
#include "decision_note.h"
#include "federation.h"
#include "federation_conf.h"
#include "forward.h"
#include "identity.h"
#include "location_list.h"
#include "log.h"
#include "message.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "static_table.h"
#include "text.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static char const allow[] =
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, INFO, UPDATE, PRACK, MESSAGE, "
    "REFER, SUBSCRIBE, NOTIFY, PUBLISH, REGISTER";

enum { LINE_BYTES = 3500 }; /* what fits a line of the log; a longer Call-ID is left out */

static char const *text_or_dash(char const *text)
{
    return text && *text ? text : "-";
}

/* Every request gets this line, so it is put together without printf. */
void request_log(struct request_outcome const *outcome)
{
    char memory[LINE_BYTES] TEXT_UNINITIALIZED, from[NET_ADDR_TEXT];
    sip_t const *sip = outcome->sip;
    struct text line;

    if (!log_enabled(LOG_SUBSYSTEM, LOG_INFO))
        return;
    text_begin(&line, memory, sizeof memory);
    text_puts(&line, "request done method=\"");
    text_puts(&line, sip->sip_request->rq_method_name);
    text_puts(&line, "\" call_id=\"");
    text_puts(&line, sip->sip_call_id ? sip->sip_call_id->i_id : "-");
    text_puts(&line, "\" from=");
    text_puts(&line, net_addr_print(outcome->from, from));
    text_puts(&line, " target=\"");
    text_puts(&line, text_or_dash(outcome->target));
    text_puts(&line, "\" rule=\"");
    text_puts(&line, outcome->rule);
    text_puts(&line, "\" status=");
    text_number(&line, (uint64_t)outcome->status, 3);
    text_puts(&line, " ms=");
    text_number(&line, (clock_now_us() - outcome->started_us) / 1000, 1);
    log_text(LOG_SUBSYSTEM, LOG_INFO, NULL, memory, text_len(&line));
}

void request_refuse(struct server_transaction *st, enum refusal refusal, char const *header)
{
    struct refusal_row const *row = refusal_row(refusal);
    met_inc(&proxy_metrics, row->metric);
    decision_note_refusal(st, row);
    if (refusal == REFUSAL_busy && !*header)
        header = "Retry-After: 5";
    (void)server_transaction_refuse(st, row->status, row->phrase, *header ? header : NULL);
}

static void refuse_and_log(struct server_transaction *st, enum refusal refusal, char const *header,
                           char const *rule)
{
    sip_t *sip = sip_object(server_transaction_request(st));
    request_log(&(struct request_outcome){
        .sip = sip,
        .from = &server_transaction_origin(st)->peer,
        .rule = rule,
        .status = refusal_row(refusal)->status,
        .started_us = clock_now_us(),
    });
    request_refuse(st, refusal, header);
}

static void answer_options(struct server_transaction *st)
{
    msg_t *request = server_transaction_request(st);
    msg_t *response = message_response(request, 200, "OK", server_transaction_to_tag(st));
    if (!response || message_add(response, allow) < 0 ||
        message_add(response, "Accept: application/csta+xml, application/sdp") < 0) {
        msg_destroy(response);
        refuse_and_log(st, REFUSAL_memory, "", "options");
        return;
    }
    met_inc(&proxy_metrics, M_options_answered);
    request_log(&(struct request_outcome){
        .sip = sip_object(request),
        .from = &server_transaction_origin(st)->peer,
        .rule = "options",
        .status = 200,
        .started_us = clock_now_us(),
    });
    (void)server_transaction_respond(st, response);
}

static void count(struct route_table const *table, struct route_decision const *decision)
{
    if (decision->rule)
        atomic_fetch_add_explicit(&table->rule_hits[decision->rule - table->rules], 1,
                                  memory_order_relaxed);
    if (decision->contacts)
        met_inc(&proxy_metrics, M_to_contacts);
    if (decision->federated) {
        bool xmpp = decision->federated->conf->federation == FEDERATION_CONF_XMPP;
        met_inc(&proxy_metrics, xmpp ? M_federated_xmpp : M_federated_sip);
        federation_count_hit(decision->federated);
    }
    if (decision->static_route)
        static_table_count_hit(table->statics, decision->static_route);
    if (decision->static_cut)
        met_inc(&proxy_metrics, M_static_lookups_cut);
}

/* Takes @p msg. */
static void act(struct worker *worker, struct server_transaction *st, msg_t *msg,
                struct normalized const *normalized)
{
    struct route_request request = { sip_object(msg), normalized->route_was_ours,
                                     normalized->no_hops_left };
    struct route_inputs const inputs = worker_route_inputs(worker);
    struct route_decision decision TEXT_UNINITIALIZED;
    route_decide(&inputs, server_transaction_origin(st), &request, NULL, &decision);
    decision_note(worker, st, &decision);
    count(inputs.table, &decision);
    if (decision.verdict == ROUTE_FORWARD) {
        forward_start(worker, st, msg, normalized, &decision);
        location_list_unref(&decision.contacts);
        return;
    }
    msg_destroy(msg);
    if (decision.verdict == ROUTE_ANSWER)
        answer_options(st);
    else if (decision.verdict == ROUTE_REGISTER)
        registrar_handle(&worker->registrar, inputs.registrar.policy, st);
    else
        refuse_and_log(st, decision.refusal, "", decision.rule_name);
}

struct normalize_input request_input(struct worker const *worker,
                                     struct generation const *generation,
                                     struct origin const *origin, sip_t const *sip)
{
    return (struct normalize_input){
        .own = generation->table->own,
        .origin = generation->table->asks_origin ? origin : NULL,
        .is_inside = worker_is_internal(worker, origin->listener),
        /* The access list is asked only if there is something to trust. */
        .trusted = !identity_is_claimed(sip) || worker_is_internal(worker, origin->listener) ||
                   admission_trusts(generation, &origin->peer),
    };
}

void request_arrived(void *vworker, struct server_transaction *st)
{
    struct worker *worker = vworker;
    struct normalized normalized;
    /* The request itself is edited: our answers repeat nothing of what is changed here. */
    msg_t *msg = msg_ref_create(server_transaction_request(st));
    met_inc(&proxy_metrics, M_requests);
    struct normalize_input const input =
        request_input(worker, worker->generation, server_transaction_origin(st), sip_object(msg));
    normalize_request(&input, msg, &normalized);
    met_add(&proxy_metrics, M_identities_removed, normalized.identity_removed);
    if (normalized.refusal) {
        msg_destroy(msg);
        refuse_and_log(st, normalized.refusal, normalized.header,
                       refusal_row(normalized.refusal)->reason);
        return;
    }
    act(worker, st, msg, &normalized);
}
