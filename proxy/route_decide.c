/* SPDX-License-Identifier: Apache-2.0 */
/* The decision: see route_decide.h. Each step returns true when it has decided. */
#include "route_decide.h"
#include "domain.h"
#include "federation.h"
#include "federation_conf.h"
#include "htab.h"
#include "location.h"
#include "origin.h"
#include "registrar_policy.h"
#include "route_registrar.h"
#include "static_select.h"
#include "store_users.h"
#include <stddef.h>
#include <string.h>

struct step {
    struct route_inputs const *inputs;
    struct route_table const *table; /* of the inputs */
    struct federation const *federation;
    struct route_request const *request;
    struct route_pred_input input;
    struct route_trace const *trace;
    bool own; /* the Request-URI means us */
};

static bool tell(struct step const *step, char const *rule, bool taken, char const *why)
{
    if (step->trace)
        step->trace->on_rule(step->trace->ctx, rule, taken, why);
    return taken;
}

static bool decide(struct step const *step, struct route_decision *ret, enum route_verdict verdict,
                   char const *rule, char const *reason)
{
    ret->verdict = verdict;
    ret->rule_name = rule;
    ret->reason = reason;
    return tell(step, rule, true, reason);
}

static bool forward(struct step const *step, struct route_decision *ret,
                    struct route_hop const *hop, char const *rule, char const *reason)
{
    ret->hops[0] = *hop;
    ret->n_hops = 1;
    return decide(step, ret, ROUTE_FORWARD, rule, reason);
}

/* Where the message itself says. */
static bool follow(struct step const *step, struct route_decision *ret, char const *rule,
                   char const *reason)
{
    return forward(step, ret, &(struct route_hop){ .uri = NULL }, rule, reason);
}

static bool refuse(struct step const *step, struct route_decision *ret, enum refusal refusal,
                   char const *rule, char const *reason)
{
    ret->refusal = refusal;
    return decide(step, ret, ROUTE_REFUSE, rule, reason);
}

/* maddr says where a request goes, whatever the host is (RFC 3261 §16.5); one that names us has
 * been removed by normalize_request(). */
static bool is_own(struct step const *step)
{
    url_t const *uri = step->request->sip->sip_request->rq_url;
    return !url_has_param(uri, "maddr") && domain_owns(step->table->own, uri, NULL);
}

/* RFC 3261 §11. Without hops left, somebody else's OPTIONS is refused as any other request: the
 * answer would say of him what is true of us (RFC 4475 3.3.11). */
static bool try_options(struct step const *step, struct route_decision *ret)
{
    sip_t const *sip = step->request->sip;
    url_t const *uri = sip->sip_request->rq_url;
    if (sip->sip_request->rq_method != sip_method_options)
        return false;
    if (step->own && (!uri->url_user || !*uri->url_user) && !sip->sip_route)
        return decide(step, ret, ROUTE_ANSWER, "options", "OPTIONS addressed to the proxy itself");
    if (step->request->no_hops_left)
        return refuse(step, ret, REFUSAL_max_forwards, "options",
                      "OPTIONS for somebody else came with Max-Forwards 0");
    return tell(step, "options", false, "OPTIONS for somebody else");
}

static bool try_dialog(struct step const *step, struct route_decision *ret)
{
    sip_t const *sip = step->request->sip;
    bool has_tag = sip->sip_to && sip->sip_to->a_tag && *sip->sip_to->a_tag;
    if (!has_tag || !step->request->route_was_ours)
        return tell(step, "dialog", false, "no To tag, or no Route that names us");
    if (!sip->sip_route && step->own)
        return tell(step, "dialog", false, "its remote target is the proxy itself");
    ret->in_dialog = true;
    return follow(step, ret, "dialog", "request inside a dialog, by its route set");
}

/* A route set of the sender beyond us: it chose the way (RFC 3261 §16.6 step 6). */
static bool try_sender_route(struct step const *step, struct route_decision *ret)
{
    if (!step->request->sip->sip_route)
        return false;
    if (!step->table->relay_foreign)
        return refuse(step, ret, REFUSAL_relay, "route-header", "Route leads to another host");
    return follow(step, ret, "route-header", "Route leads on");
}

