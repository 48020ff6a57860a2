/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader tells, and the hostile documents that it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_guard.h"
#include "xml_reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads a document into one line: +name, "text", -name. Returns the last event. */
static enum xml_event trace(char const *xml, size_t len, struct buf *out, char *fault, size_t size)
{
    /* A heap copy of the exact size lets the sanitizers see an over-read. */
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, xml, len);
    struct xml_reader *reader = xml_reader_new(copy, len, &xml_limits_default);
    enum xml_event event;

    assert_non_null(reader);
    while ((event = xml_reader_next(reader)) > XML_END_DOCUMENT) {
        if (event == XML_TEXT)
            buf_printf(out, "%s", xml_reader_text(reader));
        else
            buf_printf(out, "%s%s%s", event == XML_START ? "+" : "-", xml_reader_name(reader),
                       event == XML_START ? ":" : " ");
    }
    assert_int_equal(xml_reader_next(reader), event); /* final */
    assert_string_equal(xml_reader_name(reader), "");
    assert_string_equal(xml_reader_namespace(reader), "");
    assert_string_equal(xml_reader_text(reader), "");
    snprintf(fault, size, "%s", xml_reader_fault(reader));
    xml_reader_free(&reader);
    assert_null(reader);
    free(copy);
    return event;
}

#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static struct {
    char const *xml;
    char const *events;
} const good[] = {
    /* clang-format off */
    { "<a/>", "+a:-a " },
    { "<a></a>", "+a:-a " },
    { DECL "<a>x</a>", "+a:x-a " },
    { "<?xml version='1.0' encoding='utf-8'?>\n<a>x</a>\n", "+a:x-a " },
    { "<?xml version=\"1.0\"?><a/>", "+a:-a " },
    { "\xEF\xBB\xBF<a>x</a>", "+a:x-a " },
    { "<a><b>1</b><c/>2</a>", "+a:+b:1-b +c:-c 2-a " },
    { "<p:a xmlns:p='urn:x'><p:b/></p:a>", "+a:+b:-b -a " },
    { "<!-- <!DOCTYPE a> --><a/>", "+a:-a " },
    { "<a><!-- <?pi?> <b> --></a><!-- end -->", "+a:-a " },
    { "<a><![CDATA[<!DOCTYPE a><?pi?><b>]]></a>", "+a:<!DOCTYPE a><?pi?><b>-a " },
    { "<a>x<![CDATA[y]]>z</a>", "+a:xyz-a " },
    { "<a>x<!-- c -->z</a>", "+a:xz-a " },
    { "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</a>", "+a:<>&\"'AB-a " },
    { "<a b=\"x>y='z'\" c='/>'>t</a>", "+a:t-a " },
    { "<a xmlns='relative'/>", "+a:-a " }, /* a warning of libxml2, no error */
    { "<a>gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80</a>", "+a:gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80-a " },
    /* clang-format on */
};

static void test_good_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct buf out;
        char fault[128];
        buf_init(&out, 4096);
        enum xml_event event = trace(good[i].xml, strlen(good[i].xml), &out, fault, sizeof fault);
        if (event != XML_END_DOCUMENT || strcmp(buf_text(&out), good[i].events) != 0)
            fail_msg("row %zu: %s gave \"%s\" %s", i, good[i].xml, buf_text(&out), fault);
        buf_fini(&out);
    }
}

#define LOL                                                                                        \
    "<!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"               \
    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]>"     \
    "<l>&d;</l>"
#define DOCTYPE_FAULT "document type declaration"

