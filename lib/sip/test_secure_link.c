/* SPDX-License-Identifier: Apache-2.0 */
/* Two ends of a TLS connection in memory: who accepts whom, and the cause named when not. */
#include "secure_counts.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "secure_rig.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

enum { MAX_OUT = 1 << 20, HOUR_S = 3600 };

/* One end: what it read, and how it ended (0: it has not). */
struct end {
    struct secure_link *link;
    char text[200];
    size_t len;
    int error;
};

static void read_all(struct end *end)
{
    ssize_t n;

    while ((n = secure_link_read(end->link, end->text + end->len,
                                 sizeof end->text - end->len - 1)) > 0)
        end->len += (size_t)n;
    if (n < 0 && !end->error)
        end->error = (int)n;
    end->text[end->len] = '\0';
}

/* Carries what one end has to say to the other, @p step bytes at a time. */
static bool carry(struct end *from, struct end *to, size_t step)
{
    struct buf *out = secure_link_out(from->link);
    size_t n = out->len < step ? out->len : step;

    if (!n)
        return false;
    if (!to->error) {
        secure_link_feed(to->link, out->data, n);
        read_all(to);
    }
    buf_consume(out, n);
    return true;
}

static void talk(struct end *client, struct end *server, size_t step)
{
    if (!secure_link_is_open(client->link) && !client->error)
        read_all(client);
    for (bool goes_on = true; goes_on;) {
        goes_on = carry(client, server, step);
        goes_on |= carry(server, client, step);
    }
}

static void begin(struct end *client, struct end *server, struct secure_context *client_context,
                  struct secure_context *server_context, char const *name)
{
    *client = (struct end){ .link = secure_link_new(client_context, name, MAX_OUT) };
    *server = (struct end){ .link = secure_link_new(server_context, NULL, MAX_OUT) };
    assert_non_null(client->link);
    assert_non_null(server->link);
}

static void finish(struct end *client, struct end *server)
{
    secure_link_free(&client->link);
    secure_link_free(&server->link);
}

static void test_talk(void **state)
{
    static size_t const steps[] = { 1, 7, 100000 };
    struct secure_context *context = secure_rig_context(*state, "a", "ca", NULL);
    struct end client, server;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        begin(&client, &server, context, context, "a.test");
        assert_int_equal(secure_link_write(client.link, "early", 5), -ENOTCONN);
        talk(&client, &server, steps[i]);
        assert_true(secure_link_is_open(client.link));
        assert_true(secure_link_is_open(server.link));
        assert_string_equal(secure_link_version(client.link), "TLSv1.3");
        assert_int_equal(secure_link_write(client.link, "", 0), 0);
        assert_int_equal(secure_link_write(client.link, "hello ", 6), 0);
        assert_int_equal(secure_link_write(client.link, "there", 5), 0);
        assert_int_equal(secure_link_write(server.link, "welcome", 7), 0);
        talk(&client, &server, steps[i]);
        assert_string_equal(server.text, "hello there");
        assert_string_equal(client.text, "welcome");
        assert_string_equal(secure_identity_subject(secure_link_identity(client.link)), "a.test");
        assert_null(secure_link_identity(server.link));
        secure_link_close(client.link);
        talk(&client, &server, steps[i]);
        assert_int_equal(server.error, -ECONNRESET);
        assert_string_equal(secure_link_why(server.link), "closed by peer");
        assert_false(secure_link_is_open(client.link));
        finish(&client, &server);
    }
    secure_context_unref(&context);
}