/* NULL if all predicates of the rule hold, else why the rule is not for this request. */
static char const *mismatch(struct step const *step, struct route_rule const *rule)
{
    if (!rule->names_domain && !step->own)
        return "for the own domain only";
    for (size_t i = 0; i < rule->n_preds; i++)
        if (!route_pred_holds(&rule->preds[i], &step->input))
            return rule->preds[i].row->misses;
    return NULL;
}

static struct route_hop hop_of_target(struct route_table const *table,
                                      struct route_target const *target)
{
    return (struct route_hop){
        .name = target->name,
        .uri = target->uri,
        .internal = target->internal,
        .listener =
            target->listener || target->internal ? target->listener : table->preferred_listener,
    };
}

static bool try_method_routes(struct step const *step, struct route_decision *ret)
{
    if (!step->table->method_routing)
        return tell(step, "method_routes", false, "method_routing is off");
    for (size_t i = 0; i < step->table->n_rules; i++) {
        struct route_rule const *rule = &step->table->rules[i];
        char const *why_not = mismatch(step, rule);
        if (why_not) {
            (void)tell(step, rule->name, false, why_not);
            continue;
        }
        ret->rule = rule;
        struct route_hop const hop = hop_of_target(step->table, rule->to);
        return forward(step, ret, &hop, rule->name, "all predicates hold");
    }
    return false;
}

/* --- registrar ----------------------------------------------------------------------------------
 */

static bool is_user(struct step const *step, char const *aor, char const *domain)
{
    size_t len = strlen(aor) - strlen(domain) - 1;
    char name[CONTACT_URI_AOR];
    memcpy(name, aor, len);
    name[len] = '\0';
    return store_users_exists(step->inputs->registrar.users, name, domain);
}

static bool try_registrar(struct step const *step, struct route_decision *ret)
{
    struct registrar_policy const *policy = step->inputs->registrar.policy;
    sip_request_t const *line = step->request->sip->sip_request;
    char aor[CONTACT_URI_AOR];
    char const *domain;
    if (!policy || !step->own)
        return false;
    if (line->rq_method == sip_method_register)
        return decide(step, ret, ROUTE_REGISTER, "registrar", "REGISTER for the own domain");
    if (registrar_policy_aor(policy, line->rq_url, aor, &domain) < 0)
        return tell(step, "registrar", false, "the Request-URI names no user");
    ret->contacts = location_find(step->inputs->registrar.location, aor);
    if (ret->contacts)
        ret->n_hops = route_registrar_hops(ret->contacts, ret->hops);
    if (ret->n_hops > 0)
        return decide(step, ret, ROUTE_FORWARD, "registrar", "the user has registered contacts");
    location_list_unref(&ret->contacts);
    ret->offline = is_user(step, aor, domain);
    return tell(step, "registrar", false,
                ret->offline ? "the user has not registered" : "nobody has registered that name");
}

/* --- static routes -------------------------------------------------------------------------------
 */

/* One call, one order, on every worker: from the Call-ID, keyed at random or by the configuration.
 */
