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
#include "log.h"
#include "probe_attempt.h"
#include "probe_report.h"
#include "probe_target.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "svc.h"
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <stdlib.h>

struct probe_run {
    LIST_ENTRY(probe_run) link;
    struct ctl_call *call;
    struct worker *worker;
    struct probe_plan plan;
    char name[PROBE_TARGET_NAME];
    struct probe_target target;
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

static struct probe_run *run_new(struct worker *worker, struct ctl_call *call, struct tap *tap,
                                 struct probe_target const *target, char const *peer)
{
    struct probe_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->call = call;
    run->worker = worker;
    run->target = *target;
    LIST_INIT(&run->attempts);
    LIST_INSERT_HEAD(&worker->probes, run, link);
    worker->n_probes++;
    su_home_init(run->home);
    probe_target_print(target, run->name);
    run->report =
        json_pack("{s:s,s:s,s:s}", "peer", peer, "uri", run->name, "chosen", target->chosen);
    run->questions = json_array();
    run->plan = (struct probe_plan){
        .worker = worker,
        .generation = generation_ref(worker->generation),
        .uri = url_make(run->home, run->name),
        .name = run->name,
        .server_name = run->target.server_name,
        .hint = probe_target_hint(target, worker, worker->generation),
        .tap = tap,
        .done = on_attempt_done,
        .ctx = run,
    };
    return run;
}

void probe_start(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct worker *worker = &((struct proxy *)svc_state(svc))->worker;
    struct generation const *generation = worker->generation;
    struct probe_target_words const words = {
        .peer = ctl_arg(args, "peer"),
        .transport = ctl_arg(args, "transport"),
        .context = ctl_arg(args, "context"),
        .sni = ctl_arg(args, "sni"),
    };
    struct probe_target target;
    char const *wrong = probe_target_read(&target, generation, &words);
    int place = words.context ? secure_set_find(&generation->contexts, words.context)
                              : generation->contexts.client;
    if (wrong) {
        ctl_fail(call, "bad-argument", "%s", wrong);
        return;
    }
    if (words.context && place < 0) {
        ctl_fail(call, "not-found", "there is no TLS context called \"%s\"", words.context);
        return;
    }
    if (worker->n_probes >= (size_t)generation->conf->probe_max) {
        ctl_fail(call, "unavailable", "probe_max probes run already: try again in a moment");
        return;
    }
    struct probe_run *run = run_new(worker, call, svc_tap(svc), &target, words.peer);
    if (run && run->plan.uri) {
        run->plan.context = secure_set_at(&generation->contexts, place);
        resolve(run);
        return;
    }
    ctl_fail(call, "unavailable", "out of memory");
    if (run)
        run_free(run);
}
