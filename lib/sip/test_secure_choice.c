/* SPDX-License-Identifier: Apache-2.0 */
/* Several certificates under one context: which of them is shown to whom. */
#include "secure_choice.h"
#include "secure_link.h"
#include "secure_rig.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20 };

/* Which of the certificates of one context a plain client is shown. */
static struct vector {
    char const *asks_for;    /* NULL: no server name */
    char const *sigalgs;     /* that the client can verify; NULL: all */
    char const *ciphers;     /* of TLS 1.2, which is then the version; NULL: TLS 1.3 */
    char const *kind, *sees; /* of key; CN */
} const vectors[] = {
    { NULL, NULL, NULL, "id-ecPublicKey", "ec.test" },
    { NULL, "RSA-PSS+SHA256", NULL, "rsaEncryption", "rsa.test" },
    { NULL, "ed25519", NULL, "ED25519", "ed.test" },
    { NULL, NULL, "ECDHE-RSA-AES128-GCM-SHA256", "rsaEncryption", "rsa.test" },
    { NULL, NULL, "ECDHE-ECDSA-AES128-GCM-SHA256", "id-ecPublicKey", "ec.test" },
    { "nobody.test", NULL, NULL, "id-ecPublicKey", "ec.test" },
    { "nobody.test", "RSA-PSS+SHA256", NULL, "rsaEncryption", "rsa.test" },
    /* Of one kind, the name decides, in full before a wildcard. */
    { "second.test", NULL, NULL, "id-ecPublicKey", "second" },
    { "SECOND.test", NULL, NULL, "id-ecPublicKey", "second" },
    { "any.wild.test", NULL, NULL, "id-ecPublicKey", "wild" },
    { "any.any.wild.test", NULL, NULL, "id-ecPublicKey", "ec.test" },
    { "wild.test", NULL, NULL, "id-ecPublicKey", "ec.test" },
    { "full.wild.test", NULL, NULL, "id-ecPublicKey", "full" },
    { "uri.test", NULL, NULL, "id-ecPublicKey", "second" },
    /* The name is preferred to a kind that has it not, but what can be verified to the name. */
    { "rsa.test", NULL, NULL, "rsaEncryption", "rsa.test" },
    { "rsa.test", NULL, "ECDHE-ECDSA-AES128-GCM-SHA256", "id-ecPublicKey", "ec.test" },
    { "second.test", "RSA-PSS+SHA256", NULL, "rsaEncryption", "rsa.test" },
    { "second.test", NULL, "ECDHE-RSA-AES128-GCM-SHA256", "rsaEncryption", "rsa.test" },
    { "both.test", NULL, NULL, "id-ecPublicKey", "both_ec" },
    { "both.test", "RSA-PSS+SHA256", NULL, "rsaEncryption", "both_rsa" },
    { "both.test", NULL, "ECDHE-RSA-AES128-GCM-SHA256", "rsaEncryption", "both_rsa" },
};

static void check_choice(struct secure_context *context, struct vector const *v, size_t i)
{
    struct secure_link *server = secure_link_new(context, NULL, MAX_OUT);
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char cn[100] = "", bytes[20000];

    if (v->sigalgs)
        assert_int_equal(SSL_CTX_set1_sigalgs_list(ctx, v->sigalgs), 1);
    SSL_CTX_set_max_proto_version(ctx, v->ciphers ? TLS1_2_VERSION : TLS1_3_VERSION);
    if (v->ciphers)
        assert_int_equal(SSL_CTX_set_cipher_list(ctx, v->ciphers), 1);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    if (v->asks_for)
        SSL_set_tlsext_host_name(ssl, v->asks_for);
    for (int turn = 0; turn < 3; turn++) {
        SSL_do_handshake(ssl);
        int n = BIO_read(out, bytes, sizeof bytes);
        secure_link_feed(server, bytes, n > 0 ? (size_t)n : 0);
        (void)secure_link_shake(server);
        struct buf *said = secure_link_out(server);
        BIO_write(in, buf_text(said), (int)said->len);
        buf_reset(said);
    }
    X509 *shown = SSL_get0_peer_certificate(ssl);
    if (!shown)
        fail_msg("%zu: %s", i, secure_link_why(server));
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, cn, sizeof cn);
    assert_true(secure_link_is_open(server));
    char const *kind = OBJ_nid2sn(EVP_PKEY_get_base_id(X509_get0_pubkey(shown)));
    if (strcmp(kind, v->kind) != 0 || strcmp(cn, v->sees) != 0)
        fail_msg("%zu: %s, %s", i, kind, cn);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    secure_link_free(&server);
}

static void test_choice(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ec", .cn = "ec.test", .san = "DNS:ec.test", .issuer = "ca" },
        { .name = "rsa", .cn = "rsa.test", .issuer = "ca", .kind = "RSA" },
        { .name = "ed", .cn = "ed.test", .issuer = "ca", .kind = "ED25519" },
        { .name = "wild", .cn = "wild", .san = "DNS:*.wild.test", .issuer = "ca" },
        { .name = "full", .cn = "full", .san = "DNS:full.wild.test", .issuer = "ca" },
        { .name = "second",
          .cn = "second",
          .san = "URI:sip:uri.test,DNS:second.test",
          .issuer = "ca" },
        { .name = "both_ec", .cn = "both_ec", .san = "DNS:both.test", .issuer = "ca" },
        { .name = "both_rsa",
          .cn = "both_rsa",
          .san = "DNS:both.test",
          .issuer = "ca",
          .kind = "RSA" },
    };
    enum { N = sizeof certs / sizeof *certs };
    char paths[2][N][SECURE_RIG_PATH], file[40];
    char const *files[2][N];

    for (size_t i = 0; i < N; i++) {
        secure_rig_make(*state, &certs[i]);
        for (int key = 0; key < 2; key++) {
            snprintf(file, sizeof file, "%s.%s", certs[i].name, key ? "key" : "pem");
            files[key][i] = secure_rig_path(*state, file, paths[key][i]);
        }
    }
    struct secure_settings like = { .certificates = { files[0], N }, .keys = { files[1], N } };
    struct secure_context *context = secure_rig_context(*state, NULL, "ca", &like);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check_choice(context, &vectors[i], i);
    secure_context_unref(&context);
}

static int setup(void **state)
{
    struct secure_rig *rig = secure_rig_begin(state, NULL, 0);

    secure_rig_make(rig, &(struct secure_rig_cert){ .name = "ca", .cn = "CA", .is_ca = true });
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test(test_choice) };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
