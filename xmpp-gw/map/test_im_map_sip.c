/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from SIP, and the stanzas that they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "im_map.h"
#include "stanza_names.h"
#include "stanza_rig.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD    "<message from='juliet@sip.example/desk' to='romeo@example.net'"
#define HEAD_CS "<message xml:lang='cs' from='juliet@sip.example/desk' to='romeo@example.net'"
#define TAIL    "</message>"
#define BODY    "<body>hi</body>"
#define DELAY   "<delay xmlns='" STANZA_NS_DELAY "' stamp='2026-11-21T21:58:20Z'/>"
#define CPIM    "From: <im:a@b>\r\nTo: <im:c@d>\r\nNS: i <urn:ietf:params:imdn>\r\n"
#define TEXT    "\r\nContent-type: text/plain; charset=utf-8\r\n\r\nhi"
#define NOTE    "\r\nContent-type: message/imdn+xml\r\n\r\n"
#define COMPOSING(in)                                                                              \
    "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>" in "</isComposing>"
#define IMDN(kind, status)                                                                         \
    "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>m1</message-id>"                        \
    "<datetime>2008-04-04T12:16:49Z</datetime><" kind "><status><" status "/></status></" kind     \
    "></imdn>"

enum { MINUTE = 60000 };

static int64_t const now_ms = INT64_C(1795298400000); /* 2026-11-21 22:00 */

