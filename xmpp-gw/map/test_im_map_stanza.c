/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from XMPP: what is read of a stanza shows in the stanza that is built of it, and in the
 * MESSAGEs that it makes. */
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

#define HEAD "<message from='romeo@example.net/orchard' to='juliet@sip.example'"
#define HEAD_LANG(lang)                                                                            \
    "<message xml:lang='" lang "' from='romeo@example.net/orchard' to='juliet@sip.example'"
#define TAIL        "</message>"
#define BODY        "<body>hi</body>"
#define STATE(name) "<" name " xmlns='" STANZA_NS_CHATSTATES "'/>"
#define ASK         "<request xmlns='" STANZA_NS_RECEIPTS "'/>"
#define MARK        "<markable xmlns='" STANZA_NS_MARKERS "'/>"
#define HINT(name)  "<" name " xmlns='" STANZA_NS_HINTS "'/>"
#define XHTML(text)                                                                                \
    "<html xmlns='" STANZA_NS_XHTML_IM "'><body xmlns='" STANZA_NS_XHTML "'>" text "</body></"     \
    "html>"

/* A stanza, and what is built of what was read of it (NULL: the same). */
static struct {
    char const *stanza, *again;
    unsigned parts;
} const rows[] = {
    { HEAD " id='1'>" BODY TAIL, NULL, IM_TEXT },
    { HEAD " id='1' type='chat'>" BODY TAIL, NULL, IM_TEXT },
    { HEAD " type='normal'>" BODY TAIL, HEAD ">" BODY TAIL, IM_TEXT },
    { HEAD " type='nonsense'>" BODY TAIL, HEAD ">" BODY TAIL, IM_TEXT },
    { HEAD " type='headline'>" BODY TAIL, NULL, IM_TEXT },
    { HEAD_LANG("cs") "><subject>x</subject>" BODY "<thread>t1</thread>" TAIL, NULL, IM_TEXT },
    /* several languages */
    { HEAD_LANG("en") "><body xml:lang='de'>hallo</body>" BODY TAIL, HEAD_LANG("en") ">" BODY TAIL,
      IM_TEXT },
    { HEAD "><body xml:lang='de'>hallo</body><body xml:lang='fr'>salut</body>" TAIL,
      HEAD_LANG("de") "><body>hallo</body>" TAIL, IM_TEXT },
    /* states */
    { HEAD ">" STATE("composing") TAIL, NULL, IM_STATE },
    { HEAD ">" STATE("active") TAIL, NULL, IM_STATE },
    { HEAD ">" STATE("paused") TAIL, NULL, IM_STATE },
    { HEAD ">" STATE("inactive") TAIL, NULL, IM_STATE },
    { HEAD ">" STATE("gone") TAIL, NULL, 0 },
    { HEAD ">" BODY STATE("active") TAIL, NULL, IM_TEXT },
    { HEAD "><composing xmlns='urn:example'/>" TAIL, HEAD "/>", 0 },
    /* receipts and markers */
    { HEAD " id='1'>" BODY ASK TAIL, NULL, IM_TEXT },
    { HEAD " id='1'>" BODY ASK MARK TAIL, NULL, IM_TEXT },
    { HEAD ">" BODY ASK MARK TAIL, HEAD ">" BODY TAIL, IM_TEXT }, /* no id to answer to */
    { HEAD " id='2'><received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL, NULL, IM_NOTICE },
    { HEAD " id='2'><displayed xmlns='" STANZA_NS_MARKERS "' id='1'/>" TAIL, NULL, IM_NOTICE },
    { HEAD " id='2'>" ASK "<received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL,
      HEAD " id='2'><received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL, IM_NOTICE },
    { HEAD " id='2'><received xmlns='" STANZA_NS_RECEIPTS "'/>" TAIL, NULL, 0 },
    { HEAD " id='2'>" STATE("active") "<received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL,
      NULL, IM_NOTICE },
    { HEAD " id='2'>" BODY "<received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL, NULL,
      IM_TEXT | IM_NOTICE },
    /* delay, hints */
    { HEAD ">" BODY "<delay xmlns='" STANZA_NS_DELAY "' stamp='2002-09-10T23:08:25Z'/>" TAIL, NULL,
      IM_TEXT },
    { HEAD ">" BODY "<delay xmlns='" STANZA_NS_DELAY "' stamp='yesterday'/>" TAIL,
      HEAD ">" BODY TAIL, IM_TEXT },
    { HEAD ">" BODY HINT("no-copy") TAIL, HEAD ">" BODY TAIL, IM_TEXT },
    { HEAD ">" BODY HINT("no-store") TAIL, NULL, IM_TEXT },
    { HEAD ">" BODY HINT("no-permanent-store") TAIL, HEAD ">" BODY HINT("no-store") TAIL, IM_TEXT },
    /* what makes no MESSAGE */
    { HEAD "/>", NULL, 0 },
    { HEAD "><body/>" TAIL, HEAD "/>", 0 },
    { HEAD "><subject>x</subject>" TAIL, NULL, 0 },
    { HEAD ">" HINT("store") TAIL, HEAD "/>", 0 },
    /* XHTML-IM: the body says the same; where there is none, its text */
    { HEAD ">" BODY XHTML("<p>rich</p>") TAIL, HEAD ">" BODY TAIL, IM_TEXT },
    { HEAD ">" XHTML("<p>a &lt;b&gt;</p><p>c</p>") TAIL, HEAD "><body>a &lt;b&gt;\n\nc</body>" TAIL,
      IM_TEXT },
    /* addresses are prepared */
    { "<message from='Romeo@EXAMPLE.net/Orchard' to='o\\27malley@sip.example/d'>" BODY TAIL,
      "<message from='romeo@example.net/Orchard' to='o\\27malley@sip.example/d'>" BODY TAIL,
      IM_TEXT },
    /* an error is a notice about its id */
    { HEAD " id='1' type='error'>" BODY "<error type='auth'><forbidden xmlns='" STANZA_NS_ERROR
           "'/><text xmlns='" STANZA_NS_ERROR "' xml:lang='en'>No</text></error>" TAIL,
      HEAD " id='1' type='error'><error type='auth'><forbidden xmlns='" STANZA_NS_ERROR
           "'/><text xmlns='" STANZA_NS_ERROR "' xml:lang='en'>No</text></error>" TAIL,
      IM_NOTICE },
    { HEAD " type='error'>" BODY TAIL,
      HEAD " type='error'><error type='cancel'><undefined-condition xmlns='" STANZA_NS_ERROR
           "'/></error>" TAIL,
      0 },
};

static struct {
    char const *stanza;
    enum im_fault fault;
} const bad[] = {
    { HEAD " type='groupchat'>" BODY TAIL, IM_GROUPCHAT },
    { HEAD "><x xmlns='" STANZA_NS_MUC_USER "'><invite from='a@b'/></x>" TAIL, IM_ROOM },
    { HEAD "><x xmlns='" STANZA_NS_CONFERENCE "' jid='room@b'/>" TAIL, IM_ROOM },
    { "<message to='a@b'>" BODY TAIL, IM_BAD_ADDRESS },
    { "<message from='a@b'>" BODY TAIL, IM_BAD_ADDRESS },
    { "<message from='a@b' to='a b@c'>" BODY TAIL, IM_BAD_ADDRESS },
};

static struct im_map_options const with_cpim = { .max_bytes = IM_MAX_BYTES, .cpim = true };

static struct im *read_stanza(char const *xml, struct im_map_options const *options,
                              enum im_fault *ret_fault)
{
    struct xml_tree *tree = stanza_rig_read(xml);
    struct im *im;

    assert_non_null(tree);
    *ret_fault = im_map_read_stanza(xml_tree_root(tree), options, &im);
    assert_int_equal(im != NULL, *ret_fault == IM_FINE);
    xml_tree_free(&tree); /* nothing in the message hangs on it */
    return im;
}

static void assert_stanza(struct im const *im, struct im_map_options const *options,
                          char const *expected)
{
    struct xml_tree *tree = im_map_stanza(im, options);

    assert_non_null(tree);
    char *text = stanza_rig_text(tree);
    assert_string_equal(text, expected);
    free(text);
    xml_tree_free(&tree);
}

static void test_rows(void **state)
{
    enum im_fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct im *im = read_stanza(rows[i].stanza, &with_cpim, &fault);
        assert_string_equal(im_map_fault_text(fault), "");
        assert_stanza(im, &with_cpim, rows[i].again ? rows[i].again : rows[i].stanza);
        if (im_map_parts(im, &with_cpim) != rows[i].parts)
            print_message("%s\n", rows[i].stanza);
        assert_int_equal(im_map_parts(im, &with_cpim), rows[i].parts);
        /* without CPIM there is no way to tell a notice */
        assert_int_equal(im_map_parts(im, &im_map_options_default),
                         rows[i].parts & ~(unsigned)IM_NOTICE);
        im_map_free(&im);
    }
}

static void test_bad(void **state)
{
    enum im_fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(read_stanza(bad[i].stanza, &with_cpim, &fault));
        assert_string_equal(im_map_fault_text(fault), im_map_fault_text(bad[i].fault));
    }
    assert_int_equal(im_map_fault_condition(IM_ROOM), STANZA_ERROR_NOT_ACCEPTABLE);
    assert_int_equal(im_map_fault_status(IM_ROOM), 406);
    assert_int_equal(im_map_fault_condition(IM_TOO_LARGE), STANZA_ERROR_POLICY_VIOLATION);
}