static struct {
    char const *xml;
    size_t len;        /* 0: strlen */
    char const *fault; /* how the text starts */
} const bad[] = {
    /* clang-format off */
    { "<!DOCTYPE a><a/>", 0, DOCTYPE_FAULT },
    { DECL "<!DOCTYPE a><a/>", 0, DOCTYPE_FAULT },
    { DECL "\n<!-- x -->\n <!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x'><a/>", 0, DOCTYPE_FAULT },
    { "<!-- a --><!-- b --><!DOCTYPE a PUBLIC 'x' 'file:///etc/passwd'><a/>", 0, DOCTYPE_FAULT },
    { "\xEF\xBB\xBF<!DOCTYPE a><a/>", 0, DOCTYPE_FAULT },
    { "<!doctype a><a/>", 0, DOCTYPE_FAULT },
    { "<a><!DOCTYPE a></a>", 0, DOCTYPE_FAULT },
    { "<a/><!DOCTYPE a>", 0, DOCTYPE_FAULT },
    { "<!DOCTYPE", 0, DOCTYPE_FAULT },
    { LOL, 0, DOCTYPE_FAULT },
    { "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", 0, DOCTYPE_FAULT },
    { "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]><a/>", 0, DOCTYPE_FAULT },
    { "<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]><a/>", 0, DOCTYPE_FAULT },
    { "<!ENTITY x 'y'><a/>", 0, DOCTYPE_FAULT },
    { "<!--><!DOCTYPE a>--><!DOCTYPE a><a/>", 0, DOCTYPE_FAULT },
    { "<?xml version='<!--'?><!DOCTYPE a><a/>", 0, DOCTYPE_FAULT },
    { "<a>&x;</a>", 0, "Entity 'x' not defined" },
    { "<?pi?><a/>", 0, "processing instruction" },
    { DECL "<?xml-stylesheet href='x'?><a/>", 0, "processing instruction" },
    { "<a><?php x ?></a>", 0, "processing instruction" },
    { "<a/><?pi?>", 0, "processing instruction" },
    { " <?xml version='1.0'?><a/>", 0, "processing instruction" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", 0, "encoding" },
    { "<?xml version='1.0' encoding='UTF-16'?><a/>", 0, "encoding" },
    { "<?xml version='1.0' encoding='utf-8x'?><a/>", 0, "encoding" },
    { "<?xml version='1.0' encoding='utf-7'?><a/>", 0, "encoding" },
    { "<?xml version='1.0' encoding=", 0, "XML declaration without an end" },
    { "<?xml version='1.0' encoding='?><a/>", 0, "encoding" },
    { "\xFF\xFE<\0a\0/\0>\0", 10, "a byte that" },
    { "\xFE\xFF\0<\0a\0/\0>", 10, "a byte that" },
    { "<\0a\0/\0>\0", 8, "a byte that" },
    { "<a>\0</a>", 8, "a byte that" },
    { "<a>x</a>\0", 9, "a byte that" },
    { "<a>\x01</a>", 0, "a byte that" },
    { "<a>\x1b[31m</a>", 0, "a byte that" },
    { "<a>\xfc</a>", 0, "a byte that" },
    { "<a>\xc0\xbc</a>", 0, "a byte that" },
    { "<a>&#0;</a>", 0, "xmlParseCharRef" },
    { "<a>&#1;</a>", 0, "xmlParseCharRef" },
    { "<a>&#xD800;</a>", 0, "xmlParseCharRef" },
    { "", 0, "no document" },
    { " ", 0, "" },
    { "hello", 0, "" },
    { "<", 0, "tag without an end" },
    { "<a", 0, "tag without an end" },
    { "<a b='", 0, "tag without an end" },
    { "<a>", 0, "" },
    { "<a>x", 0, "" },
    { "<a></b>", 0, "Opening and ending tag mismatch" },
    { "<a></a", 0, "tag without an end" },
    { "</a>", 0, "" },
    { "<a/><b/>", 0, "" },
    { "<a/>trailing", 0, "" },
    { "trailing<a/>", 0, "" },
    { "<a><!-- </a>", 0, "comment without an end" },
    { "<a><!-- x -- y --></a>", 0, "" },
    { "<a><![CDATA[ </a>", 0, "CDATA section without an end" },
    { "<![CDATA[x]]><a/>", 0, "" },
    { "<a b='1' b='2'/>", 0, "Attribute b redefined" },
    { "<a b=1/>", 0, "" },
    { "<a b='<'/>", 0, "" },
    { "<a b='&x;'/>", 0, "Entity 'x' not defined" },
    { "<p:a/>", 0, "Namespace prefix p" },
    { "<a xmlns:p=''/>", 0, "" },
    { "<1a/>", 0, "" },
    { "<a>&</a>", 0, "" },
    { "<a>]]></a>", 0, "" },
    /* clang-format on */
};

static void test_bad_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buf out;
        char fault[128];
        size_t len = bad[i].len ? bad[i].len : strlen(bad[i].xml);
        buf_init(&out, 4096);
        enum xml_event event = trace(bad[i].xml, len, &out, fault, sizeof fault);
        if (event != XML_ERROR)
            fail_msg("row %zu: %s was accepted: %s", i, bad[i].xml, buf_text(&out));
        if (!fault[0] || strncmp(fault, bad[i].fault, strlen(bad[i].fault)) != 0)
            fail_msg("row %zu: %s refused as \"%s\"", i, bad[i].xml, fault);
        for (char const *c = fault; *c; c++)
            assert_true((unsigned char)*c >= 0x20);
        buf_fini(&out);
    }
}

