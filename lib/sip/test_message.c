/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: fidelity of a real client's request, faults by table, edits, responses. */
#include "buf.h"
#include "message.h"
#include <errno.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE_VIA        "Via: SIP/2.0/tcp 192.0.2.10:40112\r\n"
#define LINE_VIA_COPIED "Via: SIP/2.0/TCP 192.0.2.10:40112\r\n"
#define LINES_MIDDLE                                                                               \
    "From: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"                               \
    "To: <sip:2001@rcc.example.test>\r\n"
#define LINE_HOPS "Max-Forwards:70\r\n"
#define LINES_END                                                                                  \
    "CSeq:  0001 INVITE\r\n"                                                                       \
    "User-Agent: ExampleClient/1.0\r\n"                                                            \
    "i: rcc-4711\r\n"                                                                              \
    "Contact: <sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp>;proxy=replace\r\n"     \
    "k: timer\r\n"                                                                                 \
    "X-Odd :  a,b ;c\r\n"                                                                          \
    "Content-Disposition: signal;handling=required\r\n"                                            \
    "Content-Type: Application/CSTA+xml\r\n"                                                       \
    "Content-Length: 5\r\n\r\n<a/>\n"
#define START         "INVITE sip:2001@rcc.example.test SIP/2.0\r\n"
#define CLIENT_INVITE START LINE_VIA LINES_MIDDLE LINE_HOPS LINES_END

static void assert_prints(msg_t *msg, char const *expected)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    assert_int_equal(message_print(msg, &out), 0);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static msg_t *parse(char const *text)
{
    msg_t *msg = message_parse(text, strlen(text));

    assert_non_null(msg);
    return msg;
}

static void test_bytes_survive(void **state)
{
    msg_t *msg = parse("\r\n\r\n" CLIENT_INVITE);
    sip_t *sip = sip_object(msg);

    (void)state;
    assert_null(message_fault(msg));
    assert_false(message_has_branch(sip->sip_via));
    assert_string_equal(message_content_type(sip), "application/csta+xml");
    assert_string_equal(message_unknown(sip, "x-odd"), "a,b ;c");
    assert_null(message_unknown(sip, "X-Other"));
    assert_prints(msg, CLIENT_INVITE);
    msg_destroy(msg);
}

static void test_only_edited_headers_change(void **state)
{
    msg_t *original = parse(CLIENT_INVITE), *msg = message_copy(original);
    sip_t *sip = sip_object(msg);

    (void)state;
    assert_int_equal(message_add_first(msg, "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1"), 0);
    sip->sip_max_forwards->mf_count--;
    message_edited(msg, sip->sip_max_forwards);
    assert_int_equal(message_add_first(msg, "Record-Route: <sip:127.0.0.1:5060;lr>"), 0);
    message_remove(msg, "Supported");
    message_remove(msg, "x-odd");
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_int_equal(message_print(msg, &out), 0);
    assert_non_null(strstr(out.data, LINE_VIA LINES_MIDDLE "Max-Forwards: 69\r\nCSeq:  0001"));
    assert_ptr_equal(strstr(out.data, START "Record-Route: <sip:127.0.0.1:5060;lr>\r\n"
                                            "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\n"),
                     out.data);
    assert_null(strstr(out.data, "k: timer"));
    assert_null(strstr(out.data, "X-Odd"));
    buf_fini(&out);
    msg_destroy(msg);
    assert_prints(original, CLIENT_INVITE);
    msg_destroy(original);
}

/* Printed under lines that the message does not get; put into it, they read the same. */
static void test_lines_on_top(void **state)
{
    static char const lines[] = "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
                                "Via: SIP/2.0/TCP 127.0.0.2:5060;branch=z9hG4bK2\r\n"
                                "Record-Route: <sip:127.0.0.1:5060;lr>\r\n";
    msg_t *msg = parse(CLIENT_INVITE);
    struct buf out, again;

    (void)state;
    buf_init(&out, 1 << 16);
    assert_int_equal(message_print_under(msg, lines, &out), 0);
    assert_int_equal(out.len, sizeof CLIENT_INVITE - 1 + sizeof lines - 1);
    assert_int_equal(strncmp(out.data, START, sizeof START - 1), 0);
    assert_int_equal(strncmp(out.data + sizeof START - 1, lines, sizeof lines - 1), 0);
    assert_prints(msg, CLIENT_INVITE);

    assert_int_equal(message_add_lines(msg, "Via: x\nno CR"), -EINVAL);
    assert_int_equal(message_add_lines(msg, ""), 0);
    assert_int_equal(message_add_lines(msg, lines), 0);
    sip_via_t const *via = sip_object(msg)->sip_via;
    assert_string_equal(via->v_host, "127.0.0.1");
    assert_string_equal(via->v_next->v_host, "127.0.0.2");
    assert_non_null(via->v_next->v_next);
    buf_init(&again, 1 << 16);
    assert_int_equal(message_print(msg, &again), 0);
    assert_int_equal(again.len, out.len);
    buf_fini(&again);
    buf_fini(&out);
    msg_destroy(msg);
}

