/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever is at the other end (SECURE_VERIFY_LATER): the handshake ends, and what is known of the
 * peer is told afterwards, at both ends alike; and what servers of XMPP agree upon in it. */
#include "secure_identity.h"
#include "secure_link.h"
#include "secure_rig.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, HOUR_S = 3600 };

#define SRV "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-server."

static struct secure_rig_cert const certs[] = {
    { .name = "ca", .cn = "Test CA", .is_ca = true },
    { .name = "other", .cn = "Other CA", .is_ca = true },
    { .name = "node", .cn = "node.test", .issuer = "ca" },
    { .name = "good", .san = SRV "a.test,DNS:*.b.test", .issuer = "ca" },
    { .name = "cn", .cn = "a.test", .issuer = "ca" },
    { .name = "old", .san = "DNS:a.test", .issuer = "ca", .from_s = -2 * HOUR_S, .to_s = -HOUR_S },
    { .name = "young", .san = "DNS:a.test", .issuer = "ca", .from_s = HOUR_S, .to_s = 2 * HOUR_S },
    { .name = "stranger", .san = "DNS:a.test", .issuer = "other" },
    { .name = "alone", .san = "DNS:a.test" },
    { .name = "bad", .san = "DNS:a.test", .issuer = "ca" },
    { .name = "for_servers", .san = "DNS:a.test", .issuer = "ca", .eku = "serverAuth" },
    { .name = "for_clients", .san = "DNS:a.test", .issuer = "ca", .eku = "clientAuth" },
    { .name = "for_mail", .san = "DNS:a.test", .issuer = "ca", .eku = "emailProtection" },
    { .name = "below_leaf", .san = "DNS:a.test", .issuer = "node" },
    { .name = "b", .san = "DNS:b.test", .issuer = "ca" },
    { .name = "srv", .san = SRV "c.test", .issuer = "ca" },
    { .name = "wild", .san = "DNS:*.d.test", .issuer = "ca" },
};

/* `shown` by the peer, to be a.test. */
static struct {
    char const *shown; /* NULL: nothing, which only a client can show */
    enum secure_cause cause;
} const vectors[] = {
    { "good", SECURE_FINE },
    { "cn", SECURE_FINE },
    { "for_servers", SECURE_FINE },
    { "for_clients", SECURE_FINE },
    { "node", SECURE_wrong_name },
    { "wild", SECURE_wrong_name },
    { "old", SECURE_expired },
    { "young", SECURE_not_yet_valid },
    { "stranger", SECURE_untrusted },
    { "alone", SECURE_self_signed },
    { "bad", SECURE_revoked },
    { "for_mail", SECURE_wrong_use },
    { "below_leaf", SECURE_untrusted },
    { NULL, SECURE_no_certificate },
};

static struct secure_context *later(struct secure_rig *rig, char const *name)
{
    char crl[SECURE_RIG_PATH];
    char const *crls[] = { secure_rig_path(rig, "crl.pem", crl) };
    struct secure_settings const like = {
        .verify_peer = SECURE_VERIFY_LATER,
        .crls = { crls, 1 },
        .crl_check = SECURE_CRL_LEAF,
    };

    return secure_rig_context(rig, name, "ca", &like);
}

struct pair {
    struct secure_context *client_context, *server_context;
    struct secure_link *client, *server;
};

static void begin(struct pair *pair, struct secure_context *client, struct secure_context *server,
                  char const *name)
{
    *pair = (struct pair){ client, server, secure_link_new(client, name, MAX_OUT),
                           secure_link_new(server, NULL, MAX_OUT) };
    assert_non_null(pair->client);
    assert_non_null(pair->server);
}

static void finish(struct pair *pair)
{
    secure_link_free(&pair->client);
    secure_link_free(&pair->server);
    secure_context_unref(&pair->client_context);
    secure_context_unref(&pair->server_context);
}

