/* SPDX-License-Identifier: Apache-2.0 */
/* `explain`: see explain.h. The answer is
 *
 *   { "request": "INVITE sip:8123@example.test", "origin": {from, transport, listener, subject},
 *     "steps": [{step, taken, why}...], "verdict": "forward"|"answer"|"register"|"refuse", "rule":
 * "...", "status": 403, "phrase": "...",                       if it is refused or answered
 *     "targets": [{group, name, next_hop, request_uri, addresses: [...], why_not}...],
 *     "headers": [{change: "+"|"-", line}...] }             of the first target that resolves */
#include "explain.h"
#include "acl.h"
#include "admission.h"
#include "branch_message.h"
#include "buf.h"
#include "domain.h"
#include "egress.h"
#include "explain_diff.h"
#include "identity.h"
#include "location_list.h"
#include "message.h"
#include "normalize.h"
#include "proxy.h"
#include "request.h"
#include "route_hops.h"
#include "svc.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { URI_TEXT = 2048, SUBJECT_TEXT = 256 };

struct explain {
    LIST_ENTRY(explain) link;
    struct ctl_call *call;
    struct worker *worker;
    struct generation *generation; /* a reference */
    struct origin origin;
    char subject[SUBJECT_TEXT]; /* of the origin */
    msg_t *request;             /* owned; as it came */
    msg_t *msg;                 /* owned; normalised */
    struct normalized normalized;
    struct route_decision decision;
    msg_t *out;       /* owned; as it is sent to the next hop */
    url_t const *uri; /* where that is; borrowed */
    struct resolve_query *query;
    unsigned next_hop, breadth;
    json_t *result, *steps; /* result owned; steps borrowed from it */
};

static void explain_free(struct explain *explain)
{
    if (explain->query)
        resolve_cancel(&explain->query);
    msg_destroy(explain->request);
    msg_destroy(explain->msg);
    msg_destroy(explain->out);
    location_list_unref(&explain->decision.contacts);
    generation_unref(&explain->generation);
    json_decref(explain->result);
    LIST_REMOVE(explain, link);
    free(explain);
}

static void finish(struct explain *explain)
{
    ctl_reply(explain->call, json_incref(explain->result));
    explain_free(explain);
}

void explain_abort(struct explain *explain)
{
    ctl_fail(explain->call, "unavailable", "the proxy is being closed");
    explain_free(explain);
}

/* --- steps ---------------------------------------------------------------------------------------
 */

static void on_rule(void *ctx, char const *rule, bool taken, char const *why)
{
    struct explain *explain = ctx;
    json_array_append_new(explain->steps,
                          json_pack("{s:s,s:b,s:s}", "step", rule, "taken", taken, "why", why));
}

static void refused(struct explain *explain, enum refusal refusal, char const *rule)
{
    struct refusal_row const *row = refusal_row(refusal);
    json_object_set_new(explain->result, "verdict", json_string("refuse"));
    json_object_set_new(explain->result, "rule", json_string(rule));
    json_object_set_new(explain->result, "status", json_integer(row->status));
    json_object_set_new(explain->result, "phrase", json_string(row->phrase));
}

static bool admit(struct explain *explain)
{
    struct generation const *generation = explain->generation;
    char why[512];
    struct admission admission;
    bool internal = worker_is_internal(explain->worker, explain->origin.listener);
    bool admitted = admission_find(generation, &explain->origin, internal, &admission);
    if (admission.entry)
        (void)snprintf(why, sizeof why, "admitted by %s \"%s\"", admission.entry->rule.pattern,
                       admission.entry->rule.description);
    else
        (void)snprintf(why, sizeof why, "%s",
                       admission.by_certificate ? "no entry, but admitted by its certificate"
                                                : "no entry holds the source address");
    on_rule(explain, "acl", !admitted, why);
    if (admitted)
        return true;
    refused(explain, REFUSAL_acl, "acl");
    if (generation->conf->acl_refusal == PROXY_CONF_REFUSE_SILENCE)
        json_object_set_new(explain->result, "phrase",
                            json_string("acl_refusal is silence: no answer"));
    return false;
}