static struct {
    char const *type, *body;
    char const *stanza; /* behind its addresses; NULL: a fault */
    enum im_fault fault;
} const rows[] = {
    { "text/plain", "hi", ">" BODY, IM_FINE },
    { NULL, "hi", ">" BODY, IM_FINE },
    { "TEXT/Plain ; charset=\"UTF-8\"", "hi", ">" BODY, IM_FINE },
    { "text/plain;charset=us-ascii;format=flowed", "hi", ">" BODY, IM_FINE },
    { "text/plain;charset=iso-8859-1", "hi", NULL, IM_UNSUPPORTED },
    { "text/plain", "a\r\nb\rc\nd", "><body>a\nb\nc\nd</body>", IM_FINE },
    { "text/plain", "gr\xC3\xBC\xC3\x9F <&>", "><body>gr\xC3\xBC\xC3\x9F &lt;&amp;&gt;</body>",
      IM_FINE },
    { "text/plain", "bell\x07 and tab\t.", "><body>bell and tab\t.</body>", IM_FINE },
    { "text/plain", "gr\xFC\xDF", NULL, IM_BAD_BODY },
    { "text/plain", "", NULL, IM_EMPTY },
    { "text/plain", "\x01", NULL, IM_EMPTY },
    { "text/html", "<p>a<br>b</p>&lt;", "><body>a\nb\n\n&lt;</body>", IM_FINE },
    { "text/html; charset=utf-8", "<p></p>", NULL, IM_EMPTY },
    { "application/sdp", "v=0", NULL, IM_UNSUPPORTED },
    { "multipart/mixed;boundary=x", "--x", NULL, IM_UNSUPPORTED },
    { "a-type-of-more-than-sixty-three-characters/which-is-no-type-that-we-know", "x", NULL,
      IM_UNSUPPORTED },
    /* composing */
    { "application/im-iscomposing+xml", COMPOSING("<state>active</state><refresh>90</refresh>"),
      "><composing xmlns='" STANZA_NS_CHATSTATES "'/>", IM_FINE },
    { "application/im-iscomposing+xml", COMPOSING("<state>idle</state>"),
      "><active xmlns='" STANZA_NS_CHATSTATES "'/>", IM_FINE },
    { "application/im-iscomposing+xml", COMPOSING("<state>dozing</state>"),
      "><active xmlns='" STANZA_NS_CHATSTATES "'/>", IM_FINE },
    { "application/im-iscomposing+xml", "<x/>", NULL, IM_BAD_BODY },
    /* CPIM */
    { "message/cpim", CPIM TEXT, ">" BODY, IM_FINE },
    { "Message/CPIM", CPIM "Subject: s\r\n" TEXT, "><subject>s</subject>" BODY, IM_FINE },
    { "message/cpim", CPIM "i.Message-ID: m1\r\n" TEXT, " id='m1'>" BODY, IM_FINE },
    { "message/cpim",
      CPIM "i.Message-ID: m1\r\ni.Disposition-Notification: positive-delivery, display\r\n" TEXT,
      " id='m1'>" BODY "<request xmlns='" STANZA_NS_RECEIPTS
      "'/><markable xmlns='" STANZA_NS_MARKERS "'/>",
      IM_FINE },
    { "message/cpim", CPIM "i.Disposition-Notification: positive-delivery\r\n" TEXT, ">" BODY,
      IM_FINE }, /* without an id nobody could be told */
    { "message/cpim", CPIM "DateTime: 2026-11-21T21:58:20Z\r\n" TEXT, ">" BODY DELAY, IM_FINE },
    { "message/cpim", CPIM "DateTime: 2026-11-21T21:59:20Z\r\n" TEXT, ">" BODY, IM_FINE },
    { "message/cpim", CPIM "\r\nContent-type: message/cpim\r\n\r\n" CPIM TEXT, NULL,
      IM_UNSUPPORTED },
    { "message/cpim", "From: <im:a@b>\r\n", NULL, IM_BAD_BODY },
    { "message/cpim",
      CPIM
      "\r\nContent-type: application/im-iscomposing+xml\r\n\r\n" COMPOSING("<state>active</state>"),
      "><composing xmlns='" STANZA_NS_CHATSTATES "'/>", IM_FINE },
    /* notices */
    { "message/cpim", CPIM NOTE IMDN("delivery-notification", "delivered"),
      "><received xmlns='" STANZA_NS_RECEIPTS "' id='m1'/>", IM_FINE },
    { "message/cpim",
      CPIM "i.Message-ID: n1\r\ni.Disposition-Notification: positive-delivery\r\n" NOTE IMDN(
          "display-notification", "displayed"),
      " id='n1'><displayed xmlns='" STANZA_NS_MARKERS "' id='m1'/>", IM_FINE },
    { "message/cpim", CPIM NOTE IMDN("delivery-notification", "failed"),
      " id='m1' type='error'><error type='wait'><recipient-unavailable xmlns='" STANZA_NS_ERROR
      "'/></error>",
      IM_FINE },
    { "message/cpim", CPIM NOTE IMDN("delivery-notification", "forbidden"),
      " id='m1' type='error'><error type='wait'><recipient-unavailable xmlns='" STANZA_NS_ERROR
      "'/></error>",
      IM_FINE },
    { "message/cpim", CPIM NOTE IMDN("processing-notification", "stored"), NULL, IM_EMPTY },
    { "message/cpim", CPIM NOTE IMDN("display-notification", "forbidden"), NULL, IM_EMPTY },
    { "message/cpim", CPIM NOTE "<x/>", NULL, IM_BAD_BODY },
};

static struct im_sip make(char const *type, char const *body)
{
    return (struct im_sip){
        .from = "sip:juliet@sip.example;gr=desk",
        .to = "sip:romeo@example.net",
        .content_type = type,
        .body = body,
        .body_len = strlen(body),
        .date_ms = IM_TIME_NONE,
        .expires_s = -1,
    };
}

/* The stanza that @p sip becomes, or the fault's words; for the caller to free. */
static char *map(struct im_sip const *sip, struct im_map_options const *options)
{
    struct im *im;
    enum im_fault fault = im_map_read_sip(sip, options, &im);

    assert_int_equal(im != NULL, fault == IM_FINE);
    if (fault != IM_FINE)
        return strdup(im_map_fault_text(fault));
    struct xml_tree *tree = im_map_stanza(im, options);
    assert_non_null(tree);
    char *text = stanza_rig_text(tree);
    xml_tree_free(&tree);
    im_map_free(&im);
    return text;
}

static void test_rows(void **state)
{
    struct im_map_options options = im_map_options_default;
    char expected[2000];

    (void)state;
    options.now_ms = now_ms;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct im_sip sip = make(rows[i].type, rows[i].body);
        char *text = map(&sip, &options);
        snprintf(expected, sizeof expected, HEAD "%s" TAIL, rows[i].stanza);
        assert_string_equal(text, rows[i].stanza ? expected : im_map_fault_text(rows[i].fault));
        free(text);
    }
}

