/* SPDX-License-Identifier: Apache-2.0 */
/* Streams, whole and byte by byte; hostile ones; what the parser keeps and what it forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "                                   \
    "xmlns:stream='http://etherx.jabber.org/streams' xmlns:db='jabber:server:dialback' "           \
    "from='a.example' to='b.example' version='1.0' id='1'>"
#define HEAD_OUT                                                                                   \
    "{<stream xmlns='http://etherx.jabber.org/streams' from='a.example' to='b.example' "           \
    "version='1.0' id='1'/>"
#define TAIL "</stream:stream>"

/* What was told, as text. */
struct heard {
    struct buf out;
    struct xml_push *push;
    unsigned stop_after; /* children; 0: never */
    unsigned children;
    bool restarts;
};

static void on_event(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    struct heard *heard = ctx;

    assert_true((event == XML_PUSH_CLOSE) == !tree);
    buf_puts(&heard->out, event == XML_PUSH_OPEN ? "{" : event == XML_PUSH_CLOSE ? "}" : "");
    if (tree)
        xml_element_write(xml_tree_root(tree), "jabber:server", &heard->out);
    xml_tree_free(&tree);
    if (event != XML_PUSH_CHILD)
        return;
    heard->children++;
    if (heard->children == heard->stop_after)
        xml_push_stop(heard->push);
    if (heard->restarts)
        xml_push_restart(heard->push);
}

static void begin(struct heard *heard, struct xml_limits const *limits)
{
    *heard = (struct heard){ .push = xml_push_new(limits, on_event, heard) };
    assert_non_null(heard->push);
    buf_init(&heard->out, 1 << 26);
}

static void finish(struct heard *heard)
{
    buf_fini(&heard->out);
    xml_push_free(&heard->push);
    assert_null(heard->push);
    xml_push_free(&heard->push);
}

/* In pieces of @p step bytes, each in memory of its own. */
static int feed(struct heard *heard, char const *xml, size_t len, size_t step)
{
    int result = 0;

    for (size_t at = 0; at < len && result == 0; at += step) {
        size_t n = len - at < step ? len - at : step;
        char *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, xml + at, n);
        result = xml_push_feed(heard->push, copy, n);
        free(copy);
    }
    return result;
}

static struct {
    char const *xml;
    char const *heard;
} const good[] = {
    /* clang-format off */
    { HEAD TAIL, HEAD_OUT "}" },
    { HEAD "<message><body>hi</body></message>" TAIL,
      HEAD_OUT "<message><body>hi</body></message>}" },
    { HEAD "<a/><b/>\n <c></c>" TAIL "\n", HEAD_OUT "<a/><b/><c/>}" },
    { HEAD "<m a='1' b=\"it's &gt; />\">x</m>",
      HEAD_OUT "<m a='1' b='it&#39;s &gt; /&gt;'>x</m>" },
    { HEAD "<stream:features><x xmlns='urn:x'><y z=''/></x></stream:features>",
      HEAD_OUT "<features xmlns='http://etherx.jabber.org/streams'><x xmlns='urn:x'>"
      "<y z=''/></x></features>" },
    { HEAD "<db:result from='a'>k</db:result>",
      HEAD_OUT "<result xmlns='jabber:server:dialback' from='a'>k</result>" },
    { HEAD "<m>a<![CDATA[<b>]]]>&amp;&lt;&#65;&#x42;&quot;&apos;]]</m>",
      HEAD_OUT "<m>a&lt;b&gt;]&amp;&lt;AB\"']]</m>" },
    { HEAD "<m><b>1</b>2<b/>3<b xmlns='u'>4</b></m>",
      HEAD_OUT "<m><b>1</b>2<b/>3<b xmlns='u'>4</b></m>" },
    { HEAD "<m a='&amp;&#38;&amp;#38;&lt;x' p:q='&amp;' xmlns:p='u&amp;v'/>",
      HEAD_OUT "<m a='&amp;&amp;&amp;#38;&lt;x' xmlns:a1='u&amp;v' a1:q='&amp;'/>" },
    { HEAD "<m xmlns='u&amp;v'><n/></m>", HEAD_OUT "<m xmlns='u&amp;v'><n/></m>" },
    { HEAD "<m xml:lang='de'><b xml:lang='en'/></m>",
      HEAD_OUT "<m xml:lang='de'><b xml:lang='en'/></m>" },
    { HEAD "<m xmlns='relative'/>", HEAD_OUT "<m xmlns='relative'/>" },
    { "<a/>", "{<a xmlns=''/>}" },
    { "<a xml:lang='de'><b/><b xml:lang='en'/></a>",
      "{<a xmlns='' xml:lang='de'/><b xmlns='' xml:lang='de'/><b xmlns='' xml:lang='en'/>}" },
    { "\xEF\xBB\xBF<a>\r\n<b>\r\nx\r</b></a>", "{<a xmlns=''/><b xmlns=''>\nx\n</b>}" },
    { " \n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a>", "{<a xmlns=''/>" },
    { "<a><b>gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80</b>",
      "{<a xmlns=''/><b xmlns=''>gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80</b>" },
    { HEAD "<m>not whole", HEAD_OUT },
    { "<a b='", "" },
    { "", "" },
    /* clang-format on */
};

