/* SPDX-License-Identifier: Apache-2.0 */
/* TLS on real loopback sockets: exchange, identity, sharing, refusals, stalled handshakes, leaks.
 */
#include "clock.h"
#include "log.h"
#include "message.h"
#include "secure_cause.h"
#include "secure_identity.h"
#include "secure_rig.h"
#include "secure_set.h"
#include "sip_metrics.h"
#include "transport_rig.h"
#include <errno.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STALLED = 500, CYCLES = 2000 };

/* Contexts of the transport under test: a listener for everybody, one that demands a certificate.
 */
enum { OPEN, PEER };

static struct {
    struct secure_rig *certs;
    struct secure_set contexts;
    struct secure_context *client, *stranger; /* borrowed from the set */
} tls;

#define UNTIL TRANSPORT_RIG_UNTIL
#define OPTIONS                                                                                    \
    TRANSPORT_RIG_REQUEST("SIP/2.0/TLS a.test;rport;branch=z9hG4bK1", TRANSPORT_RIG_LENGTH_0)

static struct secure_context *named(char const *name, char const *cert, enum secure_verify verify)
{
    struct secure_settings like = { .name = name, .verify_peer = verify, .verify_server = true };
    struct secure_context *context = secure_rig_context(tls.certs, cert, "ca", &like);
    struct secure_context *borrowed = context;

    assert_true(secure_set_put(&tls.contexts, context) >= 0);
    secure_context_unref(&context);
    return borrowed;
}

static int setup(void **state)
{
    struct transport_rig *rig = calloc(1, sizeof *rig);
    struct net_addr addr;

    tls.certs = *state;
    transport_rig_init(rig);
    net_addr_parse(&addr, "127.0.0.1", 0);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_TLS, &addr, NULL), -ENOENT);
    secure_set_init(&tls.contexts);
    named("open", "san", SECURE_VERIFY_NONE);
    named("peer", "a", SECURE_VERIFY_REQUIRED);
    tls.client = named("client", "b", SECURE_VERIFY_NONE);
    tls.stranger = named("stranger", NULL, SECURE_VERIFY_NONE);
    tls.contexts.server = secure_set_find(&tls.contexts, "open");
    tls.contexts.client = secure_set_find(&tls.contexts, "client");
    transport_use_contexts(rig->t, &tls.contexts);
    assert_int_equal(transport_listen_tls(rig->t, &addr, NULL, "none"), -ENOENT);
    assert_int_equal(transport_listen_tls(rig->t, &addr, NULL, "stranger"), -ENOKEY);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_TLS, &addr, NULL), OPEN);
    assert_int_equal(transport_listen_tls(rig->t, &addr, NULL, "peer"), PEER);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    (void)transport_rig_teardown(state);
    secure_set_fini(&tls.contexts);
    *state = tls.certs;
    return 0;
}

static struct net_addr const *address(struct transport_rig *rig, int listener)
{
    return transport_listener_addr(rig->t, (uint16_t)listener);
}

static struct destination to_listener(struct transport_rig *rig, int listener, char const *name)
{
    return (struct destination){ .kind = TRANSPORT_TLS,
                                 .listener = OPEN,
                                 .addr = *address(rig, listener),
                                 .server_name = name };
}

static int put(struct transport_rig *rig, struct destination *to)
{
    return transport_rig_send(rig, to, OPTIONS);
}

/* Sends a request and waits for its answer: the number of the connection that was used. */
static uint64_t exchange(struct transport_rig *rig, struct destination to)
{
    size_t before = rig->messages;

    assert_int_equal(put(rig, &to), 0);
    assert_null(to.server_name);
    assert_null(to.context);
    UNTIL(rig, rig->messages == before + 2 || rig->waiter_error);
    assert_int_equal(rig->waiter_error, 0);
    assert_non_null(sip_object(rig->last)->sip_status);
    assert_int_equal(rig->from.connection, to.connection);
    assert_int_equal(rig->from.kind, TRANSPORT_TLS);
    return to.connection;
}

