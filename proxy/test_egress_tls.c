/* SPDX-License-Identifier: Apache-2.0 */
/* The way out over TLS: Record-Route of TLS listeners, and no way down from sips: (RFC 3261 §16.6).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain.h"
#include "egress.h"
#include "egress_rig.h"
#include "message.h"
#include "secure_rig.h"
#include "secure_set.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TCP, TLS, PEER, INTERNAL, ANY = DOMAIN_ANY_LISTENER };

static struct egress_rig rig;
static struct secure_rig certs;

static int setup(void **state)
{
    static char const *const listeners[] = { "tcp:127.0.0.1:0", "tls:127.0.0.1:0",
                                             "tls:127.0.0.1:0;context=rig", "tcp:127.0.0.1:0" };
    struct secure_set contexts;
    (void)state;
    egress_rig_init(&rig);
    secure_rig_init(&certs);
    secure_rig_make(&certs, &(struct secure_rig_cert){ .name = "a", .cn = "a.test" });
    struct secure_context *context = secure_rig_context(&certs, "a", NULL, NULL);
    secure_set_init(&contexts);
    contexts.server = contexts.client = secure_set_put(&contexts, context);
    transport_use_contexts(stack_transport(rig.worker->stack), &contexts);
    secure_set_fini(&contexts);
    secure_context_unref(&context);
    for (int i = 0; i < 4; i++)
        assert_int_equal(stack_listen(rig.worker->stack, listeners[i], "sip.example.test"), i);
    rig.proxy.first_internal = INTERNAL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    egress_rig_fini(&rig);
    secure_rig_fini(&certs);
    return 0;
}

static msg_t *make_request(char const *uri, char const *route)
{
    char text[600];
    int len = snprintf(text, sizeof text,
                       "INVITE %s SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bKa\r\n%s"
                       "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: a\r\n"
                       "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
                       uri, route);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

/* Topmost first; %u stands for the port of the outgoing and then of the incoming listener. */
static void test_record_route(void **state)
{
    static struct {
        char const *uri, *route;
        uint16_t in, out;
        char const *first, *second;
    } const rows[] = {
        { "sip:b@b.test", "", TLS, TLS, "<sip:sip.example.test:%u;transport=tls;lr>", NULL },
        { "sip:b@b.test", "", TLS, TCP, "<sip:sip.example.test:%u;transport=tcp;lr>",
          "<sip:sip.example.test:%u;transport=tls;lr>" },
        { "sips:b@b.test", "", TLS, TLS, "<sips:sip.example.test:%u;lr>", NULL },
        { "sips:b@b.test", "", PEER, TLS, "<sips:sip.example.test:%u;lr>",
          "<sips:sip.example.test:%u;lr>" },
        { "sip:b@b.test", "Route: <sips:c.test;lr>\r\n", TLS, TLS, "<sips:sip.example.test:%u;lr>",
          NULL },
        /* Our own programs are reached without TLS. */
        { "sips:b@b.test", "", TLS, INTERNAL, "<sip:sip.example.test:%u;transport=tcp;lr>",
          "<sips:sip.example.test:%u;lr>" },
    };
    struct transport *t = stack_transport(rig.worker->stack);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_t *msg = make_request(rows[i].uri, rows[i].route);
        char expected[100], text[100];
        char lines[2 * EGRESS_LINE_MAX];
        assert_int_equal(egress_record_route(t, sip_object(msg), rows[i].in, rows[i].out, lines),
                         0);
        assert_int_equal(message_add_lines(msg, lines), 0);
        sip_record_route_t const *value = sip_object(msg)->sip_record_route;
        for (int j = 0; j < 2 && (j == 0 || rows[i].second); j++, value = value->r_next) {
            uint16_t port = net_addr_port(transport_listener_addr(t, j ? rows[i].in : rows[i].out));
            char const *format = j ? rows[i].second : rows[i].first, *at = strstr(format, "%u");
            (void)snprintf(expected, sizeof expected, "%.*s%u%s", (int)(at - format), format, port,
                           at + 2);
            assert_non_null(value);
            (void)sip_header_field_e(text, sizeof text, (sip_header_t const *)value, 0);
            assert_string_equal(text, expected);
        }
        assert_null(value);
        msg_destroy(msg);
    }
}

static struct destination found;
static char const *failure;

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    (void)ctx;
    failure = why_not;
    found = n ? list[0] : (struct destination){ 0 };
}

static void test_no_way_down(void **state)
{
    static struct {
        char const *uri, *next_hop;
        bool internal;
        enum transport_kind kind;
        uint16_t port; /* 0: no way */
    } const rows[] = {
        { "sip:b@b.test", "sip:192.0.2.1", false, TRANSPORT_TCP, 5060 },
        { "sip:b@b.test", "sip:192.0.2.1;transport=tcp", false, TRANSPORT_TCP, 5060 },
        { "sip:b@b.test", "sip:192.0.2.1;transport=tls", false, TRANSPORT_TLS, 5061 },
        { "sip:b@b.test", "sips:192.0.2.1", false, TRANSPORT_TLS, 5061 },
        { "sips:b@b.test", "sips:192.0.2.1:5071", false, TRANSPORT_TLS, 5071 },
        { "sips:b@b.test", "sip:192.0.2.1", false, TRANSPORT_TLS, 5061 },
        { "sips:b@b.test", "sip:192.0.2.1;lr;transport=tcp", false, TRANSPORT_TLS, 5061 },
        { "sips:b@b.test", "sip:192.0.2.1;transport=udp", false, TRANSPORT_UDP, 0 },
        { "sips:b@b.test", "sip:127.0.0.1:5082;transport=tcp", true, TRANSPORT_TCP, 5082 },
    };
    su_home_t home[1] = { SU_HOME_INIT(home) };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct egress_hint hint = { TLS, rows[i].internal, ANY, ANY, ANY };
        msg_t *msg = make_request(rows[i].uri, "");
        url_t *next_hop = url_make(home, rows[i].next_hop);
        assert_null(egress_resolve(rig.worker, sip_object(msg), next_hop, &hint, resolved, NULL));
        if (rows[i].port) {
            assert_null(failure);
            assert_int_equal(found.kind, rows[i].kind);
            assert_int_equal(net_addr_port(&found.addr), rows[i].port);
        } else {
            assert_non_null(failure);
        }
        msg_destroy(msg);
    }
    su_home_deinit(home);
}

/* Without UDP and TCP listeners in between, the kind chooses among the TLS ones. */
static void test_listener(void **state)
{
    static struct {
        struct egress_hint hint;
        uint16_t listener;
    } const rows[] = {
        { { TCP, false, ANY, ANY, ANY }, TLS },        { { TLS, false, ANY, ANY, ANY }, TLS },
        { { PEER, false, ANY, ANY, ANY }, PEER },      { { TLS, false, PEER, ANY, ANY }, PEER },
        { { INTERNAL, false, ANY, ANY, PEER }, PEER },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct destination to = { .kind = TRANSPORT_TLS };
        assert_int_equal(net_addr_parse(&to.addr, "127.0.0.1:5061", 0), 0);
        assert_int_equal(egress_choose_listener(rig.worker, &to, &rows[i].hint), 0);
        assert_int_equal(to.listener, rows[i].listener);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_record_route),
        cmocka_unit_test(test_no_way_down),
        cmocka_unit_test(test_listener),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
