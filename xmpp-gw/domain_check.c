/* SPDX-License-Identifier: Apache-2.0 */
/* See domain_check.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "domain_check.h"
#include "clock.h"
#include "domain_report.h"
#include "jid.h"
#include "log.h"
#include "stream_lookup.h"
#include "svc.h"
#include "xmpp_conf.h"
#include "xmpp_gateway.h"
#include "xmpp_metrics.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct attempt {
    struct domain_check *check;
    struct stream_look *look; /* NULL: it is done */
    json_t *report;           /* owned, until it is done NULL */
};

struct domain_check {
    LIST_ENTRY(domain_check) link;
    struct xmpp_gateway *gateway;
    struct ctl_call *call;
    struct streams_own const *own;
    struct streams_peer peer; /* its row, or what a row with the defaults would be */
    char name[JID_PART_MAX + 1], ascii[JID_PART_MAX + 1];
    bool is_allowed;
    struct domain_rules rules;
    struct stream_lookup *lookup;
    uint64_t begun_us;
    struct domain_step dns;
    json_t *questions;
    struct attempt attempts[STREAM_LOOKUP_MAX];
    size_t n, pending;
    enum domain_verdict worst;
    struct wheel_timer timer;
};

static void check_free(struct domain_check *check)
{
    wheel_disarm(&check->timer);
    stream_lookup_cancel(&check->lookup);
    for (size_t i = 0; i < check->n; i++) {
        if (check->attempts[i].look)
            stream_look_cancel(check->attempts[i].look);
        json_decref(check->attempts[i].report);
    }
    json_decref(check->questions);
    LIST_REMOVE(check, link);
    check->gateway->n_checks--;
    free(check);
}

void domain_check_abort(struct domain_check *check)
{
    ctl_fail(check->call, "unavailable", "the gateway is being closed");
    check_free(check);
}

/* --- the end -----------------------------------------------------------------------------------
 */

static void worsen(struct domain_check *check, enum domain_verdict verdict)
{
    check->worst = verdict > check->worst ? verdict : check->worst;
}

static json_t *allowed_of(struct domain_check *check)
{
    struct domain_step step = { .verdict = DOMAIN_OK };

    if (!check->is_allowed) {
        step.verdict = DOMAIN_FAILED;
        step.finding = domain_cause_find(DOMAIN_CAUSE_not_allowed);
    }
    worsen(check, step.verdict);
    (void)snprintf(step.detail, sizeof step.detail, "%stls %s, dialback %s, from %s",
                   check->is_allowed ? "" : "no row; as if: ",
                   check->rules.needs_tls ? "required" : "optional",
                   check->rules.dialback ? "allowed" : "not allowed", check->own->name);
    return domain_report_step("allowed", &step);
}

static void tell(struct domain_check const *check)
{
    xmpp_count(M_domain_checks);
    if (check->worst == DOMAIN_FAILED)
        xmpp_count(M_domain_checks_failed);
    log_info(NULL, "domain checked ours=%s theirs=\"%s\" verdict=%s", check->own->name, check->name,
             domain_verdict_str(check->worst));
}

static void finish(struct domain_check *check)
{
    json_t *allowed = allowed_of(check), *addresses = json_array();
    json_t *dns = domain_report_step("dns", &check->dns);

    worsen(check, check->dns.verdict);
    json_object_set(dns, "questions", check->questions);
    for (size_t i = 0; i < check->n; i++)
        json_array_append(addresses, check->attempts[i].report);
    tell(check);
    ctl_reply(check->call, json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "domain", check->name, "ours",
                                     check->own->name, "verdict", domain_verdict_str(check->worst),
                                     "allowed", allowed, "dns", dns, "addresses", addresses));
    check_free(check);
}