/* --- what works ---------------------------------------------------------------------------------
 */

static void test_exchange(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "alt.test");
    int64_t done = met_get(&sip_metrics, M_tls_handshakes);
    uint64_t first = exchange(rig, to);

    assert_int_equal(met_get(&sip_metrics, M_tls_handshakes), done + 2);
    assert_int_equal(exchange(rig, to), first);
    to.connection = first;
    to.server_name = NULL;
    assert_int_equal(exchange(rig, to), first);
    assert_int_equal(transport_connections(rig->t), 2);
}

/* One address, but two names or two contexts: never one connection. */
static void test_no_sharing(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "alt.test");
    uint64_t first = exchange(rig, to);

    to.server_name = "ALT.test.";
    assert_int_equal(exchange(rig, to), first);
    to.server_name = "other.test";
    uint64_t second = exchange(rig, to);
    assert_int_not_equal(second, first);
    to.server_name = "127.0.0.1";
    uint64_t third = exchange(rig, to);
    assert_int_not_equal(third, second);
    to.server_name = "alt.test";
    to.context = tls.stranger;
    uint64_t fourth = exchange(rig, to);
    assert_int_not_equal(fourth, first);
    assert_int_equal(exchange(rig, to), fourth);
    to.context = tls.client; /* is the default */
    assert_int_equal(exchange(rig, to), first);
    assert_int_equal(transport_connections(rig->t), 8);
    /* An accepted connection is no way to its peer's address. */
    rig->echoes = false;
    to = to_listener(rig, OPEN, "alt.test");
    assert_int_equal(put(rig, &to), 0);
    size_t before = rig->messages;
    UNTIL(rig, rig->messages == before + 1);
    struct destination back = { .kind = TRANSPORT_TLS,
                                .listener = rig->from.listener,
                                .addr = rig->from.peer,
                                .server_name = "alt.test" };
    assert_int_equal(put(rig, &back), 0);
    assert_int_not_equal(back.connection, rig->from.connection);
    UNTIL(rig, rig->waiter_error);
}

/* Unless its client has registered: then by its very address, but still under no name. */
static void test_client_that_registered(void **state)
{
    struct transport_rig *rig = *state;

    rig->echoes = false;
    struct destination to = to_listener(rig, OPEN, "alt.test");
    assert_int_equal(put(rig, &to), 0);
    UNTIL(rig, rig->messages == 1);
    uint64_t accepted = rig->from.connection;
    struct destination back = {
        .kind = TRANSPORT_TLS, .listener = PEER, .addr = rig->from.peer, .server_name = "127.0.0.1"
    };
    transport_vouch(rig->t, to.connection); /* ours: nothing */
    transport_vouch(rig->t, 0);
    transport_vouch(rig->t, accepted);
    assert_int_equal(put(rig, &back), 0);
    assert_int_equal(back.connection, accepted);
    UNTIL(rig, rig->messages == 2);
    assert_int_equal(rig->from.connection, to.connection);
    back.server_name = "alt.test";
    back.connection = 0;
    assert_int_equal(put(rig, &back), 0);
    assert_int_not_equal(back.connection, accepted);
    UNTIL(rig, rig->waiter_error);
}

static void test_identity(void **state)
{
    struct transport_rig *rig = *state;

    rig->echoes = false;
    struct destination to = to_listener(rig, PEER, "a.test");
    assert_int_equal(put(rig, &to), 0);
    UNTIL(rig, rig->messages == 1);
    assert_string_equal(rig->subject, "b.test");
    assert_string_equal(tap_next(rig->tap, 1)->subject, "b.test");
    assert_true(origin_is_subject(&rig->from, "B.TEST"));
    assert_true(origin_is_subject(&rig->from, "b2.test"));
    assert_false(origin_is_subject(&rig->from, "a.test"));
    assert_int_equal(rig->from.listener, PEER);
    to = to_listener(rig, OPEN, "alt.test");
    assert_int_equal(put(rig, &to), 0);
    UNTIL(rig, rig->messages == 2);
    assert_string_equal(rig->subject, "-");
    assert_false(origin_is_subject(&rig->from, "b.test"));
    /* Whom we connected to has not asked to be let in. */
    rig->echoes = true;
    exchange(rig, to_listener(rig, PEER, "a.test"));
    assert_string_equal(rig->subject, "-");
    struct tap_record const *answer = tap_next(rig->tap, rig->from.tap_serial - 1);
    assert_string_equal(answer->subject, "a.test");
    assert_string_equal(answer->listener, "");
}

