/* SPDX-License-Identifier: Apache-2.0 */
/* Request pre-processing: hops, extensions, Route examples of RFC 3261 §16.12, loops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "domain.h"
#include "message.h"
#include "normalize.h"
#include "origin.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct domain *own;
static struct normalize_input input; /* of the own domain */

static int setup(void **state)
{
    static char const *const listeners[] = { "127.0.0.1:5060", "127.0.0.1:5049" };
    (void)state;
    own = domain_new();
    input = (struct normalize_input){ .own = own };
    assert_int_equal(domain_add_host(own, "p1.example.com"), 0);
    for (uint16_t i = 0; i < 2; i++) {
        struct net_addr addr;
        assert_int_equal(net_addr_parse(&addr, listeners[i], 0), 0);
        assert_int_equal(domain_add_listener(own, i, &addr, NULL), 0);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    domain_free(&own);
    return 0;
}

/* @p headers may hold Via lines too: they stand above the client's own. */
static msg_t *make_request(char const *method, char const *uri, char const *headers)
{
    char text[4000];
    int len = snprintf(text, sizeof text,
                       "%s %s SIP/2.0\r\n%sVia: SIP/2.0/UDP 192.0.2.1\r\n"
                       "From: <sip:a@example.com>;tag=1\r\nTo: <sip:2001@example.com>;tag=2\r\n"
                       "Call-ID: a\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
                       method, uri, headers, method);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

static char const *uri_text(url_t const *url, char text[static 300])
{
    (void)url_e(text, 300, url);
    return text;
}

static void test_refusals(void **state)
{
    /* clang-format off */
    static struct {
        char const *method, *uri, *headers;
        enum refusal refusal;
        char const *header;
        unsigned max_forwards; /* after it */
    } const rows[] = {
        { "INVITE", "sip:b@b.test", "", REFUSAL_NONE, "", 70 },
        { "INVITE", "sip:b@b.test", "Max-Forwards: 70\r\n", REFUSAL_NONE, "", 69 },
        { "INVITE", "sip:b@b.test", "Max-Forwards: 1\r\n", REFUSAL_NONE, "", 0 },
        { "INVITE", "sip:b@b.test", "Max-Forwards: 0\r\n", REFUSAL_max_forwards, "", 0 },
        { "OPTIONS", "sip:b@b.test", "Max-Forwards: 0\r\n", REFUSAL_NONE, "", 0 },
        { "INVITE", "tel:2001", "", REFUSAL_scheme, "", 0 },
        { "INVITE", "mailto:b@b.test", "", REFUSAL_scheme, "", 0 },
        { "INVITE", "nobodyKnowsThisScheme:totallyopaquecontent", "", REFUSAL_scheme, "", 0 },
        { "INVITE", "sips:b@b.test", "", REFUSAL_NONE, "", 70 },
        { "INVITE", "sip:b@b.test", "Proxy-Require: foo, bar\r\n", REFUSAL_extension,
          "Unsupported: foo, bar", 70 },
        { "INVITE", "sip:b@b.test", "Proxy-Require: a\r\nProxy-Require: b\r\n", REFUSAL_extension,
          "Unsupported: a, b", 70 },
        { "INVITE", "sip:b@b.test", "Route: <tel:2001>\r\n", REFUSAL_route, "", 70 },
        { "INVITE", "sip:b@b.test", "Require: foo\r\n", REFUSAL_NONE, "", 70 },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct normalized result;
        msg_t *msg = make_request(rows[i].method, rows[i].uri, rows[i].headers);
        normalize_request(&input, msg, &result);
        if (result.refusal != rows[i].refusal)
            fail_msg("row %zu: %d", i, result.refusal);
        assert_string_equal(result.header, rows[i].header);
        if (rows[i].refusal == REFUSAL_NONE)
            assert_int_equal(sip_object(msg)->sip_max_forwards->mf_count, rows[i].max_forwards);
        assert_int_equal(result.no_hops_left, strstr(rows[i].headers, "Forwards: 0") != NULL);
        msg_destroy(msg);
    }
}

static void test_unsupported_list_is_bounded(void **state)
{
    char headers[1000] = "Proxy-Require: x";
    struct normalized result;
    (void)state;
    for (size_t len = strlen(headers); len < 900; len += 10)
        memcpy(headers + len, ",abcdefghi", 11);
    memcpy(headers + strlen(headers), "\r\n", 3);
    msg_t *msg = make_request("INVITE", "sip:b@b.test", headers);
    normalize_request(&input, msg, &result);
    assert_int_equal(result.refusal, REFUSAL_extension);
    assert_true(strlen(result.header) < sizeof result.header);
    assert_true(strlen(result.header) > sizeof result.header - 20);
    msg_destroy(msg);
}

/* What goes to whom, with which Request-URI and Route. */
static void test_routes(void **state)
{
    /* clang-format off */
    static struct {
        char const *name, *uri, *headers;
        char const *hop, *sent_uri, *sent_routes; /* routes: each followed by a blank */
        bool ours;
        int listener;
    } const rows[] = {
        { "no Route", "sip:b@b.test", "", "sip:b@b.test", "sip:b@b.test", "", false, -1 },
        { "16.12.1.1 basic: first Route is us", "sip:callee@u2.domain.com",
          "Route: <sip:p1.example.com;lr>,<sip:p2.domain.com;lr>\r\n", "sip:p2.domain.com;lr",
          "sip:callee@u2.domain.com", "sip:p2.domain.com;lr ", true, -1 },
        { "16.12.1.1 last: only us", "sip:callee@u2.domain.com",
          "Route: <sip:p1.example.com;lr>\r\n", "sip:callee@u2.domain.com",
          "sip:callee@u2.domain.com", "", true, -1 },
        { "double Record-Route", "sip:b@192.0.2.7",
          "Route: <sip:127.0.0.1:5060;transport=tcp;lr>\r\n"
          "Route: <sip:127.0.0.1:5049;transport=tcp;lr>\r\n",
          "sip:b@192.0.2.7", "sip:b@192.0.2.7", "", true, 1 },
        { "double Record-Route in one line, more behind", "sip:b@192.0.2.7",
          "Route: <sip:127.0.0.1:5049;lr>, <sip:127.0.0.1:5060;lr>, <sip:x.test;lr>, "
          "<sip:127.0.0.1:5060;lr>\r\n",
          "sip:x.test;lr", "sip:b@192.0.2.7", "sip:x.test;lr sip:127.0.0.1:5060;lr ", true, 0 },
        { "another program on our address is not us", "sip:b@b.test",
          "Route: <sip:127.0.0.1:5082;lr>\r\n", "sip:127.0.0.1:5082;lr", "sip:b@b.test",
          "sip:127.0.0.1:5082;lr ", false, -1 },
        { "16.12.1.2 strict router before us", "sip:p1.example.com;lr",
          "Route: <sip:p4.domain.com;lr>, <sip:callee@u2.domain.com>\r\n", "sip:p4.domain.com;lr",
          "sip:callee@u2.domain.com", "sip:p4.domain.com;lr ", true, -1 },
        { "strict router before us, we were last", "sip:127.0.0.1:5060;transport=tcp;lr",
          "Route: <sip:callee@u2.domain.com>\r\n", "sip:callee@u2.domain.com",
          "sip:callee@u2.domain.com", "", true, 0 },
        { "strict router before us, double Record-Route", "sip:127.0.0.1:5060;lr",
          "Route: <sip:127.0.0.1:5049;lr>, <sip:callee@u2.domain.com>\r\n",
          "sip:callee@u2.domain.com", "sip:callee@u2.domain.com", "", true, 1 },
        { "own URI with user is no Record-Route value", "sip:2001@p1.example.com;lr",
          "Route: <sip:x.test;lr>\r\n", "sip:x.test;lr", "sip:2001@p1.example.com;lr",
          "sip:x.test;lr ", false, -1 },
        { "16.12.1.2 strict router behind us", "sip:callee@u2.domain.com",
          "Route: <sip:p1.example.com;lr>,<sip:p3.middle.com>,<sip:p4.domain.com;lr>\r\n",
          "sip:p3.middle.com", "sip:p3.middle.com",
          "sip:p4.domain.com;lr sip:callee@u2.domain.com ", true, -1 },
        { "strict router behind us, last", "sip:callee@u2.domain.com",
          "Route: <sip:p3.middle.com;transport=tcp>\r\n", "sip:p3.middle.com;transport=tcp",
          "sip:p3.middle.com;transport=tcp", "sip:callee@u2.domain.com ", false, -1 },
        { "own maddr goes", "sip:b@x.test:5060;maddr=127.0.0.1;transport=tcp;user=phone", "",
          "sip:b@x.test;user=phone", "sip:b@x.test;user=phone", "", false, -1 },
        { "foreign maddr stays", "sip:b@x.test:5060;maddr=192.0.2.1;transport=tcp", "",
          "sip:b@x.test:5060;maddr=192.0.2.1;transport=tcp",
          "sip:b@x.test:5060;maddr=192.0.2.1;transport=tcp", "", false, -1 },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct normalized result;
        char hop[300], uri[300];
        struct buf routes;
        buf_init(&routes, 1000);
        msg_t *original = make_request("INVITE", rows[i].uri, rows[i].headers);
        msg_t *msg = message_copy(original);
        sip_t *sip = sip_object(msg);
        normalize_request(&input, msg, &result);
        assert_int_equal(result.refusal, REFUSAL_NONE);
        (void)uri_text(normalize_next_hop(msg), hop);
        for (sip_route_t *route = sip->sip_route; route; route = route->r_next)
            buf_printf(&routes, "%s ", uri_text(route->r_url, uri));
        (void)uri_text(sip->sip_request->rq_url, uri);
        if (strcmp(hop, rows[i].hop) != 0 || strcmp(uri, rows[i].sent_uri) != 0 ||
            strcmp(buf_text(&routes), rows[i].sent_routes) != 0 ||
            result.route_was_ours != rows[i].ours || result.out_listener != rows[i].listener)
            fail_msg("%s: to %s, uri %s, routes %s, ours %d, listener %d", rows[i].name, hop, uri,
                     buf_text(&routes), result.route_was_ours, result.out_listener);
        assert_string_equal(uri_text(sip_object(original)->sip_request->rq_url, uri), rows[i].uri);
        buf_fini(&routes);
        msg_destroy(msg);
        msg_destroy(original);
    }
}

/* The edited message must be what is printed, not the bytes that came in. */
static void test_edits_reach_the_wire(void **state)
{
    struct normalized result;
    struct buf text;
    (void)state;
    buf_init(&text, 10000);
    msg_t *original = make_request("BYE", "sip:callee@u2.domain.com",
                                   "Max-Forwards: 10\r\nX-Odd:   a  b\r\n"
                                   "Route: <sip:p1.example.com;lr> , <sip:p3.middle.com>,"
                                   "<sip:p4.domain.com;lr>\r\n");
    msg_t *msg = message_copy(original);
    msg_destroy(original);
    normalize_request(&input, msg, &result);
    assert_non_null(normalize_next_hop(msg));
    assert_int_equal(message_print(msg, &text), 0);
    msg_destroy(msg);
    static char const *const expected[] = {
        "BYE sip:p3.middle.com SIP/2.0\r\n",
        "Max-Forwards: 9\r\n",
        "X-Odd:   a  b\r\n",
        "<sip:p4.domain.com;lr>",
        "<sip:callee@u2.domain.com>",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(buf_text(&text), expected[i]))
            fail_msg("%s is missing in\n%s", expected[i], buf_text(&text));
    assert_null(strstr(buf_text(&text), "p1.example.com"));
    assert_null(strstr(buf_text(&text), "<sip:p3.middle.com>"));
    buf_fini(&text);
}

/* Runs a request through us once and returns what a next hop would send back unchanged: our Via
 * with the hash in its branch on top. */
static void make_our_via(char const *uri, char const *headers, char via[static 200])
{
    struct normalized result;
    msg_t *msg = make_request("INVITE", uri, headers);
    normalize_request(&input, msg, &result);
    assert_int_equal(result.refusal, REFUSAL_NONE);
    assert_int_equal(strlen(result.loop_hash), NORMALIZE_HASH);
    for (char *c = result.loop_hash; *c; c++) /* a branch is compared without regard to case */
        *c = *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c;
    (void)snprintf(via, 200, "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK0.%s.xyz\r\n",
                   result.loop_hash);
    msg_destroy(msg);
}

static void test_loops(void **state)
{
    /* clang-format off */
    static struct {
        char const *name, *uri, *headers, *uri_back, *headers_back;
        enum refusal refusal;
    } const rows[] = {
        { "unchanged: loop", "sip:b@b.test", "", "sip:b@b.test", "", REFUSAL_loop },
        { "consumed Route does not matter", "sip:b@b.test", "Route: <sip:127.0.0.1:5060;lr>\r\n",
          "sip:b@b.test", "", REFUSAL_loop },
        { "changed user: spiral", "sip:b@b.test", "", "sip:c@b.test", "", REFUSAL_NONE },
        { "changed parameter: spiral", "sip:b@b.test", "", "sip:b@b.test;user=phone", "",
          REFUSAL_NONE },
        { "Route used up in between: spiral", "sip:b@b.test",
          "Route: <sip:127.0.0.1:5060;lr>,<sip:x.test;lr>,<sip:127.0.0.1:5060;lr>\r\n",
          "sip:b@b.test", "Route: <sip:127.0.0.1:5060;lr>\r\n", REFUSAL_NONE },
        { "other body: spiral", "sip:b@b.test", "", "sip:b@b.test",
          "Content-Type: application/csta+xml\r\n", REFUSAL_NONE },
        { "other event: spiral", "sip:b@b.test", "Event: presence\r\n", "sip:b@b.test",
          "Event: dialog\r\n", REFUSAL_NONE },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char via[200], headers[1000];
        struct normalized result;
        make_our_via(rows[i].uri, rows[i].headers, via);
        (void)snprintf(headers, sizeof headers,
                       "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKother\r\n%s%s", via,
                       rows[i].headers_back);
        msg_t *msg = make_request("INVITE", rows[i].uri_back, headers);
        normalize_request(&input, msg, &result);
        if (result.refusal != rows[i].refusal)
            fail_msg("%s: %d", rows[i].name, result.refusal);
        msg_destroy(msg);
    }
}

/* Where routing looks at the origin, what comes back by another way is no loop yet, but the next
 * time it is. */
static void test_loops_by_origin(void **state)
{
    static struct {
        char const *name;
        enum transport_kind kind;
        char const *peer, *subject;
        enum refusal refusal;
        bool is_inside;
    } const rows[] = {
        { "the same way", TRANSPORT_UDP, "192.0.2.1:5060", NULL, REFUSAL_loop, false },
        { "another port is the same peer", TRANSPORT_UDP, "192.0.2.1:9", NULL, REFUSAL_loop,
          false },
        { "another peer", TRANSPORT_UDP, "192.0.2.2:5060", NULL, REFUSAL_NONE, false },
        { "another transport", TRANSPORT_TCP, "192.0.2.1:5060", NULL, REFUSAL_NONE, false },
        { "another certificate", TRANSPORT_UDP, "192.0.2.1:5060", "a.test", REFUSAL_NONE, false },
        { "from inside", TRANSPORT_UDP, "192.0.2.1:5060", NULL, REFUSAL_NONE, true },
    };
    struct origin origin = { .kind = TRANSPORT_UDP };
    struct normalized result;
    char via[200];
    (void)state;
    assert_int_equal(net_addr_parse(&origin.peer, "192.0.2.1:5060", 0), 0);
    input.origin = &origin;
    make_our_via("sip:b@b.test", "", via);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct origin other = { .kind = rows[i].kind, .tls_subject = rows[i].subject };
        assert_int_equal(net_addr_parse(&other.peer, rows[i].peer, 0), 0);
        input.origin = &other;
        input.is_inside = rows[i].is_inside;
        msg_t *msg = make_request("INVITE", "sip:b@b.test", via);
        normalize_request(&input, msg, &result);
        if (result.refusal != rows[i].refusal)
            fail_msg("%s: %d", rows[i].name, result.refusal);
        msg_destroy(msg);
    }
    input.origin = NULL;
    input.is_inside = false;
}

static void test_identities(void **state)
{
    static struct {
        bool trusted;
        char const *header;
        bool removed;
    } const rows[] = {
        { false, "P-Asserted-Identity: <sip:a@a.test>\r\n", true },
        { true, "P-Asserted-Identity: <sip:a@a.test>\r\n", false },
        { false, "X-Odd: 1\r\n", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct normalized result;
        msg_t *msg = make_request("INVITE", "sip:b@b.test", rows[i].header);
        input.trusted = rows[i].trusted;
        normalize_request(&input, msg, &result);
        assert_int_equal(result.identity_removed, rows[i].removed);
        assert_int_equal(message_unknown(sip_object(msg), "P-Asserted-Identity") != NULL, i == 1);
        msg_destroy(msg);
    }
    input.trusted = false;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_refusals),   cmocka_unit_test(test_unsupported_list_is_bounded),
        cmocka_unit_test(test_routes),     cmocka_unit_test(test_edits_reach_the_wire),
        cmocka_unit_test(test_loops),      cmocka_unit_test(test_loops_by_origin),
        cmocka_unit_test(test_identities),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