static void check(struct secure_link *link, size_t i)
{
    enum secure_cause cause = secure_link_proves(link, "a.test");
    bool is_accepted = !vectors[i].cause || vectors[i].cause == SECURE_wrong_name;

    assert_true(secure_link_is_open(link));
    if (cause != vectors[i].cause)
        fail_msg("%s: %s", vectors[i].shown, secure_cause_name(cause));
    assert_int_equal(secure_link_cause(link), SECURE_FINE);
    assert_int_equal(secure_link_identity(link) != NULL, is_accepted);
    assert_int_equal(secure_link_claims(link) != NULL, vectors[i].shown != NULL);
    assert_int_equal(*secure_link_objection(link) != '\0', !is_accepted && vectors[i].shown);
}

/* Text goes through, whatever the certificate was. */
static void check_text(struct secure_link *from, struct secure_link *to)
{
    char text[8];

    assert_int_equal(secure_link_write(from, "hello", 5), 0);
    secure_link_feed(to, secure_link_out(from)->data, secure_link_out(from)->len);
    assert_int_equal(secure_link_read(to, text, sizeof text), 5);
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(secure_link_read(to, text, sizeof text), 0);
    buf_reset(secure_link_out(from));
}

static void test_as_server(void **state)
{
    struct pair pair;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        begin(&pair, later(*state, vectors[i].shown), later(*state, "good"), "a.test");
        secure_rig_talk(pair.client, pair.server);
        check(pair.server, i);
        check_text(pair.client, pair.server);
        check_text(pair.server, pair.client);
        finish(&pair);
    }
}

static void test_as_client(void **state)
{
    struct pair pair;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        if (!vectors[i].shown)
            continue;
        begin(&pair, later(*state, "good"), later(*state, vectors[i].shown), "a.test");
        secure_rig_talk(pair.client, pair.server);
        check(pair.client, i);
        check_text(pair.server, pair.client);
        check_text(pair.client, pair.server);
        finish(&pair);
    }
}

/* One certificate, several domains. */
static void test_domains(void **state)
{
    struct pair pair;

    begin(&pair, later(*state, "good"), later(*state, "old"), "a.test");
    secure_rig_talk(pair.client, pair.server);
    assert_int_equal(secure_link_proves(pair.server, "a.test"), SECURE_FINE);
    assert_int_equal(secure_link_proves(pair.server, "im.b.test"), SECURE_FINE);
    assert_int_equal(secure_link_proves(pair.server, "b.test"), SECURE_wrong_name);
    assert_int_equal(secure_link_proves(pair.server, "x.im.b.test"), SECURE_wrong_name);
    assert_int_equal(secure_link_proves(pair.server, ""), SECURE_wrong_name);
    finish(&pair);
}

/* A bad certificate is no reason to name when something else ends the connection later. */
static void test_end(void **state)
{
    struct pair pair;
    char text[8];

    begin(&pair, later(*state, "good"), later(*state, "old"), "a.test");
    secure_rig_talk(pair.client, pair.server);
    secure_link_feed(pair.client, "\x17\x03\x03\0\x02xx", 7);
    assert_int_equal(secure_link_read(pair.client, text, sizeof text), -EPROTO);
    assert_int_equal(secure_link_cause(pair.client), SECURE_protocol);
    finish(&pair);
}

/* Nobody comes back with less than a certificate that is still good. */
static void test_resumption(void **state)
{
    static char const *const shown[] = { "good", "old", "stranger" };
    struct secure_settings const like = {
        .verify_peer = SECURE_VERIFY_LATER,
        .session_tickets = true,
        .session_lifetime_s = 60,
        .session_servers = 4,
    };

    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct secure_context *client = secure_rig_context(*state, shown[i], "ca", &like);
        struct secure_context *server = secure_rig_context(*state, "good", "ca", &like);
        struct pair pair;
        for (int again = 0; again < 2; again++) {
            begin(&pair, secure_context_ref(client), secure_context_ref(server), "a.test");
            secure_rig_talk(pair.client, pair.server);
            assert_true(secure_link_is_open(pair.server));
            assert_int_equal(secure_link_is_resumed(pair.server) && i > 0, false);
            assert_int_equal(secure_link_proves(pair.server, "a.test"), i == 0 ? SECURE_FINE
                                                                        : i == 1
                                                                            ? SECURE_expired
                                                                            : SECURE_untrusted);
            assert_int_equal(secure_link_proves(pair.client, "a.test"), SECURE_FINE);
            finish(&pair);
        }
        secure_context_unref(&client);
        secure_context_unref(&server);
    }
}