static void test_large(void **state)
{
    static char text[300000];
    struct secure_context *context = secure_rig_context(*state, "a", "ca", NULL);
    struct end client, server;
    size_t total = 0;
    ssize_t n;

    begin(&client, &server, context, context, "a.test");
    talk(&client, &server, 100000);
    memset(text, 'x', sizeof text);
    assert_int_equal(secure_link_write(client.link, text, sizeof text), 0);
    struct buf *out = secure_link_out(client.link);
    for (size_t at = 0; at < out->len; at += 65536) {
        secure_link_feed(server.link, out->data + at,
                         out->len - at < 65536 ? out->len - at : 65536);
        while ((n = secure_link_read(server.link, server.text, sizeof server.text)) > 0)
            total += (size_t)n;
    }
    assert_int_equal(total, sizeof text);
    /* What nobody takes away is bounded. */
    int error = 0;
    for (int i = 0; i < 4 && !error; i++)
        error = secure_link_write(client.link, text, sizeof text);
    assert_int_equal(error, -ENOMEM);
    finish(&client, &server);
    secure_context_unref(&context);
}

static struct vector {
    char const *what;
    char const *server, *client; /* certificates */
    char const *name;            /* that the client asks for */
    enum secure_verify verify;
    char const *subject; /* selected by the server */
    char const *server_ca;
    int client_error, server_error;
    char const *client_why, *server_why;
    bool trusting; /* the client verifies nothing */
    char const *identity;
} const vectors[] = {
    { .what = "server only", .server = "a", .name = "a.test" },
    { .what = "alternative name", .server = "san", .name = "alt.test" },
    { .what = "sip URI", .server = "uri", .name = "uri.test" },
    { .what = "address", .server = "san", .name = "192.0.2.1" },
    { .what = "wrong name",
      .server = "a",
      .name = "b.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is for another name",
      .server_error = -EPROTO },
    { .what = "CN although there are alternative names",
      .server = "san",
      .name = "san.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is for another name",
      .server_error = -EPROTO },
    { .what = "wrong name, nothing verified", .server = "a", .name = "b.test", .trusting = true },
    { .what = "expired",
      .server = "old",
      .name = "a.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate has expired",
      .server_error = -EPROTO,
      .server_why = "the peer does not accept our certificate" },
    { .what = "not yet valid",
      .server = "young",
      .name = "a.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is not yet valid",
      .server_error = -EPROTO },
    { .what = "another CA",
      .server = "foreign",
      .name = "a.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is from a CA that is not trusted",
      .server_error = -EPROTO,
      .server_why = "the peer does not accept our certificate" },
    { .what = "self-signed",
      .server = "alone",
      .name = "a.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is self-signed and not trusted",
      .server_error = -EPROTO },
    { .what = "for clients only",
      .server = "eku_client",
      .name = "a.test",
      .client_error = -EKEYREJECTED,
      .client_why = "the certificate is not for this use",
      .server_error = -EPROTO },
    { .what = "both verified",
      .server = "a",
      .client = "b",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .identity = "b.test" },
    { .what = "no certificate, wanted",
      .server = "a",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .client_error = -EPROTO,
      .client_why = "the peer does not accept our certificate",
      .server_error = -EKEYREJECTED,
      .server_why = "the peer shows no certificate" },
    { .what = "no certificate, optional",
      .server = "a",
      .name = "a.test",
      .verify = SECURE_VERIFY_OPTIONAL },
    { .what = "certificate, optional",
      .server = "a",
      .client = "b",
      .name = "a.test",
      .verify = SECURE_VERIFY_OPTIONAL,
      .identity = "b.test" },
    { .what = "bad certificate, optional",
      .server = "a",
      .client = "old",
      .name = "a.test",
      .verify = SECURE_VERIFY_OPTIONAL,
      .client_error = -EPROTO,
      .server_error = -EKEYREJECTED,
      .server_why = "the certificate has expired" },
    { .what = "certificate, not asked for", .server = "a", .client = "b", .name = "a.test" },
    { .what = "client of another CA",
      .server = "a",
      .client = "foreign",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .client_error = -EPROTO,
      .server_error = -EKEYREJECTED,
      .server_why = "the certificate is from a CA that is not trusted" },
    { .what = "client self-signed",
      .server = "a",
      .client = "alone",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .client_error = -EPROTO,
      .server_error = -EKEYREJECTED,
      .server_why = "the certificate is self-signed and not trusted" },
    { .what = "client self-signed, imported",
      .server = "a",
      .client = "alone",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .server_ca = "alone",
      .identity = "a.test" },
    { .what = "client imported without its CA",
      .server = "a",
      .client = "foreign",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .server_ca = "foreign",
      .identity = "a.test" },
    { .what = "client's certificate for servers only",
      .server = "a",
      .client = "eku_server",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .client_error = -EPROTO,
      .server_error = -EKEYREJECTED,
      .server_why = "the certificate is not for this use" },
    { .what = "selected by CN",
      .server = "a",
      .client = "san",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .subject = "san.test",
      .identity = "san.test" },
    { .what = "selected by alternative name",
      .server = "a",
      .client = "san",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .subject = "alt.test",
      .identity = "alt.test" },
    { .what = "not selected",
      .server = "a",
      .client = "b",
      .name = "a.test",
      .verify = SECURE_VERIFY_REQUIRED,
      .subject = "c.test",
      .client_error = -EPROTO,
      .server_error = -EKEYREJECTED,
      .server_why = "the subject is not selected into the context" },
};