static void test_good_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        for (size_t step = 1; step < 90; step += step < 8 ? 1 : 27) {
            struct heard heard;
            begin(&heard, &xml_limits_default);
            size_t len = strlen(good[i].xml);
            assert_int_equal(feed(&heard, good[i].xml, len, step < 80 ? step : len), 0);
            assert_string_equal(buf_text(&heard.out), good[i].heard);
            assert_int_equal(xml_push_fault(heard.push), XML_PUSH_OK);
            assert_string_equal(xml_push_fault_text(heard.push), "");
            finish(&heard);
        }
}

#define HEAD_UTF16 "<\0?\0x\0m\0l\0"

static struct {
    char const *xml;
    size_t len; /* 0: strlen */
    enum xml_push_fault fault;
    char const *heard;
} const bad[] = {
    /* clang-format off */
    { "<!DOCTYPE a><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<!D", 0, XML_PUSH_RESTRICTED, "" },
    { "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<a><!DOCTYPE a>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<!-- c --><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<a><!-", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<a><b><!-- c --></b>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<a/><!-- c -->", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>}" },
    { "<?pi?><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<?xml-stylesheet?><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<?xml version='1.0'?><?xml version='1.0'?><a>", 0, XML_PUSH_RESTRICTED, "" },
    { "<a><?xml version='1.0'?>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<a><b><?pi?></b>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<a><b>&nbsp;</b>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<a><b c='&e;'/>", 0, XML_PUSH_RESTRICTED, "{<a xmlns=''/>" },
    { "<?xml version='1.0' standalone='no'?><a><b>&e;</b>", 0, XML_PUSH_RESTRICTED,
      "{<a xmlns=''/>" },
    { "<a><p:b/>", 0, XML_PUSH_UNBOUND_PREFIX, "{<a xmlns=''/>" },
    { "<a><b p:c=''/>", 0, XML_PUSH_UNBOUND_PREFIX, "{<a xmlns=''/>" },
    { "<stream:stream>", 0, XML_PUSH_UNBOUND_PREFIX, "" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a>", 0, XML_PUSH_BAD_ENCODING, "" },
    { "<?xml version='1.0' encoding='UTF-16'?><a>", 0, XML_PUSH_BAD_ENCODING, "" },
    { "\xFF\xFE" HEAD_UTF16, sizeof HEAD_UTF16 + 1, XML_PUSH_BAD_ENCODING, "" },
    { HEAD_UTF16, sizeof HEAD_UTF16 - 1, XML_PUSH_BAD_ENCODING, "" },
    { "\0<\0a\0>", 6, XML_PUSH_BAD_ENCODING, "" },
    { "<a><b>\xff</b>", 0, XML_PUSH_BAD_ENCODING, "{<a xmlns=''/>" },
    { "<a><b>\xc0\xbc</b>", 0, XML_PUSH_BAD_ENCODING, "{<a xmlns=''/>" },
    { "<a><b>\x01</b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b>\0</b>", 11, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a>text<b/>", 0, XML_PUSH_STRAY_TEXT, "{<a xmlns=''/>" },
    { "<a>&#32;<b/>", 0, XML_PUSH_STRAY_TEXT, "{<a xmlns=''/>" },
    { "<a><b/>text", 0, XML_PUSH_STRAY_TEXT, "{<a xmlns=''/><b xmlns=''/>" },
    { "<a><![CDATA[x]]>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b><![CDATX[x]]></b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b></c>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b><c></b></c></a>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a></b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "</a>", 0, XML_PUSH_NOT_WELL_FORMED, "" },
    { "<a></a><b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>}" },
    { "<a></a>x", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>}" },
    { "hello", 0, XML_PUSH_NOT_WELL_FORMED, "" },
    { "GET / HTTP/1.1\r\n", 0, XML_PUSH_NOT_WELL_FORMED, "" },
    { "<>", 0, XML_PUSH_NOT_WELL_FORMED, "" },
    { "<a><>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b c='1' c='2'/>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b xmlns:p='u' xmlns:q='u' p:c='1' q:c='2'/>", 0, XML_PUSH_NOT_WELL_FORMED,
      "{<a xmlns=''/>" },
    { "<a><b c=d/>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b c='<'/>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b <c/>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b/ ></a>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b>]]></b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b>&#0;</b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b>&lt</b>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/>" },
    { "<a><b/></a b='c>'>", 0, XML_PUSH_NOT_WELL_FORMED, "{<a xmlns=''/><b xmlns=''/>" },
    { "<?xml version='1.0' <a>", 0, XML_PUSH_NOT_WELL_FORMED, "" },
    /* clang-format on */
};

/* The same fault, and the same told before it, however the bytes are cut. */
static void test_bad_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        for (size_t step = 1; step < 90; step += step < 8 ? 1 : 27) {
            struct heard heard;
            size_t len = bad[i].len ? bad[i].len : strlen(bad[i].xml);
            begin(&heard, &xml_limits_default);
            int result = feed(&heard, bad[i].xml, len, step < 80 ? step : len);
            if (result != -EPROTO || xml_push_fault(heard.push) != bad[i].fault)
                print_error("%zu: %s: %s\n", i, bad[i].xml, xml_push_fault_text(heard.push));
            assert_int_equal(result, -EPROTO);
            assert_int_equal(xml_push_fault(heard.push), bad[i].fault);
            assert_string_equal(buf_text(&heard.out), bad[i].heard);
            assert_true(xml_push_fault_text(heard.push)[0] != '\0');
            assert_int_equal(xml_push_feed(heard.push, "<a>", 3), -EPROTO);
            assert_int_equal(xml_push_left(heard.push), 3);
            finish(&heard);
        }
}

/* A stanza is told with its last byte, whatever does or does not follow. */
static void test_nothing_is_held_back(void **state)
{
    static char const xml[] = HEAD "<m>t</m>";
    struct heard heard;
    (void)state;

    begin(&heard, &xml_limits_default);
    assert_int_equal(feed(&heard, xml, sizeof xml - 2, 1), 0);
    assert_int_equal(heard.children, 0);
    assert_int_equal(feed(&heard, ">", 1, 1), 0);
    assert_int_equal(heard.children, 1);
    assert_int_equal(feed(&heard, " <n/>", 5, 5), 0);
    assert_int_equal(heard.children, 2);
    finish(&heard);
}

static void test_stop(void **state)
{
    static char const xml[] = HEAD "<a/><proceed/>rest";
    struct heard heard;
    (void)state;

    begin(&heard, &xml_limits_default);
    heard.stop_after = 2;
    assert_int_equal(xml_push_feed(heard.push, xml, sizeof xml - 1), 0);
    assert_int_equal(heard.children, 2);
    assert_int_equal(xml_push_left(heard.push), 4);
    xml_push_restart(heard.push);
    buf_reset(&heard.out);
    assert_int_equal(xml_push_feed(heard.push, HEAD, sizeof HEAD - 1), 0);
    assert_string_equal(buf_text(&heard.out), HEAD_OUT);
    assert_int_equal(xml_push_left(heard.push), 0);
    finish(&heard);
}

/* The handler begins a new document; its bytes are there already. Nothing of the old one holds. */
static void test_restart_in_handler(void **state)
{
    static char const xml[] = "<a xmlns='u' xmlns:p='v' xml:lang='de'><p:b/><a><c/>";
    (void)state;

    for (size_t step = 1; step <= sizeof xml - 1; step += sizeof xml - 2) {
        struct heard heard;
        begin(&heard, &xml_limits_default);
        heard.restarts = true;
        assert_int_equal(feed(&heard, xml, sizeof xml - 1, step), 0);
        assert_string_equal(buf_text(&heard.out),
                            "{<a xmlns='u' xml:lang='de'/><b xmlns='v' xml:lang='de'/>"
                            "{<a xmlns=''/><c xmlns=''/>");
        finish(&heard);
    }
}

/* A fault is forgotten with its document. */
static void test_restart_after_fault(void **state)
{
    struct heard heard;
    (void)state;

    begin(&heard, &xml_limits_default);
    assert_int_equal(feed(&heard, "<a><b><c><!--", 13, 5), -EPROTO);
    xml_push_restart(heard.push);
    assert_int_equal(xml_push_fault(heard.push), XML_PUSH_OK);
    assert_string_equal(xml_push_fault_text(heard.push), "");
    assert_int_equal(feed(&heard, "<a><b/>", 7, 3), 0);
    assert_int_equal(heard.children, 1);
    finish(&heard);
}

static struct xml_limits const tight = { .max_bytes = 60, .max_depth = 3, .max_attributes = 2 };

static struct {
    char const *xml;
    unsigned children;
    bool fits;
} const limited[] = {
    /* clang-format off */
    { "<a><b c='' d=''><c/></b>", 1, true },
    { "<a><b c='' d='' e=", 0, false },
    { "<a b='' c='' d=''>", 0, false },
    { "<a><b><c><d", 0, false },
    { "<a><b>012345678901234567890123456789012345678901234567890123</b>", 0, false },
    { "<a><b>01234567890123456789012345678901234567890123456789012</b>", 1, true },
    { "<a><b>01234567890123456789012345678901234567890123456789012345678901", 0, false },
    { "<a><b c='01234567890123456789012345678901234567890123456789012345678901", 0, false },
    { "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, false },
    { "<a><b/>                                                                     <c/>", 2, true },
    /* clang-format on */
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++)
        for (size_t step = 1; step < 200; step += 99) {
            struct heard heard;
            begin(&heard, &tight);
            int result = feed(&heard, limited[i].xml, strlen(limited[i].xml), step);
            assert_int_equal(result, limited[i].fits ? 0 : -EPROTO);
            assert_int_equal(xml_push_fault(heard.push),
                             limited[i].fits ? XML_PUSH_OK : XML_PUSH_TOO_LARGE);
            assert_int_equal(heard.children, limited[i].children);
            finish(&heard);
        }
}

/* Limits of a peer that has become known; also smaller ones, in the middle of a child. */
static void test_limits_change(void **state)
{
    struct heard heard;
    (void)state;

    begin(&heard, &tight);
    assert_int_equal(feed(&heard, "<a>", 3, 3), 0);
    xml_push_limit(heard.push, &xml_limits_default);
    char const *deep = "<b><c><d><e a='' b='' c=''/></d></c></b><b>a lot of text that";
    assert_int_equal(feed(&heard, deep, strlen(deep), 100), 0);
    assert_int_equal(heard.children, 1);
    xml_push_limit(heard.push, &(struct xml_limits){ 10, 3, 2 });
    assert_int_equal(feed(&heard, "x", 1, 1), -EPROTO);
    assert_int_equal(xml_push_fault(heard.push), XML_PUSH_TOO_LARGE);
    finish(&heard);
}

/* The depth is refused when it is passed, and nothing has been kept of what lies deeper. */
static void test_deep(void **state)
{
    struct heard heard;
    struct buf xml;
    (void)state;

    buf_init(&xml, 1 << 24);
    for (unsigned i = 0; i < 100000; i++)
        buf_puts(&xml, "<a>");
    begin(&heard, &xml_limits_default);
    assert_int_equal(xml_push_feed(heard.push, xml.data, xml.len), -EPROTO);
    assert_int_equal(xml_push_fault(heard.push), XML_PUSH_TOO_LARGE);
    assert_int_equal(xml_push_left(heard.push), xml.len - 32 * 3 - 2);
    finish(&heard);
    buf_fini(&xml);
}

/* Small elements take much memory for each byte: that has an end, too. */
static void test_dense(void **state)
{
    struct xml_limits const limits = { .max_bytes = 1 << 20, .max_depth = 8, .max_attributes = 4 };
    struct heard heard;
    struct buf xml;
    (void)state;

    buf_init(&xml, 1 << 24);
    buf_puts(&xml, "<a><b>");
    while (xml.len < 1000000)
        buf_puts(&xml, "<c/>");
    buf_puts(&xml, "</b>");
    begin(&heard, &limits);
    assert_int_equal(xml_push_feed(heard.push, xml.data, xml.len), -EPROTO);
    assert_int_equal(xml_push_fault(heard.push), XML_PUSH_TOO_LARGE);
    finish(&heard);
    buf_fini(&xml);
}

/* 300,000 stanzas with names that no other has: what the parser has learnt, it forgets in time. */
static void test_unique_names(void **state)
{
    struct heard heard;
    struct xml_limits const limits = xml_limits_default;
    size_t before = 0;
    char xml[300];
    (void)state;

    begin(&heard, &limits);
    assert_int_equal(xml_push_feed(heard.push, HEAD, sizeof HEAD - 1), 0);
    for (unsigned i = 0; i < 300000; i++) {
        if (i == 10000)
            before = mallinfo2().uordblks;
        int len = snprintf(xml, sizeof xml,
                           "<e%u a%u='' xmlns:p%u='urn:%u'><p%u:f%u xmlns='urn:x%u'/></e%u>", i, i,
                           i, i, i, i, i, i);
        buf_reset(&heard.out);
        assert_int_equal(xml_push_feed(heard.push, xml, (size_t)len), 0);
    }
    assert_int_equal(heard.children, 300000);
    /* libxml2 alone would have grown by more than 50 MB. */
    assert_true(mallinfo2().uordblks < before + (1 << 20));
    assert_true(xml_push_rotations(heard.push) > 100);
    /* What the root binds still holds. */
    buf_reset(&heard.out);
    assert_int_equal(feed(&heard, "<m/><db:r/>" TAIL, 11 + sizeof TAIL - 1, 1), 0);
    assert_string_equal(buf_text(&heard.out), "<m/><r xmlns='jabber:server:dialback'/>}");
    finish(&heard);
}

/* Names that are few but long fill a dictionary, too. */
static void test_long_names(void **state)
{
    struct heard heard;
    size_t before = 0;
    char xml[9000];
    (void)state;

    begin(&heard, &xml_limits_default);
    assert_int_equal(xml_push_feed(heard.push, HEAD, sizeof HEAD - 1), 0);
    for (unsigned i = 0; i < 4000; i++) {
        if (i == 500)
            before = mallinfo2().uordblks;
        int len = snprintf(xml, sizeof xml, "<e%08000u/>", i);
        buf_reset(&heard.out);
        assert_int_equal(xml_push_feed(heard.push, xml, (size_t)len), 0);
    }
    assert_true(mallinfo2().uordblks < before + (2 << 20));
    finish(&heard);
}

/* A usual stream is read by one parser. */
static void test_no_rotation(void **state)
{
    static char const xml[] = "<message from='a@b' to='c@d'><body>x</body></message>";
    struct heard heard;
    (void)state;

    begin(&heard, &xml_limits_default);
    assert_int_equal(xml_push_feed(heard.push, HEAD, sizeof HEAD - 1), 0);
    for (unsigned i = 0; i < 10000; i++) {
        buf_reset(&heard.out);
        assert_int_equal(xml_push_feed(heard.push, xml, sizeof xml - 1), 0);
    }
    assert_int_equal(xml_push_rotations(heard.push), 0);
    finish(&heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_good_streams),
        cmocka_unit_test(test_bad_streams),
        cmocka_unit_test(test_nothing_is_held_back),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_restart_in_handler),
        cmocka_unit_test(test_restart_after_fault),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_limits_change),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_unique_names),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_no_rotation),
    };
    return cmocka_run_group_tests_name("xml_push", tests, NULL, NULL);
}