static void test_replaced_context(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, PEER, "a.test");
    uint64_t first = exchange(rig, to);

    named("peer", "c", SECURE_VERIFY_REQUIRED);
    transport_use_contexts(rig->t, &tls.contexts);
    assert_int_equal(exchange(rig, to), first);
    to.server_name = "c.test";
    assert_int_not_equal(exchange(rig, to), first);
    /* A listener stays with its own where there is none to take. */
    named("peer", NULL, SECURE_VERIFY_REQUIRED);
    tls.contexts.server = -ENOENT;
    transport_use_contexts(rig->t, &tls.contexts);
    to = to_listener(rig, PEER, "c.test");
    assert_int_not_equal(exchange(rig, to), 0);
    to = to_listener(rig, OPEN, "alt.test");
    assert_int_not_equal(exchange(rig, to), 0);
}

/* Of both ends; there is nothing to write any more that would keep them. */
static void fall_idle(struct transport_rig *rig)
{
    clock_advance_ms((uint64_t)rig->limits.idle_ms + 100);
    UNTIL(rig, rig->waiter_error && transport_connections(rig->t) == 0);
}

/* The way of a new connection in the place of a dead one: the context of its name as it is now. */
static void test_way_of_a_new_one(void **state)
{
    struct transport_rig *rig = *state;
    struct destination const to = to_listener(rig, OPEN, "Alt.test");

    exchange(rig, to);
    assert_false(rig->waiter.reused);
    exchange(rig, to);
    assert_true(rig->waiter.reused);
    struct secure_context const *next = named("client", "b", SECURE_VERIFY_NONE);
    transport_use_contexts(rig->t, &tls.contexts);
    fall_idle(rig);
    assert_ptr_equal(rig->waiter_context, next);
    assert_string_equal(rig->waiter_name, "alt.test");

    exchange(rig, to);
    struct secure_set none;
    secure_set_init(&none);
    transport_use_contexts(rig->t, &none);
    fall_idle(rig);
    assert_null(rig->waiter_context);
    assert_string_equal(rig->waiter_name, "");
}

/* --- what does not ------------------------------------------------------------------------------
 */

static void expect_failure(struct transport_rig *rig, struct destination to, int error,
                           enum sip_metric row)
{
    int64_t before = met_get(&sip_metrics, row);

    assert_int_equal(put(rig, &to), 0);
    assert_int_equal(rig->waiter_error, 0);
    UNTIL(rig, rig->waiter_error);
    assert_int_equal(rig->waiter_error, error);
    assert_true(met_get(&sip_metrics, row) > before);
    UNTIL(rig, transport_connections(rig->t) == 0);
}

static void test_refused_peers(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "wrong.test");

    expect_failure(rig, to, secure_cause_error(SECURE_wrong_name), M_tls_peers_rejected);
    to = to_listener(rig, PEER, "a.test");
    to.context = tls.stranger;
    /* TLS 1.3: the client is done before the server refuses it. */
    expect_failure(rig, to, secure_cause_error(SECURE_not_accepted), M_tls_peers_rejected);
    assert_int_equal(rig->messages, 0);
}

static void test_without_a_name(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, NULL);

    assert_int_equal(put(rig, &to), -ENOTCONN);
    to.connection = 12345;
    assert_int_equal(put(rig, &to), -ENOTCONN);
    to = to_listener(rig, OPEN, "");
    assert_int_equal(put(rig, &to), -ENOTCONN);
    tls.contexts.client = -ENOENT;
    transport_use_contexts(rig->t, &tls.contexts);
    to = to_listener(rig, OPEN, "alt.test");
    assert_int_equal(put(rig, &to), -ENOKEY);
    assert_int_equal(transport_connections(rig->t), 0);
}