/* New digits where the old ones were, whatever stands around them; a copy made before keeps its
 * own. */
static void test_edited_number(void **state)
{
    static struct {
        char const *before, *after;
        uint32_t number;
    } const rows[] = {
        { "Max-Forwards: 70\r\n", "Max-Forwards: 69\r\n", 69 },
        { "max-forwards :  10 \r\n", "max-forwards :  9 \r\n", 9 },
        { "Max-Forwards:9\r\n", "Max-Forwards:255\r\n", 255 },
        { "Max-Forwards:\r\n 007\r\n", "Max-Forwards:\r\n 6\r\n", 6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512], expected[512];
        static char const format[] = "OPTIONS sip:a.test SIP/2.0\r\nVia: SIP/2.0/UDP a.test\r\n%s"
                                     "From: <sip:a@a.test>;tag=1\r\nTo: <sip:a.test>\r\n"
                                     "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        snprintf(text, sizeof text, format, rows[i].before);
        snprintf(expected, sizeof expected, format, rows[i].after);
        msg_t *msg = parse(text), *copy = message_copy(msg);
        message_edited_number(copy, sip_object(copy)->sip_max_forwards, rows[i].number);
        assert_prints(copy, expected);
        assert_prints(msg, text);
        /* once more, and a header that has no bytes */
        message_edited_number(copy, sip_object(copy)->sip_max_forwards, rows[i].number);
        assert_prints(copy, expected);
        message_edited(copy, sip_object(copy)->sip_max_forwards);
        message_edited_number(copy, sip_object(copy)->sip_max_forwards, rows[i].number);
        msg_destroy(copy);
        msg_destroy(msg);
    }
}

static void test_headers_of_one_line(void **state)
{
    static char const text[] = "OPTIONS sip:a.test SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa, SIP/2.0/UDP b.test\r\n"
                               "Route: <sip:r1;lr>, <sip:r2;lr>\r\n"
                               "From: <sip:a@a.test>;tag=1\r\nTo: <sip:a.test>\r\n"
                               "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    msg_t *msg = parse(text);
    sip_t *sip = sip_object(msg);
    struct buf out;

    (void)state;
    assert_null(message_fault(msg));
    assert_true(message_has_branch(sip->sip_via));
    msg_header_remove(msg, NULL, (msg_header_t *)sip->sip_via);
    sip->sip_route->r_url->url_user = "u";
    message_edited(msg, sip->sip_route);
    buf_init(&out, 1 << 16);
    assert_int_equal(message_print(msg, &out), 0);
    assert_non_null(strstr(out.data, "SIP/2.0\r\nVia: SIP/2.0/UDP b.test\r\n"));
    assert_non_null(strstr(out.data, "Route: <sip:u@r1;lr>\r\nRoute: <sip:r2;lr>\r\n"));
    buf_fini(&out);
    msg_destroy(msg);
}

/* Each vector is a good request with one line replaced; fault NULL = sound. */
#define GOOD(via, from, call_id, cseq, rest)                                                       \
    "INVITE sip:b@b.test SIP/2.0\r\n" via from "To: <sip:b@b.test>\r\n" call_id cseq rest "\r\n"
#define VIA  "Via: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\n"
#define FROM "From: <sip:a@a.test>;tag=1\r\n"
#define ID   "Call-ID: 1@a\r\n"
#define CSEQ "CSeq: 1 INVITE\r\n"

#define FAULT(text, fault)                                                                         \
    {                                                                                              \
        text, fault                                                                                \
    }
