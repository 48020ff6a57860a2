/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts of a configuration file: each mistake is named with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "proxy_conf.h"
#include "secure_conf.h"
#include "secure_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TLS_LISTENER "listen = ( \"tls:127.0.0.1:5061\" );\n"
#define GOOD         "{ name = \"a\"; certificates = ( \"a.pem\" ); keys = ( \"a.key\" ); }"

static struct vector {
    char const *keys;
    char const *said; /* part of what is printed; NULL: nothing is */
} const vectors[] = {
    { "listen = ( \"udp:127.0.0.1:5060\" );", NULL },
    { TLS_LISTENER "tls_contexts = ( " GOOD " );", NULL },
    { TLS_LISTENER "tls_contexts = ( { name = \"a\"; certificates = ( \"both.pem\" ); } );", NULL },
    { "listen = ( \"tls:127.0.0.1:5062;context=p\" ); tls_contexts = ( " GOOD ",\n { name = \"p\"; "
      "certificates = ( \"a.pem\" ); keys = ( \"a.key\" ); ca = \"ca.pem\"; verify_peer = "
      "\"required\";\n"
      " subjects = ( \"b.test\" ); min_version = \"1.3\"; } );",
      NULL },
    { TLS_LISTENER, ":2: listener \"tls:127.0.0.1:5061\": there are no tls_contexts\n" },
    { "listen = ( \"tls:127.0.0.1:5061;context=b\" );\ntls_contexts = ( " GOOD " );",
      ":2: listener \"tls:127.0.0.1:5061;context=b\": there is no TLS context called \"b\"\n" },
    { TLS_LISTENER "tls_contexts = ( " GOOD " ); tls_server_context = \"b\";",
      ":3: tls_server_context: there is no TLS context called \"b\"\n" },
    { "tls_contexts = ( " GOOD " );\ntls_client_context = \"b\";",
      ":3: tls_client_context: there is no TLS context called \"b\"\n" },
    { TLS_LISTENER "tls_contexts = ( { name = \"a\"; } );",
      "its TLS context \"a\" has no certificate\n" },
    { "tls_contexts = ( " GOOD ",\n " GOOD " );", ":3: TLS context \"a\" stands twice\n" },
    { "tls_contexts = ( " GOOD ",\n { name = \"b\"; certificates = ( \"none.pem\" ); } );",
      ":3: TLS context \"b\": certificates: cannot read \"" },
    { "tls_contexts = (\n { name = \"b\"; certificates = ( \"a.pem\" ); keys = ( \"ca.key\" ); } "
      ");",
      "ca.key\" is not the key of the certificate \"" },
    { "tls_contexts = (\n { name = \"b\"; certificates = ( \"a.pem\" ); } );",
      ":3: TLS context \"b\": keys: \"" },
    { "tls_contexts = ( { name = \"b\"; verify_peer = \"required\"; } );",
      ": ca: verify_peer wants the certificates that are trusted\n" },
    { "tls_contexts = ( { name = \"b\"; verify_peer = \"perhaps\"; } );",
      ": verify_peer: wants one of \"none\", \"optional\", \"required\"\n" },
    { "tls_contexts = ( { name = \"b\"; ciphers = ( \"none at all\" ); } );",
      "ciphers: \"none\" is no cipher that is known; nearest is \"" },
    { "tls_contexts = (\n { name = \"b\"; ciphers = ( \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\", "
      "\"TLS_RSA_WITH_3DES_EDE_CBC_SHA\" ); } );",
      ":3: TLS context \"b\": ciphers: \"TLS_RSA_WITH_3DES_EDE_CBC_SHA\" is not built into "
      "OpenSSL" },
    { "tls_contexts = ( { name = \"b\"; ciphersuites = ( \"TLS_AES_128_GCM_SHA256\" ); } );",
      NULL },
    { "tls_contexts = ( { name = \"b\"; ciphersuites = ( \"HIGH\" ); } );",
      ": ciphersuites: \"HIGH\"" },
    { "tls_contexts = ( { name = \"b\"; min_version = \"1.3\"; max_version = \"1.2\"; } );",
      "TLS context \"b\": max_version: is older than min_version\n" },
    { "tls_contexts = ( { name = \"b\"; min_version = \"1.1\"; } );",
      ": warning: TLS context \"b\": versions of TLS below 1.2 are broken (RFC 8996)" },
    { "tls_contexts = ( { name = \"b\"; min_version = \"1.0\"; ciphers = ( \"ECDHE+AESGCM\" ); } "
      ");",
      ": warning: TLS context \"b\": none of its ciphers is for TLS below 1.2" },
    { "tls_contexts = ( { name = \"b\"; empty_fragments = false; } );",
      ": warning: TLS context \"b\": empty_fragments concerns TLS 1.0 alone" },
    { "tls_contexts = ( { name = \"b\"; certificates = ( \"both.pem\" ); "
      "ciphers = ( \"ECDHE-RSA-AES128-GCM-SHA256\" ); } );",
      ": warning: TLS context \"b\": no cipher of TLS 1.2 is for a certificate of the kind ECDSA" },
    { "tls_contexts = ( { name = \"b\"; ca = \"ca.pem\"; verify_peer = \"optional\"; "
      "subjects = ( \"\" ); } );",
      "subjects" },
    { "tls_contexts = ( { name = \"b\"; ca = \"ca.pem\"; crls = ( \"crl.pem\" ); crl_check = "
      "\"chain\";\n"
      "verify_depth = 3; max_peer_certificates = 5; key_usage = true; verify_peer = \"required\";\n"
      "subjects_file = \"subjects\"; subject_match = \"san\"; wildcards = true; } );",
      NULL },
    { "tls_contexts = ( { name = \"b\"; ca = \"ca.pem\"; crls = ( \"crl.pem\" ); } );",
      ": crl_check: is none, so nobody would look at the crls\n" },
    { "tls_contexts = (\n { name = \"b\"; ca = \"ca.pem\"; crls = ( \"a.pem\" ); crl_check = "
      "\"leaf\"; } );",
      "a.pem\" holds no usable PEM revocation list\n" },
    { "tls_contexts = (\n { name = \"b\"; ca = \"ca.pem\"; crls = ( \"old_crl.pem\" ); crl_check = "
      "\"leaf\"; } );",
      ":3: warning: TLS context \"b\": the revocation list of \"/O=Test/CN=CA\" is out of date" },
    { "tls_contexts = ( { name = \"b\"; ca = \"ca.pem\"; verify_peer = \"required\"; "
      "subjects_file = \"a.key\"; subjects = ( \"CN=b\" ); } );",
      ": subjects: entry 1 wants the name alone" },
    { "tls_contexts = ( { name = \"b\"; subject_match = \"name\"; } );",
      ": subject_match: wants one of \"both\", \"cn\", \"san\"\n" },
    /* Debian 12 has no FIPS module. */
    { "tls_mode = \"fips\"; tls_contexts = ( " GOOD " );",
      ":2: TLS context \"a\": tls_mode: OpenSSL has no fips module here: " },
    { "tls_mode = \"common_criteria\"; tls_contexts = ( " GOOD " );",
      ":2: TLS context \"a\": crls: revocation must be checked, and there are no lists (tls_mode "
      "is "
      "common_criteria)\n" },
    { "tls_mode = \"common_criteria\"; tls_contexts = ( { name = \"b\"; verify_server = false; } "
      ");",
      ": verify_server: those whom we connect to must be verified" },
    { "tls_mode = \"common_criteria\"; tls_contexts = ( { name = \"b\"; ca = \"ca.pem\";\n"
      "crls = ( \"crl.pem\" ); crl_check = \"chain\"; verify_peer = \"required\";\n"
      "subjects = ( \"b.test\" ); } );",
      NULL },
    { "tls_mode = \"strict\";", ": tls_mode: wants one of \"normal\", \"fips\"" },
    { "tls_contexts = ( { name = \"b c\"; } );", "only letters" },
    { "tls_contexts = ( { certificates = ( \"a.pem\" ); } );", "name" },
    { "tls_contexts = ( { name = \"old\"; certificates = ( \"old.pem\" ); keys = ( \"old.key\" ); "
      "} );",
      "old.pem\" has expired\n" },
};