static void test_language(void **state)
{
    struct im_map_options options = { .max_bytes = 100, .lang = "FR" };
    enum im_fault fault;
    struct im *im = read_stanza(HEAD_LANG("en") "><body>hi</body><body xml:lang='fr'>salut"
                                                "</body><subject>s</subject>" TAIL,
                                &options, &fault);

    (void)state;
    assert_string_equal(im->body, "salut");
    assert_string_equal(im->lang, "fr");
    assert_string_equal(im->subject, "s");
    im_map_free(&im);
}

/* --- to SIP ----------------------------------------------------------------------------------- */

static void assert_text(char const *text, char const *expected)
{
    if (expected && text)
        assert_string_equal(text, expected);
    else
        assert_true(!text && !expected);
}

static struct im_sip write_part(struct im *im, enum im_part part,
                                struct im_map_options const *options, char const *type,
                                char const *body)
{
    struct im_sip sip;

    assert_string_equal(im_map_fault_text(im_map_write_sip(im, part, options, &sip)), "");
    assert_text(sip.content_type, type);
    assert_text(sip.body, body);
    assert_int_equal(sip.body_len, strlen(body));
    assert_int_equal(sip.expires_s, -1);
    return sip;
}

static void test_to_sip(void **state)
{
    enum im_fault fault;
    struct im *im = read_stanza("<message from='o\\27malley@b\xC3\xBC"
                                "cher.example/K\xC3\xBC"
                                "che' to='juliet@sip.example' id='7' xml:lang='cs'>"
                                "<subject>line\none</subject><body>a\nb&lt;</body>"
                                "<thread>c@d</thread></message>",
                                &with_cpim, &fault);
    struct im_sip sip = write_part(im, IM_TEXT, &with_cpim, "text/plain;charset=UTF-8", "a\r\nb<");

    (void)state;
    assert_string_equal(sip.from, "sip:o'malley@xn--bcher-kva.example;gr=K%C3%BC"
                                  "che");
    assert_string_equal(sip.to, "sip:juliet@sip.example");
    assert_string_equal(sip.subject, "line one");
    assert_string_equal(sip.lang, "cs");
    assert_string_equal(sip.call_id, "c@d");
    assert_int_equal(sip.date_ms, IM_TIME_NONE);
    im_map_free(&im);
    im = read_stanza(HEAD ">" BODY "<thread>not a call id</thread><delay xmlns='" STANZA_NS_DELAY
                          "' stamp='2002-09-10T23:08:25Z'/>" TAIL,
                     &with_cpim, &fault);
    sip = write_part(im, IM_TEXT, &with_cpim, "text/plain;charset=UTF-8", "hi");
    assert_null(sip.call_id);
    assert_null(sip.subject);
    assert_null(sip.lang);
    assert_int_equal(sip.date_ms, INT64_C(1031699305000));
    im_map_free(&im);
}

