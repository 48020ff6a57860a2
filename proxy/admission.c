/* SPDX-License-Identifier: Apache-2.0 */
/* Admission of a source: see admission.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "admission.h"
#include "clock.h"
#include "decision_note.h"
#include "log.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "refusal.h"
#include "transaction.h"

bool admission_find(struct generation const *generation, struct origin const *from, bool internal,
                    struct admission *ret)
{
    ret->entry = acl_find(generation->acl, &from->peer);
    if (!ret->entry && internal)
        ret->entry = acl_find(generation->internal_acl, &from->peer);
    ret->by_certificate =
        !ret->entry && from->tls_subject != NULL && generation->conf->acl_tls_peers;
    return ret->entry || ret->by_certificate;
}

bool admission_trusts(struct generation const *generation, struct net_addr const *addr)
{
    return acl_is_trusted(generation->acl, addr);
}

static void count(sip_t const *request)
{
    sip_method_t method = request->sip_request->rq_method;
    if (method == sip_method_ack) {
        met_inc(&proxy_metrics, M_acks);
        met_inc(&proxy_metrics, M_acks_dropped);
        return; /* not a request refused: nobody is answered */
    }
    if (method != sip_method_cancel)
        met_inc(&proxy_metrics, M_requests);
    met_inc(&proxy_metrics, refusal_row(REFUSAL_acl)->metric);
}

static void log_refused(struct worker *worker, struct origin const *from, sip_t const *request)
{
    uint64_t suppressed;
    char source[NET_ADDR_TEXT];
    if (log_sources_due(worker->proxy->acl_log, &from->peer, clock_now_ms(), &suppressed))
        log_warn(NULL,
                 "request refused reason=acl source=%s transport=%s method=\"%s\" "
                 "suppressed=%llu",
                 net_addr_print(&from->peer, source), transport_kind_name(from->kind),
                 request->sip_request->rq_method_name, (unsigned long long)suppressed);
}

int admission_ask(void *vworker, struct origin const *from, sip_t const *request,
                  char const **ret_phrase)
{
    struct worker *worker = vworker;
    struct admission admission;
    bool internal = worker_is_internal(worker, from->listener);
    if (admission_find(worker->generation, from, internal, &admission)) {
        worker->admitted_by = admission.entry ? admission.entry->rule.pattern : "certificate";
        if (request && admission.entry)
            acl_hit(admission.entry);
        return TRANSACTION_ADMITTED;
    }
    if (request) {
        count(request);
        decision_note_stranger(worker, from);
        log_refused(worker, from, request);
    }
    if (worker->generation->conf->acl_refusal == PROXY_CONF_REFUSE_SILENCE)
        return TRANSACTION_SILENCE;
    *ret_phrase = refusal_row(REFUSAL_acl)->phrase;
    return refusal_row(REFUSAL_acl)->status;
}
