/* SPDX-License-Identifier: Apache-2.0 */
/* What a watched handshake shows, also when the other side is not acceptable. */
#include "secure_identity.h"
#include "secure_link.h"
#include "secure_rig.h"
#include "secure_sight.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, DAY_S = 86400 };

struct ends {
    struct secure_link *client, *server;
};

/* Both read until neither has anything to say. */
static void talk(struct ends *ends)
{
    struct secure_link *from = ends->client, *to = ends->server;
    char text[64];

    (void)secure_link_shake(from);
    for (int idle = 0; idle < 2;) {
        struct buf *out = secure_link_out(from);
        idle = out->len ? 0 : idle + 1;
        secure_link_feed(to, out->data, out->len);
        if (out->len)
            (void)secure_link_read(to, text, sizeof text);
        buf_reset(out);
        struct secure_link *other = from;
        from = to;
        to = other;
    }
}

static struct vector {
    char const *what, *server, *client, *name, *server_ca;
    enum secure_verify verify;
    bool verify_server;
    enum secure_cause cause;
    char const *anchor;
    int alert;
    bool asked, answered, open;
} const vectors[] = {
    { .what = "good",
      .server = "a",
      .name = "a.test",
      .verify_server = true,
      .anchor = "CN=CA,O=Test",
      .open = true },
    { .what = "wrong name",
      .server = "a",
      .name = "b.test",
      .verify_server = true,
      .cause = SECURE_wrong_name,
      .anchor = "CN=CA,O=Test",
      .open = true },
    { .what = "nobody looks at it",
      .server = "a",
      .name = "b.test",
      .cause = SECURE_wrong_name,
      .anchor = "CN=CA,O=Test",
      .open = true },
    { .what = "another CA",
      .server = "stranger",
      .name = "a.test",
      .verify_server = true,
      .cause = SECURE_untrusted,
      .anchor = "",
      .open = true },
    { .what = "expired",
      .server = "old",
      .name = "a.test",
      .verify_server = true,
      .cause = SECURE_expired,
      .anchor = "CN=CA,O=Test",
      .open = true },
    { .what = "ours is wanted and shown",
      .server = "a",
      .client = "b",
      .name = "a.test",
      .verify_server = true,
      .verify = SECURE_VERIFY_REQUIRED,
      .server_ca = "ca",
      .anchor = "CN=CA,O=Test",
      .asked = true,
      .answered = true,
      .open = true },
    { .what = "ours is wanted and not there",
      .server = "a",
      .name = "a.test",
      .verify_server = true,
      .verify = SECURE_VERIFY_REQUIRED,
      .server_ca = "ca",
      .anchor = "CN=CA,O=Test",
      .alert = SSL_AD_CERTIFICATE_REQUIRED,
      .asked = true },
    { .what = "ours is not trusted",
      .server = "a",
      .client = "b",
      .name = "a.test",
      .verify_server = true,
      .verify = SECURE_VERIFY_REQUIRED,
      .server_ca = "other",
      .anchor = "CN=CA,O=Test",
      .alert = SSL_AD_UNKNOWN_CA,
      .asked = true,
      .answered = true },
};

static struct secure_sight *look(struct secure_rig *rig, struct vector const *vector,
                                 bool *ret_is_open)
{
    struct secure_settings const ours = { .verify_server = vector->verify_server };
    struct secure_settings const theirs = { .verify_peer = vector->verify };
    struct secure_context *client = secure_rig_context(rig, vector->client, "ca", &ours);
    struct secure_context *server =
        secure_rig_context(rig, vector->server, vector->server_ca, &theirs);
    struct secure_sight *sight = calloc(1, sizeof *sight);
    struct ends ends = { secure_link_new(client, vector->name, MAX_OUT),
                         secure_link_new(server, NULL, MAX_OUT) };

    assert_non_null(sight);
    secure_link_watch(ends.client, sight);
    talk(&ends);
    *ret_is_open = secure_link_is_open(ends.client);
    secure_link_free(&ends.client);
    secure_link_free(&ends.server);
    secure_context_unref(&client);
    secure_context_unref(&server);
    return sight;
}

static void test_vectors(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *vector = &vectors[i];
        bool is_open;
        struct secure_sight *sight = look(*state, vector, &is_open);
        print_message("# %s\n", vector->what);
        assert_true(sight->is_judged);
        assert_int_equal(sight->cause, vector->cause);
        assert_int_equal(*sight->detail != '\0', vector->cause != SECURE_FINE);
        assert_int_equal(sight->is_ignored, !vector->verify_server);
        assert_string_equal(sight->anchor, vector->anchor);
        assert_int_equal(sight->alert, vector->alert);
        assert_int_equal(sight->is_asked, vector->asked);
        assert_int_equal(sight->is_answered, vector->answered);
        assert_int_equal(is_open, vector->open);
        assert_int_equal(sight->n_shown, 1);
        free(sight);
    }
}

