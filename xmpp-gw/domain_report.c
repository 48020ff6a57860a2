/* SPDX-License-Identifier: Apache-2.0 */
/* See domain_report.h. */
#include "domain_report.h"
#include <time.h>

enum { TIME_TEXT = 24 };

/* Names in certificates and texts of errors are bytes of somebody else's. */
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

json_t *domain_report_step(char const *name, struct domain_step const *step)
{
    json_t *object =
        json_pack("{s:s,s:s}", "step", name, "verdict", domain_verdict_str(step->verdict));

    if (step->took_us)
        json_object_set_new(object, "ms", json_real((double)step->took_us / 1000));
    set_text(object, "id", step->finding.id);
    set_text(object, "cause", step->finding.cause);
    set_text(object, "remedy", step->finding.remedy);
    set_text(object, "detail", step->detail);
    return object;
}

static json_t *date(int64_t since_1970_s)
{
    time_t const time = (time_t)since_1970_s;
    struct tm tm;
    char iso[TIME_TEXT] = "";

    if (gmtime_r(&time, &tm))
        (void)strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_string(iso);
}

static json_t *certificate(struct secure_sight_cert const *cert, int64_t now_s)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "subject", text(cert->subject), "issuer",
                     text(cert->issuer), "names", text(cert->names), "key", text(cert->key), "from",
                     date(cert->from_s), "to", date(cert->to_s), "days_left",
                     (json_int_t)domain_verdict_days(cert->to_s, now_s));
}

static json_t *tls_of(struct stream_seen const *seen, char const *server_name, int64_t now_s)
{
    struct secure_sight const *sight = &seen->sight;
    json_t *tls = json_pack("{s:o}", "server_name", text(server_name)), *shown = json_array();
    json_t *accepts = json_array();

    for (size_t i = 0; i < sight->n_shown && i < SECURE_SIGHT_CERTS; i++)
        json_array_append_new(shown, certificate(&sight->shown[i], now_s));
    json_object_set_new(tls, "shown_more",
                        json_integer((json_int_t)(sight->n_shown - json_array_size(shown))));
    json_object_set_new(tls, "shown", shown);
    set_text(tls, "trust_anchor", sight->anchor);
    json_object_set_new(tls, "asks_for_certificate", json_boolean(sight->is_asked));
    for (size_t i = 0; i < sight->n_asked; i++)
        json_array_append_new(accepts, text(sight->asked[i]));
    json_object_set_new(tls, "accepts", accepts);
    json_object_set_new(tls, "our_certificate",
                        sight->is_answered ? certificate(&sight->own, now_s) : json_null());
    return tls;
}

/* In the order in which they are taken: with direct TLS that is first. */
static json_t *steps_of(struct stream_seen const *seen, struct domain_step const *steps)
{
    static enum domain_step_id const orders[2][DOMAIN_STEPS] = {
        { DOMAIN_CONNECT, DOMAIN_STREAM, DOMAIN_TLS, DOMAIN_CHAIN, DOMAIN_NAMES, DOMAIN_THEIRS,
          DOMAIN_OURS },
        { DOMAIN_CONNECT, DOMAIN_TLS, DOMAIN_CHAIN, DOMAIN_NAMES, DOMAIN_STREAM, DOMAIN_THEIRS,
          DOMAIN_OURS },
    };
    json_t *list = json_array();

    for (size_t i = 0; i < DOMAIN_STEPS; i++) {
        enum domain_step_id id = orders[seen->is_direct][i];
        json_array_append_new(list, domain_report_step(domain_verdict_step_str(id), &steps[id]));
    }
    return list;
}

json_t *domain_report_address(struct stream_seen const *seen,
                              struct domain_step const steps[static DOMAIN_STEPS],
                              char const *server_name, int64_t now_s)
{
    char address[NET_ADDR_TEXT], from[NET_ADDR_TEXT];
    json_t *report =
        json_pack("{s:s,s:s,s:s,s:o}", "address", net_addr_print(&seen->remote, address), "begins",
                  seen->is_direct ? "tls" : "starttls", "verdict",
                  domain_verdict_str(domain_verdict_worst(steps)), "steps", steps_of(seen, steps));

    if (seen->local.sa.sa_family)
        set_text(report, "from", net_addr_print(&seen->local, from));
    if (seen->is_tls_begun)
        json_object_set_new(report, "tls", tls_of(seen, server_name, now_s));
    return report;
}
