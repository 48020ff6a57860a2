/* SPDX-License-Identifier: Apache-2.0 */
/* `probe peer`: see probe.h. The answer is
 *
 *   { "peer": "hop.example:5061", "uri": "sip:hop.example:5061;transport=tls",
 *     "chosen": "the port is one of TLS",           why that transport
 *     "verdict": "ok" | "warning" | "failed",       the worst of all
 *     "dns": { step, verdict, ms, ..., "questions": [{question, answer}...] },
 *     "addresses": [ probe_report_attempt()... ] } */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "probe.h"
#include "clock.h"
#include "domain.h"
#include "log.h"
#include "next_hop.h"
#include "peer_watch.h"
#include "probe_attempt.h"
#include "probe_report.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "svc.h"
#include <ctype.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANY_TRANSPORT = -1, NAME_BYTES = 256, URI_BYTES = 400, TLS_PORT = 5061, TLS_PEER_PORT };

struct probe_run {
    LIST_ENTRY(probe_run) link;
    struct ctl_call *call;
    struct worker *worker;
    struct probe_plan plan;
    char name[URI_BYTES];
    char server_name[NAME_BYTES];
    su_home_t home[1]; /* of plan.uri */
    struct resolve_query *query;
    LIST_HEAD(, probe_attempt) attempts;
    unsigned pending;
    json_t *report;
    json_t *questions; /* borrowed from the report, in the end */
    struct probe_step dns;
};

static void run_free(struct probe_run *run)
{
    struct probe_attempt *attempt;
    if (run->query)
        resolve_cancel(&run->query);
    while ((attempt = LIST_FIRST(&run->attempts))) {
        LIST_REMOVE(attempt, link);
        probe_attempt_free(&attempt);
    }
    json_decref(run->report);
    json_decref(run->questions);
    generation_unref(&run->plan.generation);
    su_home_deinit(run->home);
    LIST_REMOVE(run, link);
    run->worker->n_probes--;
    free(run);
}

void probe_abort(struct probe_run *run)
{
    ctl_fail(run->call, "unavailable", "the proxy is being closed");
    run_free(run);
}

/* --- the end -----------------------------------------------------------------------------------
 */

static void tell(struct probe_run *run, enum probe_verdict verdict)
{
    met_inc(&proxy_metrics, M_peer_checks);
    if (verdict == PROBE_FAILED)
        met_inc(&proxy_metrics, M_peer_checks_failed);
    log_info(NULL, "peer probed uri=\"%s\" verdict=%s", run->name,
             probe_report_verdict((unsigned)verdict));
}

static void finish(struct probe_run *run)
{
    enum probe_verdict worst = run->dns.verdict;
    struct probe_attempt const *attempt;
    json_t *addresses = json_array(), *dns = probe_report_step("dns", &run->dns);
    LIST_FOREACH(attempt, &run->attempts, link)
    {
        enum probe_verdict verdict = probe_attempt_verdict(attempt);
        worst = verdict > worst ? verdict : worst;
        json_array_append_new(addresses, probe_report_attempt(attempt));
    }
    json_object_set(dns, "questions", run->questions);
    json_object_set_new(run->report, "dns", dns);
    json_object_set_new(run->report, "addresses", addresses);
    json_object_set_new(run->report, "verdict", json_string(probe_report_verdict((unsigned)worst)));
    tell(run, worst);
    ctl_reply(run->call, json_incref(run->report));
    run_free(run);
}

/* plan.done: also from inside the start of an attempt, and then others may not have begun. */
static void on_attempt_done(void *ctx)
{
    struct probe_run *run = ctx;
    if (--run->pending == 0)
        finish(run);
}

/* --- the way -----------------------------------------------------------------------------------
 */

static void on_note(void *ctx, char const *question, char const *answer)
{
    struct probe_run *run = ctx;
    json_array_append_new(run->questions,
                          json_pack("{s:s,s:s}", "question", question, "answer", answer));
}