static void assert_map(struct im_sip const *sip, struct im_map_options const *options,
                       char const *expected)
{
    char *text = map(sip, options);

    assert_string_equal(text, expected);
    free(text);
}

static void test_headers(void **state)
{
    struct im_map_options options = { .now_ms = now_ms };
    struct im_sip sip = make("text/plain", "hi");

    (void)state;
    sip.call_id = "abc@192.0.2.1";
    sip.branch = "z9hG4bK-1";
    sip.subject = "a & b";
    sip.lang = "cs, en";
    assert_map(&sip, &options,
               HEAD_CS " id='z9hG4bK-1'><subject>a &amp; b</subject>" BODY
                       "<thread>abc@192.0.2.1</thread>" TAIL);
    options.chat = true;
    sip.lang = "<nonsense>";
    sip.subject = sip.call_id = NULL;
    assert_map(&sip, &options, HEAD " id='z9hG4bK-1' type='chat'>" BODY TAIL);
}

static void test_times(void **state)
{
    struct im_map_options options = { .now_ms = now_ms };
    struct im_sip sip = make("text/plain", "hi");

    (void)state;
    sip.date_ms = now_ms - MINUTE + 1; /* just so long under way */
    assert_map(&sip, &options, HEAD ">" BODY TAIL);
    sip.date_ms = now_ms - 100000;
    assert_map(&sip, &options, HEAD ">" BODY DELAY TAIL);
    sip.expires_s = 100;
    assert_map(&sip, &options, HEAD ">" BODY DELAY TAIL);
    sip.expires_s = 99;
    assert_map(&sip, &options, im_map_fault_text(IM_EXPIRED));
    sip.date_ms = now_ms - 100000000;
    sip.expires_s = 99999;
    assert_map(&sip, &options, im_map_fault_text(IM_EXPIRED));
    sip.date_ms = IM_TIME_NONE; /* since when? */
    assert_map(&sip, &options, HEAD ">" BODY TAIL);
}

static void test_addresses(void **state)
{
    static char const *const rooms[] = { "rooms.example.net", NULL };
    struct im_map_options options = { .now_ms = now_ms, .rooms = rooms };
    struct im_sip sip = make("text/plain", "hi");

    (void)state;
    sip.to = "sip:tea@rooms.example.net";
    assert_map(&sip, &options, im_map_fault_text(IM_ROOM));
    options.rooms = NULL;
    assert_map(&sip, &options,
               "<message from='juliet@sip.example/desk' to='tea@rooms.example.net'>" BODY TAIL);
    sip.to = "sips:romeo@example.net";
    assert_map(&sip, &options, im_map_fault_text(IM_SECURE));
    options.xmpp.secure = true;
    assert_map(&sip, &options, HEAD ">" BODY TAIL);
    sip.from = "sip:%00@sip.example";
    assert_map(&sip, &options, im_map_fault_text(IM_BAD_ADDRESS));
    sip.from = NULL;
    assert_map(&sip, &options, im_map_fault_text(IM_BAD_ADDRESS));
    sip.from = "sip:joe@far.example";
    options.sip.gateway = "gw.example";
    assert_map(&sip, &options,
               "<message from='joe\\40far.example@gw.example' "
               "to='romeo@example.net'>" BODY TAIL);
}

/* A message that asks for everything comes back through XMPP as it was. */
static void test_wants(void **state)
{
    struct im_map_options options = { .now_ms = now_ms, .cpim = true, .max_bytes = 1300 };
    struct im_sip sip = make("message/cpim", CPIM "i.Message-ID: m1\r\ni.Disposition-Notification: "
                                                  "positive-delivery, negative-delivery\r\n" TEXT);
    struct im *im;

    (void)state;
    assert_int_equal(im_map_read_sip(&sip, &options, &im), IM_FINE);
    assert_int_equal(im->wants, IM_WANTS_DELIVERED | IM_WANTS_FAILED);
    assert_int_equal(im_map_parts(im, &options), IM_TEXT);
    im_map_free(&im);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_headers),
        cmocka_unit_test(test_times), cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_wants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
