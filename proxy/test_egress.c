/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests get Record-Route, and which listener a request leaves by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain.h"
#include "egress.h"
#include "egress_rig.h"
#include "message.h"
#include "route_decide.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Listeners: 0 and 1 public on one port, 2 public and called "outside", 3 and 4 internal. */
enum { UDP, TCP, NAMED_TCP, INTERNAL_TCP, INTERNAL_UDP, LISTENERS };
enum { ANY = DOMAIN_ANY_LISTENER };

static struct egress_rig rig;
static uint16_t ports[LISTENERS];

static void listen_on(unsigned listener, char const *transport, uint16_t port,
                      char const *advertised)
{
    char text[64];
    /* A loopback address of our own: on 127.0.0.1 the port of one transport may be taken for the
     * other by somebody who connects. */
    unsigned pid = (unsigned)getpid();
    (void)snprintf(text, sizeof text, "%s:127.8.%u.%u:%u%s", transport, pid >> 8 & 255, pid & 255,
                   port, listener == NAMED_TCP ? ";name=outside" : "");
    assert_int_equal(stack_listen(rig.worker->stack, text, advertised), listener);
    ports[listener] = net_addr_port(
        transport_listener_addr(stack_transport(rig.worker->stack), (uint16_t)listener));
}

static int setup(void **state)
{
    (void)state;
    egress_rig_init(&rig);
    listen_on(UDP, "udp", 0, "127.0.0.1");
    listen_on(TCP, "tcp", ports[UDP], "sip.example.test");
    listen_on(NAMED_TCP, "tcp", 0, "127.0.0.1");
    listen_on(INTERNAL_TCP, "tcp", 0, "127.0.0.1");
    listen_on(INTERNAL_UDP, "udp", ports[INTERNAL_TCP], "2001:db8::1");
    rig.proxy.first_internal = INTERNAL_TCP;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    egress_rig_fini(&rig);
    return 0;
}