static struct {
    char const *text, *fault;
} const faults[] = {
    FAULT(GOOD(VIA, FROM, ID, CSEQ, ""), NULL),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Date: yesterday\r\nWarning: ???\r\n"), NULL),
    FAULT(GOOD("", FROM, ID, CSEQ, ""), "missing Via"),
    FAULT(GOOD(VIA, "", ID, CSEQ, ""), "missing From"),
    FAULT(GOOD(VIA, FROM, "", CSEQ, ""), "missing Call-ID"),
    FAULT(GOOD(VIA, FROM, ID, "", ""), "missing CSeq"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ ID, ""), "two Call-ID"),
    FAULT(GOOD(VIA, FROM FROM, ID, CSEQ, ""), "two From"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ "CSeq: 2 INVITE\r\n", ""), "two CSeq"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Max-Forwards: 7\r\nMax-Forwards: 8\r\n"), "two Max-Forwards"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "l: 0\r\nContent-Length: 0\r\n"), "two Content-Length"),
    FAULT(GOOD(VIA, "From: \"a <sip:a@a.test>;tag=1\r\n", ID, CSEQ, ""), "bad From"),
    FAULT(GOOD(VIA, "From: <sip:>;tag=1\r\n", ID, CSEQ, ""), "bad From"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Path: <sip:p;lr\r\n"), "bad Path"),
    FAULT(GOOD("Via: SIP 2.0 a\r\n", FROM, ID, CSEQ, ""), "bad Via"),
    FAULT(GOOD(VIA, FROM, ID, "CSeq: 1 ACK\r\n", ""), "CSeq method is not the request's"),
    FAULT(GOOD(VIA, FROM, ID, "CSeq: 1 invite\r\n", ""), "CSeq method is not the request's"),
    FAULT(GOOD(VIA, FROM, ID, "CSeq: 2147483648 INVITE\r\n", ""), "CSeq number too large"),
    FAULT(GOOD(VIA, FROM, ID, "CSeq: 2147483647 INVITE\r\n", ""), NULL),
    FAULT(GOOD(VIA, FROM, ID, "CSeq: 36893488147419103232 INVITE\r\n", ""), "bad CSeq"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Max-Forwards: 256\r\n"), "Max-Forwards too large"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Max-Forwards: 255\r\n"), NULL),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Max-Forwards: many\r\n"), "bad Max-Forwards"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Content-Length: 1\r\n"),
          "Content-Length larger than the body"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Content-Length: -1\r\n"), "bad Content-Length"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Content-Length: 4294967296\r\n"), "bad Content-Length"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "Contact: %\r\n"), "bad Contact"),
    FAULT(GOOD(VIA, FROM, ID, CSEQ, "no colon here\r\n"), "header line without a name"),
    FAULT("INVITE sip:b@b.test SIP/7.0\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n",
          MESSAGE_FAULT_VERSION),
    FAULT("INVITE <sip:b@b.test> SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n",
          "bad Request-URI"),
    FAULT("INVITE sip:b@b.test; lr SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n",
          "bad start line"),
    FAULT("INVITE sip:b@b.test?Route=%3Csip:b.test%3E SIP/2.0\r\n" VIA FROM
          "To: <sip:b>\r\n" ID CSEQ "\r\n",
          "headers in the Request-URI"),
    FAULT("A+B` sip:b@b.test SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID "CSeq: 1 A`B+\r\n\r\n",
          "CSeq method is not the request's"),
    FAULT("A+B sip:b@b.test SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID "CSeq: 1 A(B\r\n\r\n",
          "bad CSeq"),
    FAULT("INVITE sip: SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n", "bad start line"),
    FAULT("INVITE sip:b@b.test SIP/2.0\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ,
          "header without its end"),
    FAULT("SIP/2.0 200 OK\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n", NULL),
    FAULT("SIP/2.0 099 Low\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n", "bad status code"),
    FAULT("SIP/2.0 4294967301 High\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n",
          "bad start line"),
    FAULT("SIP/2.0 700 High\r\n" VIA FROM "To: <sip:b>\r\n" ID CSEQ "\r\n", "bad status code"),
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        msg_t *msg = parse(faults[i].text);
        char const *fault = message_fault(msg);
        if (!faults[i].fault && fault)
            fail_msg("vector %zu: unexpected fault %s", i, fault);
        if (faults[i].fault && (!fault || strcmp(fault, faults[i].fault) != 0))
            fail_msg("vector %zu: %s instead of %s", i, fault ? fault : "sound", faults[i].fault);
        msg_destroy(msg);
    }
}

static void test_garbage(void **state)
{
    static char const *const garbage[] = { "",
                                           "\r\n\r\n",
                                           "TEST",
                                           "GET / HTTP/1.1\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\n\r\n",
                                           "\x80\x81\r\n",
                                           "hello world\r\n\r\n",
                                           "INVITE sip:a" };

    (void)state;
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++)
        assert_null(message_parse(garbage[i], strlen(garbage[i])));
    assert_null(message_parse("A b:c SIP/2.0\r\nX: \0\r\n\r\n", 22));
    /* a NUL behind two backslashes, and one in the start line */
    assert_null(message_parse("A b:c SIP/2.0\r\nX: \"\\\\\0\"\r\n\r\n", 26));
    assert_null(message_parse("A b:\\\0 SIP/2.0\r\nX: y\r\n\r\n", 25));
    assert_null(message_parse("A(B b:c SIP/2.0\r\nX: y\r\n\r\n", 25));
    assert_null(message_parse("A b:c SIP/2.0\r\nX: y\rl: 5\r\n\r\n", 28));
    assert_null(message_parse("A b:c SIP/2.0\r\n l: 5\r\n\r\n", 24));
}

static void assert_cut(char const *text, size_t len)
{
    msg_t *msg = message_parse(text, len);

    assert_non_null(msg);
    assert_string_equal(message_fault(msg), "too many headers");
    /* enough is left to answer it */
    assert_non_null(sip_object(msg)->sip_via);
    assert_null(sip_object(msg)->sip_contact);
    msg_destroy(msg);
}

/* sofia-sip recurses per list item and walks its chain per header. */
static void test_many_headers_are_refused(void **state)
{
    static char const start[] = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\n";
    size_t const size = 1 << 20;
    char *text = malloc(size);
    size_t len = (size_t)snprintf(text, size, "%sContact: <sip:a>", start);

    (void)state;
    while (len + 16 < size)
        len += (size_t)snprintf(text + len, size - len, ",\r\n <sip:a>");
    len += (size_t)snprintf(text + len, size - len, "\r\n\r\n");
    assert_cut(text, len);
    len = (size_t)snprintf(text, size, "%s", start);
    while (len + 16 < size)
        len += (size_t)snprintf(text + len, size - len, "a:b\r\n");
    len += (size_t)snprintf(text + len, size - len, "\r\n");
    assert_cut(text, len);
    /* nothing before the limit */
    memset(text, ',', size);
    memcpy(text + size - 2, "\r\n", 2);
    assert_null(message_parse(text, size));
    /* A body may hold as many commas and lines as it likes. */
    len = (size_t)snprintf(text, size, "OPTIONS sip:a SIP/2.0\r\n\r\n");
    memset(text + len, ',', 5000);
    memset(text + len + 5000, '\n', 5000);
    msg_t *msg = message_parse(text, len + 10000);
    assert_non_null(msg);
    msg_destroy(msg);
    free(text);
}

/* RFC 4475 3.1.1.2: what the parser cannot read is read all the same, and keeps its bytes. */
static void test_unusual_characters(void **state)
{
    static char const text[] = "+.!%*_`~'- sip:a.test SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa\r\n"
                               "From: \"\\\0 \\\7\" <sip:a@a.test>;tag=1\r\nTo: <sip:a.test>\r\n"
                               "Call-ID: 1(+`)\r\nCSeq: 1\r\n +.!%*_`~'-\r\nX-Odd: (+`) \\\0\r\n"
                               "Content-Length: 2\r\n\r\n\0\0";
    static char const answer[] = "SIP/2.0 200 OK\r\n"
                                 "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa\r\n"
                                 "From: <sip:a@a.test>;tag=1\r\nTo: <sip:a.test>;tag=2\r\n"
                                 "Call-ID: 1\r\nCSeq: 1 +`\r\nContent-Length: 0\r\n\r\n";
    msg_t *msg = message_parse(text, sizeof text - 1), *copy, *response;
    sip_t *sip;
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    assert_non_null(msg);
    assert_null(message_fault(msg));
    sip = sip_object(msg);
    assert_string_equal(sip->sip_request->rq_method_name, "+.!%*_`~'-");
    assert_string_equal(sip->sip_cseq->cs_method_name, "+.!%*_`~'-");
    assert_string_equal(sip->sip_call_id->i_id, "1(+`)");
    assert_non_null(copy = message_copy(msg));
    assert_int_equal(message_print(copy, &out), 0);
    assert_int_equal(out.len, sizeof text - 1);
    assert_memory_equal(out.data, text, out.len);
    buf_reset(&out);
    assert_non_null(response = message_response(msg, 200, NULL, "t"));
    assert_int_equal(message_print(response, &out), 0);
    assert_non_null(strstr(out.data, "CSeq: 1 +.!%*_`~'-\r\n"));
    buf_fini(&out);
    msg_destroy(response);
    msg_destroy(copy);
    msg_destroy(msg);
    msg = parse(answer);
    assert_null(message_fault(msg));
    assert_string_equal(sip_object(msg)->sip_cseq->cs_method_name, "+`");
    assert_prints(msg, answer);
    msg_destroy(msg);
}

