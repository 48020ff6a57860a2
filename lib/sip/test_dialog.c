/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogs of both sides: what goes into the next request, and which requests belong. */
#include "buf.h"
#include "dialog.h"
#include "message.h"
#include <malloc.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OURS "<sip:gw@192.0.2.20:5082;transport=tcp>"

/* The INVITE of csta-rcc 1.3, behind a proxy; %s: further header lines. */
static char const invite_text[] =
    "INVITE sip:2001@rcc.example.test SIP/2.0\r\n"
    "Via: SIP/2.0/tcp 192.0.2.10:40112\r\n"
    "From: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
    "To: <sip:2001@rcc.example.test>\r\n"
    "Max-Forwards: 70\r\nCSeq: 4 INVITE\r\nCall-ID: rcc-4711\r\n"
    "Contact: <sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp>;proxy=replace\r\n"
    "%sContent-Length: 0\r\n\r\n";

__attribute__((format(printf, 1, 2))) static msg_t *parse(char const *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    msg_t *msg = message_parse(text, strlen(text));
    assert_non_null(msg);
    return msg;
}

static struct dialog *callee(char const *more, enum dialog_cseq cseq)
{
    msg_t *invite = parse(invite_text, more);
    struct dialog *dialog = dialog_new_uas(sip_object(invite), "gw1", OURS, cseq);

    msg_destroy(invite);
    return dialog;
}

static void prints(msg_t *msg, char const *expect)
{
    struct buf out;

    assert_non_null(msg);
    buf_init(&out, 65536);
    assert_int_equal(message_print(msg, &out), 0);
    assert_string_equal(out.data, expect);
    buf_fini(&out);
    msg_destroy(msg);
}

static void leads_to(struct dialog const *dialog, char const *expect)
{
    char text[256];

    url_e(text, sizeof text, dialog_next_hop(dialog));
    assert_string_equal(text, expect);
}

static void test_callee(void **state)
{
    struct dialog *dialog = callee("", DIALOG_CSEQ_STRICT);

    (void)state;
    assert_non_null(dialog);
    assert_string_equal(dialog_call_id(dialog), "rcc-4711");
    assert_string_equal(dialog_local_tag(dialog), "gw1");
    assert_string_equal(dialog_remote_tag(dialog), "c1tag77");
    assert_string_equal(dialog_remote_uri(dialog), "sip:alice@example.test");
    leads_to(dialog, "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp");
    prints(dialog_request(dialog, SIP_METHOD_INFO),
           "INFO sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp SIP/2.0\r\n"
           "Max-Forwards: 70\r\n"
           "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
           "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
           "Call-ID: rcc-4711\r\nCSeq: 1 INFO\r\nContent-Length: 0\r\n\r\n");
    prints(dialog_request(dialog, SIP_METHOD_UPDATE),
           "UPDATE sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp SIP/2.0\r\n"
           "Max-Forwards: 70\r\n"
           "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
           "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
           "Call-ID: rcc-4711\r\nCSeq: 2 UPDATE\r\n"
           "Contact: <sip:gw@192.0.2.20:5082;transport=tcp>\r\nContent-Length: 0\r\n\r\n");
    dialog_free(&dialog);
    assert_null(dialog);
    dialog_free(&dialog);
}