/* In the order of the DNS. */
static void add_attempts(struct probe_run *run, struct destination const *list, size_t n)
{
    struct probe_attempt *last = NULL;
    for (size_t i = 0; i < n; i++) {
        struct probe_attempt *attempt = probe_attempt_new(&run->plan, &list[i], (unsigned)i + 1);
        if (!attempt)
            continue;
        if (last)
            LIST_INSERT_AFTER(last, attempt, link);
        else
            LIST_INSERT_HEAD(&run->attempts, attempt, link);
        last = attempt;
        run->pending++;
    }
}

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct probe_run *run = ctx;
    struct probe_attempt *attempt, *next;
    run->query = NULL;
    run->dns.took_us = clock_now_us() - run->dns.begun_us;
    run->dns.verdict = PROBE_OK;
    run->pending = 1; /* of this function */
    if (n > 0)
        add_attempts(run, list, n);
    if (run->pending == 1) {
        run->dns.verdict = PROBE_FAILED;
        run->dns.finding = probe_cause_find(n ? PROBE_CAUSE_memory : PROBE_CAUSE_unresolved);
        (void)snprintf(run->dns.detail, sizeof run->dns.detail, "%s", why_not ? why_not : "");
    }
    for (attempt = LIST_FIRST(&run->attempts); attempt; attempt = next) {
        next = LIST_NEXT(attempt, link);
        probe_attempt_start(attempt);
    }
    on_attempt_done(run);
}

static void resolve(struct probe_run *run)
{
    struct worker *worker = run->worker;
    run->dns.begun_us = clock_now_us();
    struct resolve_query *query =
        resolve_uri_anew(stack_resolver(worker->stack), run->plan.uri,
                         egress_fallback(worker, &run->plan.hint), on_note, resolved, run);
    if (query)
        run->query = query; /* not NULL: resolved() has not run, the object lives */
}

/* --- the question ------------------------------------------------------------------------------
 */

/* HOST[:PORT], taken apart. */
struct target {
    char host[NAME_BYTES]; /* without brackets */
    bool is_v6;
    uint16_t port; /* 0: none */
    int transport; /* ANY_TRANSPORT: as the DNS says */
    char const *chosen;
    struct peer_watch_entry const *known; /* the next hop of the configuration that it is */
};

/* A whole number of 1 to 65535 and nothing else, or 0. */
static uint16_t parse_port(char const *text)
{
    char *end;
    unsigned long port = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
    return port > 0 && port <= UINT16_MAX && !*end ? (uint16_t)port : 0;
}

static bool parse_peer(char const *text, struct target *ret)
{
    struct net_addr addr;
    char host[NET_ADDR_TEXT];
    if (net_addr_parse(&addr, text, 0) == 0) {
        ret->port = net_addr_port(&addr);
        ret->is_v6 = addr.sa.sa_family == AF_INET6;
        (void)snprintf(ret->host, sizeof ret->host, "%s", net_addr_print_host(&addr, host));
        return true;
    }
    size_t len = strcspn(text, ":");
    if (len == 0 || len >= sizeof ret->host)
        return false;
    ret->port = text[len] ? parse_port(text + len + 1) : 0;
    for (size_t i = 0; i < len; i++)
        ret->host[i] = (char)tolower((unsigned char)text[i]);
    ret->host[len] = '\0';
    return !(text[len] && !ret->port) && !next_hop_check(ret->host);
}

static bool parse_transport(char const *text, int *ret)
{
    *ret = ANY_TRANSPORT;
    for (int kind = 0; text && kind < TRANSPORT_KINDS; kind++)
        if (strcasecmp(transport_kind_name((enum transport_kind)kind), text) == 0)
            *ret = kind;
    return !text || *ret != ANY_TRANSPORT;
}

/* ANY_TRANSPORT: the URI does not say. */
static int transport_of(url_t const *uri)
{
    char text[8] = "";
    int transport = ANY_TRANSPORT;
    if (uri->url_type == url_sips)
        return TRANSPORT_TLS;
    if (uri->url_params && url_param(uri->url_params, "transport", text, sizeof text))
        (void)parse_transport(text, &transport);
    return transport;
}

static struct peer_watch_entry const *find_known(struct generation const *generation,
                                                 struct target const *target)
{
    struct peer_watch_entry const *entry = NULL;
    while ((entry = peer_watch_next(generation->watch, entry))) {
        char const *host = entry->uri->url_host;
        size_t skip = host[0] == '[';
        unsigned port = entry->uri->url_port ? parse_port(entry->uri->url_port) : 0;
        if (strncasecmp(host + skip, target->host, strlen(target->host)) == 0 &&
            strlen(host) == strlen(target->host) + 2 * skip &&
            (!target->port || target->port == port))
            return entry;
    }
    return NULL;
}

/* Without --transport: what is meant most likely, and why. */
static void choose_transport(struct target *target, bool speaks_of_tls)
{
    if (target->transport != ANY_TRANSPORT) {
        target->chosen = "asked for";
    } else if (speaks_of_tls) {
        target->transport = TRANSPORT_TLS;
        target->chosen = "context and sni belong to TLS";
    } else if (target->known) {
        target->transport = transport_of(target->known->uri);
        target->chosen = "a next hop of the configuration";
    } else if (target->port == TLS_PORT || target->port == TLS_PEER_PORT) {
        target->transport = TRANSPORT_TLS;
        target->chosen = "the port is one of TLS";
    } else {
        target->chosen = "as the DNS says";
    }
}