/* RFC 4475 3.1.2.9, 3.1.2.10: taken, and not handed on. */
static void test_start_line_is_tidied(void **state)
{
#define REST                                                                                       \
    "Via: SIP/2.0/UDP a.test;branch=z9hG4bKa\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: "                \
    "<sip:a.test>\r\n"                                                                             \
    "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    static struct {
        char const *sent, *printed;
    } const rows[] = {
        { "OPTIONS  sip:%75@a.test  SIP/2.0\r\n", "OPTIONS sip:u@a.test SIP/2.0\r\n" },
        { "OPTIONS sip:a.test SIP/2.0  \r\n", "OPTIONS sip:a.test SIP/2.0\r\n" },
        { "OPTIONS sip:a.test sip/2.0\r\n", "OPTIONS sip:a.test SIP/2.0\r\n" },
        { "OPTIONS sip:a.test SIP/2.0\n", "OPTIONS sip:a.test SIP/2.0\r\n" },
        /* nothing to tidy: not even what the printer would write otherwise */
        { "OPTIONS sip:%75@a.test SIP/2.0\r\n", "OPTIONS sip:%75@a.test SIP/2.0\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sent[1000], printed[1000];
        (void)snprintf(sent, sizeof sent, "%s" REST, rows[i].sent);
        (void)snprintf(printed, sizeof printed, "%s" REST, rows[i].printed);
        msg_t *msg = parse(sent);
        assert_prints(msg, printed);
        msg_destroy(msg);
    }
}