/* What `check` prints about a file with these keys. */
static char *check(struct secure_rig *rig, char const *keys)
{
    struct cfg_faults *faults = cfg_faults_new();
    char path[SECURE_RIG_PATH], text[2000];
    (void)snprintf(text, sizeof text, "node = { domain = \"example.test\"; };\nproxy = { %s };\n",
                   keys);
    secure_rig_write(rig, "node.conf", text);
    struct cfg *cfg = cfg_load(secure_rig_path(rig, "node.conf", path), &proxy_conf_schema, faults);
    assert_non_null(cfg);
    cfg_faults_about(faults, cfg);
    proxy_conf_check(cfg_get(cfg), cfg_get_node(cfg), faults);
    char *said = conf_rig_said(&faults);
    cfg_free(&cfg);
    return said;
}

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char *said = check(*state, vectors[i].keys);
        if (vectors[i].said ? !strstr(said, vectors[i].said) : *said != '\0')
            fail_msg("%s\n%s", vectors[i].keys, said);
        free(said);
    }
}

static void test_defaults(void **state)
{
    static struct {
        char const *server, *client;
        int server_place, client_place;
    } const rows[] = {
        { NULL, NULL, 0, 0 },
        { "", "b", 0, 1 },
        { "b", "", 1, 0 },
    };
    struct secure_conf entries[2] = {
        { .name = "a",
          .ca = "",
          .subjects_file = "",
          .min_version = 2,
          .max_version = 3,
          .empty_fragments = true },
        { .name = "b",
          .ca = "",
          .subjects_file = "",
          .min_version = 2,
          .max_version = 3,
          .empty_fragments = true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct proxy_conf conf = { .tls_contexts = { .v = entries, .n = 2 },
                                   .tls_server_context = rows[i].server,
                                   .tls_client_context = rows[i].client };
        struct cfg_faults *faults = cfg_faults_new();
        struct secure_set set;
        secure_conf_make(&conf, &set, faults);
        assert_int_equal(cfg_faults_count(faults), 0);
        assert_int_equal(set.n, 2);
        assert_int_equal(set.server, rows[i].server_place);
        assert_int_equal(set.client, rows[i].client_place);
        secure_set_fini(&set);
        cfg_faults_free(&faults);
    }
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -20, .to_s = -10 },
    };
    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);

    secure_rig_revoke(rig, "crl", "ca", "old", 0);
    secure_rig_revoke(rig, "old_crl", "ca", "old", -3600);
    secure_rig_write(rig, "subjects", "a.test\n");
    secure_rig_append(rig, "both.pem", "a.pem");
    secure_rig_append(rig, "both.pem", "a.key");
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
