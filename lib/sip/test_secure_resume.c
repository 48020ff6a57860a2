/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that go on: who comes back with a short handshake, who must show its certificate again,
 * and that nobody is welcome who would not be without a session. */
#include "clock.h"
#include "secure_identity.h"
#include "secure_internal.h"
#include "secure_link.h"
#include "secure_resume.h"
#include "secure_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, LIFETIME_S = 3600, DAY_S = 86400, SERVERS = 2 };

/* Both ends of one connection. */
struct pair {
    struct secure_link *client, *server;
};

static struct pair open_pair(struct secure_context *client, struct secure_context *server,
                             char const *name)
{
    struct pair pair = { .client = secure_link_new(client, name, MAX_OUT),
                         .server = secure_link_new(server, NULL, MAX_OUT) };

    secure_rig_talk(pair.client, pair.server);
    return pair;
}

static void close_pair(struct pair *pair)
{
    secure_link_free(&pair->client);
    secure_link_free(&pair->server);
}

/* Connects; returns whether the session went on. Who the client is must be known either way. */
static bool meets(struct secure_context *client, struct secure_context *server, char const *name,
                  char const *subject)
{
    struct pair pair = open_pair(client, server, name);

    if (!secure_link_is_open(pair.client) || !secure_link_is_open(pair.server))
        fail_msg("%s; %s", secure_link_why(pair.client), secure_link_why(pair.server));
    bool is_resumed = secure_link_is_resumed(pair.client);
    assert_int_equal(secure_link_is_resumed(pair.server), is_resumed);
    struct secure_identity *identity = secure_link_identity(pair.server);
    assert_string_equal(identity ? secure_identity_subject(identity) : "", subject);
    identity = secure_link_identity(pair.client);
    assert_non_null(identity);
    assert_true(secure_identity_is_host(identity, name));
    close_pair(&pair);
    return is_resumed;
}

static struct secure_settings const resuming = { .verify_server = true,
                                                 .session_tickets = true,
                                                 .session_lifetime_s = LIFETIME_S,
                                                 .session_servers = SERVERS };

static struct secure_context *server_of(struct secure_rig *rig, enum secure_verify verify,
                                        enum secure_version version)
{
    struct secure_settings like = resuming;

    like.verify_peer = verify;
    like.max_version = version;
    return secure_rig_context(rig, "a", "ca", &like);
}

static struct secure_context *client_of(struct secure_rig *rig, char const *name)
{
    return secure_rig_context(rig, name, "ca", &resuming);
}

static void test_comes_back(void **state)
{
    static enum secure_version const versions[] = { SECURE_TLS_1_2, SECURE_TLS_1_3 };
    static struct {
        enum secure_verify verify;
        char const *client, *subject;
    } const rows[] = {
        { SECURE_VERIFY_NONE, NULL, "" },
        { SECURE_VERIFY_OPTIONAL, NULL, "" },
        { SECURE_VERIFY_OPTIONAL, "b", "b.test" },
        { SECURE_VERIFY_REQUIRED, "b", "b.test" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < sizeof versions / sizeof *versions; k++) {
            struct secure_context *server = server_of(*state, rows[i].verify, versions[k]);
            struct secure_context *client = client_of(*state, rows[i].client);
            assert_false(meets(client, server, "a.test", rows[i].subject));
            for (int n = 0; n < 3; n++)
                assert_true(meets(client, server, "a.test", rows[i].subject));
            secure_context_unref(&server);
            secure_context_unref(&client);
        }
    }
}

/* One side without tickets is enough. */
static void test_switched_off(void **state)
{
    struct secure_settings const plain = { .verify_server = true };
    struct secure_context *server = server_of(*state, SECURE_VERIFY_NONE, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, NULL);
    struct secure_context *plain_server = secure_rig_context(*state, "a", "ca", &plain);
    struct secure_context *plain_client = secure_rig_context(*state, NULL, "ca", &plain);

    for (int i = 0; i < 2; i++) {
        assert_false(meets(plain_client, server, "a.test", ""));
        assert_false(meets(client, plain_server, "a.test", ""));
    }
    secure_context_unref(&server);
    secure_context_unref(&client);
    secure_context_unref(&plain_server);
    secure_context_unref(&plain_client);
}