static void one_is_done(struct domain_check *check)
{
    if (--check->pending == 0)
        finish(check);
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static void report(struct attempt *attempt, struct stream_seen const *seen,
                   struct domain_step const *steps)
{
    struct domain_check *check = attempt->check;

    worsen(check, domain_verdict_worst(steps));
    attempt->report = domain_report_address(seen, steps, check->ascii, check->rules.now_s);
}

static void on_seen(void *ctx, struct stream_seen const *seen)
{
    struct attempt *attempt = ctx;
    struct domain_step steps[DOMAIN_STEPS];

    attempt->look = NULL;
    domain_verdict_judge(seen, &attempt->check->rules, steps);
    report(attempt, seen, steps);
    one_is_done(attempt->check);
}

static void begin(struct domain_check *check, struct stream_place const *place)
{
    struct attempt *attempt = &check->attempts[check->n++];
    struct stream_seen const nothing = { .remote = place->addr, .is_direct = place->is_direct };
    struct domain_step steps[DOMAIN_STEPS] = { 0 };

    attempt->check = check;
    attempt->look = stream_look_begin(check->gateway->streams, check->own, &check->peer, place,
                                      on_seen, attempt);
    if (attempt->look) {
        check->pending++;
        return;
    }
    steps[DOMAIN_CONNECT].verdict = DOMAIN_FAILED;
    steps[DOMAIN_CONNECT].finding = domain_cause_find(DOMAIN_CAUSE_limit);
    report(attempt, &nothing, steps);
}

static void end_lookup(struct domain_check *check, char const *why_not, enum domain_cause cause)
{
    check->dns.took_us = clock_now_us() - check->begun_us;
    check->dns.verdict = why_not ? DOMAIN_FAILED : DOMAIN_OK;
    if (!why_not)
        return;
    check->dns.finding = domain_cause_find(cause);
    (void)snprintf(check->dns.detail, sizeof check->dns.detail, "%s", why_not);
}

static void on_places(void *ctx, struct stream_place const *places, size_t n, char const *why_not)
{
    struct domain_check *check = ctx;

    check->lookup = NULL;
    end_lookup(check, n ? NULL : why_not, DOMAIN_CAUSE_unresolved);
    check->pending = 1; /* of this function */
    for (size_t i = 0; i < n && i < STREAM_LOOKUP_MAX; i++)
        begin(check, &places[i]);
    one_is_done(check);
}

static void on_note(void *ctx, char const *question, char const *answer)
{
    struct domain_check *check = ctx;

    json_array_append_new(check->questions,
                          json_pack("{s:s,s:s}", "question", question, "answer", answer));
}

/* The rest is reported as it stands. */
static void on_late(struct wheel_timer *timer)
{
    struct domain_check *check =
        (struct domain_check *)((char *)timer - offsetof(struct domain_check, timer));

    if (check->lookup) {
        stream_lookup_cancel(&check->lookup);
        end_lookup(check, "no answer", DOMAIN_CAUSE_dns_late);
        finish(check);
        return;
    }
    check->pending++; /* of this function */
    for (size_t i = 0; i < check->n; i++)
        if (check->attempts[i].look)
            stream_look_stop(check->attempts[i].look);
    one_is_done(check);
}

/* --- the question ------------------------------------------------------------------------------
 */

/* From which domain of ours: the one that is asked for, else the first that is a server. */
static struct streams_own const *find_own(struct streams_settings const *settings, char const *name)
{
    for (size_t i = 0; i < settings->n_own; i++) {
        struct streams_own const *own = &settings->own[i];
        if (!own->n_servers && (!name || strcmp(own->name, name) == 0))
            return own;
    }
    return NULL;
}

static void set_peer(struct domain_check *check, struct streams_settings const *settings)
{
    check->peer = (struct streams_peer){ .tls = STREAMS_TLS_REQUIRED };
    for (size_t i = 0; i < settings->n_peers && !check->is_allowed; i++) {
        check->is_allowed = strcmp(settings->peers[i].name, check->name) == 0;
        if (check->is_allowed)
            check->peer = settings->peers[i];
    }
    check->peer.name = check->name;
    check->peer.ascii = check->ascii;
}

static struct domain_check *check_new(struct xmpp_gateway *gateway, struct ctl_call *call,
                                      struct streams_own const *own, char const *domain)
{
    struct domain_check *check = calloc(1, sizeof *check);

    if (!check)
        return NULL;
    (void)jid_domain(domain, check->name);
    if (!jid_domain_ascii(check->name, check->ascii))
        (void)snprintf(check->ascii, sizeof check->ascii, "%s", check->name);
    check->gateway = gateway;
    check->call = call;
    check->own = own;
    check->questions = json_array();
    set_peer(check, &gateway->settings);
    check->rules = (struct domain_rules){ .needs_tls = check->peer.tls == STREAMS_TLS_REQUIRED,
                                          .dialback = check->peer.dialback,
                                          .now_s = (int64_t)(clock_wall_us() / 1000000),
                                          .soon_days = gateway->conf->expiry.warning_days };
    LIST_INSERT_HEAD(&gateway->checks, check, link);
    gateway->n_checks++;
    return check;
}

static void look_up(struct domain_check *check)
{
    struct stream_lookup_wanted const wanted = { .domain = check->ascii,
                                                 .hosts = check->peer.hosts,
                                                 .n_hosts = check->peer.n_hosts,
                                                 .is_direct = check->peer.direct_tls,
                                                 .note = on_note };

    check->begun_us = clock_now_us();
    wheel_arm(check->gateway->wheel, &check->timer, (uint64_t)check->gateway->conf->check_ms,
              on_late);
    /* NULL: on_places() has run, and the check may be gone. */
    struct stream_lookup *lookup =
        stream_lookup_start(check->gateway->settings.resolver, &wanted, on_places, check);
    if (lookup)
        check->lookup = lookup;
}

void domain_check_start(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct xmpp_gateway *gateway = svc_state(svc);
    char const *domain = ctl_arg(args, "domain"), *ours = ctl_arg(args, "ours");
    char name[JID_PART_MAX + 1];
    struct streams_own const *own = find_own(&gateway->settings, ours);

    if (!domain || jid_domain(domain, name) != JID_FINE || strlen(name) >= STREAMS_DOMAIN_BYTES ||
        strpbrk(name, "@/<>&'\" ")) {
        ctl_fail(call, "bad-argument", "\"%s\" is no domain", domain ? domain : "");
    } else if (!own && ours) {
        ctl_fail(call, "not-found", "no domain of ours that is a server is called \"%s\"", ours);
    } else if (!own) {
        ctl_fail(
            call, "wrong-state",
            "no domain of ours is a server: others are reached by the server of our component");
    } else if (find_own(&gateway->settings, name)) {
        ctl_fail(call, "bad-argument", "\"%s\" is a domain of ours", name);
    } else if (gateway->n_checks >= (size_t)gateway->conf->check_max) {
        ctl_fail(call, "unavailable", "check_max checks run already: try again in a moment");
    } else {
        struct domain_check *check = check_new(gateway, call, own, domain);
        if (check)
            look_up(check);
        else
            ctl_fail(call, "unavailable", "out of memory");
    }
}