static struct {
    char const *client, *server; /* NULL: no ALPN */
    char const *agreed;          /* NULL: refused */
} const protocols[] = {
    { "xmpp-server", "xmpp-server", "xmpp-server" },
    { NULL, "xmpp-server", "" },
    { "xmpp-server", NULL, "" },
    { NULL, NULL, "" },
    { "xmpp-client", "xmpp-server", NULL },
};

static void test_protocol(void **state)
{
    char text[SECURE_LINK_PROTOCOL];
    struct pair pair;

    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        begin(&pair, later(*state, "good"), later(*state, "good"), "a.test");
        if (protocols[i].client)
            secure_link_speak(pair.client, protocols[i].client);
        if (protocols[i].server)
            secure_link_speak(pair.server, protocols[i].server);
        secure_rig_talk(pair.client, pair.server);
        bool is_open = protocols[i].agreed != NULL;
        assert_int_equal(secure_link_is_open(pair.client), is_open);
        assert_int_equal(secure_link_is_open(pair.server), is_open);
        if (is_open) {
            assert_string_equal(secure_link_protocol(pair.client, text), protocols[i].agreed);
            assert_string_equal(secure_link_protocol(pair.server, text), protocols[i].agreed);
        } else {
            assert_int_equal(secure_link_cause(pair.client), SECURE_no_protocol);
            assert_int_equal(secure_link_cause(pair.server), SECURE_no_protocol);
        }
        finish(&pair);
    }
}

/* Of several certificates the one for the domain that the client asks for is shown. */
static void test_choice(void **state)
{
    static char const *const asked[] = { "b.test", "c.test", "im.d.test" };
    static char const *const files[] = { "b.pem", "srv.pem", "wild.pem" };
    static char const *const key_files[] = { "b.key", "srv.key", "wild.key" };
    char paths[6][SECURE_RIG_PATH], ca[SECURE_RIG_PATH];
    char const *certificates[6], *keys[6];

    for (size_t i = 0; i < 3; i++) {
        certificates[i] = secure_rig_path(*state, files[i], paths[i]);
        keys[i] = secure_rig_path(*state, key_files[i], paths[3 + i]);
    }
    /* Domains may share one: the second time it is left out, if that is asked for. */
    for (size_t i = 3; i < 6; i++) {
        certificates[i] = certificates[i - 3];
        keys[i] = keys[i - 3];
    }
    struct secure_settings settings = {
        .name = "several",
        .certificates = { certificates, 6 },
        .keys = { keys, 6 },
        .ca = secure_rig_path(*state, "ca.pem", ca),
        .verify_peer = SECURE_VERIFY_LATER,
    };
    struct secure_fault fault;
    assert_null(secure_context_new(&settings, &fault));
    settings.skips_same = true;
    struct secure_context *server = secure_context_new(&settings, &fault);
    assert_non_null(server);
    assert_non_null(secure_context_certificate(server, 2));
    assert_null(secure_context_certificate(server, 3));

    for (size_t i = 0; i < 3; i++) {
        struct pair pair;
        begin(&pair, later(*state, "good"), secure_context_ref(server), asked[i]);
        secure_rig_talk(pair.client, pair.server);
        assert_int_equal(secure_link_proves(pair.client, asked[i]), SECURE_FINE);
        finish(&pair);
    }
    secure_context_unref(&server);
    certificates[4] = "/nonexistent";
    assert_null(secure_context_new(&settings, &fault));
}

static int setup(void **state)
{
    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);

    secure_rig_revoke(rig, "crl", "ca", "bad", 0);
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_as_server),  cmocka_unit_test(test_as_client),
        cmocka_unit_test(test_domains),    cmocka_unit_test(test_end),
        cmocka_unit_test(test_resumption), cmocka_unit_test(test_protocol),
        cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests_name("secure_later", tests, setup, secure_rig_end);
}