/* What a reload makes knows nothing of the tickets before, even if nothing else is new. */
static void test_reload(void **state)
{
    struct secure_context *client = client_of(*state, "b");

    for (int i = 0; i < 2; i++) {
        struct secure_context *server =
            server_of(*state, SECURE_VERIFY_REQUIRED, SECURE_TLS_DEFAULT);
        assert_false(meets(client, server, "a.test", "b.test"));
        assert_true(meets(client, server, "a.test", "b.test"));
        secure_context_unref(&server);
    }
    secure_context_unref(&client);
}

static void set_time(struct secure_context *context, long later_s)
{
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context->ctx), time(NULL) + later_s);
}

/* The certificate of a session expires: it is asked for again, and refused by its name. */
static void test_expired_client(void **state)
{
    struct secure_context *server = server_of(*state, SECURE_VERIFY_REQUIRED, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, "b");

    assert_false(meets(client, server, "a.test", "b.test"));
    assert_true(meets(client, server, "a.test", "b.test"));
    set_time(server, 2 * DAY_S);
    struct pair pair = open_pair(client, server, "a.test");
    assert_int_equal(secure_link_cause(pair.server), SECURE_expired);
    assert_string_equal(secure_link_peer(pair.server), "b.test");
    assert_null(secure_link_identity(pair.server));
    close_pair(&pair);
    secure_context_unref(&server);
    secure_context_unref(&client);
}

static void test_expired_server(void **state)
{
    struct secure_context *server = server_of(*state, SECURE_VERIFY_NONE, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, NULL);

    assert_false(meets(client, server, "a.test", ""));
    set_time(client, 2 * DAY_S);
    struct pair pair = open_pair(client, server, "a.test");
    assert_int_equal(secure_link_cause(pair.client), SECURE_expired);
    close_pair(&pair);
    secure_context_unref(&server);
    secure_context_unref(&client);
}

/* A ticket holds the certificate of the client, not its chain: if the trust alone does not lead to
 * it, all is shown again. What we keep of a server is whole. */
static void test_chains(void **state)
{
    struct secure_settings like = resuming;
    char path[SECURE_RIG_PATH];
    char const *chain = secure_rig_path(*state, "chain.pem", path);

    like.certificates = (struct secure_names){ &chain, 1 };
    like.verify_peer = SECURE_VERIFY_REQUIRED;
    struct secure_context *chained = secure_rig_context(*state, NULL, "ca", &like);
    struct secure_context *plain = secure_rig_context(*state, "a", "ca", &like);
    for (int i = 0; i < 2; i++)
        assert_false(meets(chained, plain, "a.test", "leaf.test"));
    assert_false(meets(plain, chained, "leaf.test", "a.test"));
    assert_true(meets(plain, chained, "leaf.test", "a.test"));
    secure_context_unref(&chained);
    secure_context_unref(&plain);
}

/* A key seals for a lifetime and opens for another one. */
static void test_keys_turn(void **state)
{
    struct secure_context *server = server_of(*state, SECURE_VERIFY_NONE, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, NULL);
    struct secure_ticket_key first;

    assert_false(meets(client, server, "a.test", ""));
    first = server->tickets.now;
    assert_true(meets(client, server, "a.test", ""));
    clock_advance_ms(1000 * (LIFETIME_S - 60));
    assert_true(meets(client, server, "a.test", ""));
    assert_memory_equal(&server->tickets.now, &first, sizeof first);
    clock_advance_ms(1000 * 60);
    /* The client has thrown its session away by now. */
    assert_false(meets(client, server, "a.test", ""));
    assert_memory_equal(&server->tickets.before, &first, sizeof first);
    assert_memory_not_equal(&server->tickets.now, &first, sizeof first);
    clock_advance_ms(1000 * 2 * LIFETIME_S);
    assert_false(meets(client, server, "a.test", ""));
    assert_false(server->tickets.before.is_set);
    secure_context_unref(&server);
    secure_context_unref(&client);
}

static void test_old_key_opens(void **state)
{
    struct secure_context *server = server_of(*state, SECURE_VERIFY_NONE, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, NULL);

    assert_false(meets(client, server, "a.test", ""));
    server->tickets.since_ms -= 1000 * LIFETIME_S;
    assert_true(meets(client, server, "a.test", ""));
    assert_true(server->tickets.before.is_set);
    assert_true(meets(client, server, "a.test", ""));
    server->tickets.since_ms -= 2000 * LIFETIME_S;
    assert_false(meets(client, server, "a.test", ""));
    secure_context_unref(&server);
    secure_context_unref(&client);
}