/* RFC 4475 3.1.2.1: the 400 carries what its receiver knows the request by. */
static void test_bad_via_is_answered(void **state)
{
    msg_t *msg =
        parse(START "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n" LINES_MIDDLE LINE_HOPS LINES_END);
    msg_t *response = message_response(msg, 400, NULL, "t");
    struct buf out;

    (void)state;
    assert_string_equal(message_fault(msg), "bad Via");
    assert_true(message_has_bad_via(sip_object(msg)));
    buf_init(&out, 1 << 16);
    assert_int_equal(message_print(response, &out), 0);
    assert_non_null(strstr(out.data, "\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n"));
    buf_fini(&out);
    msg_destroy(response);
    msg_destroy(msg);
    msg = parse(CLIENT_INVITE);
    assert_false(message_has_bad_via(sip_object(msg)));
    msg_destroy(msg);
}

/* Compact names are the long ones, and what nobody reads is a name and a value. */
static void test_headers_apart(void **state)
{
    msg_t *msg = parse("OPTIONS sip:a.test SIP/2.0\r\nv: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\n"
                       "f: <sip:a@a.test>;tag=1\r\nt: <sip:a.test>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\n"
                       "m: <sip:c@a.test>\r\nk: path\r\nc: text/plain\r\nx: 90\r\nAllow: @@\r\n"
                       "o: presence\r\ns: lunch\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                       "e: not taken apart\r\nl: 0\r\n\r\n");
    sip_t *sip = sip_object(msg);

    (void)state;
    assert_null(message_fault(msg));
    assert_non_null(sip->sip_via);
    assert_non_null(sip->sip_from->a_tag);
    assert_non_null(sip->sip_contact);
    assert_true(sip_has_feature(sip->sip_supported, "path"));
    assert_string_equal(sip->sip_content_type->c_type, "text/plain");
    assert_int_equal(sip->sip_session_expires->x_delta, 90);
    assert_string_equal(sip->sip_event->o_type, "presence");
    assert_null(sip->sip_allow);
    assert_string_equal(message_unknown(sip, "Allow"), "@@");
    assert_string_equal(sip->sip_subject->g_string, "lunch");
    assert_int_equal(sip->sip_date->d_time - 2208988800, 784111777);
    assert_string_equal(message_unknown(sip, "e"), "not taken apart");
    assert_int_equal(message_add(msg, "Allow: INVITE, ACK"), 0);
    message_remove(msg, "Allow");
    assert_null(message_unknown(sip, "Allow"));
    msg_destroy(msg);
}

/* sofia-sip's printer aborts at the second of a header that may stand once. Whatever stands twice
 * in a message, it is refused or goes on as it came. */
static void test_every_header_twice(void **state)
{
    static char const *const values[] = { "1", "x", "<sip:a@a.test>", ";;", "", "a b;c=d, \"e" };
    msg_mclass_t const *mclass = sip_default_mclass();
    unsigned forwarded = 0;

    (void)state;
    for (int i = 0; i < mclass->mc_hash_size; i++) {
        msg_hclass_t *hclass = mclass->mc_hash[i].hr_class;
        if (!hclass)
            continue;
        for (size_t j = 0; j < 2 * sizeof values / sizeof *values; j++) {
            char text[2000];
            char const *first = values[j / 2], *second = values[(j + j % 2) / 2 % 6];
            (void)snprintf(text, sizeof text,
                           "%sFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:a>\r\n"
                           "Call-ID: 1\r\nCSeq: 1 INVITE\r\n%s: %s\r\nX-Between: x\r\n%s: %s\r\n"
                           "Content-Length: 0\r\n\r\n",
                           START LINE_VIA, hclass->hc_name, first, hclass->hc_name, second);
            msg_t *msg = parse(text), *copy = message_copy(msg);
            if (!message_fault(msg)) {
                assert_prints(copy, text);
                forwarded++;
            } else {
                /* need not be possible, must not abort */
                struct buf out;
                buf_init(&out, 4000);
                (void)message_print(copy ? copy : msg, &out);
                buf_fini(&out);
            }
            msg_destroy(copy);
            msg_destroy(msg);
        }
    }
    assert_true(forwarded > 500);
}

static void test_body_is_cut(void **state)
{
    msg_t *msg = parse(GOOD(VIA, FROM, ID, CSEQ, "Content-Length: 2\r\n") "abcdef");
    sip_t *sip = sip_object(msg);

    (void)state;
    assert_null(message_fault(msg));
    assert_int_equal(sip->sip_payload->pl_len, 2);
    msg_destroy(msg);
}

static void test_response(void **state)
{
    msg_t *request = parse(START LINE_VIA LINES_MIDDLE "Record-Route: <sip:p;lr>\r\n"
                                                       "Timestamp: 7\r\n" LINE_HOPS LINES_END);
    msg_t *trying = message_response(request, 100, NULL, NULL);
    msg_t *ok = message_response(request, 200, NULL, "gw1");
    msg_t *refused = message_response(request, 403, "No", "gw2");

    (void)state;
    assert_prints(trying, "SIP/2.0 100 Trying\r\n" LINE_VIA_COPIED LINES_MIDDLE
                          "Call-ID: rcc-4711\r\nCSeq: 1 INVITE\r\nTimestamp: 7\r\n"
                          "Content-Length: 0\r\n\r\n");
    assert_int_equal(message_set_body(ok, "application/csta+xml", "<a/>", 4), 0);
    assert_int_equal(message_add(ok, "Session-Expires: 1800;refresher=uac"), 0);
    assert_int_equal(message_add(ok, "Supported: timer, path"), 0);
    assert_int_equal(message_add(ok, "Supported: replaces"), 0);
    assert_int_equal(message_add(ok, "X-Trace: 1"), 0);
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_int_equal(message_print(ok, &out), 0);
    assert_ptr_equal(strstr(out.data, "SIP/2.0 200 OK\r\n" LINE_VIA_COPIED), out.data);
    assert_non_null(strstr(out.data, "To: <sip:2001@rcc.example.test>;tag=gw1\r\n"));
    assert_non_null(strstr(out.data, "epid=0a1b2c3d4e\r\n"));
    assert_non_null(strstr(out.data, "Record-Route: <sip:p;lr>\r\n"));
    assert_non_null(strstr(out.data, "Session-Expires: 1800;refresher=uac\r\n"));
    assert_non_null(strstr(out.data, "Supported: timer, path, replaces\r\n"));
    assert_non_null(strstr(out.data, "X-Trace: 1\r\n"));
    assert_non_null(strstr(out.data, "Content-Length: 4\r\n"));
    assert_non_null(strstr(out.data, "\r\n\r\n<a/>"));
    buf_reset(&out);
    assert_int_equal(message_set_body(ok, NULL, NULL, 0), 0);
    assert_int_equal(message_print(ok, &out), 0);
    assert_non_null(strstr(out.data, "Content-Length: 0\r\n"));
    assert_null(strstr(out.data, "csta"));
    buf_reset(&out);
    assert_int_equal(message_print(refused, &out), 0);
    assert_ptr_equal(strstr(out.data, "SIP/2.0 403 No\r\n"), out.data);
    assert_null(strstr(out.data, "Record-Route"));
    buf_fini(&out);
    msg_destroy(request);
    msg_destroy(trying);
    msg_destroy(ok);
    msg_destroy(refused);
}

static void test_add_refuses(void **state)
{
    static char const *const wrong[] = { "X: a\r\nY: b", "no colon",      "",
                                         "CSeq: x",      "Via: nonsense", "Max-Forwards: -" };
    msg_t *msg = parse(CLIENT_INVITE);

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(message_add(msg, wrong[i]), -EINVAL);
    assert_prints(msg, CLIENT_INVITE);
    msg_destroy(msg);
}

/* RFC 3261 8.2.2.3. */
static void test_unsupported(void **state)
{
    static struct {
        char const *headers, *wanted;
        size_t size;
    } const vectors[] = {
        { "", "", 200 },
        { "Require: path\r\n", "", 200 },
        { "Require: PATH, a\r\nRequire: b\r\n", "Unsupported: a, b", 200 },
        { "Require: abc, d, ef\r\n", "Unsupported: abc, d", 20 },
        { "Require: abc, def, g\r\n", "Unsupported: abc, g", 21 },
        { "Require: abcdefghij\r\n", "Unsupported: abc", 17 },
    };
    static char const *const served[] = { "path", NULL };
    char text[1024], line[200];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        snprintf(text, sizeof text, START LINE_VIA LINES_MIDDLE LINE_HOPS "%s" LINES_END,
                 vectors[i].headers);
        msg_t *msg = parse(text);
        assert_int_equal(
            message_unsupported(sip_object(msg)->sip_require, served, line, vectors[i].size),
            *vectors[i].wanted != 0);
        assert_string_equal(line, vectors[i].wanted);
        msg_destroy(msg);
    }
}