/* Whatever is cut off, no prefix of a document is a document. */
static void test_every_truncation_is_refused(void **state)
{
    static char const xml[] =
        DECL "<p:a xmlns:p='urn:x' b=\"1\"><!-- c --><p:b>t&amp;<![CDATA[<x>]]>"
             "</p:b><c/></p:a>";
    (void)state;
    for (size_t len = 0; len < sizeof xml; len++) {
        struct buf out;
        char fault[128];
        buf_init(&out, 4096);
        enum xml_event event = trace(xml, len, &out, fault, sizeof fault);
        assert_int_equal(event, len == sizeof xml - 1 ? XML_END_DOCUMENT : XML_ERROR);
        buf_fini(&out);
    }
}

static enum xml_event read_all(struct buf const *xml, char *fault, size_t size)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    enum xml_event event = trace(buf_text(xml), xml->len, &out, fault, size);
    buf_fini(&out);
    return event;
}

static void nest(struct buf *xml, unsigned depth, char const *inner)
{
    buf_reset(xml);
    for (unsigned i = 0; i < depth; i++)
        buf_puts(xml, "<a>");
    buf_puts(xml, inner);
    for (unsigned i = 0; i < depth; i++)
        buf_puts(xml, "</a>");
}

static void test_depth_limit(void **state)
{
    struct buf xml;
    char fault[128];
    (void)state;

    buf_init(&xml, 1 << 20);
    nest(&xml, 32, "x");
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_END_DOCUMENT);
    nest(&xml, 31, "<b/><b/><b/>");
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_END_DOCUMENT);
    nest(&xml, 33, "x");
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    assert_string_equal(fault, "elements are nested too deep");
    nest(&xml, 32, "<b/>");
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    assert_string_equal(fault, "elements are nested too deep");
    nest(&xml, 5000, "");
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    buf_fini(&xml);
}

/* The reader would stop them too; the guard must do it before libxml2 works on them. */
static void test_guard_counts_alone(void **state)
{
    static struct {
        char const *xml;
        bool refused;
    } const rows[] = {
        { "<a><b/></a>", false },           { "<a><b><c/></b></a>", true },
        { "<a><b></b><b></b></a>", false }, { "<a b='' c=''/>", false },
        { "<a b='' c='' d=''/>", true },    { "<a b='='/><!-- c='' d='' -->", false },
    };
    struct xml_limits const limits = { .max_bytes = 100, .max_depth = 2, .max_attributes = 2 };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(xml_guard_check(rows[i].xml, strlen(rows[i].xml), &limits) != NULL,
                         rows[i].refused);
}

static void attributes(struct buf *xml, unsigned n)
{
    buf_reset(xml);
    buf_puts(xml, "<a><b");
    for (unsigned i = 0; i < n; i++)
        buf_printf(xml, " a%u='='", i);
    buf_puts(xml, "/></a>");
}

static void test_attribute_limit(void **state)
{
    struct buf xml;
    char fault[128];
    (void)state;

    buf_init(&xml, 1 << 20);
    attributes(&xml, 64);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_END_DOCUMENT);
    attributes(&xml, 65);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    assert_string_equal(fault, "too many attributes");
    attributes(&xml, 5000);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    assert_string_equal(fault, "too many attributes");
    buf_fini(&xml);
}

static void fill(struct buf *xml, char const *before, char const *after, size_t len)
{
    buf_reset(xml);
    buf_puts(xml, before);
    while (xml->len < len - strlen(after))
        buf_add(xml, "x", 1);
    buf_puts(xml, after);
    assert_int_equal(xml->len, len);
}