/* RFC 3261 12.1.1: the callee keeps the order of Record-Route; 12.2.1.1: loose routers. */
static void test_callee_routes(void **state)
{
    struct dialog *dialog =
        callee("Record-Route: <sip:p1.example.test;lr>, <sip:p2.test;lr;x=1>\r\n"
               "Record-Route: \"P3\" <sip:p3.test:5070;lr>\r\n",
               DIALOG_CSEQ_STRICT);
    (void)state;
    leads_to(dialog, "sip:p1.example.test;lr");
    prints(dialog_request(dialog, SIP_METHOD_BYE),
           "BYE sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp SIP/2.0\r\n"
           "Route: <sip:p1.example.test;lr>, <sip:p2.test;lr;x=1>, \"P3\" <sip:p3.test:5070;lr>\r\n"
           "Max-Forwards: 70\r\n"
           "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
           "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
           "Call-ID: rcc-4711\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
    dialog_free(&dialog);
}

/* RFC 3261 12.2.1.1: a first route without lr wants its own URI in the request line. */
static void test_strict_router(void **state)
{
    struct dialog *one = callee("Record-Route: <sip:p1.test>\r\n", DIALOG_CSEQ_STRICT);
    struct dialog *two =
        callee("Record-Route: <sip:p1.test;a=b>, <sip:p2.test;lr>\r\n", DIALOG_CSEQ_STRICT);

    (void)state;
    leads_to(one, "sip:p1.test");
    prints(dialog_request(one, SIP_METHOD_BYE),
           "BYE sip:p1.test SIP/2.0\r\n"
           "Route: <sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp>\r\n"
           "Max-Forwards: 70\r\n"
           "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
           "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
           "Call-ID: rcc-4711\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
    leads_to(two, "sip:p1.test;a=b");
    prints(dialog_request(two, SIP_METHOD_BYE),
           "BYE sip:p1.test;a=b SIP/2.0\r\n"
           "Route: <sip:p2.test;lr>, "
           "<sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp>\r\n"
           "Max-Forwards: 70\r\n"
           "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
           "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
           "Call-ID: rcc-4711\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
    dialog_free(&one);
    dialog_free(&two);
}

/* clang-format off */
static struct {
    char const *what;
    char const *text; /* with this in place of Contact and To */
    char const *to;
} const unusable[] = {
    { "no Contact", "", "<sip:b@b.test>" },
    { "a star", "Contact: *\r\n", "<sip:b@b.test>" },
    { "a telephone number", "Contact: <tel:2001>\r\n", "<sip:b@b.test>" },
    { "a To tag", "Contact: <sip:a@192.0.2.1>\r\n", "<sip:b@b.test>;tag=x" },
};
/* clang-format on */

static void test_unusable_invites(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) {
        msg_t *invite = parse("INVITE sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n"
                              "From: <sip:a@a.test>;tag=1\r\nTo: %s\r\nCall-ID: 1\r\n"
                              "CSeq: 1 INVITE\r\n%s\r\n",
                              unusable[i].to, unusable[i].text);
        struct dialog *dialog = dialog_new_uas(sip_object(invite), "gw1", OURS, DIALOG_CSEQ_STRICT);
        if (dialog)
            fail_msg("%s", unusable[i].what);
        msg_destroy(invite);
    }
}

/* In-dialog requests after an INVITE with CSeq 4. */
/* clang-format off */
static struct {
    char const *what, *method, *from_tag, *to_tag, *call_id;
    int cseq, strict, relaxed; /* the verdicts */
} const requests[] = {
    { "the next one", "INFO", ";tag=c1tag77", ";tag=gw1", "rcc-4711", 5, 0, 0 },
    { "a gap", "INFO", ";tag=c1tag77", ";tag=gw1", "rcc-4711", 99, 0, 0 },
    { "the same number", "INFO", ";tag=c1tag77", ";tag=gw1", "rcc-4711", 4, 0, 0 },
    { "CSeq began again", "INFO", ";tag=c1tag77", ";tag=gw1", "rcc-4711", 2, 500, 0 },
    { "an ACK repeats its INVITE's", "ACK", ";tag=c1tag77", ";tag=gw1", "rcc-4711", 1, 0, 0 },
    { "another From tag", "INFO", ";tag=x", ";tag=gw1", "rcc-4711", 5, 481, 481 },
    { "another To tag", "INFO", ";tag=c1tag77", ";tag=x", "rcc-4711", 5, 481, 481 },
    { "no To tag", "INFO", ";tag=c1tag77", "", "rcc-4711", 5, 481, 481 },
    { "no From tag", "INFO", "", ";tag=gw1", "rcc-4711", 5, 481, 481 },
    { "another Call-ID", "INFO", ";tag=c1tag77", ";tag=gw1", "rcc-4712", 5, 481, 481 },
};
/* clang-format on */

static void test_accept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct dialog *strict = callee("", DIALOG_CSEQ_STRICT);
        struct dialog *relaxed = callee("", DIALOG_CSEQ_RELAXED);
        msg_t *msg =
            parse("%s sip:gw@192.0.2.20 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.10\r\n"
                  "From: <sip:alice@example.test>%s\r\nTo: <sip:2001@rcc.example.test>%s\r\n"
                  "Call-ID: %s\r\nCSeq: %d %s\r\n\r\n",
                  requests[i].method, requests[i].from_tag, requests[i].to_tag, requests[i].call_id,
                  requests[i].cseq, requests[i].method);
        if (dialog_accept(strict, sip_object(msg)) != requests[i].strict ||
            dialog_accept(relaxed, sip_object(msg)) != requests[i].relaxed)
            fail_msg("%s", requests[i].what);
        assert_int_equal(dialog_matches(strict, sip_object(msg)), requests[i].strict != 481);
        msg_destroy(msg);
        dialog_free(&strict);
        dialog_free(&relaxed);
    }
}