static void check_end(struct vector const *v, char const *which, struct end const *end, int error,
                      char const *why)
{
    if (end->error != error)
        fail_msg("%s: %s: %d (%s), not %d", v->what, which, end->error, secure_link_why(end->link),
                 error);
    if (why && strcmp(secure_link_why(end->link), why) != 0)
        fail_msg("%s: %s: %s", v->what, which, secure_link_why(end->link));
    assert_int_equal(secure_link_is_open(end->link), error == 0);
}

static void check(struct secure_rig *rig, struct vector const *v, enum secure_version version)
{
    struct secure_settings accepts = { .verify_peer = v->verify,
                                       .subjects = &v->subject,
                                       .n_subjects = v->subject ? 1 : 0 };
    struct secure_settings connects = { .verify_server = !v->trusting, .min_version = version };
    struct secure_context *server_context =
        secure_rig_context(rig, v->server, v->server_ca ? v->server_ca : "ca", &accepts);
    struct secure_context *client_context = secure_rig_context(rig, v->client, "ca", &connects);
    struct end client, server;

    begin(&client, &server, client_context, server_context, v->name);
    talk(&client, &server, 100000);
    check_end(v, "client", &client, v->client_error, v->client_why);
    check_end(v, "server", &server, v->server_error, v->server_why);
    struct secure_identity *identity = secure_link_identity(server.link);
    if (!identity != !v->identity)
        fail_msg("%s: identity", v->what);
    if (identity)
        assert_string_equal(secure_identity_subject(identity), v->identity);
    if (v->server_error == -EKEYREJECTED && v->client)
        assert_string_not_equal(secure_link_peer(server.link), "");
    finish(&client, &server);
    secure_context_unref(&server_context);
    secure_context_unref(&client_context);
}

static void test_verify(void **state)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check(*state, &vectors[i], SECURE_TLS_1_2);
}

static void test_not_tls(void **state)
{
    static struct {
        char const *bytes;
        enum secure_cause cause;
        char const *detail;
    } const rows[] = {
        { "OPTIONS sip:a.test SIP/2.0\r\n\r\n", SECURE_not_tls, "" },
        { "\r\n\r\n", SECURE_not_tls, "" },
        { "GET / HTTP/1.1\r\n\r\n", SECURE_not_tls, "" },
        { "\x16\x03\x01\x00\x04", SECURE_protocol, "unexpected message" },
        { "\x16\x03\x01 garbage garbage garbage garbage garbage", SECURE_protocol, "" },
    };
    struct secure_context *context = secure_rig_context(*state, "a", "ca", NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct end server = { .link = secure_link_new(context, NULL, MAX_OUT) };
        char bytes[9000] = "";
        size_t len = strlen(rows[i].bytes);
        memcpy(bytes, rows[i].bytes, len > 5 ? len : 5);
        secure_link_feed(server.link, bytes, sizeof bytes);
        read_all(&server);
        assert_int_equal(server.error, -EPROTO);
        if (secure_link_cause(server.link) != rows[i].cause ||
            !strstr(secure_link_detail(server.link), rows[i].detail))
            fail_msg("%s: %s (%s)", rows[i].bytes, secure_link_why(server.link),
                     secure_link_detail(server.link));
        assert_int_equal(secure_link_read(server.link, server.text, 1), -EPROTO);
        secure_link_free(&server.link);
        secure_link_free(&server.link);
    }
    secure_context_unref(&context);
}

