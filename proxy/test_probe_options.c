/* SPDX-License-Identifier: Apache-2.0 */
/* OPTIONS of a probe: the request, what is an answer to it, and what the tap tells of it. */
#include "buf.h"
#include "message.h"
#include "probe_options.h"
#include "tap.h"
#include <setjmp.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CALL   "Call-ID: call\r\nFrom: <sip:a.test>;tag=1\r\nTo: <sip:b.test>;tag=2\r\n"
#define VIA    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKours"
#define CSEQ   "CSeq: 1 OPTIONS\r\n"
#define LENGTH "Content-Length: 0\r\n\r\n"

static msg_t *parse(char const *text)
{
    msg_t *msg = message_parse(text, strlen(text));
    assert_non_null(msg);
    return msg;
}

static void test_request(void **state)
{
    char call_id[PROBE_OPTIONS_CALL_ID], text[] = "sip:b.test:5061;transport=tls";
    url_t uri;
    (void)state;
    assert_int_equal(url_d(&uri, text), 0);
    msg_t *msg = probe_options_new("sip:b.test:5061;transport=tls", &uri, "a.test", call_id);
    assert_non_null(msg);
    sip_t const *sip = sip_object(msg);
    assert_string_equal(sip->sip_request->rq_method_name, "OPTIONS");
    assert_string_equal(sip->sip_request->rq_url->url_params, "transport=tls");
    assert_string_equal(sip->sip_from->a_url->url_host, "a.test");
    assert_string_equal(sip->sip_to->a_url->url_host, "b.test");
    assert_string_equal(sip->sip_call_id->i_id, call_id);
    assert_null(sip->sip_via);
    msg_destroy(msg);
}

static void test_judge(void **state)
{
    static struct {
        char const *text;
        enum probe_options_reply reply;
    } const vectors[] = {
        { "SIP/2.0 200 OK\r\n" VIA "\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_FINAL },
        { "SIP/2.0 503 No\r\n" VIA ";rport=9\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_FINAL },
        { "SIP/2.0 100 Trying\r\n" VIA "\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_PROVISIONAL },
        { "SIP/2.0 200 OK\r\n" VIA "x\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_WRONG_VIA },
        { "SIP/2.0 200 OK\r\n" VIA "\r\n" VIA "\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_WRONG_VIA },
        { "SIP/2.0 200 OK\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_WRONG_VIA },
        { "SIP/2.0 200 OK\r\n" VIA "\r\n" CALL "CSeq: 1 INVITE\r\n" LENGTH, PROBE_OPTIONS_WRONG },
        { "SIP/2.0 200 OK\r\n" VIA "\r\nCall-ID: other\r\n" CSEQ LENGTH, PROBE_OPTIONS_STRANGE },
        { "OPTIONS sip:a.test SIP/2.0\r\n" VIA "\r\n" CALL CSEQ LENGTH, PROBE_OPTIONS_STRANGE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        msg_t *msg = parse(vectors[i].text);
        assert_int_equal(probe_options_judge(sip_object(msg), "call", "z9hG4bKours"),
                         vectors[i].reply);
        msg_destroy(msg);
    }
}

static void test_read(void **state)
{
    struct probe_options_answer answer;
    (void)state;
    msg_t *msg = parse("SIP/2.0 200 Fine\r\n" VIA ";received=192.0.2.7;rport=5070\r\n" CALL CSEQ
                       "Allow: INVITE, ACK\r\nAllow: BYE\r\nServer: unit test\r\n" LENGTH);
    probe_options_read(sip_object(msg), &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.phrase, "Fine");
    assert_string_equal(answer.allow, "INVITE, ACK, BYE");
    assert_string_equal(answer.server, "unit test");
    assert_string_equal(answer.seen_as, "192.0.2.7:5070");
    msg_destroy(msg);
    msg = parse("SIP/2.0 404 No\r\n" VIA "\r\n" CALL CSEQ "User-Agent: phone\r\n" LENGTH);
    probe_options_read(sip_object(msg), &answer);
    assert_string_equal(answer.allow, "");
    assert_string_equal(answer.server, "phone");
    assert_string_equal(answer.seen_as, "");
    msg_destroy(msg);
}

/* As many methods as there may be do not pass the end of the text. */
static void test_long_allow(void **state)
{
    struct probe_options_answer answer;
    struct buf text;
    (void)state;
    buf_init(&text, 65536);
    buf_puts(&text, "SIP/2.0 200 OK\r\n" VIA "\r\n" CALL CSEQ "Allow: INVITE");
    for (int i = 0; i < 60; i++)
        buf_printf(&text, ", METHOD%d", i);
    buf_puts(&text, "\r\n" LENGTH);
    msg_t *msg = parse(buf_text(&text));
    probe_options_read(sip_object(msg), &answer);
    assert_int_equal(strlen(answer.allow), PROBE_OPTIONS_TEXT - 1);
    msg_destroy(msg);
    buf_fini(&text);
}

static void tap(struct tap *tap, enum tap_direction direction, char const *remote, char const *text)
{
    struct tap_record like = { .direction = direction, .protocol = TAP_SIP, .transport = "udp" };
    assert_int_equal(net_addr_parse(&like.remote, remote, 0), 0);
    tap_add(tap, &like, text, strlen(text));
}

static void expect_found(struct tap *tap, enum probe_options_reply reply, char const *from)
{
    struct net_addr addr;
    char text[NET_ADDR_TEXT];
    assert_int_equal(probe_options_search(tap, "call", &addr), reply);
    if (from)
        assert_string_equal(net_addr_print(&addr, text), from);
}

static void test_search(void **state)
{
    struct tap *ring = tap_new(16, 65536);
    (void)state;
    expect_found(NULL, PROBE_OPTIONS_STRANGE, NULL);
    tap(ring, TAP_SENT, "192.0.2.1:5060",
        "OPTIONS sip:b.test SIP/2.0\r\n" VIA "\r\n" CALL CSEQ LENGTH);
    tap(ring, TAP_RECEIVED, "192.0.2.9:5060",
        "SIP/2.0 200 OK\r\n" VIA "\r\nCall-ID: another\r\n" CSEQ LENGTH);
    expect_found(ring, PROBE_OPTIONS_STRANGE, NULL);
    tap(ring, TAP_RECEIVED, "192.0.2.2:5060", "SIP/2.0 200 OK\r\n" VIA "x\r\n" CALL CSEQ LENGTH);
    expect_found(ring, PROBE_OPTIONS_WRONG_VIA, "192.0.2.2:5060");
    tap(ring, TAP_RECEIVED, "192.0.2.3:5062", "SIP/2.0 200 OK\r\n" VIA "\r\n" CALL CSEQ LENGTH);
    expect_found(ring, PROBE_OPTIONS_FINAL, "192.0.2.3:5062");
    tap_free(&ring);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_request), cmocka_unit_test(test_judge),
        cmocka_unit_test(test_read),    cmocka_unit_test(test_long_allow),
        cmocka_unit_test(test_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
