/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen of a server, and the verdicts: a row per case. */
#include "domain_verdict.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)
#define OFFER                                                                                      \
    {                                                                                              \
        .is_heard = true, .starttls = true, .starttls_required = true                              \
    }
#define NO_TLS                                                                                     \
    {                                                                                              \
        .is_heard = true, .dialback = true                                                         \
    }
#define TAKES                                                                                      \
    {                                                                                              \
        .is_heard = true, .external = true, .bidi = true                                           \
    }
#define DIALS                                                                                      \
    {                                                                                              \
        .is_heard = true, .dialback = true, .dialback_errors = true                                \
    }
#define SIGHT(why, days)                                                                           \
    {                                                                                              \
        .is_judged = true, .cause = why, .detail = "", .n_shown = 1, .shown = {                    \
            { .to_s = NOW + (days)*DAY }                                                           \
        }                                                                                          \
    }
#define CONNECTED .begun_us = 10, .connected_us = 20, .ended_us = 90
#define HEARD     CONNECTED, .heard_us = 30, .plain = OFFER
#define SECURED                                                                                    \
    HEARD, .is_tls_begun = true, .secure_us = 40, .version = "TLSv1.3", .is_certified = true
#define GOOD SECURED, .sight = SIGHT(SECURE_FINE, 90), .is_named = true