static bool is_sound(struct explain *explain)
{
    char const *fault = message_fault(explain->request);
    if (fault) {
        on_rule(explain, "message", true, fault);
        json_object_set_new(explain->result, "verdict", json_string("refuse"));
        json_object_set_new(explain->result, "rule", json_string("message"));
        json_object_set_new(explain->result, "status", json_integer(400));
        json_object_set_new(explain->result, "phrase", json_string(fault));
        return false;
    }
    on_rule(explain, "message", false, "well formed");
    return true;
}

static bool normalize(struct explain *explain)
{
    explain->msg = message_copy(explain->request);
    if (!explain->msg) {
        refused(explain, REFUSAL_memory, "memory");
        return false;
    }
    struct normalize_input const input = request_input(explain->worker, explain->generation,
                                                       &explain->origin, sip_object(explain->msg));
    normalize_request(&input, explain->msg, &explain->normalized);
    enum refusal refusal = explain->normalized.refusal;
    if (refusal) {
        on_rule(explain, refusal_row(refusal)->reason, true, refusal_row(refusal)->phrase);
        refused(explain, refusal, refusal_row(refusal)->reason);
        return false;
    }
    on_rule(explain, "normalize", false,
            explain->normalized.route_was_ours
                ? "no loop, hops left; a Route that names us was taken off"
                : "no loop, hops left");
    if (explain->normalized.identity_removed)
        on_rule(explain, "identity", false, "the source is not trusted to say who its users are");
    bool own = domain_owns(explain->generation->table->own,
                           sip_object(explain->msg)->sip_request->rq_url, NULL);
    on_rule(explain, "own domain", false,
            own ? "the Request-URI means this node" : "the Request-URI means somebody else");
    return true;
}

/* --- targets -------------------------------------------------------------------------------------
 */

static void next_target(struct explain *explain);

static json_t *uri_text(url_t const *uri)
{
    char text[URI_TEXT];
    return uri && url_e(text, sizeof text, uri) > 0 ? json_string(text) : json_null();
}

static struct egress_hint hint_of(struct explain *explain, struct route_hop const *hop)
{
    return egress_hint_of(explain->worker, explain->generation->table, hop,
                          explain->origin.listener, explain->normalized.out_listener);
}

/* What the message loses and gains on its way through us, were it sent to @p to. */
static void show_headers(struct explain *explain, struct route_hop const *hop,
                         struct destination const *to)
{
    struct destination way = *to;
    struct egress_hint const hint = hint_of(explain, hop);
    if (egress_choose_listener(explain->worker, &way, &hint) < 0)
        return;
    struct transport *transport = stack_transport(explain->worker->stack);
    char added[BRANCH_MESSAGE_LINES];
    if (!hop->internal && !admission_trusts(explain->generation, &way.addr))
        (void)identity_conceal(explain->out);
    if (branch_message_lines(sip_object(explain->out), transport, explain->origin.listener,
                             way.listener, explain->breadth, added) == 0)
        (void)message_add_lines(explain->out, added);
    json_t *lines = explain_diff(explain->request, explain->out);
    explain_diff_via(lines, transport, way.listener);
    json_object_set_new(explain->result, "headers", lines);
}

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct explain *explain = ctx;
    struct route_hop const *hop = &explain->decision.hops[explain->next_hop++];
    json_t *addresses = json_array();
    explain->query = NULL;
    for (size_t i = 0; i < n; i++) {
        char text[NET_ADDR_TEXT];
        json_array_append_new(addresses, json_sprintf("%s:%s", transport_kind_name(list[i].kind),
                                                      net_addr_print(&list[i].addr, text)));
    }
    json_array_append_new(json_object_get(explain->result, "targets"),
                          json_pack("{s:i,s:s?,s:o,s:o,s:o,s:s?}", "group", (int)hop->group, "name",
                                    hop->name, "next_hop", uri_text(explain->uri), "request_uri",
                                    uri_text(hop->request_uri), "addresses", addresses, "why_not",
                                    why_not));
    if (n > 0 && !json_object_get(explain->result, "headers"))
        show_headers(explain, hop, &list[0]);
    if (explain->next_hop == explain->decision.n_hops)
        finish(explain);
    else
        next_target(explain);
}