static void test_size_limit(void **state)
{
    struct buf xml;
    char fault[128];
    (void)state;

    buf_init(&xml, 1 << 20);
    fill(&xml, "<a>", "</a>", 65536);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_END_DOCUMENT);
    fill(&xml, "<a>", "</a>", 65537);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_ERROR);
    assert_string_equal(fault, "document is too long");
    fill(&xml, "<a b='", "'/>", 65536);
    assert_int_equal(read_all(&xml, fault, sizeof fault), XML_END_DOCUMENT);
    fill(&xml, "<", "/>", 65536);
    read_all(&xml, fault, sizeof fault); /* one huge name: any answer, no harm */
    buf_fini(&xml);
}

static void test_names_namespaces_and_depth(void **state)
{
    static char const xml[] = "<a xmlns='urn:1'><p:b xmlns:p='urn:2'>t</p:b><c xmlns=''/></a>";
    static struct {
        enum xml_event event;
        char const *name, *ns, *text;
        unsigned depth;
    } const steps[] = {
        { XML_START, "a", "urn:1", "", 1 }, { XML_START, "b", "urn:2", "", 2 },
        { XML_TEXT, "", "", "t", 2 },       { XML_END, "b", "urn:2", "", 2 },
        { XML_START, "c", "", "", 2 },      { XML_END, "c", "", "", 2 },
        { XML_END, "a", "urn:1", "", 1 },   { XML_END_DOCUMENT, "", "", "", 0 },
    };
    struct xml_reader *reader = xml_reader_new(xml, sizeof xml - 1, &xml_limits_default);
    (void)state;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_int_equal(xml_reader_next(reader), steps[i].event);
        assert_string_equal(xml_reader_name(reader), steps[i].name);
        assert_string_equal(xml_reader_namespace(reader), steps[i].ns);
        assert_string_equal(xml_reader_text(reader), steps[i].text);
        assert_int_equal(xml_reader_depth(reader), steps[i].depth);
    }
    xml_reader_free(&reader);
    xml_reader_free(&reader);
}

static void test_skip(void **state)
{
    static char const xml[] = "<a><b><b/>x<c><b></b></c></b><d/>y</a>";
    struct xml_reader *reader = xml_reader_new(xml, sizeof xml - 1, &xml_limits_default);
    (void)state;

    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_int_equal(xml_reader_skip(reader), XML_END);
    assert_string_equal(xml_reader_name(reader), "b");
    assert_int_equal(xml_reader_depth(reader), 2);
    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_string_equal(xml_reader_name(reader), "d");
    assert_int_equal(xml_reader_skip(reader), XML_END);
    assert_string_equal(xml_reader_name(reader), "d");
    assert_int_equal(xml_reader_next(reader), XML_TEXT);
    assert_int_equal(xml_reader_next(reader), XML_END);
    assert_int_equal(xml_reader_next(reader), XML_END_DOCUMENT);
    xml_reader_free(&reader);

    reader = xml_reader_new("<a><b>", 6, &xml_limits_default);
    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_int_equal(xml_reader_skip(reader), XML_ERROR);
    xml_reader_free(&reader);
}

/* libxml2 prints to stderr unless told not to: everything bad is read with stderr in a file. */
static void test_nothing_is_printed(void **state)
{
    FILE *catch = tmpfile();
    int saved = dup(STDERR_FILENO);
    (void)state;

    assert_non_null(catch);
    assert_true(dup2(fileno(catch), STDERR_FILENO) >= 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buf out;
        char fault[128];
        buf_init(&out, 4096);
        trace(bad[i].xml, bad[i].len ? bad[i].len : strlen(bad[i].xml), &out, fault, sizeof fault);
        buf_fini(&out);
    }
    fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    assert_int_equal(lseek(fileno(catch), 0, SEEK_END), 0);
    fclose(catch);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_good_documents),
        cmocka_unit_test(test_bad_documents),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_depth_limit),
        cmocka_unit_test(test_guard_counts_alone),
        cmocka_unit_test(test_attribute_limit),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_names_namespaces_and_depth),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_nothing_is_printed),
    };
    return cmocka_run_group_tests_name("xml_reader", tests, NULL, NULL);
}