static int take(struct dialog *dialog, char const *method, int cseq, char const *contact)
{
    msg_t *msg = parse("%s sip:gw@192.0.2.20 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.10\r\n"
                       "From: <sip:alice@example.test>;tag=c1tag77\r\n"
                       "To: <sip:2001@rcc.example.test>;tag=gw1\r\n"
                       "Call-ID: rcc-4711\r\nCSeq: %d %s\r\n%s\r\n",
                       method, cseq, method, contact);
    int verdict = dialog_accept(dialog, sip_object(msg));

    msg_destroy(msg);
    return verdict;
}

/* RFC 3261 12.2.2: re-INVITE and UPDATE move the target, others do not; routes never move. */
static void test_target_refresh(void **state)
{
    struct dialog *plain = callee("", DIALOG_CSEQ_STRICT);
    struct dialog *routed = callee("Record-Route: <sip:p1.test;lr>\r\n", DIALOG_CSEQ_STRICT);

    (void)state;
    assert_int_equal(take(plain, "INVITE", 5, "Contact: <sip:a@192.0.2.11>\r\n"), 0);
    leads_to(plain, "sip:a@192.0.2.11");
    assert_int_equal(take(plain, "UPDATE", 6, "Contact: <sip:a@192.0.2.12>\r\n"), 0);
    leads_to(plain, "sip:a@192.0.2.12");
    assert_int_equal(take(plain, "INFO", 7, "Contact: <sip:a@192.0.2.13>\r\n"), 0);
    assert_int_equal(take(plain, "UPDATE", 8, ""), 0);
    assert_int_equal(take(plain, "UPDATE", 8, "Contact: *\r\n"), 0);
    /* A refused one moves nothing. */
    assert_int_equal(take(plain, "UPDATE", 3, "Contact: <sip:a@192.0.2.14>\r\n"), 500);
    leads_to(plain, "sip:a@192.0.2.12");

    assert_int_equal(take(routed, "UPDATE", 5,
                          "Contact: <sip:a@192.0.2.12>\r\nRecord-Route: <sip:p9.test;lr>\r\n"),
                     0);
    leads_to(routed, "sip:p1.test;lr");
    prints(dialog_ack(routed, 9), "ACK sip:a@192.0.2.12 SIP/2.0\r\n"
                                  "Route: <sip:p1.test;lr>\r\nMax-Forwards: 70\r\n"
                                  "From: <sip:2001@rcc.example.test>;tag=gw1\r\n"
                                  "To: <sip:alice@example.test>;tag=c1tag77;epid=0a1b2c3d4e\r\n"
                                  "Call-ID: rcc-4711\r\nCSeq: 9 ACK\r\nContent-Length: 0\r\n\r\n");
    dialog_free(&plain);
    dialog_free(&routed);
}