static uint64_t order_seed(struct step const *step)
{
    char const *id = step->request->sip->sip_call_id ? step->request->sip->sip_call_id->i_id : "";
    uint64_t hash = step->table->route_seed;
    if (hash == 0)
        return htab_hash(id, strlen(id), 0);
    for (hash ^= UINT64_C(0xcbf29ce484222325); *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT64_C(0x100000001b3); /* FNV-1a */
    return hash;
}

/* Each route is a group of its own: one after the other. */
static bool try_statics(struct step const *step, struct route_decision *ret,
                        struct static_selection const *found)
{
    ret->static_cut |= found->cut;
    if (found->verdict == STATIC_NOTHING)
        return false;
    ret->static_route = found->routes[0];
    if (found->verdict == STATIC_BLOCKED)
        return refuse(step, ret, step->table->blocked, found->routes[0]->name,
                      "the static route that matches best blocks");
    for (unsigned i = 0; i < found->n; i++)
        ret->hops[i] = (struct route_hop){ .group = i,
                                           .name = found->routes[i]->hop->text,
                                           .uri = found->routes[i]->hop->uri,
                                           .listener = step->table->preferred_listener,
                                           .route = found->routes[i] };
    ret->n_hops = found->n;
    return decide(step, ret, ROUTE_FORWARD, found->routes[0]->name,
                  "the static route that matches best");
}

/* Numbers are for the own domain first, other domains go by their name first. What is looked at
 * second is looked at only if the first finds nothing. */
static bool try_static_routes(struct step const *step, struct route_decision *ret)
{
    struct route_inputs const *inputs = step->inputs;
    struct static_selection found;
    struct static_query query = {
        .table = step->table->statics,
        .uri = step->request->sip->sip_request->rq_url,
        .usable = inputs->usable,
        .usable_ctx = inputs->usable_ctx,
        .trace = step->trace,
    };
    if (static_table_count(query.table) == 0)
        return false;
    if (url_has_param(query.uri, "maddr"))
        return tell(step, "static_routes", false, "maddr says where the request goes");
    query.seed = order_seed(step);
    for (unsigned i = 0; i < 2; i++) {
        query.mode = step->own == (i == 0) ? PATTERN_USER : PATTERN_DOMAIN;
        static_select(&query, &found);
        if (try_statics(step, ret, &found))
            return true;
    }
    return tell(step, "static_routes", false, "no pattern in service matches");
}

static bool forward_federated(struct step const *step, struct route_decision *ret,
                              struct federation_entry const *entry)
{
    struct route_table const *table = step->table;
    if (entry->conf->federation == FEDERATION_CONF_XMPP) {
        if (!table->xmpp_gateway)
            return refuse(step, ret, REFUSAL_xmpp_gateway, entry->rule,
                          "federated by XMPP, and there is no xmpp_gateway");
        struct route_hop const hop = hop_of_target(table, table->xmpp_gateway);
        return forward(step, ret, &hop, entry->rule, "federated by XMPP: to the gateway");
    }
    struct route_hop hop = { .uri = entry->uri };
    if (entry->uri) {
        hop.name = entry->via;
        hop.listener = table->preferred_listener;
    }
    if (entry->conf->listener && *entry->conf->listener)
        hop.listener = entry->conf->listener;
    return forward(step, ret, &hop, entry->rule,
                   hop.uri ? "federated by SIP: to its next hop" : "federated by SIP: by DNS");
}

static bool try_federation(struct step const *step, struct route_decision *ret)
{
    url_t const *uri = step->request->sip->sip_request->rq_url;
    if (step->own || !step->federation || !uri->url_host)
        return false;
    if (url_has_param(uri, "maddr"))
        return tell(step, "federation", false, "maddr says where the request goes");
    ret->federated = federation_find(step->federation, uri->url_host);
    if (!ret->federated)
        return tell(step, "federation", false, "the domain is not one of the federated ones");
    return forward_federated(step, ret, ret->federated);
}

static void take_the_rest(struct step const *step, struct route_decision *ret)
{
    if (ret->offline)
        (void)refuse(step, ret, REFUSAL_offline, "registrar", "a user who has not registered");
    else if (step->own)
        (void)refuse(step, ret, REFUSAL_no_route, "own-domain", "own domain, and no route matches");
    else if (!step->table->relay_foreign)
        (void)refuse(step, ret, REFUSAL_relay, "relay", "another domain, and relay_foreign is off");
    else
        (void)follow(step, ret, "relay", "another domain, by DNS");
}

void route_decide(struct route_inputs const *inputs, struct origin const *origin,
                  struct route_request const *request, struct route_trace const *trace,
                  struct route_decision *ret)
{
    struct step step = { .inputs = inputs,
                         .table = inputs->table,
                         .federation = inputs->federation,
                         .request = request,
                         .input = { .sip = request->sip,
                                    .origin = origin,
                                    .acl = inputs->acl,
                                    .is_inside = inputs->first_internal > 0 &&
                                                 origin->listener >= inputs->first_internal },
                         .trace = trace };
    /* Not as a whole: the list of hops is long, and most decisions fill one. */
    memset(ret, 0, offsetof(struct route_decision, hops));
    ret->rule_name = ret->reason = "";
    step.own = is_own(&step);
    if (!try_options(&step, ret) && !try_dialog(&step, ret) && !try_sender_route(&step, ret) &&
        !try_method_routes(&step, ret) && !try_registrar(&step, ret) &&
        !try_static_routes(&step, ret) && !try_federation(&step, ret))
        take_the_rest(&step, ret);
}