static struct vector {
    char const *what;
    struct stream_seen seen;
    bool dialback, may_clear;
    /* "connect=ok tls=failed:no_tls": those that are not skipped */
    char const *verdicts;
} const vectors[] = {
    { "all is well",
      { GOOD, .secure = TAKES, .external = { STREAM_ACCEPTED, "" } },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok our proof=ok" },
    { "refused",
      { .begun_us = 1, .ended_us = 2, .connect_error = -ECONNREFUSED },
      false,
      false,
      "connect=failed:refused" },
    { "no answer",
      { .begun_us = 1, .ended_us = 2, .connect_error = -ETIMEDOUT },
      false,
      false,
      "connect=failed:connect_late" },
    { "no answer in the time of the check",
      { .begun_us = 1, .ended_us = 2, .is_late = true },
      false,
      false,
      "connect=failed:connect_late" },
    { "no way",
      { .begun_us = 1, .ended_us = 2, .connect_error = -ENETUNREACH },
      false,
      false,
      "connect=failed:unreachable" },
    { "something else",
      { .begun_us = 1, .ended_us = 2, .connect_error = -EACCES },
      false,
      false,
      "connect=failed:connect_failed" },

    { "silent",
      { CONNECTED, .is_late = true, .fault = STREAM_ERROR_connection_timeout },
      false,
      false,
      "connect=ok stream=failed:silent" },
    { "hangs up", { CONNECTED }, false, false, "connect=ok stream=failed:closed" },
    { "SSH",
      { CONNECTED, .fault = STREAM_ERROR_not_well_formed, .reason = "no XML" },
      false,
      false,
      "connect=ok stream=failed:not_xmpp" },
    { "of another domain",
      { CONNECTED, .is_error = true, .error = STREAM_ERROR_host_unknown },
      false,
      false,
      "connect=ok stream=failed:not_theirs" },
    { "unfriendly",
      { CONNECTED, .is_error = true, .error = STREAM_ERROR_policy_violation },
      false,
      false,
      "connect=ok stream=failed:not_welcome" },
    { "out of order",
      { CONNECTED, .is_error = true, .error = STREAM_ERROR_internal_server_error },
      false,
      false,
      "connect=ok stream=failed:stream_error" },

    { "no TLS",
      { CONNECTED, .heard_us = 30, .plain = NO_TLS },
      true,
      false,
      "connect=ok stream=ok tls=failed:no_tls" },
    { "no TLS, and none is wanted",
      { CONNECTED, .heard_us = 30, .plain = NO_TLS, .dialback = { STREAM_ACCEPTED, "" } },
      true,
      true,
      "connect=ok stream=ok tls=warning:clear its proof=warning:weak_proof our proof=ok" },
    { "TLS is offered and not begun",
      { HEARD },
      false,
      false,
      "connect=ok stream=ok tls=failed:no_start" },
    { "silent in TLS",
      { HEARD, .is_tls_begun = true, .tls_cause = SECURE_late },
      false,
      false,
      "connect=ok stream=ok tls=failed:tls_silent" },
    { "hangs up in TLS",
      { HEARD, .is_tls_begun = true, .tls_cause = SECURE_closed },
      false,
      false,
      "connect=ok stream=ok tls=failed:tls_closed" },
    { "refuses our certificate",
      { HEARD, .is_tls_begun = true, .tls_cause = SECURE_not_accepted },
      false,
      false,
      "connect=ok stream=ok tls=failed:tls_refused_us" },
    { "too old",
      { HEARD, .is_tls_begun = true, .tls_cause = SECURE_no_version },
      false,
      false,
      "connect=ok stream=ok tls=failed:no_version" },
    { "direct TLS, and none is spoken",
      { CONNECTED, .is_direct = true, .is_tls_begun = true, .tls_cause = SECURE_not_tls },
      false,
      false,
      "connect=ok tls=failed:not_tls" },
    { "direct TLS, and silent behind it",
      { CONNECTED, .is_direct = true, .is_tls_begun = true, .secure_us = 40, .is_certified = true,
        .is_named = true, .sight = SIGHT(SECURE_FINE, 90), .is_late = true },
      false,
      false,
      "connect=ok stream=failed:silent tls=ok chain=ok names=ok its proof=ok" },

    { "no certificate",
      { HEARD, .is_tls_begun = true, .secure_us = 40, .secure = DIALS },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=failed:no_certificate its proof=failed:no_proof" },
    { "ended",
      { SECURED, .sight = SIGHT(SECURE_expired, -3), .is_named = true, .secure = TAKES },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=failed:expired names=ok its proof=failed:no_proof" },
    { "of a strange CA, which the row forgives",
      { SECURED, .sight = SIGHT(SECURE_untrusted, 90), .is_named = true, .secure = DIALS,
        .dialback = { STREAM_ACCEPTED, "" } },
      true,
      false,
      "connect=ok stream=ok tls=ok chain=warning:untrusted names=ok its proof=warning:weak_proof "
      "our proof=ok" },
    { "of another name",
      { SECURED, .sight = SIGHT(SECURE_FINE, 90), .secure = TAKES },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=failed:wrong_name its proof=failed:no_proof" },
    { "ends in 30 days",
      { SECURED, .sight = SIGHT(SECURE_FINE, 30), .is_named = true, .secure = TAKES,
        .external = { STREAM_ACCEPTED, "" } },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=warning:expiring names=ok its proof=ok our proof=ok" },
    { "ends in 31 days",
      { SECURED, .sight = SIGHT(SECURE_FINE, 31), .is_named = true, .secure = TAKES,
        .external = { STREAM_ACCEPTED, "" } },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok our proof=ok" },

    { "EXTERNAL is not offered",
      { GOOD, .secure = DIALS },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok our proof=failed:no_external" },
    { "EXTERNAL is denied",
      { GOOD, .secure = TAKES, .external = { STREAM_DENIED, "not-authorized" } },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok "
      "our proof=failed:external_denied" },
    { "EXTERNAL is denied, dialback helps",
      { GOOD, .secure = TAKES, .external = { STREAM_DENIED, "not-authorized" },
        .dialback = { STREAM_ACCEPTED, "" } },
      true,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok "
      "our proof=warning:external_fallback" },
    { "dialback is denied",
      { GOOD, .secure = DIALS, .dialback = { STREAM_DENIED, "item-not-found" } },
      true,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok "
      "our proof=failed:dialback_denied" },
    { "dialback is not answered",
      { GOOD, .secure = DIALS, .dialback = { STREAM_TRIED, "" }, .is_late = true },
      true,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok our proof=failed:no_answer" },
    { "unfriendly once it has seen our certificate",
      { GOOD, .is_error = true, .error = STREAM_ERROR_not_authorized },
      false,
      false,
      "connect=ok stream=ok tls=ok chain=ok names=ok its proof=ok our proof=failed:not_welcome" },
};

static void print(struct domain_step const *steps, char *ret, size_t size)
{
    ret[0] = '\0';
    for (size_t i = 0; i < DOMAIN_STEPS; i++) {
        struct domain_step const *step = &steps[i];
        size_t used = strlen(ret);
        if (step->verdict == DOMAIN_SKIPPED)
            continue;
        (void)snprintf(ret + used, size - used, "%s%s=%s%s%s", used ? " " : "",
                       domain_verdict_step_str((enum domain_step_id)i),
                       domain_verdict_str(step->verdict), step->finding.id ? ":" : "",
                       step->finding.id ? step->finding.id : "");
    }
}

static void test_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct vector const *vector = &vectors[i];
        struct domain_rules const rules = { .needs_tls = !vector->may_clear,
                                            .dialback = vector->dialback,
                                            .now_s = NOW,
                                            .soon_days = 30 };
        struct domain_step steps[DOMAIN_STEPS];
        char text[1024];

        domain_verdict_judge(&vector->seen, &rules, steps);
        print(steps, text, sizeof text);
        print_message("%s\n", vector->what);
        assert_string_equal(text, vector->verdicts);
    }
}

/* An administrator is never left without a remedy. */
static void test_findings(void **state)
{
    (void)state;
    for (int i = 0; i < DOMAIN_CAUSES; i++) {
        struct domain_finding finding = domain_cause_find((enum domain_cause)i);
        assert_true(*finding.id && *finding.cause && *finding.remedy);
    }
    assert_null(domain_cause_of_secure(SECURE_FINE).id);
    assert_non_null(strstr(domain_cause_of_secure(SECURE_expired).remedy, "renew"));
    assert_non_null(strstr(domain_cause_of_secure(SECURE_untrusted).remedy, "xmpp.ca"));
    for (int i = SECURE_FINE + 1; i < SECURE_CAUSES; i++) {
        struct domain_finding finding = domain_cause_of_secure((enum secure_cause)i);
        assert_true(*finding.id && *finding.cause && *finding.remedy);
    }
}

static void test_offers(void **state)
{
    struct domain_rules const rules = { .now_s = NOW };
    struct stream_seen seen = { GOOD, .secure = DIALS };
    struct domain_step steps[DOMAIN_STEPS];

    (void)state;
    seen.secure.max_bytes = 262144;
    seen.secure.idle_s = 600;
    domain_verdict_judge(&seen, &rules, steps);
    assert_string_equal(steps[DOMAIN_STREAM].detail,
                        "offers STARTTLS, which it requires, dialback with errors, "
                        "stanzas up to 262144 bytes, an end after 600 s of silence");
    seen.plain = (struct stream_offer){ .is_heard = true };
    seen.secure = (struct stream_offer){ .is_heard = true };
    seen.proven = (struct stream_offer){ .is_heard = true, .managed = true };
    domain_verdict_judge(&seen, &rules, steps);
    assert_string_equal(steps[DOMAIN_STREAM].detail, "offers acknowledgements");
    seen.proven.managed = false;
    domain_verdict_judge(&seen, &rules, steps);
    assert_string_equal(steps[DOMAIN_STREAM].detail, "offers nothing");
}

static void test_days(void **state)
{
    (void)state;
    assert_int_equal(domain_verdict_days(NOW, NOW), 0);
    assert_int_equal(domain_verdict_days(NOW + DAY - 1, NOW), 0);
    assert_int_equal(domain_verdict_days(NOW + DAY, NOW), 1);
    assert_int_equal(domain_verdict_days(NOW - 1, NOW), -1);
    assert_int_equal(domain_verdict_days(NOW - DAY, NOW), -1);
    assert_int_equal(domain_verdict_days(NOW - DAY - 1, NOW), -2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