static void next_target(struct explain *explain)
{
    struct route_hop const *hop = &explain->decision.hops[explain->next_hop];
    struct egress_hint const hint = hint_of(explain, hop);
    msg_destroy(explain->out);
    explain->out = message_copy(explain->msg);
    explain->uri = explain->out ? branch_message_edit(explain->out, hop) : NULL;
    url_t const *uri = explain->uri;
    struct resolve_query *query = uri ? egress_resolve(explain->worker, sip_object(explain->out),
                                                       uri, &hint, resolved, explain)
                                      : NULL;
    if (query)
        explain->query = query; /* not NULL: resolved() has not run, the object lives */
    else if (!uri)
        resolved(explain, NULL, 0, "out of memory");
}

/* The list that forward.c would work through, and what its first target gets of Max-Breadth. */
static void trim(struct explain *explain)
{
    struct proxy_conf const *conf = explain->generation->conf;
    unsigned breadth = branch_message_take_breadth(explain->msg, (unsigned)conf->max_breadth);
    if (route_hops_trim(&explain->decision, (unsigned)conf->max_branches))
        on_rule(explain, "max_branches", false, "further targets are left out");
    explain->breadth = branch_message_share(breadth, route_hops_first_group(&explain->decision));
}

static void show_decision(struct explain *explain)
{
    struct route_decision const *decision = &explain->decision;
    if (decision->verdict == ROUTE_REFUSE) {
        refused(explain, decision->refusal, decision->rule_name);
        finish(explain);
        return;
    }
    static char const *const verdicts[] = {
        [ROUTE_ANSWER] = "answer", [ROUTE_REGISTER] = "register", [ROUTE_FORWARD] = "forward"
    };
    json_object_set_new(explain->result, "verdict", json_string(verdicts[decision->verdict]));
    json_object_set_new(explain->result, "rule", json_string(decision->rule_name));
    if (decision->verdict != ROUTE_FORWARD) {
        if (decision->verdict == ROUTE_ANSWER)
            json_object_set_new(explain->result, "status", json_integer(200));
        json_object_set_new(explain->result, "phrase", json_string(decision->reason));
        finish(explain);
        return;
    }
    json_object_set_new(explain->result, "targets", json_array());
    trim(explain);
    next_target(explain);
}

/* --- the question --------------------------------------------------------------------------------
 */

/* Can a peer have come by this one with a certificate? */
static bool asks(struct worker const *worker, uint16_t listener)
{
    struct secure_set const *set = &worker->generation->contexts;
    char const *name = transport_listener_context(stack_transport(worker->stack), listener);
    int place = secure_set_find(set, name);
    return place >= 0 && secure_context_asks(secure_set_at(set, place));
}

static int find_listener(struct worker const *worker, struct origin const *origin, bool internal)
{
    struct transport *transport = stack_transport(worker->stack);
    for (uint16_t i = 0; i < transport_listeners(transport); i++)
        if (transport_listener_kind(transport, i) == origin->kind &&
            worker_is_internal(worker, i) == internal && (!origin->tls_subject || asks(worker, i)))
            return i;
    return -1;
}