/* An RFC 2543 peer has no tag. */
static void test_peer_without_tag(void **state)
{
    msg_t *invite = parse("INVITE sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n"
                          "From: sip:a@a.test\r\nTo: sip:b@b.test\r\nCall-ID: 1\r\n"
                          "CSeq: 1 INVITE\r\nContact: sip:a@192.0.2.1\r\n\r\n");
    msg_t *bye = parse("BYE sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n"
                       "From: sip:a@a.test\r\nTo: sip:b@b.test;tag=gw1\r\nCall-ID: 1\r\n"
                       "CSeq: 2 BYE\r\n\r\n");
    struct dialog *dialog = dialog_new_uas(sip_object(invite), "gw1", OURS, DIALOG_CSEQ_STRICT);

    (void)state;
    assert_non_null(dialog);
    assert_null(dialog_remote_tag(dialog));
    assert_int_equal(dialog_accept(dialog, sip_object(bye)), 0);
    msg_destroy(invite);
    msg_destroy(bye);
    dialog_free(&dialog);
}

/* --- caller --------------------------------------------------------------------------------------
 */

static msg_t *answer(struct dialog const *dialog, char const *status, char const *tag,
                     char const *cseq, char const *more)
{
    return parse("SIP/2.0 %s\r\nVia: SIP/2.0/TCP 192.0.2.20;branch=z9hG4bK1\r\n"
                 "From: <sip:alice@example.test>;tag=%s\r\nTo: <sip:2001@rcc.example.test>%s\r\n"
                 "Call-ID: %s\r\nCSeq: %s\r\n%s\r\n",
                 status, dialog_local_tag(dialog), tag, dialog_call_id(dialog), cseq, more);
}

static int establish(struct dialog *dialog, char const *status, char const *tag, char const *cseq,
                     char const *more)
{
    msg_t *msg = answer(dialog, status, tag, cseq, more);
    int rc = dialog_established(dialog, sip_object(msg));

    msg_destroy(msg);
    return rc;
}