/* A server that is there but does not shake hands. */
static void test_odd_servers(void **state)
{
    static struct {
        char const *says; /* NULL: it closes */
        uint64_t advance_ms;
        enum secure_cause cause;
        enum sip_metric row;
    } const rows[] = {
        { "SIP/2.0 400 Bad Request\r\n\r\n", 0, SECURE_not_tls, M_tls_handshakes_failed },
        { NULL, 0, SECURE_closed, M_tls_handshakes_failed },
        { "", 5100, SECURE_late, M_tls_handshakes_late },
        { "\x16", 5100, SECURE_late, M_tls_handshakes_late },
    };
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "alt.test");
    int server = transport_rig_server(true, &to.addr);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct destination one = to;
        int64_t before = met_get(&sip_metrics, rows[i].row);
        int fd = -1;
        assert_int_equal(put(rig, &one), 0);
        UNTIL(rig, (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0);
        char bytes[1];
        UNTIL(rig, recv(fd, bytes, 1, MSG_PEEK) == 1);
        if (rows[i].says)
            send(fd, rows[i].says, strlen(rows[i].says), MSG_NOSIGNAL);
        else
            shutdown(fd, SHUT_WR);
        transport_rig_turn(rig);
        assert_int_equal(transport_connections(rig->t), rows[i].advance_ms ? 1 : 0);
        clock_advance_ms(rows[i].advance_ms);
        UNTIL(rig, rig->waiter_error);
        assert_int_equal(rig->waiter_error, secure_cause_error(rows[i].cause));
        assert_int_equal(met_get(&sip_metrics, rows[i].row), before + 1);
        close(fd);
    }
    close(server);
    expect_failure(rig, to, -ECONNREFUSED, M_connects_failed);
}

/* --- clients of another make --------------------------------------------------------------------
 */

static int plain_client(struct transport_rig *rig)
{
    return transport_rig_connect(SOCK_STREAM, address(rig, OPEN));
}

/* What a plain socket has to read now; 0 at its end, -1 nothing. */
static ssize_t peek(int fd)
{
    char bytes[4096];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    return n < 0 && errno == ECONNRESET ? 0 : n;
}

static void test_plain_clients(void **state)
{
    static char const *const rows[] = { OPTIONS, "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                                        "\x16\x03\x01 garbage that says it is a handshake" };
    struct transport_rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t before = met_get(&sip_metrics, M_tls_handshakes_failed);
        int fd = plain_client(rig);
        assert_int_equal(send(fd, rows[i], strlen(rows[i]), 0), strlen(rows[i]));
        if (i == 3) {
            transport_rig_turn(rig);
            shutdown(fd, SHUT_WR);
        }
        UNTIL(rig, peek(fd) == 0);
        assert_int_equal(met_get(&sip_metrics, M_tls_handshakes_failed), before + 1);
        close(fd);
    }
    /* Somebody who only looks whether the port is open is no failure. */
    int64_t before = met_get(&sip_metrics, M_tls_handshakes_failed);
    int fd = plain_client(rig);
    UNTIL(rig, transport_connections(rig->t) == 1);
    close(fd);
    UNTIL(rig, transport_connections(rig->t) == 0);
    assert_int_equal(met_get(&sip_metrics, M_tls_handshakes_failed), before);
    assert_int_equal(rig->messages, 0);
}

static void test_limits(void **state)
{
    struct transport_rig *rig = *state;
    int64_t before = met_get(&sip_metrics, M_connections_refused);

    rig->limits.max_connections = 1;
    int first = plain_client(rig);
    UNTIL(rig, transport_connections(rig->t) == 1);
    int second = plain_client(rig);
    UNTIL(rig, peek(second) == 0);
    assert_int_equal(met_get(&sip_metrics, M_connections_refused), before + 1);
    close(first);
    close(second);
}