#define COMPOSING(in)                                                                              \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing "                                    \
    "xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">" in "</isComposing>"

static void test_states(void **state)
{
    static struct {
        char const *state, *body;
    } const told[] = {
        { STATE("composing"), COMPOSING("<state>active</state><refresh>60</refresh>") },
        { STATE("paused"), COMPOSING("<state>idle</state>") },
        { STATE("active"), COMPOSING("<state>idle</state>") },
        { STATE("inactive"), COMPOSING("<state>idle</state>") },
    };
    char xml[1000];
    enum im_fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        snprintf(xml, sizeof xml, HEAD ">%s" TAIL, told[i].state);
        struct im *im = read_stanza(xml, &im_map_options_default, &fault);
        write_part(im, IM_STATE, &im_map_options_default, "application/im-iscomposing+xml",
                   told[i].body);
        im_map_free(&im);
    }
}

static void test_size(void **state)
{
    char xml[3000], body[2000];
    struct im_sip sip;
    enum im_fault fault;

    (void)state;
    for (int len = IM_MAX_BYTES; len <= IM_MAX_BYTES + 1; len++) {
        memset(body, 'x', (size_t)len);
        body[len] = '\0';
        snprintf(xml, sizeof xml, HEAD "><body>%s</body>" TAIL, body);
        struct im *im = read_stanza(xml, &im_map_options_default, &fault);
        assert_int_equal(im_map_write_sip(im, IM_TEXT, &im_map_options_default, &sip),
                         len == IM_MAX_BYTES ? IM_FINE : IM_TOO_LARGE);
        struct im_map_options large = { .max_bytes = 2000 };
        assert_int_equal(im_map_write_sip(im, IM_TEXT, &large, &sip), IM_FINE);
        im->subject = im->body;
        im->body = "short";
        assert_int_equal(im_map_write_sip(im, IM_TEXT, &im_map_options_default, &sip),
                         len == IM_MAX_BYTES ? IM_FINE : IM_TOO_LARGE);
        im_map_free(&im);
    }
}