static void test_caller(void **state)
{
    struct dialog *dialog = dialog_new_uac("sip:alice@example.test", "sip:2001@rcc.example.test",
                                           "<sip:alice@192.0.2.20>");
    char expect[1024];

    (void)state;
    assert_non_null(dialog);
    leads_to(dialog, "sip:2001@rcc.example.test");
    assert_null(dialog_remote_tag(dialog));
    snprintf(expect, sizeof expect,
             "INVITE sip:2001@rcc.example.test SIP/2.0\r\nMax-Forwards: 70\r\n"
             "From: <sip:alice@example.test>;tag=%s\r\nTo: <sip:2001@rcc.example.test>\r\n"
             "Call-ID: %s\r\nCSeq: 1 INVITE\r\nContact: <sip:alice@192.0.2.20>\r\n"
             "Content-Length: 0\r\n\r\n",
             dialog_local_tag(dialog), dialog_call_id(dialog));
    prints(dialog_request(dialog, SIP_METHOD_INVITE), expect);

    /* An early dialog, then the 2xx of another fork: the latter counts (RFC 3261 13.2.2.4). */
    assert_true(establish(dialog, "100 Trying", ";tag=e", "1 INVITE", "") < 0);
    assert_true(establish(dialog, "180 Ringing", "", "1 INVITE", "") < 0);
    assert_true(establish(dialog, "486 Busy", ";tag=e", "1 INVITE", "") < 0);
    assert_int_equal(
        establish(dialog, "180 Ringing", ";tag=e", "1 INVITE", "Contact: <sip:e@192.0.2.30>\r\n"),
        0);
    assert_string_equal(dialog_remote_tag(dialog), "e");
    leads_to(dialog, "sip:e@192.0.2.30");
    assert_int_equal(establish(dialog, "200 OK", ";tag=b1", "1 INVITE",
                               "Contact: <sip:gw@192.0.2.31>\r\n"
                               "Record-Route: <sip:p2.test;lr>, <sip:p1.test;lr>\r\n"),
                     0);
    assert_string_equal(dialog_remote_tag(dialog), "b1");
    leads_to(dialog, "sip:p1.test;lr"); /* 12.1.2: in reverse */
    snprintf(expect, sizeof expect,
             "ACK sip:gw@192.0.2.31 SIP/2.0\r\nRoute: <sip:p1.test;lr>, <sip:p2.test;lr>\r\n"
             "Max-Forwards: 70\r\n"
             "From: <sip:alice@example.test>;tag=%s\r\nTo: <sip:2001@rcc.example.test>;tag=b1\r\n"
             "Call-ID: %s\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
             dialog_local_tag(dialog), dialog_call_id(dialog));
    prints(dialog_ack(dialog, 1), expect);

    /* From now on only the target moves, and only by the same peer. */
    assert_true(establish(dialog, "200 OK", ";tag=other", "1 INVITE",
                          "Contact: <sip:x@192.0.2.99>\r\n") < 0);
    assert_int_equal(
        establish(dialog, "200 OK", ";tag=b1", "2 INFO", "Contact: <sip:x@192.0.2.99>\r\n"), 0);
    assert_int_equal(establish(dialog, "200 OK", ";tag=b1", "3 UPDATE",
                               "Contact: <sip:gw@192.0.2.32>\r\nRecord-Route: <sip:p9.test>\r\n"),
                     0);
    snprintf(expect, sizeof expect,
             "INFO sip:gw@192.0.2.32 SIP/2.0\r\nRoute: <sip:p1.test;lr>, <sip:p2.test;lr>\r\n"
             "Max-Forwards: 70\r\n"
             "From: <sip:alice@example.test>;tag=%s\r\nTo: <sip:2001@rcc.example.test>;tag=b1\r\n"
             "Call-ID: %s\r\nCSeq: 2 INFO\r\nContent-Length: 0\r\n\r\n",
             dialog_local_tag(dialog), dialog_call_id(dialog));
    prints(dialog_request(dialog, SIP_METHOD_INFO), expect);
    dialog_free(&dialog);
}

/* The 2xx without routes after an early dialog with some: the target leads again. */
static void test_routes_vanish(void **state)
{
    struct dialog *dialog = dialog_new_uac("sip:a@a.test", "sip:b@b.test", "<sip:a@192.0.2.20>");

    (void)state;
    assert_int_equal(establish(dialog, "183 Progress", ";tag=e", "1 INVITE",
                               "Contact: <sip:e@192.0.2.30>\r\nRecord-Route: <sip:p1.test>\r\n"),
                     0);
    leads_to(dialog, "sip:p1.test");
    assert_int_equal(
        establish(dialog, "200 OK", ";tag=e", "1 INVITE", "Contact: <sip:e@192.0.2.31>\r\n"), 0);
    leads_to(dialog, "sip:e@192.0.2.31");
    dialog_free(&dialog);
}

static void test_caller_refuses(void **state)
{
    (void)state;
    assert_null(dialog_new_uac("sip:a@a.test", "sip:b@b.test\r\nX: y", "<sip:a@192.0.2.20>"));
    assert_null(dialog_new_uac("sip:a@a.test\r\nX: y", "sip:b@b.test", "<sip:a@192.0.2.20>"));
    assert_null(dialog_new_uac("sip:a@a.test", "sip:b@b.test", "<sip:a@192.0.2.20>\r\nX: y"));
    assert_null(dialog_new_uac("sip:a@a.test", "", "<sip:a@192.0.2.20>"));
}

