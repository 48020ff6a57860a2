/* SPDX-License-Identifier: Apache-2.0 */
/* Which cause an error means, and that each has its words. */
#include "probe_cause.h"
#include "secure_sight.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct probe_finding finding, char const *id)
{
    if (!id) {
        assert_null(finding.id);
        return;
    }
    assert_non_null(finding.id);
    assert_string_equal(finding.id, id);
}

static void test_connect(void **state)
{
    static struct {
        int error;
        char const *id;
    } const vectors[] = {
        { -ECONNREFUSED, "refused" },     { -ETIMEDOUT, "connect_timeout" },
        { -EHOSTUNREACH, "unreachable" }, { -ENETUNREACH, "unreachable" },
        { -EADDRNOTAVAIL, "source" },     { -EMFILE, "connect_failed" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        expect(probe_cause_of_connect(vectors[i].error), vectors[i].id);
}

static void test_handshake(void **state)
{
    static struct {
        enum secure_cause cause;
        int alert;
        bool is_asked, is_answered;
        char const *id;
    } const vectors[] = {
        { .cause = SECURE_late, .id = "tls_silent" },
        { .cause = SECURE_closed, .id = "tls_closed" },
        { .cause = SECURE_not_tls, .id = "not_tls" },
        { .cause = SECURE_no_version, .alert = SECURE_SIGHT_PROTOCOL_VERSION, .id = "no_version" },
        { .cause = SECURE_no_cipher, .id = "no_cipher" },
        { .cause = SECURE_alert, .alert = SECURE_SIGHT_HANDSHAKE_FAILURE, .id = "alert_handshake" },
        { .cause = SECURE_alert,
          .alert = SECURE_SIGHT_HANDSHAKE_FAILURE,
          .is_asked = true,
          .id = "alert_no_certificate" },
        { .cause = SECURE_alert,
          .alert = SECURE_SIGHT_HANDSHAKE_FAILURE,
          .is_asked = true,
          .is_answered = true,
          .id = "alert_handshake" },
        { .cause = SECURE_not_accepted,
          .alert = SECURE_SIGHT_CERTIFICATE_REQUIRED,
          .is_asked = true,
          .id = "alert_no_certificate" },
        { .cause = SECURE_not_accepted,
          .alert = SECURE_SIGHT_UNKNOWN_CA,
          .is_asked = true,
          .is_answered = true,
          .id = "alert_unknown_ca" },
        { .cause = SECURE_not_accepted, .alert = SECURE_SIGHT_ACCESS_DENIED, .id = "alert_access" },
        { .cause = SECURE_alert, .alert = SECURE_SIGHT_UNRECOGNIZED_NAME, .id = "alert_name" },
        { .cause = SECURE_alert, .alert = SECURE_SIGHT_INTERNAL_ERROR, .id = "alert_other" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secure_sight const sight = { .alert = vectors[i].alert,
                                            .is_asked = vectors[i].is_asked,
                                            .is_answered = vectors[i].is_answered };
        expect(probe_cause_of_handshake(&sight, vectors[i].cause), vectors[i].id);
    }
}

static void test_status(void **state)
{
    static struct {
        int status;
        char const *id;
    } const vectors[] = {
        { 200, NULL },         { 299, NULL },          { 302, "other_status" },
        { 401, "challenged" }, { 403, "forbidden" },   { 405, "other_status" },
        { 408, "timed_out" },  { 503, "unavailable" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        expect(probe_cause_of_status(vectors[i].status), vectors[i].id);
}

static void test_words(void **state)
{
    (void)state;
    for (int i = 0; i < PROBE_CAUSES; i++) {
        struct probe_finding finding = probe_cause_find((enum probe_cause)i);
        assert_true(*finding.id && *finding.cause && *finding.remedy);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(finding.id, probe_cause_find((enum probe_cause)other).id);
        for (int cause = SECURE_FINE + 1; cause < SECURE_CAUSES; cause++)
            assert_string_not_equal(finding.id, secure_cause_name((enum secure_cause)cause));
    }
    for (int i = SECURE_FINE + 1; i < SECURE_CAUSES; i++) {
        struct probe_finding finding = probe_cause_of_secure((enum secure_cause)i);
        assert_string_equal(finding.cause, secure_cause_text((enum secure_cause)i));
        assert_true(*finding.remedy);
    }
    expect(probe_cause_of_secure(SECURE_FINE), NULL);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_handshake),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