static void test_certificates(void **state)
{
    bool is_open;
    struct secure_sight *sight = look(*state, &vectors[5], &is_open);
    struct secure_sight_cert const *cert = &sight->shown[0];

    assert_string_equal(cert->subject, "CN=a.test,O=Test");
    assert_string_equal(cert->issuer, "CN=CA,O=Test");
    assert_string_equal(cert->names, "DNS:a.test, URI:sip:a.test");
    assert_string_equal(cert->key, "EC P-256");
    assert_int_equal(cert->to_s - cert->from_s, 2 * DAY_S);
    assert_string_equal(sight->own.subject, "CN=b.test,O=Test");
    assert_int_equal(sight->n_asked, 1);
    assert_string_equal(sight->asked[0], "CN=CA,O=Test");
    free(sight);
}

/* Who is not accepted still says who he is, and another context may know him. */
static void test_claims(void **state)
{
    static char const *const known[] = { "A.test" }, *const unknown[] = { "b.test" };
    struct secure_settings const settings[] = {
        { .verify_peer = SECURE_VERIFY_REQUIRED, .subjects = known, .n_subjects = 1 },
        { .verify_peer = SECURE_VERIFY_REQUIRED, .subjects = unknown, .n_subjects = 1 },
        { .verify_peer = SECURE_VERIFY_REQUIRED },
        { .verify_peer = SECURE_VERIFY_REQUIRED,
          .subjects = known,
          .n_subjects = 1,
          .subject_match = SECURE_MATCH_SAN },
    };
    static bool const selects[] = { true, false, true, true };
    static char const *const matched[] = { "CN", NULL, "CN", "dNSName" };
    struct secure_context *client = secure_rig_context(*state, NULL, "ca", NULL);
    struct secure_context *server = secure_rig_context(*state, "stranger", NULL, NULL);
    struct secure_sight *sight = calloc(1, sizeof *sight);
    struct ends ends = { secure_link_new(client, "a.test", MAX_OUT),
                         secure_link_new(server, NULL, MAX_OUT) };

    assert_null(secure_link_claims(ends.client));
    secure_link_watch(ends.client, sight);
    talk(&ends);
    assert_int_equal(sight->cause, SECURE_untrusted);
    assert_null(secure_link_identity(ends.client));
    struct secure_identity *identity = secure_link_claims(ends.client);
    assert_non_null(identity);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct secure_context *context = secure_rig_context(*state, NULL, "ca", &settings[i]);
        assert_int_equal(secure_context_selects(context, identity), selects[i]);
        if (matched[i])
            assert_string_equal(secure_identity_matched(identity), matched[i]);
        secure_context_unref(&context);
    }
    secure_link_free(&ends.client);
    secure_link_free(&ends.server);
    secure_context_unref(&client);
    secure_context_unref(&server);
    free(sight);
}

/* A handshake of a.test between contexts that keep sessions; was it a short one? */
static bool is_short(struct secure_context *client, struct secure_context *server, bool is_watched)
{
    struct secure_sight *sight = calloc(1, sizeof *sight);
    struct ends ends = { secure_link_new(client, "a.test", MAX_OUT),
                         secure_link_new(server, NULL, MAX_OUT) };

    assert_non_null(sight);
    if (is_watched)
        secure_link_watch(ends.client, sight);
    talk(&ends);
    assert_true(secure_link_is_open(ends.client));
    assert_int_equal(sight->n_shown, is_watched);
    bool is_resumed = secure_link_is_resumed(ends.client);
    secure_link_free(&ends.client);
    secure_link_free(&ends.server);
    free(sight);
    return is_resumed;
}

/* Who looks neither takes part in sessions that are kept, nor adds one. */
static void test_sessions(void **state)
{
    struct secure_settings const settings = { .verify_server = true,
                                              .session_tickets = true,
                                              .session_lifetime_s = DAY_S,
                                              .session_servers = 4 };
    struct secure_context *client = secure_rig_context(*state, NULL, "ca", &settings);
    struct secure_context *server = secure_rig_context(*state, "a", NULL, &settings);

    assert_false(is_short(client, server, true));
    assert_false(is_short(client, server, true));
    assert_false(is_short(client, server, false));
    assert_true(is_short(client, server, false));
    assert_false(is_short(client, server, true));
    secure_context_unref(&client);
    secure_context_unref(&server);
}

static int set_up(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "other", .cn = "Other CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .san = "DNS:a.test,URI:sip:a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
        { .name = "stranger", .cn = "a.test", .san = "DNS:a.test", .issuer = "other" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -2 * DAY_S, .to_s = -DAY_S },
    };

    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_sessions),
    };

    return cmocka_run_group_tests(tests, set_up, secure_rig_end);
}