/* An old peer is refused, and so is one that would shake hands again. */
static void test_plain_openssl(void **state)
{
    struct secure_context *context = secure_rig_context(*state, "a", "ca", NULL);
    static struct {
        int version;
        bool accepted;
    } const rows[] = { { TLS1_1_VERSION, false },
                       { TLS1_2_VERSION, true },
                       { TLS1_3_VERSION, true } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct end server = { .link = secure_link_new(context, NULL, MAX_OUT) };
        SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_max_proto_version(ctx, rows[i].version);
        SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
        SSL *ssl = SSL_new(ctx);
        BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
        char bytes[20000];
        SSL_set_bio(ssl, in, out);
        SSL_set_connect_state(ssl);
        for (int turn = 0; turn < 4; turn++) {
            if (turn == 3 && rows[i].version == TLS1_2_VERSION) {
                assert_string_equal(secure_link_version(server.link), "TLSv1.2");
                assert_int_equal(SSL_renegotiate(ssl), 1);
            }
            SSL_do_handshake(ssl);
            int n = BIO_read(out, bytes, sizeof bytes);
            secure_link_feed(server.link, bytes, n > 0 ? (size_t)n : 0);
            read_all(&server);
            struct buf *said = secure_link_out(server.link);
            BIO_write(in, buf_text(said), (int)said->len);
            buf_reset(said);
        }
        if (!rows[i].accepted)
            assert_int_equal(secure_link_cause(server.link), SECURE_no_version);
        else
            assert_true(secure_link_is_open(server.link));
        if (rows[i].version == TLS1_2_VERSION) {
            /* RFC 5246 §7.2.2: the warning no_renegotiation, and the connection goes on. */
            assert_int_equal(SSL_do_handshake(ssl), -1);
            assert_non_null(strstr(ERR_reason_error_string(ERR_peek_error()), "renegotiation"));
            assert_int_equal(
                secure_counts_failed(secure_context_counts(context), SECURE_renegotiation), 1);
        }
        if (rows[i].accepted) {
            /* A broken record: the words are libssl's, not those of the cipher below it. */
            static char const record[45] = "\x17\x03\x03\x00\x28";
            secure_link_feed(server.link, record, sizeof record);
            read_all(&server);
            assert_int_equal(secure_link_cause(server.link), SECURE_protocol);
            assert_string_equal(secure_link_detail(server.link),
                                "decryption failed or bad record mac");
        }
        SSL_free(ssl);
        SSL_CTX_free(ctx);
        secure_link_free(&server.link);
    }
    secure_context_unref(&context);
}

static char seen_name[100];

static int on_server_name(SSL *ssl, int *alert, void *unused)
{
    char const *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    (void)alert;
    (void)unused;
    snprintf(seen_name, sizeof seen_name, "%s", name ? name : "-");
    return SSL_TLSEXT_ERR_OK;
}

static void test_server_name(void **state)
{
    static char const *const rows[][2] = { { "a.test", "a.test" },
                                           { "192.0.2.1", "-" },
                                           { "2001:db8::1", "-" } };
    struct secure_context *context = secure_rig_context(*state, NULL, "ca", NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct end client = { .link = secure_link_new(context, rows[i][0], MAX_OUT) };
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_tlsext_servername_callback(ctx, on_server_name);
        SSL *ssl = SSL_new(ctx);
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(ssl);
        read_all(&client);
        BIO_write(SSL_get_rbio(ssl), secure_link_out(client.link)->data,
                  (int)secure_link_out(client.link)->len);
        seen_name[0] = '\0';
        SSL_do_handshake(ssl);
        assert_string_equal(seen_name, rows[i][1]);
        assert_true(secure_link_serves(client.link, context, rows[i][0]));
        assert_false(secure_link_serves(client.link, context, "b.test"));
        assert_false(secure_link_serves(client.link, NULL, rows[i][0]));
        SSL_free(ssl);
        SSL_CTX_free(ctx);
        secure_link_free(&client.link);
    }
    struct secure_link *accepted = secure_link_new(context, NULL, MAX_OUT);
    assert_false(secure_link_serves(accepted, context, ""));
    secure_link_free(&accepted);
    secure_context_unref(&context);
}