/* Half the clients are silent, the others stop in the middle of a record. */
static void test_stalled_handshakes(void **state)
{
    struct transport_rig *rig = *state;
    int64_t before = met_get(&sip_metrics, M_tls_handshakes_late);
    static int fds[STALLED];

    for (size_t i = 0; i < STALLED; i++) {
        fds[i] = plain_client(rig);
        if (i % 2)
            assert_int_equal(send(fds[i], "\x16\x03\x01\x02\x00\x01", 6, 0), 6);
        transport_rig_turn(rig);
    }
    UNTIL(rig, transport_connections(rig->t) == STALLED);
    exchange(rig, to_listener(rig, OPEN, "alt.test"));
    clock_advance_ms((uint64_t)rig->limits.tls_handshake_ms + 100);
    UNTIL(rig, met_get(&sip_metrics, M_tls_handshakes_late) == before + STALLED);
    UNTIL(rig, transport_connections(rig->t) == 2);
    exchange(rig, to_listener(rig, OPEN, "alt.test"));
    for (size_t i = 0; i < STALLED; i++)
        close(fds[i]);
}

struct raw {
    int fd;
    SSL *ssl;
};

static void raw_open(struct transport_rig *rig, struct raw *raw, SSL_CTX *ctx, int listener)
{
    raw->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct net_addr const *to = address(rig, listener);
    (void)connect(raw->fd, &to->sa, net_addr_len(to));
    raw->ssl = SSL_new(ctx);
    SSL_set_fd(raw->ssl, raw->fd);
    UNTIL(rig, SSL_connect(raw->ssl) == 1);
}

static void raw_close(struct raw *raw, bool politely)
{
    if (politely)
        SSL_shutdown(raw->ssl);
    SSL_free(raw->ssl);
    close(raw->fd);
}

static void test_silent_after_handshake(void **state)
{
    struct transport_rig *rig = *state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    struct raw raw;
    char bytes[10];

    raw_open(rig, &raw, ctx, OPEN);
    for (int i = 0; i < 20; i++)
        transport_rig_turn(rig);
    clock_advance_ms((uint64_t)rig->limits.silent_ms + 100);
    UNTIL(rig, SSL_read(raw.ssl, bytes, sizeof bytes) == 0);
    assert_int_equal(SSL_get_error(raw.ssl, 0), SSL_ERROR_ZERO_RETURN);
    assert_int_equal(transport_connections(rig->t), 0);
    raw_close(&raw, false);
    SSL_CTX_free(ctx);
}

/* A slow reader of large messages gets every byte; one that never reads is let go. */
static void test_slow_reader(void **state)
{
    struct transport_rig *rig = *state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    struct raw raw;
    size_t const big = 60000;
    char *text = malloc(big), bytes[5000];
    int64_t overflows = met_get(&sip_metrics, M_write_queue_overflows);
    size_t sent = 0, got = 0;

    memset(text, 'x', big);
    raw_open(rig, &raw, ctx, OPEN);
    rig->echoes = false;
    assert_true(SSL_write(raw.ssl, OPTIONS, (int)strlen(OPTIONS)) > 0);
    UNTIL(rig, rig->messages == 1);
    struct destination to = { .kind = TRANSPORT_TLS, .connection = rig->from.connection };
    while (sent < 4 * big && transport_send(rig->t, &to, text, big, NULL) == 0)
        sent += big;
    assert_int_equal(sent, 4 * big);
    while (got < sent) {
        int n = -1;
        UNTIL(rig, (n = SSL_read(raw.ssl, bytes, sizeof bytes)) > 0);
        got += (size_t)n;
    }
    assert_int_equal(got, sent);
    int error = 0;
    for (int i = 0; i < 1000 && !error; i++) {
        error = transport_send(rig->t, &to, text, big, NULL);
        transport_rig_turn(rig);
    }
    assert_int_equal(error, -ENOBUFS);
    assert_int_equal(met_get(&sip_metrics, M_write_queue_overflows), overflows + 1);
    /* Nothing is opened in its place. */
    assert_int_equal(transport_send(rig->t, &to, text, big, NULL), -ENOTCONN);
    raw_close(&raw, false);
    SSL_CTX_free(ctx);
    free(text);
}

