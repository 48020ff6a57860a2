/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a peer's certificate: two ends of a connection, and the cause that each one
 * names. Chains, bounds, uses, revocation and names; the handshake itself is test_secure_link.c. */
#include "secure_identity.h"
#include "secure_link.h"
#include "secure_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, HOUR_S = 3600, CHAIN = 50 };

#define FILES(...)                                                                                 \
    (char const *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* Who accepts shows "node" and judges the certificate `shown`, of those below "ca". */
static struct vector {
    char const *shown;
    enum secure_cause cause;
    char const *const *crls, *const *subjects; /* ended by NULL */
    struct secure_settings like;
    char const *ca, *subject, *matched; /* NULL: "ca"; NULL: not looked at */
} const vectors[] = {
    { .shown = "peer", .subject = "peer.test", .matched = "CN" },
    { .shown = NULL, .cause = SECURE_no_certificate },
    { .shown = "old", .cause = SECURE_expired },
    { .shown = "young", .cause = SECURE_not_yet_valid },
    { .shown = "stranger", .cause = SECURE_untrusted },
    { .shown = "alone", .cause = SECURE_self_signed },
    { .shown = "below_weak", .ca = "weak", .cause = SECURE_weak },
    { .shown = "below_leaf", .cause = SECURE_wrong_use },
    { .shown = "below", .ca = "middle", .subject = "below.test" },
    /* depth: of the CAs, the trusted one counts, too */
    { .shown = "below", .like.verify_depth = 2 },
    { .shown = "below", .like.verify_depth = 1, .cause = SECURE_too_deep },
    { .shown = "peer", .like.verify_depth = 1 },
    /* how much is sent */
    { .shown = "below", .like.max_peer_certificates = 2 },
    { .shown = "below", .like.max_peer_certificates = 1, .cause = SECURE_too_large },
    { .shown = "many", .cause = SECURE_too_large },
    { .shown = "many", .like.max_peer_certificates = 100, .cause = SECURE_too_deep },
    { .shown = "fat", .like.max_peer_certificates = 1, .cause = SECURE_too_large },
    /* use */
    { .shown = "for_servers", .cause = SECURE_wrong_use },
    { .shown = "for_clients" },
    { .shown = "for_clients", .like.key_usage = true },
    { .shown = "for_servers", .like.key_usage = true, .cause = SECURE_wrong_use },
    { .shown = "peer", .like.key_usage = true, .cause = SECURE_wrong_use },
    { .shown = "for_both", .like.key_usage = true },
    { .shown = "for_any", .like.key_usage = true, .cause = SECURE_wrong_use },
    /* revocation */
    { .shown = "peer", .crls = FILES("crl"), .like.crl_check = SECURE_CRL_LEAF },
    { .shown = "bad",
      .crls = FILES("crl"),
      .like.crl_check = SECURE_CRL_LEAF,
      .cause = SECURE_revoked },
    { .shown = "bad",
      .crls = FILES("crl"),
      .like.crl_check = SECURE_CRL_CHAIN,
      .cause = SECURE_revoked },
    { .shown = "bad" },
    { .shown = "peer",
      .crls = FILES("old_crl"),
      .like.crl_check = SECURE_CRL_LEAF,
      .cause = SECURE_old_crl },
    { .shown = "peer",
      .crls = FILES("middle_crl"),
      .like.crl_check = SECURE_CRL_LEAF,
      .cause = SECURE_no_crl },
    { .shown = "peer",
      .crls = FILES("forged_crl"),
      .like.crl_check = SECURE_CRL_LEAF,
      .cause = SECURE_bad_crl },
    { .shown = "below", .crls = FILES("middle_crl"), .like.crl_check = SECURE_CRL_LEAF },
    { .shown = "below",
      .crls = FILES("middle_crl"),
      .like.crl_check = SECURE_CRL_CHAIN,
      .cause = SECURE_no_crl },
    { .shown = "below", .crls = FILES("crl", "middle_crl"), .like.crl_check = SECURE_CRL_CHAIN },
    { .shown = "below",
      .crls = FILES("crl_of_middle", "middle_crl"),
      .like.crl_check = SECURE_CRL_CHAIN,
      .cause = SECURE_revoked },
    /* what is trusted by hand needs no list: a CA without its own, and a peer */
    { .shown = "below",
      .ca = "middle",
      .crls = FILES("middle_crl"),
      .like.crl_check = SECURE_CRL_CHAIN },
    { .shown = "alone", .ca = "alone", .crls = FILES("crl"), .like.crl_check = SECURE_CRL_CHAIN },
    { .shown = "stranger",
      .ca = "stranger",
      .crls = FILES("crl"),
      .like.crl_check = SECURE_CRL_LEAF },
    /* names */
    { .shown = "names",
      .subjects = FILES("x.test", "cn.test"),
      .subject = "cn.test",
      .matched = "CN" },
    { .shown = "names",
      .subjects = FILES("x.test", "san.test"),
      .subject = "san.test",
      .matched = "dNSName" },
    { .shown = "names",
      .subjects = FILES("192.0.2.1"),
      .subject = "192.0.2.1",
      .matched = "iPAddress" },
    { .shown = "names", .subjects = FILES("x.test"), .cause = SECURE_not_selected },
    { .shown = "names",
      .subjects = FILES("cn.test"),
      .like.subject_match = SECURE_MATCH_CN,
      .subject = "cn.test" },
    { .shown = "names",
      .subjects = FILES("san.test"),
      .like.subject_match = SECURE_MATCH_CN,
      .cause = SECURE_not_selected },
    { .shown = "names",
      .subjects = FILES("cn.test"),
      .like.subject_match = SECURE_MATCH_SAN,
      .cause = SECURE_not_selected },
    { .shown = "names", .like.subject_match = SECURE_MATCH_SAN, .subject = "san.test" },
    { .shown = "star", .subjects = FILES("a.star.test"), .cause = SECURE_not_selected },
    { .shown = "star",
      .subjects = FILES("a.star.test"),
      .like.wildcards = true,
      .subject = "*.star.test",
      .matched = "CN" },
    /* the chain is judged before the name */
    { .shown = "stranger", .subjects = FILES("x.test"), .cause = SECURE_untrusted },
};

/* Of those whom we connect to by name. */
static struct {
    char const *shown, *name;
    enum secure_cause cause;
    struct secure_settings like;
} const servers[] = {
    { .shown = "names", .name = "san.test" },
    { .shown = "names", .name = "cn.test", .cause = SECURE_wrong_name },
    { .shown = "names", .name = "cn.test", .like.subject_match = SECURE_MATCH_CN },
    { .shown = "names",
      .name = "san.test",
      .like.subject_match = SECURE_MATCH_CN,
      .cause = SECURE_wrong_name },
    { .shown = "peer",
      .name = "peer.test",
      .like.subject_match = SECURE_MATCH_SAN,
      .cause = SECURE_wrong_name },
    { .shown = "star", .name = "a.star.test", .cause = SECURE_wrong_name },
    { .shown = "star", .name = "a.star.test", .like.wildcards = true },
    { .shown = "star",
      .name = "b.a.star.test",
      .like.wildcards = true,
      .cause = SECURE_wrong_name },
    { .shown = "for_servers", .name = "peer.test", .like.key_usage = true },
    { .shown = "for_clients", .name = "peer.test", .cause = SECURE_wrong_use },
    { .shown = "peer", .name = "peer.test", .like.key_usage = true, .cause = SECURE_wrong_use },
    { .shown = "many", .name = "x49.test", .cause = SECURE_too_large },
};

static size_t count(char const *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

static void check_vector(struct secure_rig *rig, size_t i)
{
    struct vector const *v = &vectors[i];
    struct secure_settings connects = { .verify_server = false }, accepts = v->like;
    char const *crls[4];
    char paths[4][SECURE_RIG_PATH], file[64];

    accepts.verify_peer = SECURE_VERIFY_REQUIRED;
    accepts.crls = (struct secure_names){ crls, count(v->crls) };
    for (size_t c = 0; c < accepts.crls.n; c++) {
        (void)snprintf(file, sizeof file, "%s.pem", v->crls[c]);
        crls[c] = secure_rig_path(rig, file, paths[c]);
    }
    accepts.subjects = v->subjects;
    accepts.n_subjects = count(v->subjects);
    struct secure_context *server_context =
        secure_rig_context(rig, "node", v->ca ? v->ca : "ca", &accepts);
    struct secure_context *client_context = secure_rig_context(rig, v->shown, "ca", &connects);
    struct secure_link *server = secure_link_new(server_context, NULL, MAX_OUT);
    struct secure_link *client = secure_link_new(client_context, "node.test", MAX_OUT);
    secure_rig_talk(client, server);
    if (secure_link_cause(server) != v->cause)
        fail_msg("%zu: %s: %s", i, v->shown, secure_cause_name(secure_link_cause(server)));
    assert_int_equal(secure_link_is_open(server), v->cause == SECURE_FINE);
    struct secure_identity *identity = secure_link_identity(server);
    assert_int_equal(identity != NULL, v->cause == SECURE_FINE);
    if (v->subject)
        assert_string_equal(secure_identity_subject(identity), v->subject);
    if (v->matched)
        assert_string_equal(secure_identity_matched(identity), v->matched);
    secure_link_free(&client);
    secure_link_free(&server);
    secure_context_unref(&client_context);
    secure_context_unref(&server_context);
}

static void test_peers(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check_vector(*state, i);
}

static void test_servers(void **state)
{
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        struct secure_settings connects = servers[i].like, accepts = { .verify_server = false };
        connects.verify_server = true;
        struct secure_context *server_context =
            secure_rig_context(*state, servers[i].shown, NULL, &accepts);
        struct secure_context *client_context = secure_rig_context(*state, NULL, "ca", &connects);
        struct secure_link *server = secure_link_new(server_context, NULL, MAX_OUT);
        struct secure_link *client = secure_link_new(client_context, servers[i].name, MAX_OUT);
        secure_rig_talk(client, server);
        if (secure_link_cause(client) != servers[i].cause)
            fail_msg("%zu: %s: %s", i, servers[i].shown,
                     secure_cause_name(secure_link_cause(client)));
        if (servers[i].cause) {
            assert_int_equal(secure_link_cause(server), SECURE_not_accepted);
        }
        secure_link_free(&client);
        secure_link_free(&server);
        secure_context_unref(&client_context);
        secure_context_unref(&server_context);
    }
}

/* A peer that was refused is called by its CN, whichever names count. */
static void test_refused_name(void **state)
{
    static char const *const subjects[] = { "x.test" };
    struct secure_settings accepts = { .verify_peer = SECURE_VERIFY_REQUIRED,
                                       .subject_match = SECURE_MATCH_SAN,
                                       .subjects = subjects,
                                       .n_subjects = 1 };
    struct secure_context *context = secure_rig_context(*state, "names", "ca", &accepts);
    struct secure_link *server = secure_link_new(context, NULL, MAX_OUT);
    struct secure_link *client = secure_link_new(context, "cn.test", MAX_OUT);

    secure_rig_talk(client, server);
    assert_int_equal(secure_link_cause(server), SECURE_not_selected);
    assert_string_equal(secure_link_peer(server), "cn.test");
    secure_link_free(&client);
    secure_link_free(&server);
    secure_context_unref(&context);
}

static void make_chains(struct secure_rig *rig)
{
    char names[2][32], files[2][40];
    char const *issuer = "ca";

    secure_rig_append(rig, "below.pem", "middle.pem");
    secure_rig_append(rig, "below_leaf.pem", "for_both.pem");
    for (int i = 0; i < CHAIN; i++) {
        struct secure_rig_cert const cert = {
            .name = names[i % 2], .cn = names[i % 2], .issuer = issuer, .is_ca = i < CHAIN - 1
        };
        (void)snprintf(names[i % 2], sizeof *names, "x%d", i);
        secure_rig_make(rig, &cert);
        issuer = names[i % 2];
    }
    for (int i = CHAIN - 1; i >= 0; i--) {
        (void)snprintf(files[0], sizeof *files, "x%d.pem", i);
        secure_rig_append(rig, "many.pem", files[0]);
    }
    (void)snprintf(files[0], sizeof *files, "x%d.key", CHAIN - 1);
    secure_rig_append(rig, "many.key", files[0]);
}

/* A certificate of more than 16 kB. */
static void make_fat(struct secure_rig *rig)
{
    static char san[20000];
    size_t len = 0;

    for (int i = 0; len < sizeof san - 50; i++)
        len += (size_t)snprintf(san + len, sizeof san - len, "%sDNS:n%d.a-name-of-some-length.test",
                                i ? "," : "", i);
    secure_rig_make(
        rig, &(struct secure_rig_cert){ .name = "fat", .cn = "fat", .san = san, .issuer = "ca" });
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "other", .cn = "Other", .is_ca = true },
        { .name = "forger", .cn = "CA", .is_ca = true },
        { .name = "node", .cn = "node.test", .issuer = "ca" },
        { .name = "peer", .cn = "peer.test", .issuer = "ca" },
        { .name = "bad", .cn = "bad.test", .issuer = "ca" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -2 * HOUR_S, .to_s = -HOUR_S },
        { .name = "young", .cn = "a.test", .issuer = "ca", .from_s = HOUR_S, .to_s = 2 * HOUR_S },
        { .name = "stranger", .cn = "peer.test", .issuer = "other" },
        { .name = "alone", .cn = "alone.test" },
        { .name = "weak", .cn = "Weak", .is_ca = true, .kind = "RSA 1024" },
        { .name = "below_weak", .cn = "peer.test", .issuer = "weak" },
        { .name = "middle", .cn = "Middle", .issuer = "ca", .is_ca = true },
        { .name = "below", .cn = "below.test", .issuer = "middle" },
        { .name = "for_servers", .cn = "peer.test", .issuer = "ca", .eku = "serverAuth" },
        { .name = "for_clients", .cn = "peer.test", .issuer = "ca", .eku = "clientAuth" },
        { .name = "for_both", .cn = "peer.test", .issuer = "ca", .eku = "serverAuth,clientAuth" },
        { .name = "for_any", .cn = "peer.test", .issuer = "ca", .eku = "anyExtendedKeyUsage" },
        { .name = "below_leaf", .cn = "leaf.test", .issuer = "for_both" },
        { .name = "names", .cn = "cn.test", .san = "DNS:san.test,IP:192.0.2.1", .issuer = "ca" },
        { .name = "star", .cn = "*.star.test", .issuer = "ca" },
    };

    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    make_chains(rig);
    make_fat(rig);
    secure_rig_revoke(rig, "crl", "ca", "bad", 0);
    secure_rig_revoke(rig, "crl_of_middle", "ca", "middle", 0);
    secure_rig_revoke(rig, "old_crl", "ca", "bad", -HOUR_S);
    secure_rig_revoke(rig, "forged_crl", "forger", "bad", 0);
    secure_rig_revoke(rig, "middle_crl", "middle", "bad", 0);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_servers),
        cmocka_unit_test(test_refused_name),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