static void test_quotable(void **state)
{
    static char const *const vectors[][2] = {
        { "", "" },
        { "no escape ~ !", "no escape ~ !" },
        { "a \"b\" \\", "a ?b? ?" },
        { "\r\n\t\x7f", "????" },
        { "\xc3\xa9", "??" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", vectors[i][0]);
        message_make_quotable(text);
        assert_string_equal(text, vectors[i][1]);
    }
}

static void test_order_of_routes(void **state)
{
    msg_t *msg = parse(CLIENT_INVITE);
    sip_t *sip = sip_object(msg);

    (void)state;
    assert_int_equal(message_add(msg, "Route: <sip:r2;lr>"), 0);
    assert_int_equal(message_add(msg, "Route: <sip:r3;lr>"), 0);
    assert_int_equal(message_add_first(msg, "Route: <sip:r1;lr>"), 0);
    assert_string_equal(sip->sip_route->r_url->url_host, "r1");
    assert_string_equal(sip->sip_route->r_next->r_url->url_host, "r2");
    assert_string_equal(sip->sip_route->r_next->r_next->r_url->url_host, "r3");
    message_remove(msg, "Route");
    assert_null(sip->sip_route);
    assert_prints(msg, CLIENT_INVITE);
    msg_destroy(msg);
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_bytes_survive),
        cmocka_unit_test(test_only_edited_headers_change),
        cmocka_unit_test(test_lines_on_top),
        cmocka_unit_test(test_edited_number),
        cmocka_unit_test(test_headers_of_one_line),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_many_headers_are_refused),
        cmocka_unit_test(test_unusual_characters),
        cmocka_unit_test(test_start_line_is_tidied),
        cmocka_unit_test(test_bad_via_is_answered),
        cmocka_unit_test(test_headers_apart),
        cmocka_unit_test(test_every_header_twice),
        cmocka_unit_test(test_body_is_cut),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_add_refuses),
        cmocka_unit_test(test_quotable),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_order_of_routes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