#define CPIM_HEAD                                                                                  \
    "From: <sip:romeo@example.net;gr=orchard>\r\nTo: <sip:juliet@sip.example>\r\n"                 \
    "DateTime: 2026-11-21T22:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
#define IMDN(kind, status)                                                                         \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">"     \
    "<message-id>1</message-id><datetime>2026-11-21T22:00:00Z</datetime>"                          \
    "<recipient-uri>sip:romeo@example.net;gr=orchard</recipient-uri><" kind "><status><" status    \
    "/></status></" kind "></imdn>"

/* Who asks for notices, and notices, go in CPIM. */
static void test_notices(void **state)
{
    struct im_map_options options = with_cpim;
    enum im_fault fault;
    struct im *im = read_stanza(HEAD " id='1'>" BODY ASK MARK TAIL, &options, &fault);

    (void)state;
    options.now_ms = INT64_C(1795298400000);
    write_part(im, IM_TEXT, &options, "message/cpim",
               CPIM_HEAD "imdn.Message-ID: 1\r\nimdn.Disposition-Notification: positive-delivery, "
                         "negative-delivery, display\r\n\r\n"
                         "Content-Type: text/plain;charset=UTF-8\r\n\r\nhi");
    write_part(im, IM_TEXT, &im_map_options_default, "text/plain;charset=UTF-8", "hi");
    im_map_free(&im);
    im = read_stanza(HEAD " id='2'><received xmlns='" STANZA_NS_RECEIPTS "' id='1'/>" TAIL,
                     &options, &fault);
    write_part(im, IM_NOTICE, &options, "message/cpim",
               CPIM_HEAD "imdn.Message-ID: 2\r\n\r\nContent-Type: message/imdn+xml\r\n"
                         "Content-Disposition: notification\r\n\r\n" IMDN("delivery-notification",
                                                                          "delivered"));
    im_map_free(&im);
    im = read_stanza(HEAD "><displayed xmlns='" STANZA_NS_MARKERS "' id='1'/>" TAIL, &options,
                     &fault);
    write_part(im, IM_NOTICE, &options, "message/cpim",
               CPIM_HEAD "imdn.Message-ID: notice-1\r\n\r\nContent-Type: message/imdn+xml\r\n"
                         "Content-Disposition: notification\r\n\r\n" IMDN("display-notification",
                                                                          "displayed"));
    im_map_free(&im);
    im = read_stanza(HEAD " id='1' type='error'/>", &options, &fault);
    im->notice_time_ms = options.now_ms;
    options.now_ms = 0;
    im->time_ms = im->notice_time_ms;
    write_part(im, IM_NOTICE, &options, "message/cpim",
               CPIM_HEAD
               "imdn.Message-ID: 1\r\n\r\nContent-Type: message/imdn+xml\r\n"
               "Content-Disposition: notification\r\n\r\n" IMDN("delivery-notification", "failed"));
    im_map_free(&im);
}

