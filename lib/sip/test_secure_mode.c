/* SPDX-License-Identifier: Apache-2.0 */
/* Modes of TLS: what they forbid, which algorithms they leave, and a module that is not there. */
#include "secure_ciphers.h"
#include "secure_link.h"
#include "secure_mode.h"
#include "secure_rig.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20 };

#define LIST(...)                                                                                  \
    {                                                                                              \
        (char const *const[]){ __VA_ARGS__ },                                                      \
            sizeof(char const *[]){ __VA_ARGS__ } / sizeof(char *)                                 \
    }

static char const *const subjects[] = { "peer.test" };

/* What the common criteria want, with one thing that they do not. */
#define STRICT                                                                                     \
    .mode = SECURE_MODE_COMMON_CRITERIA, .verify_server = true, .crl_check = SECURE_CRL_CHAIN

static struct {
    struct secure_settings settings;
    char const *setting, *text; /* NULL: it is fine */
} const contradictions[] = {
    { { .wildcards = true, .min_version = SECURE_TLS_1_0 }, NULL, NULL },
    { { .mode = SECURE_MODE_FIPS, .wildcards = true }, NULL, NULL },
    { { .mode = SECURE_MODE_FIPS, .min_version = SECURE_TLS_1_2 }, NULL, NULL },
    { { .mode = SECURE_MODE_FIPS, .min_version = SECURE_TLS_1_1 },
      "min_version",
      "TLS below 1.2 is not allowed (tls_mode is fips)" },
    { { STRICT, .crls = LIST("x") }, NULL, NULL },
    { { STRICT, .crls = LIST("x"), .verify_peer = SECURE_VERIFY_REQUIRED, .subjects_file = "x" },
      NULL,
      NULL },
    { { STRICT, .crls = LIST("x"), .min_version = SECURE_TLS_1_0 },
      "min_version",
      "TLS below 1.2 is not allowed (tls_mode is common_criteria)" },
    { { STRICT, .crls = LIST("x"), .wildcards = true }, "wildcards", "in full" },
    { { STRICT, .crls = LIST("x"), .verify_peer = SECURE_VERIFY_OPTIONAL },
      "subjects",
      "none is selected" },
    { { STRICT, .crls = LIST("x"), .key_log = "x" }, "key_log", "must not be written down" },
    { { STRICT }, "crls", "there are no lists" },
    { { .mode = SECURE_MODE_COMMON_CRITERIA,
        .verify_server = true,
        .crls = LIST("x"),
        .crl_check = SECURE_CRL_LEAF },
      "crl_check",
      "for the chain" },
    { { .mode = SECURE_MODE_COMMON_CRITERIA, .crls = LIST("x"), .crl_check = SECURE_CRL_CHAIN },
      "verify_server",
      "must be verified" },
};

static void test_contradictions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++) {
        struct secure_fault fault = { .setting = "" };
        int error = secure_mode_check(&contradictions[i].settings, &fault);
        if (contradictions[i].setting
                ? error == 0 || strcmp(fault.setting, contradictions[i].setting) ||
                      !strstr(fault.text, contradictions[i].text)
                : error != 0)
            fail_msg("%zu: %d %s: %s", i, error, fault.setting, fault.text);
    }
}