static msg_t *make_request(char const *method)
{
    char text[400];
    int len = snprintf(text, sizeof text,
                       "%s sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "Record-Route: <sip:before.test;lr>\r\nFrom: <sip:a@a.test>;tag=1\r\n"
                       "To: <sip:b@b.test>\r\nCall-ID: a\r\nCSeq: 1 %s\r\n"
                       "Content-Length: 0\r\n\r\n",
                       method, method);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

static void test_dialogs(void **state)
{
    static struct {
        char const *method;
        bool makes_dialog;
    } const rows[] = {
        { "INVITE", true },   { "SUBSCRIBE", true }, { "NOTIFY", true },  { "REFER", true },
        { "INFO", false },    { "BYE", false },      { "ACK", false },    { "MESSAGE", false },
        { "OPTIONS", false }, { "PUBLISH", false },  { "UPDATE", false }, { "FOO", false },
        { "invite", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_t *msg = make_request(rows[i].method);
        if (egress_makes_dialog(sip_object(msg)) != rows[i].makes_dialog)
            fail_msg("%s", rows[i].method);
        msg_destroy(msg);
    }
}

/* The values, topmost first; ours stand above those that came with the request. */
static void test_record_route(void **state)
{
    static struct {
        uint16_t in, out;
        char const *hosts[3];
        char const *transports[3];
    } const rows[] = {
        { UDP, UDP, { "127.0.0.1", "before.test" }, { "udp", NULL } },
        { UDP, TCP, { "sip.example.test", "127.0.0.1", "before.test" }, { "tcp", "udp", NULL } },
        { TCP,
          INTERNAL_TCP,
          { "127.0.0.1", "sip.example.test", "before.test" },
          { "tcp", "tcp", NULL } },
        { INTERNAL_UDP, INTERNAL_UDP, { "[2001:db8::1]", "before.test" }, { "udp", NULL } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msg_t *msg = make_request("INVITE");
        char lines[2 * EGRESS_LINE_MAX];
        assert_int_equal(egress_record_route(stack_transport(rig.worker->stack), sip_object(msg),
                                             rows[i].in, rows[i].out, lines),
                         0);
        assert_int_equal(message_add_lines(msg, lines), 0);
        sip_record_route_t const *value = sip_object(msg)->sip_record_route;
        for (size_t j = 0; j < 3 && rows[i].hosts[j]; j++, value = value->r_next) {
            char transport[8] = "";
            assert_non_null(value);
            assert_string_equal(value->r_url->url_host, rows[i].hosts[j]);
            if (!rows[i].transports[j])
                continue;
            (void)url_param(value->r_url->url_params, "transport", transport, sizeof transport);
            assert_string_equal(transport, rows[i].transports[j]);
            assert_true(url_has_param(value->r_url, "lr"));
            assert_int_equal(strtoul(value->r_url->url_port, NULL, 10),
                             ports[j == 0 ? rows[i].out : rows[i].in]);
        }
        assert_null(value);
        msg_destroy(msg);
    }
}

static void test_listener(void **state)
{
    static struct {
        char const *name;
        struct egress_hint hint;
        enum transport_kind kind;
        uint16_t listener;
    } const rows[] = {
        { "the one it came in", { TCP, false, ANY, ANY, ANY }, TRANSPORT_TCP, TCP },
        { "its sibling of the other kind", { TCP, false, ANY, ANY, ANY }, TRANSPORT_UDP, UDP },
        { "to our own program", { UDP, true, ANY, ANY, ANY }, TRANSPORT_TCP, INTERNAL_TCP },
        { "to it over UDP", { TCP, true, ANY, ANY, ANY }, TRANSPORT_UDP, INTERNAL_UDP },
        { "from it", { INTERNAL_TCP, false, ANY, ANY, ANY }, TRANSPORT_UDP, UDP },
        { "from it over TCP", { INTERNAL_TCP, false, ANY, ANY, ANY }, TRANSPORT_TCP, TCP },
        { "the route set decides",
          { UDP, false, INTERNAL_TCP, ANY, ANY },
          TRANSPORT_TCP,
          INTERNAL_TCP },
        { "the route set, from inside",
          { INTERNAL_TCP, false, TCP, ANY, ANY },
          TRANSPORT_TCP,
          TCP },
        { "no such listener any more", { UDP, false, 99, ANY, ANY }, TRANSPORT_UDP, UDP },
        { "the named one", { TCP, false, ANY, NAMED_TCP, ANY }, TRANSPORT_TCP, NAMED_TCP },
        { "the named one, whatever the route set says",
          { TCP, false, TCP, NAMED_TCP, ANY },
          TRANSPORT_TCP,
          NAMED_TCP },
        { "the named one, to our own program",
          { TCP, true, ANY, NAMED_TCP, ANY },
          TRANSPORT_TCP,
          NAMED_TCP },
        { "the named one is of another kind",
          { INTERNAL_TCP, false, ANY, NAMED_TCP, ANY },
          TRANSPORT_UDP,
          UDP },
        { "the preferred one is for our own programs",
          { INTERNAL_TCP, false, ANY, ANY, NAMED_TCP },
          TRANSPORT_TCP,
          NAMED_TCP },
        { "and for no other", { TCP, false, ANY, ANY, NAMED_TCP }, TRANSPORT_TCP, TCP },
        { "nor for a route set", { INTERNAL_TCP, false, TCP, ANY, NAMED_TCP }, TRANSPORT_TCP, TCP },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct destination to = { .kind = rows[i].kind };
        assert_int_equal(net_addr_parse(&to.addr, "127.0.0.1:5082", 0), 0);
        assert_int_equal(egress_choose_listener(rig.worker, &to, &rows[i].hint), 0);
        if (to.listener != rows[i].listener)
            fail_msg("%s: %u", rows[i].name, to.listener);
    }
}

/* Never by an internal listener: who connects there is taken for one of us. */
static void test_large_requests(void **state)
{
    struct egress_hint const hint = { UDP, false, ANY, ANY, ANY };
    struct destination to = { .kind = TRANSPORT_UDP };
    (void)state;
    assert_int_equal(net_addr_parse(&to.addr, "127.0.0.1:5082", 0), 0);
    assert_int_equal(egress_choose_listener(rig.worker, &to, &hint), 0);
    assert_false(to.no_switch);
    rig.proxy.first_internal = TCP;
    assert_int_equal(egress_choose_listener(rig.worker, &to, &hint), 0);
    rig.proxy.first_internal = INTERNAL_TCP;
    assert_true(to.no_switch);
}

/* What goes through a dialog must not overtake what went before. */
static void test_large_requests_of_dialogs(void **state)
{
    static struct {
        int out_listener;
        bool no_switch;
    } const rows[] = { { UDP, true }, { TCP, false }, { ANY, false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct egress_hint const hint = { INTERNAL_TCP, false, rows[i].out_listener, ANY, ANY };
        struct destination to = { .kind = TRANSPORT_UDP };
        assert_int_equal(net_addr_parse(&to.addr, "127.0.0.1:5082", 0), 0);
        assert_int_equal(egress_choose_listener(rig.worker, &to, &hint), 0);
        assert_int_equal(to.no_switch, rows[i].no_switch);
    }
}

static void test_udp_only(void **state)
{
    static struct {
        char const *uri;
        bool contact, udp_only;
    } const rows[] = {
        { "sip:a.test;transport=udp", false, true },
        { "sip:a.test;lr;transport=UDP", false, true },
        { "sip:a.test;transport=udp", true, false }, /* no administrator has said so */
        { "sip:a.test;transport=tcp", false, false },
        { "sip:a.test", false, false },
        { NULL, false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct route_hop hop = { .uri = rows[i].uri ? url_make(home, rows[i].uri) : NULL,
                                 .contact = rows[i].contact };
        assert_int_equal(egress_is_udp_only(&hop), rows[i].udp_only);
        su_home_deinit(home);
    }
}

static void test_transport_of_last_resort(void **state)
{
    struct egress_hint hint = { TCP, false, TCP, ANY, NAMED_TCP };
    (void)state;
    assert_int_equal(egress_fallback(rig.worker, &hint), TRANSPORT_UDP);
    hint.named = NAMED_TCP;
    assert_int_equal(egress_fallback(rig.worker, &hint), TRANSPORT_TCP);
    hint.named = UDP;
    assert_int_equal(egress_fallback(rig.worker, &hint), TRANSPORT_UDP);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(egress_listener(rig.worker, "outside"), NAMED_TCP);
    assert_int_equal(egress_listener(rig.worker, "elsewhere"), ANY);
    assert_int_equal(egress_listener(rig.worker, NULL), ANY);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_dialogs),
        cmocka_unit_test(test_record_route),
        cmocka_unit_test(test_listener),
        cmocka_unit_test(test_transport_of_last_resort),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_large_requests),
        cmocka_unit_test(test_large_requests_of_dialogs),
        cmocka_unit_test(test_udp_only),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