/* Lines end with CRLF in SIP, and CPIM has its headers: what counts is what is sent. */
static void test_size_of_all(void **state)
{
    struct im_map_options options = { .max_bytes = 3, .cpim = true };
    enum im_fault fault;
    struct im_sip sip;
    struct im *im = read_stanza(HEAD "><body>a\nb</body>" TAIL, &options, &fault);

    (void)state;
    assert_int_equal(im_map_write_sip(im, IM_TEXT, &options, &sip), IM_TOO_LARGE);
    options.max_bytes = 4;
    assert_int_equal(im_map_write_sip(im, IM_TEXT, &options, &sip), IM_FINE);
    im_map_free(&im);
    im = read_stanza(HEAD " id='1'>" BODY ASK TAIL, &options, &fault);
    assert_int_equal(im_map_write_sip(im, IM_TEXT, &options, &sip), IM_TOO_LARGE);
    im_map_free(&im);
}

/* Nobody asks for a notice who could not be told. */
static void test_wants(void **state)
{
    enum im_fault fault;
    struct im *im = read_stanza(HEAD ">" BODY ASK MARK TAIL, &with_cpim, &fault);

    (void)state;
    assert_int_equal(im->wants, 0);
    im_map_free(&im);
    im = read_stanza(HEAD " id='1'>" BODY ASK MARK TAIL, &with_cpim, &fault);
    assert_int_equal(im->wants, IM_WANTS_DELIVERED | IM_WANTS_DISPLAYED);
    im_map_free(&im);
}

static void test_no_address(void **state)
{
    enum im_fault fault;
    struct im_sip sip;
    struct im *im = read_stanza("<message from='a\\5cb@c' to='d@e'>" BODY TAIL,
                                &im_map_options_default, &fault);

    (void)state;
    assert_int_equal(im_map_write_sip(im, IM_TEXT, &im_map_options_default, &sip), IM_BAD_ADDRESS);
    im_map_free(&im);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),     cmocka_unit_test(test_bad),
        cmocka_unit_test(test_language), cmocka_unit_test(test_to_sip),
        cmocka_unit_test(test_states),   cmocka_unit_test(test_size),
        cmocka_unit_test(test_notices),  cmocka_unit_test(test_size_of_all),
        cmocka_unit_test(test_wants),    cmocka_unit_test(test_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