static struct {
    struct secure_settings settings;
    char const *cert;
    char const *ciphers, *setting, *text; /* NULL: a fault; it is fine */
} const algorithms[] = {
    /* Our default without ChaCha20. */
    { { .name = "x" },
      "ecdsa",
      "TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 "
      "ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 "
      "DHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES128-GCM-SHA256",
      NULL,
      NULL },
    { { .ciphers = LIST("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256") },
      "ecdsa",
      "TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256 ECDHE-RSA-AES128-GCM-SHA256 "
      "ECDHE-ECDSA-AES128-SHA256",
      NULL,
      NULL },
    { { .suites = LIST("TLS_AES_128_GCM_SHA256"), .ciphers = LIST("DHE-RSA-AES128-GCM-SHA256") },
      "rsa",
      "TLS_AES_128_GCM_SHA256 DHE-RSA-AES128-GCM-SHA256",
      NULL,
      NULL },
    { { .ciphers = LIST("ECDHE-RSA-CHACHA20-POLY1305") },
      "ecdsa",
      NULL,
      "ciphers",
      "\"ECDHE-RSA-CHACHA20-POLY1305\" is not approved (tls_mode is common_criteria)" },
    { { .ciphers = LIST("ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA") },
      "ecdsa",
      NULL,
      "ciphers",
      "\"AES128-SHA\" is not approved" },
    { { .ciphers = LIST("ECDHE-RSA-CAMELLIA128-SHA256") },
      "ecdsa",
      NULL,
      "ciphers",
      "\"ECDHE-RSA-CAMELLIA128-SHA256\" is not approved" },
    { { .suites = LIST("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256") },
      "ecdsa",
      NULL,
      "ciphersuites",
      "\"TLS_CHACHA20_POLY1305_SHA256\" is not approved" },
    { { .name = "x" }, "ed25519", NULL, "certificates", "has a key that is not approved" },
};

static struct secure_settings settings_of(struct secure_rig *rig, size_t i,
                                          char const *files[static 2],
                                          char paths[static 4][SECURE_RIG_PATH])
{
    struct secure_settings settings = algorithms[i].settings;
    static char names[2][40];

    (void)snprintf(names[0], sizeof *names, "%s.pem", algorithms[i].cert);
    (void)snprintf(names[1], sizeof *names, "%s.key", algorithms[i].cert);
    files[0] = secure_rig_path(rig, names[0], paths[0]);
    files[1] = secure_rig_path(rig, names[1], paths[1]);
    settings.name = "x";
    settings.certificates = (struct secure_names){ &files[0], 1 };
    settings.keys = (struct secure_names){ &files[1], 1 };
    settings.mode = SECURE_MODE_COMMON_CRITERIA;
    return settings;
}

/* As a context is made, up to there. */
static int restricted(SSL_CTX *ctx, struct secure_settings const *settings,
                      struct secure_fault *fault)
{
    struct secure_choice choice = { .n = 0 };
    int error = secure_ciphers_set(ctx, settings, fault);

    if (!error)
        error = secure_choice_init(&choice, ctx, settings, fault);
    if (!error)
        error = secure_mode_restrict(ctx, settings, &choice, fault);
    secure_choice_fini(&choice);
    return error;
}

static void test_algorithms(void **state)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        char paths[4][SECURE_RIG_PATH], text[1000] = "";
        char const *files[2];
        struct secure_settings const settings = settings_of(*state, i, files, paths);
        struct secure_fault fault = { .setting = "" };
        SSL_CTX *ctx = SSL_CTX_new(TLS_method());
        int error = restricted(ctx, &settings, &fault);
        STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx);
        for (int c = 0; c < sk_SSL_CIPHER_num(all); c++)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", c ? " " : "",
                           SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, c)));
        if (algorithms[i].ciphers && (error || strcmp(text, algorithms[i].ciphers) != 0))
            fail_msg("%zu: %s: %s", i, fault.text, text);
        if (!algorithms[i].ciphers && (!error || strcmp(fault.setting, algorithms[i].setting) ||
                                       !strstr(fault.text, algorithms[i].text)))
            fail_msg("%zu: %d %s: %s", i, error, fault.setting, fault.text);
        SSL_CTX_free(ctx);
    }
}

/* Debian 12 has no FIPS module, so its part is played by a provider of another name. */
static void test_module(void **state)
{
    struct secure_mode_library library = { .library = NULL };
    struct secure_fault fault;

    (void)state;
    assert_null(secure_mode_open("no-such", "fips=yes", &library, &fault));
    assert_string_equal(fault.setting, "tls_mode");
    assert_non_null(strstr(fault.text, "OpenSSL has no no-such module here: "));
    secure_mode_fini(&library);
    secure_mode_fini(&library);
    SSL_CTX *ctx = secure_mode_open("default", "provider=default", &library, &fault);
    assert_non_null(ctx);
    assert_non_null(library.library);
    SSL_CTX_free(ctx);
    secure_mode_fini(&library);
    assert_null(library.library);
}

