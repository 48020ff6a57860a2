/* SPDX-License-Identifier: Apache-2.0 */
/* A probe as JSON:
 *
 *   { "address": "tls:192.0.2.1:5061", "from": "192.0.2.9:5061", "verdict": "ok",
 *     "steps": [{step, verdict, ms, id, cause, remedy, detail}...],   the last four if there is one
 *     "tls": { "version", "cipher", "context", "server_name", "trust_anchor",
 *              "shown": [certificate...], "shown_more": 0, "verified": bool,
 *              "asks_for_certificate": bool, "accepts": ["CN=..."...], "our_certificate": ...,
 *              "as_client": [{context, subject, by}...] }, where it would be let in, as whom
 *     "answer": {status, phrase, allow, server, seen_as} }
 *
 * A certificate is {subject, issuer, names, key, from, to}. Times are ISO 8601. */
#include "probe_report.h"
#include "probe_attempt.h"
#include "proxy.h"
#include "secure_conf.h"
#include "secure_identity.h"
#include <time.h>

enum { TIME_TEXT = 24 };

char const *probe_report_verdict(unsigned verdict)
{
    static char const *const names[] = { "skipped", "ok", "warning", "failed" };
    return names[verdict];
}

/* Names in certificates are bytes of somebody else's. */
static json_t *text(char const *bytes)
{
    json_t *string = json_string(bytes);
    return string ? string : json_string("(not UTF-8)");
}

static void set_text(json_t *object, char const *name, char const *bytes)
{
    if (bytes && *bytes)
        json_object_set_new(object, name, text(bytes));
}

json_t *probe_report_step(char const *name, struct probe_step const *step)
{
    json_t *object = json_pack("{s:s,s:s}", "step", name, "verdict",
                               probe_report_verdict((unsigned)step->verdict));
    if (step->verdict != PROBE_SKIPPED)
        json_object_set_new(object, "ms", json_real((double)step->took_us / 1000));
    set_text(object, "id", step->finding.id);
    set_text(object, "cause", step->finding.cause);
    set_text(object, "remedy", step->finding.remedy);
    set_text(object, "detail", step->detail);
    return object;
}

static json_t *steps_of(struct probe_attempt const *attempt)
{
    static char const *const names[PROBE_STEPS] = { "connect", "tls", "options" };
    json_t *list = json_array();
    for (size_t i = 0; i < PROBE_STEPS; i++) {
        struct probe_step const *step = &attempt->steps[i];
        bool has_none = (i == PROBE_TLS && attempt->to.kind != TRANSPORT_TLS) ||
                        (i == PROBE_CONNECT && attempt->to.kind == TRANSPORT_UDP);
        if (!has_none || step->verdict != PROBE_SKIPPED)
            json_array_append_new(list, probe_report_step(names[i], step));
    }
    return list;
}

/* --- TLS ---------------------------------------------------------------------------------------
 */

static json_t *date(int64_t since_1970_s)
{
    time_t const time = (time_t)since_1970_s;
    struct tm tm;
    char iso[TIME_TEXT] = "";
    if (gmtime_r(&time, &tm))
        (void)strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_string(iso);
}

static json_t *certificate(struct secure_sight_cert const *cert)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "subject", text(cert->subject), "issuer",
                     text(cert->issuer), "names", text(cert->names), "key", text(cert->key), "from",
                     date(cert->from_s), "to", date(cert->to_s));
}

/* As whom it would come in by which context, were it to connect to us. */
static json_t *as_client(struct probe_attempt const *attempt)
{
    struct generation const *generation = attempt->plan->generation;
    struct secure_conf const *entries = generation->conf->tls_contexts.v;
    json_t *list = json_array();
    for (size_t i = 0; attempt->identity && i < generation->conf->tls_contexts.n; i++) {
        int place = secure_set_find(&generation->contexts, entries[i].name);
        if (entries[i].verify_peer == SECURE_VERIFY_NONE || place < 0)
            continue;
        bool is_in =
            secure_context_selects(secure_set_at(&generation->contexts, place), attempt->identity);
        json_t *subject = is_in ? text(secure_identity_subject(attempt->identity)) : json_null();
        json_array_append_new(
            list, json_pack("{s:s,s:o,s:s*}", "context", entries[i].name, "subject", subject, "by",
                            is_in ? secure_identity_matched(attempt->identity) : NULL));
    }
    return list;
}

static void add_shown(json_t *tls, struct secure_sight const *sight)
{
    json_t *shown = json_array();
    for (size_t i = 0; i < sight->n_shown && i < SECURE_SIGHT_CERTS; i++)
        json_array_append_new(shown, certificate(&sight->shown[i]));
    json_object_set_new(tls, "shown", shown);
    json_object_set_new(tls, "shown_more",
                        json_integer((json_int_t)(sight->n_shown - json_array_size(shown))));
    if (sight->is_judged)
        json_object_set_new(tls, "verified", json_boolean(sight->cause == SECURE_FINE));
    set_text(tls, "trust_anchor", sight->anchor);
}

static void add_ours(json_t *tls, struct secure_sight const *sight)
{
    json_t *accepts = json_array();
    for (size_t i = 0; i < sight->n_asked; i++)
        json_array_append_new(accepts, text(sight->asked[i]));
    json_object_set_new(tls, "asks_for_certificate", json_boolean(sight->is_asked));
    json_object_set_new(tls, "accepts", accepts);
    json_object_set_new(tls, "our_certificate",
                        sight->is_answered ? certificate(&sight->own) : json_null());
}

static json_t *tls_of(struct probe_attempt const *attempt)
{
    json_t *tls = json_pack("{s:s,s:s}", "context", secure_context_name(attempt->plan->context),
                            "server_name", attempt->plan->server_name);
    if (attempt->sight.is_judged) {
        set_text(tls, "version", attempt->version);
        set_text(tls, "cipher", attempt->cipher);
    }
    add_shown(tls, &attempt->sight);
    add_ours(tls, &attempt->sight);
    json_object_set_new(tls, "as_client", as_client(attempt));
    return tls;
}

/* --- all ---------------------------------------------------------------------------------------
 */

static json_t *answer_of(struct probe_options_answer const *answer)
{
    json_t *object =
        json_pack("{s:i,s:o}", "status", answer->status, "phrase", text(answer->phrase));
    set_text(object, "allow", answer->allow);
    set_text(object, "server", answer->server);
    set_text(object, "seen_as", answer->seen_as);
    return object;
}

json_t *probe_report_attempt(struct probe_attempt const *attempt)
{
    char address[NET_ADDR_TEXT], from[NET_ADDR_TEXT];
    json_t *report =
        json_pack("{s:o,s:s,s:o}", "address",
                  json_sprintf("%s:%s", transport_kind_name(attempt->to.kind),
                               net_addr_print(&attempt->to.addr, address)),
                  "verdict", probe_report_verdict((unsigned)probe_attempt_verdict(attempt)),
                  "steps", steps_of(attempt));
    if (attempt->local.sa.sa_family)
        json_object_set_new(report, "from", json_string(net_addr_print(&attempt->local, from)));
    if (attempt->has_tls)
        json_object_set_new(report, "tls", tls_of(attempt));
    if (attempt->is_answered)
        json_object_set_new(report, "answer", answer_of(&attempt->answer));
    return report;
}