static struct egress_hint hint_of(struct worker const *worker, struct generation const *generation,
                                  struct target const *target)
{
    struct peer_way way = { .listener = DOMAIN_ANY_LISTENER };
    if (target->known)
        way = peers_way(target->known->peer);
    return (struct egress_hint){
        .in_listener = worker->proxy->first_internal,
        .internal = way.internal,
        .out_listener = DOMAIN_ANY_LISTENER,
        .named = way.listener,
        .preferred = egress_listener(worker, generation->table->preferred_listener),
    };
}

static void print_name(struct probe_run *run, struct target const *target)
{
    char port[8] = "", transport[16] = "";
    if (target->port)
        (void)snprintf(port, sizeof port, ":%u", target->port);
    if (target->known && !target->port && target->known->uri->url_port)
        (void)snprintf(port, sizeof port, ":%s", target->known->uri->url_port);
    if (target->transport != ANY_TRANSPORT)
        (void)snprintf(transport, sizeof transport, ";transport=%s",
                       transport_kind_name((enum transport_kind)target->transport));
    (void)snprintf(run->name, sizeof run->name, "sip:%s%s%s%s%s", target->is_v6 ? "[" : "",
                   target->host, target->is_v6 ? "]" : "", port, transport);
}

static struct probe_run *run_new(struct worker *worker, struct ctl_call *call, struct tap *tap,
                                 struct target const *target, char const *peer)
{
    struct probe_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->call = call;
    run->worker = worker;
    LIST_INIT(&run->attempts);
    LIST_INSERT_HEAD(&worker->probes, run, link);
    worker->n_probes++;
    su_home_init(run->home);
    print_name(run, target);
    run->report =
        json_pack("{s:s,s:s,s:s}", "peer", peer, "uri", run->name, "chosen", target->chosen);
    run->questions = json_array();
    run->plan = (struct probe_plan){
        .worker = worker,
        .generation = generation_ref(worker->generation),
        .uri = url_make(run->home, run->name),
        .name = run->name,
        .server_name = run->server_name,
        .hint = hint_of(worker, worker->generation, target),
        .tap = tap,
        .done = on_attempt_done,
        .ctx = run,
    };
    return run;
}

/* NULL, or what is wrong with the arguments. */
static char const *read_target(struct generation const *generation, json_t const *args,
                               struct target *ret)
{
    char const *peer = ctl_arg(args, "peer"), *sni = ctl_arg(args, "sni");
    *ret = (struct target){ .port = 0 };
    if (!peer || !parse_peer(peer, ret))
        return "peer wants HOST[:PORT]";
    if (!parse_transport(ctl_arg(args, "transport"), &ret->transport))
        return "transport wants udp, tcp or tls";
    if (sni && (!*sni || strlen(sni) >= NAME_BYTES || next_hop_check(sni)))
        return "sni wants a name or an address";
    ret->known = find_known(generation, ret);
    choose_transport(ret, sni || ctl_arg(args, "context"));
    return NULL;
}

void probe_start(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct worker *worker = &((struct proxy *)svc_state(svc))->worker;
    struct generation const *generation = worker->generation;
    char const *context = ctl_arg(args, "context"), *sni = ctl_arg(args, "sni");
    struct target target;
    char const *wrong = read_target(generation, args, &target);
    int place =
        context ? secure_set_find(&generation->contexts, context) : generation->contexts.client;
    if (wrong) {
        ctl_fail(call, "bad-argument", "%s", wrong);
        return;
    }
    if (context && place < 0) {
        ctl_fail(call, "not-found", "there is no TLS context called \"%s\"", context);
        return;
    }
    if (worker->n_probes >= (size_t)generation->conf->probe_max) {
        ctl_fail(call, "unavailable", "probe_max probes run already: try again in a moment");
        return;
    }
    struct probe_run *run = run_new(worker, call, svc_tap(svc), &target, ctl_arg(args, "peer"));
    if (!run) {
        ctl_fail(call, "unavailable", "out of memory");
        return;
    }
    run->plan.context = secure_set_at(&generation->contexts, place);
    (void)snprintf(run->server_name, sizeof run->server_name, "%s", sni ? sni : target.host);
    for (char *c = run->server_name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (run->plan.uri) {
        resolve(run);
        return;
    }
    ctl_fail(call, "unavailable", "out of memory");
    run_free(run);
}
