/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and ciphers that two contexts agree on; the server shows the ECDSA certificate "a". */
#include "secure_link.h"
#include "secure_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20 };

static char const *const small_first[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                           "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" };
static char const *const large_first[] = { "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                           "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" };
static char const *const rsa_only[] = { "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" };
static char const *const cbc[] = { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" };
static char const *const small_suites[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384" };
static char const *const large_suites[] = { "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256" };

static struct vector {
    struct secure_settings server, client;
    char const *version, *cipher; /* NULL: they do not come together */
    char const *server_why, *client_why;
} const vectors[] = {
    { .version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384" },
    { .server.max_version = SECURE_TLS_1_2,
      .version = "TLSv1.2",
      .cipher = "ECDHE-ECDSA-AES256-GCM-SHA384" },
    { .client.max_version = SECURE_TLS_1_2,
      .version = "TLSv1.2",
      .cipher = "ECDHE-ECDSA-AES256-GCM-SHA384" },
    /* The server's order counts. */
    { .server = { .max_version = SECURE_TLS_1_2, .ciphers = { small_first, 2 } },
      .client.ciphers = { large_first, 2 },
      .version = "TLSv1.2",
      .cipher = "ECDHE-ECDSA-AES128-GCM-SHA256" },
    { .server = { .max_version = SECURE_TLS_1_2, .ciphers = { large_first, 2 } },
      .client.ciphers = { small_first, 2 },
      .version = "TLSv1.2",
      .cipher = "ECDHE-ECDSA-AES256-GCM-SHA384" },
    { .server.suites = { small_suites, 2 },
      .client.suites = { large_suites, 2 },
      .version = "TLSv1.3",
      .cipher = "TLS_AES_128_GCM_SHA256" },
    { .server.suites = { large_suites, 2 },
      .client.suites = { small_suites, 2 },
      .version = "TLSv1.3",
      .cipher = "TLS_AES_256_GCM_SHA384" },
    { .server = { .max_version = SECURE_TLS_1_2, .ciphers = { rsa_only, 1 } },
      .server_why = "no common cipher",
      .client_why = "the peer has refused" },
    { .server.suites = { small_suites, 1 },
      .client.suites = { large_suites, 1 },
      .server_why = "no common cipher",
      .client_why = "the peer has refused" },
    /* Old versions only where both have opted in. */
    { .server.min_version = SECURE_TLS_1_0,
      .client = { .min_version = SECURE_TLS_1_0, .max_version = SECURE_TLS_1_0 },
      .version = "TLSv1",
      .cipher = "ECDHE-ECDSA-AES256-SHA" },
    { .server = { .min_version = SECURE_TLS_1_0,
                  .max_version = SECURE_TLS_1_0,
                  .ciphers = { cbc, 1 },
                  .no_empty_fragments = true },
      .client = { .min_version = SECURE_TLS_1_0, .no_empty_fragments = true },
      .version = "TLSv1",
      .cipher = "ECDHE-ECDSA-AES128-SHA" },
    { .server.min_version = SECURE_TLS_1_1,
      .client = { .min_version = SECURE_TLS_1_1, .max_version = SECURE_TLS_1_1 },
      .version = "TLSv1.1",
      .cipher = "ECDHE-ECDSA-AES256-SHA" },
    { .server.min_version = SECURE_TLS_1_0,
      .version = "TLSv1.3",
      .cipher = "TLS_AES_256_GCM_SHA384" },
    { .client = { .min_version = SECURE_TLS_1_0, .max_version = SECURE_TLS_1_1 },
      .server_why = "no common version of TLS",
      .client_why = "no common version of TLS" },
    { .server = { .min_version = SECURE_TLS_1_0, .max_version = SECURE_TLS_1_1 },
      .server_why = "no common version of TLS",
      .client_why = "no common version of TLS" },
    { .server.min_version = SECURE_TLS_1_3,
      .client.max_version = SECURE_TLS_1_2,
      .server_why = "no common version of TLS",
      .client_why = "no common version of TLS" },
};

/* One way, after the handshake. */
static void check_text(struct secure_link *from, struct secure_link *to)
{
    struct buf *out = secure_link_out(from);
    char text[8] = "";
    size_t len = 0;
    ssize_t n;

    assert_int_equal(secure_link_write(from, "text", 4), 0);
    secure_link_feed(to, out->data, out->len);
    while ((n = secure_link_read(to, text + len, sizeof text - len - 1)) > 0)
        len += (size_t)n;
    buf_reset(out);
    assert_int_equal(n, 0);
    assert_string_equal(text, "text");
}

static void check(struct secure_rig *rig, size_t i)
{
    struct vector const *v = &vectors[i];
    struct secure_context *accepts = secure_rig_context(rig, "a", "ca", &v->server);
    struct secure_context *connects = secure_rig_context(rig, NULL, "ca", &v->client);
    struct secure_link *server = secure_link_new(accepts, NULL, MAX_OUT);
    struct secure_link *client = secure_link_new(connects, "a.test", MAX_OUT);

    secure_rig_talk(client, server);
    if (secure_link_is_open(server) != (v->version != NULL) ||
        secure_link_is_open(client) != (v->version != NULL))
        fail_msg("%zu: %s, %s", i, secure_link_why(server), secure_link_why(client));
    if (v->version) {
        assert_string_equal(secure_link_version(server), v->version);
        assert_string_equal(secure_link_cipher(client), v->cipher);
        check_text(client, server);
    } else {
        assert_string_equal(secure_link_why(server), v->server_why);
        assert_string_equal(secure_link_why(client), v->client_why);
    }
    secure_link_free(&client);
    secure_link_free(&server);
    secure_context_unref(&accepts);
    secure_context_unref(&connects);
}

static void test_agreement(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check(*state, i);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
    };

    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test(test_agreement) };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