/* Sessions belong to names, and the oldest gives way. */
static void test_names(void **state)
{
    static char const *const names[] = { "one.test", "two.test", "three.test" };
    struct secure_settings like = resuming;
    struct secure_context *server = secure_rig_context(*state, "many", "ca", &like);
    struct secure_context *client = client_of(*state, NULL);

    assert_false(meets(client, server, names[0], ""));
    assert_false(meets(client, server, names[1], ""));
    assert_true(meets(client, server, names[0], ""));
    assert_true(meets(client, server, names[1], ""));
    assert_false(meets(client, server, names[2], ""));
    assert_int_equal(client->sessions.n, SERVERS);
    assert_false(meets(client, server, names[0], ""));
    assert_true(meets(client, server, names[2], ""));
    secure_context_unref(&server);
    secure_context_unref(&client);
}

/* Judged for a ticket that is then not used: nothing of it may stick. */
static void test_unused_verdict(void **state)
{
    char const *const nobody[] = { "nobody.test" };
    struct secure_settings like = resuming;
    struct secure_context *server = server_of(*state, SECURE_VERIFY_REQUIRED, SECURE_TLS_DEFAULT);
    struct secure_context *client = client_of(*state, "b");
    struct secure_resume resume = { .leaf = NULL };
    struct secure_verify_verdict verdict = { .identity = NULL };
    struct secure_session ours;

    like.verify_peer = SECURE_VERIFY_REQUIRED;
    like.subjects = nobody;
    like.n_subjects = 1;
    struct secure_context *strict = secure_rig_context(*state, "a", "ca", &like);
    assert_false(meets(client, server, "a.test", "b.test"));
    assert_true(secure_session_take(&client->sessions, "a.test", &ours));
    SSL *ssl = SSL_new(client->ctx);
    SSL_set_connect_state(ssl);
    assert_true(secure_resume_judge(&resume, &client->policy, ssl, "a.test", ours.session, NULL));
    assert_non_null(resume.verdict.identity);
    assert_true(secure_resume_adopt(&resume, ssl, &verdict));
    assert_null(verdict.identity);
    assert_false(verdict.is_accepted);
    assert_null(resume.leaf);
    /* Of another name, or by a policy that selects others: no. */
    assert_false(secure_resume_judge(&resume, &client->policy, ssl, "c.test", ours.session, NULL));
    SSL_set_accept_state(ssl);
    assert_true(secure_resume_judge(&resume, &server->policy, ssl, "", ours.session, NULL));
    assert_false(secure_resume_judge(&resume, &strict->policy, ssl, "", ours.session, NULL));
    assert_null(resume.leaf);
    SSL_free(ssl);
    secure_session_release(&ours);
    secure_context_unref(&strict);
    secure_context_unref(&server);
    secure_context_unref(&client);
}

struct crowd {
    struct secure_context *client, *server;
};

static void meet_often(void *vcrowd)
{
    struct crowd const *crowd = vcrowd;

    for (int i = 0; i < 30; i++)
        meets(crowd->client, crowd->server, "a.test", "b.test");
}

static void test_threads(void **state)
{
    struct crowd crowd = { client_of(*state, "b"),
                           server_of(*state, SECURE_VERIFY_REQUIRED, SECURE_TLS_DEFAULT) };
    uv_thread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(uv_thread_create(&threads[i], meet_often, &crowd), 0);
    for (size_t i = 0; i < 4; i++)
        uv_thread_join(&threads[i]);
    assert_true(meets(crowd.client, crowd.server, "a.test", "b.test"));
    secure_context_unref(&crowd.client);
    secure_context_unref(&crowd.server);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
        { .name = "many", .san = "DNS:one.test,DNS:two.test,DNS:three.test", .issuer = "ca" },
        { .name = "inter", .cn = "Between", .issuer = "ca", .is_ca = true },
        { .name = "leaf", .cn = "leaf.test", .issuer = "inter" },
    };

    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);

    secure_rig_append(rig, "chain.pem", "leaf.pem");
    secure_rig_append(rig, "chain.pem", "inter.pem");
    secure_rig_append(rig, "chain.pem", "leaf.key");
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_comes_back),     cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_reload),         cmocka_unit_test(test_expired_client),
        cmocka_unit_test(test_expired_server), cmocka_unit_test(test_chains),
        cmocka_unit_test(test_old_key_opens),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_unused_verdict), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_keys_turn), /* moves the clock */
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