static void test_reset_while_writing(void **state)
{
    struct transport_rig *rig = *state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    struct linger hard = { 1, 0 };
    struct raw raw;

    raw_open(rig, &raw, ctx, OPEN);
    rig->echoes = false;
    assert_true(SSL_write(raw.ssl, OPTIONS, (int)strlen(OPTIONS)) > 0);
    UNTIL(rig, rig->messages == 1);
    struct destination to = { .kind = TRANSPORT_TLS, .connection = rig->from.connection };
    setsockopt(raw.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    raw_close(&raw, false);
    assert_int_equal(put(rig, &to), 0);
    UNTIL(rig, rig->waiter_error);
    assert_int_equal(transport_connections(rig->t), 0);
    SSL_CTX_free(ctx);
}

static void cycle(struct transport_rig *rig, SSL_CTX *ctx, int n)
{
    for (int i = 0; i < n; i++) {
        struct raw raw;
        raw_open(rig, &raw, ctx, OPEN);
        raw_close(&raw, i % 2);
    }
    UNTIL(rig, transport_connections(rig->t) == 0);
    for (int i = 0; i < 10; i++)
        transport_rig_turn(rig);
}

/* The leak that DESIGN §2 names: 24.6 kB of each TLS connection. */
static void test_cycles_leave_nothing(void **state)
{
    struct transport_rig *rig = *state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int64_t failed = met_get(&sip_metrics, M_tls_handshakes_failed);

    cycle(rig, ctx, 100);
    size_t before = mallinfo2().uordblks;
    cycle(rig, ctx, CYCLES);
    size_t after = mallinfo2().uordblks; /* 0 under a sanitizer, which looks for leaks itself */
    assert_true(after < before + 65536);
    assert_int_equal(met_get(&sip_metrics, M_tls_handshakes_failed), failed);
    SSL_CTX_free(ctx);
}

static void test_free_tells_waiters(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "alt.test");

    exchange(rig, to);
    to = to_listener(rig, OPEN, "other.test");
    assert_int_equal(put(rig, &to), 0);
    transport_rig_turn(rig);
    transport_free(&rig->t);
    assert_int_equal(rig->waiter_error, -ECANCELED);
}

static void test_free_inside_callback(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = to_listener(rig, OPEN, "alt.test");

    rig->echoes = false;
    rig->frees = true;
    assert_int_equal(transport_send(rig->t, &to, OPTIONS OPTIONS, 2 * strlen(OPTIONS), NULL), 0);
    UNTIL(rig, !rig->t);
    assert_int_equal(rig->messages, 1);
}

static int group_setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .san = "DNS:b2.test", .issuer = "ca" },
        { .name = "c", .cn = "c.test", .issuer = "ca" },
        { .name = "san", .san = "DNS:alt.test,DNS:other.test,IP:127.0.0.1", .issuer = "ca" },
    };

    signal(SIGPIPE, SIG_IGN);
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR); /* hundreds of handshakes fail by intent */
    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_exchange),
        TEST(test_no_sharing),
        TEST(test_client_that_registered),
        TEST(test_identity),
        TEST(test_replaced_context),
        TEST(test_way_of_a_new_one),
        TEST(test_refused_peers),
        TEST(test_without_a_name),
        TEST(test_odd_servers),
        TEST(test_plain_clients),
        TEST(test_limits),
        TEST(test_stalled_handshakes),
        TEST(test_silent_after_handshake),
        TEST(test_slow_reader),
        TEST(test_reset_while_writing),
        TEST(test_cycles_leave_nothing),
        TEST(test_free_tells_waiters),
        TEST(test_free_inside_callback),
    };

    return cmocka_run_group_tests(tests, group_setup, secure_rig_end);
}