/* A server that asks us to shake hands again is told no. OpenSSL's then gives up, not we. */
static void test_server_renegotiates(void **state)
{
    struct secure_context *context = secure_rig_context(*state, NULL, "ca", NULL);
    struct end client = { .link = secure_link_new(context, "a.test", MAX_OUT) };
    char paths[2][SECURE_RIG_PATH], bytes[20000];
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_use_certificate_file(ctx, secure_rig_path(*state, "a.pem", paths[0]), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(ctx, secure_rig_path(*state, "a.key", paths[1]), SSL_FILETYPE_PEM);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    read_all(&client);
    for (int turn = 0; turn < 5; turn++) {
        struct buf *said = secure_link_out(client.link);
        BIO_write(in, buf_text(said), (int)said->len);
        buf_reset(said);
        if (turn == 3) {
            assert_true(secure_link_is_open(client.link));
            assert_int_equal(SSL_renegotiate(ssl), 1);
        }
        if (turn == 4)
            break;
        SSL_do_handshake(ssl);
        int n = BIO_read(out, bytes, sizeof bytes);
        secure_link_feed(client.link, bytes, n > 0 ? (size_t)n : 0);
        read_all(&client);
    }
    assert_int_equal(SSL_read(ssl, bytes, sizeof bytes), -1);
    assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    ERR_clear_error();
    assert_true(secure_link_is_open(client.link));
    assert_int_equal(client.error, 0);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    secure_link_free(&client.link);
    secure_context_unref(&context);
}

/* Workers shake hands under one context at the same time, and let go of it in any order. */
static void shake_many(void *vcontext)
{
    struct secure_context *context = secure_context_ref(vcontext);

    for (int i = 0; i < 20; i++) {
        struct end client, server;
        begin(&client, &server, context, context, "a.test");
        talk(&client, &server, 100000);
        assert_true(secure_link_is_open(server.link));
        assert_string_equal(secure_link_peer(server.link), "a.test");
        finish(&client, &server);
    }
    secure_context_unref(&context);
}

static void test_threads(void **state)
{
    struct secure_settings like = { .verify_peer = SECURE_VERIFY_REQUIRED, .verify_server = true };
    struct secure_context *context = secure_rig_context(*state, "a", "ca", &like);
    uv_thread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(uv_thread_create(&threads[i], shake_many, context), 0);
    for (size_t i = 0; i < 4; i++)
        uv_thread_join(&threads[i]);
    secure_context_unref(&context);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "other_ca", .cn = "Other CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
        { .name = "san", .cn = "san.test", .san = "DNS:alt.test,IP:192.0.2.1", .issuer = "ca" },
        { .name = "uri", .san = "DNS:a.test,URI:sip:uri.test", .issuer = "ca" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -2 * HOUR_S, .to_s = -HOUR_S },
        { .name = "young", .cn = "a.test", .issuer = "ca", .from_s = HOUR_S, .to_s = 2 * HOUR_S },
        { .name = "foreign", .cn = "a.test", .issuer = "other_ca" },
        { .name = "alone", .cn = "a.test" },
        { .name = "eku_client", .cn = "a.test", .issuer = "ca", .eku = "clientAuth" },
        { .name = "eku_server", .cn = "a.test", .issuer = "ca", .eku = "serverAuth" },
    };

    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_talk),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_verify),
        cmocka_unit_test(test_not_tls),
        cmocka_unit_test(test_plain_openssl),
        cmocka_unit_test(test_server_name),
        cmocka_unit_test(test_server_renegotiates),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