/* A gateway keeps one per idle session. */
static void test_size(void **state)
{
    enum { DIALOGS = 200 };
    struct dialog *dialogs[DIALOGS];
    size_t before = mallinfo2().uordblks;

    (void)state;
    for (int i = 0; i < DIALOGS; i++)
        dialogs[i] =
            callee("Record-Route: <sip:192.0.2.20:5060;transport=tcp;lr>\r\n", DIALOG_CSEQ_RELAXED);
    size_t each = (mallinfo2().uordblks - before) / DIALOGS;
    for (int i = 0; i < DIALOGS; i++)
        dialog_free(&dialogs[i]);
    /* A sanitizer's allocator counts elsewhere, and this is 0. */
    if (each > 1536)
        fail_msg("%zu bytes per dialog", each);
}

/* What is restored makes the same requests, with higher numbers, and takes the same ones. */
static void restores(char const *more, char const *next_hop)
{
    struct dialog *dialog = callee(more, DIALOG_CSEQ_STRICT), *restored;
    struct dialog_record record;
    struct buf wanted;
    msg_t *msg;

    for (int i = 0; i < 7; i++)
        msg_destroy(dialog_request(dialog, SIP_METHOD_NOTIFY));
    dialog_save(dialog, &record);
    assert_int_equal(record.local_cseq, 7);
    assert_int_equal(dialog_local_cseq(dialog), 7);
    restored = dialog_restore(&record);
    assert_non_null(restored);
    leads_to(restored, next_hop);
    buf_init(&wanted, 65536);
    msg = dialog_request(dialog, SIP_METHOD_NOTIFY);
    assert_int_equal(message_print(msg, &wanted), 0);
    msg_destroy(msg);
    prints(dialog_request(restored, SIP_METHOD_NOTIFY), wanted.data);
    buf_fini(&wanted);
    msg = parse(invite_text, more);
    sip_object(msg)->sip_to->a_tag = "gw1";
    assert_true(dialog_matches(restored, sip_object(msg)));
    sip_object(msg)->sip_cseq->cs_seq = record.remote_cseq - 1;
    assert_int_equal(dialog_accept(restored, sip_object(msg)), 500);
    sip_object(msg)->sip_cseq->cs_seq = record.remote_cseq;
    assert_int_equal(dialog_accept(restored, sip_object(msg)), 0);
    msg_destroy(msg);
    dialog_free(&restored);
    dialog_free(&dialog);
}

static void test_restored(void **state)
{
    (void)state;
    restores("", "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp");
    restores("Record-Route: <sip:p1.example.test;lr>, \"a, b\" <sip:p2.test;lr;x=1>\r\n",
             "sip:p1.example.test;lr");
    restores("Record-Route: <sip:strict.test>, <sip:p2.test;lr>\r\n", "sip:strict.test");
}

/* A record comes from a file: what is wrong with it costs the dialog, and nothing else. */
static void test_damaged(void **state)
{
    struct dialog *dialog = callee("Record-Route: <sip:p1;lr>\r\n", DIALOG_CSEQ_STRICT);
    struct dialog_record good, bad;
    char const **const fields[] = { &bad.call_id, &bad.local_tag,  &bad.local,
                                    &bad.remote,  &bad.remote_uri, &bad.contact,
                                    &bad.target,  &bad.routes,     &bad.remote_tag };

    (void)state;
    dialog_save(dialog, &good);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct dialog *restored;
        bad = good;
        *fields[i] = "sip:x\r\nInjected: y";
        restored = dialog_restore(&bad);
        assert_null(restored);
        if (i >= 7)
            continue; /* may be empty */
        bad = good;
        *fields[i] = "";
        restored = dialog_restore(&bad);
        assert_null(restored);
    }
    bad = good;
    bad.target = "tel:+1";
    assert_null(dialog_restore(&bad));
    bad = good;
    bad.routes = "\"";
    assert_null(dialog_restore(&bad));
    dialog_free(&dialog);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_callee),
        cmocka_unit_test(test_callee_routes),
        cmocka_unit_test(test_strict_router),
        cmocka_unit_test(test_unusable_invites),
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_target_refresh),
        cmocka_unit_test(test_peer_without_tag),
        cmocka_unit_test(test_caller),
        cmocka_unit_test(test_routes_vanish),
        cmocka_unit_test(test_caller_refuses),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