/* NULL, or what is wrong with the arguments. */
static char const *read_origin(struct worker const *worker, json_t const *args, struct origin *ret)
{
    char const *from = ctl_arg(args, "from"), *name = ctl_arg(args, "transport");
    char const *internal = ctl_arg(args, "internal");
    *ret = (struct origin){ .tls_subject = ctl_arg(args, "subject") };
    if (!from || net_addr_parse(&ret->peer, from, 5060) < 0)
        return "from wants ADDRESS[:PORT]";
    while (ret->kind < TRANSPORT_KINDS &&
           strcasecmp(transport_kind_name(ret->kind), name ? name : "udp") != 0)
        ret->kind++;
    if (ret->kind == TRANSPORT_KINDS)
        return "transport wants udp, tcp or tls";
    if (ret->tls_subject && ret->kind != TRANSPORT_TLS)
        return "a subject comes with transport tls only";
    int listener = find_listener(worker, ret, internal && strcmp(internal, "yes") == 0);
    if (listener < 0)
        return ret->tls_subject ? "no such listener asks for a certificate"
                                : "there is no such listener of this transport";
    ret->listener = (uint16_t)listener;
    ret->local = *transport_listener_addr(stack_transport(worker->stack), ret->listener);
    return NULL;
}

static json_t *begin_result(struct explain const *explain)
{
    char peer[NET_ADDR_TEXT], local[NET_ADDR_TEXT];
    sip_request_t const *line = sip_object(explain->request)->sip_request;
    json_t *uri = uri_text(line->rq_url);
    char const *context = transport_listener_context(stack_transport(explain->worker->stack),
                                                     explain->origin.listener);
    json_t *result = json_pack("{s:o,s:{s:s,s:s,s:s,s:s,s:s?},s:[]}", "request",
                               json_sprintf("%s %s", line->rq_method_name,
                                            json_is_string(uri) ? json_string_value(uri) : "?"),
                               "origin", "from", net_addr_print(&explain->origin.peer, peer),
                               "transport", transport_kind_name(explain->origin.kind), "listener",
                               net_addr_print(&explain->origin.local, local), "context", context,
                               "subject", explain->origin.tls_subject, "steps");
    json_decref(uri);
    return result;
}

static struct explain *explain_new(struct worker *worker, struct ctl_call *call,
                                   struct origin const *origin, msg_t *request)
{
    struct explain *explain = calloc(1, sizeof *explain);
    if (!explain)
        return NULL;
    explain->call = call;
    explain->worker = worker;
    explain->generation = generation_ref(worker->generation);
    explain->origin = *origin;
    if (origin->tls_subject) {
        (void)snprintf(explain->subject, sizeof explain->subject, "%s", origin->tls_subject);
        explain->origin.tls_subject = explain->subject;
    }
    explain->request = request;
    explain->result = begin_result(explain);
    explain->steps = json_object_get(explain->result, "steps");
    LIST_INSERT_HEAD(&worker->explains, explain, link);
    return explain;
}

static void run(struct explain *explain)
{
    if (!admit(explain) || !is_sound(explain) || !normalize(explain)) {
        finish(explain);
        return;
    }
    struct route_inputs const inputs = worker_route_inputs(explain->worker);
    struct route_request const request = { sip_object(explain->msg),
                                           explain->normalized.route_was_ours,
                                           explain->normalized.no_hops_left };
    struct route_trace const trace = { on_rule, explain };
    route_decide(&inputs, &explain->origin, &request, &trace, &explain->decision);
    show_decision(explain);
}

void explain_start(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy *proxy = svc_state(svc);
    char const *text = ctl_arg(args, "message");
    struct origin origin;
    char const *wrong = read_origin(&proxy->worker, args, &origin);
    if (wrong) {
        ctl_fail(call, "bad-argument", "%s", wrong);
        return;
    }
    msg_t *request = text ? message_parse(text, strlen(text)) : NULL;
    if (!request || !sip_object(request)->sip_request) {
        msg_destroy(request);
        ctl_fail(call, "bad-argument", "this is not a SIP request");
        return;
    }
    struct explain *explain = explain_new(&proxy->worker, call, &origin, request);
    if (explain) {
        run(explain);
    } else {
        msg_destroy(request);
        ctl_fail(call, "unavailable", "out of memory");
    }
}