/* Keys and certificates that were read outside of the library serve inside of it. */
static void test_module_talks(void **state)
{
    struct secure_rig *rig = *state;
    struct secure_mode_library library = { .library = NULL };
    struct secure_fault fault;
    char paths[2][SECURE_RIG_PATH];
    char const *files[2] = { secure_rig_path(rig, "ecdsa.pem", paths[0]),
                             secure_rig_path(rig, "ecdsa.key", paths[1]) };
    struct secure_settings const settings = { .name = "x",
                                              .mode = SECURE_MODE_FIPS,
                                              .certificates = { &files[0], 1 },
                                              .keys = { &files[1], 1 } };
    struct secure_choice choice = { .n = 0 };
    SSL_CTX *ctx = secure_mode_open("default", "provider=default", &library, &fault);
    SSL_CTX *other = SSL_CTX_new(TLS_client_method());

    assert_int_equal(secure_ciphers_set(ctx, &settings, &fault), 0);
    assert_int_equal(secure_choice_init(&choice, ctx, &settings, &fault), 0);
    assert_int_equal(secure_mode_restrict(ctx, &settings, &choice, &fault), 0);
    SSL *server = SSL_new(ctx), *client = SSL_new(other);
    BIO *one, *two;
    assert_int_equal(BIO_new_bio_pair(&one, 0, &two, 0), 1);
    SSL_set_bio(server, one, one);
    SSL_set_bio(client, two, two);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    assert_true(SSL_is_init_finished(server));
    assert_int_equal(SSL_get_negotiated_group(server), NID_X9_62_prime256v1);
    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(ctx);
    SSL_CTX_free(other);
    secure_choice_fini(&choice);
    secure_mode_fini(&library);
}

/* The mode reaches the context: without an extended key usage nobody is accepted. */
static void test_context(void **state)
{
    char path[SECURE_RIG_PATH];
    char const *crl = secure_rig_path(*state, "crl.pem", path);
    struct secure_settings const like = { STRICT,
                                          .crls = { &crl, 1 },
                                          .verify_peer = SECURE_VERIFY_REQUIRED,
                                          .subjects = subjects,
                                          .n_subjects = 1,
                                          .session_tickets = true };
    static struct {
        char const *cert;
        enum secure_cause cause;
    } const rows[] = { { "peer", SECURE_FINE },
                       { "unmarked", SECURE_wrong_use },
                       { "other", SECURE_not_selected } };
    struct secure_context *server_context = secure_rig_context(*state, "ecdsa", "ca", &like);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secure_context *client_context =
            secure_rig_context(*state, rows[i].cert, "ca", NULL);
        struct secure_link *server = secure_link_new(server_context, NULL, MAX_OUT);
        struct secure_link *client = secure_link_new(client_context, "node.test", MAX_OUT);
        secure_rig_talk(client, server);
        assert_string_equal(secure_cause_name(secure_link_cause(server)),
                            secure_cause_name(rows[i].cause));
        secure_link_free(&client);
        secure_link_free(&server);
        secure_context_unref(&client_context);
    }
    secure_context_unref(&server_context);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "ecdsa", .cn = "node.test", .issuer = "ca" },
        { .name = "rsa", .cn = "node.test", .issuer = "ca", .kind = "RSA" },
        { .name = "ed25519", .cn = "node.test", .issuer = "ca", .kind = "ED25519" },
        { .name = "peer", .cn = "peer.test", .issuer = "ca", .eku = "clientAuth" },
        { .name = "unmarked", .cn = "peer.test", .issuer = "ca" },
        { .name = "other", .cn = "other.test", .issuer = "ca", .eku = "clientAuth" },
        { .name = "bad", .cn = "bad.test", .issuer = "ca" },
    };

    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    secure_rig_revoke(rig, "crl", "ca", "bad", 0);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_contradictions), cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_module),         cmocka_unit_test(test_module_talks),
        cmocka_unit_test(test_context),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
