/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes written: namespaces, escaping, closing what is open, and running out of room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <string.h>

#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void test_elements(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    struct xml_writer *w = xml_writer_new(&out);
    assert_non_null(w);
    xml_writer_open(w, "a", "urn:1");
    xml_writer_element(w, "b", "x");
    xml_writer_element(w, "c", NULL);
    xml_writer_element(w, "d", "");
    xml_writer_open_prefixed(w, "p", "e", "urn:2");
    xml_writer_text(w, "y");
    xml_writer_close(w);
    xml_writer_open(w, "f", NULL);
    assert_int_equal(xml_writer_finish(&w), 0);
    assert_null(w);
    assert_string_equal(buf_text(&out), DECL "<a xmlns=\"urn:1\"><b>x</b><c/><d></d>"
                                             "<p:e xmlns:p=\"urn:2\">y</p:e><f/></a>");
    buf_fini(&out);
}

static struct {
    char const *text;
    char const *written;
    char const *read; /* NULL: equal to text */
} const texts[] = {
    /* clang-format off */
    { "plain", "plain", NULL },
    { "<&>", "&lt;&amp;&gt;", NULL },
    { "]]>", "]]&gt;", NULL },
    { "\"'", "&quot;'", NULL },
    { "&amp;", "&amp;amp;", NULL },
    { "a\tb\nc", "a\tb\nc", NULL },
    { "a\rb", "a&#13;b", NULL },
    { "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", NULL },
    { "a\x01\x62", "a\xEF\xBF\xBD\x62", "a\xEF\xBF\xBD\x62" },
    { "\xfc", "\xEF\xBF\xBD", "\xEF\xBF\xBD" },
    { "\xe2\x82<", "\xEF\xBF\xBD\xEF\xBF\xBD&lt;", "\xEF\xBF\xBD\xEF\xBF\xBD<" },
    { "\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
      "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
    { "x\xEF\xBF\xBF", "x\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
      "x\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
    /* clang-format on */
};

static void test_text_is_escaped_and_reads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf out, expected, text;
        buf_init(&out, 4096);
        buf_init(&expected, 4096);
        buf_init(&text, 4096);
        struct xml_writer *w = xml_writer_new(&out);
        xml_writer_element(w, "a", texts[i].text);
        assert_int_equal(xml_writer_finish(&w), 0);
        buf_printf(&expected, DECL "<a>%s</a>", texts[i].written);
        assert_string_equal(buf_text(&out), buf_text(&expected));

        struct xml_reader *reader = xml_reader_new(out.data, out.len, &xml_limits_default);
        while (xml_reader_next(reader) > XML_END_DOCUMENT)
            buf_puts(&text, xml_reader_text(reader));
        assert_string_equal(buf_text(&text), texts[i].read ? texts[i].read : texts[i].text);
        xml_reader_free(&reader);
        buf_fini(&text);
        buf_fini(&expected);
        buf_fini(&out);
    }
}

static void test_appends_behind_what_is_there(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    buf_puts(&out, "head ");
    struct xml_writer *w = xml_writer_new(&out);
    xml_writer_open(w, "a", NULL);
    assert_int_equal(xml_writer_finish(&w), 0);
    assert_string_equal(buf_text(&out), "head " DECL "<a/>");
    buf_fini(&out);
}

/* One byte too few at any place: an error and nothing past the maximum. */
static void test_no_room(void **state)
{
    size_t const whole = strlen(DECL "<a>text</a>");
    (void)state;

    for (size_t max = 0; max <= whole; max++) {
        struct buf out;
        buf_init(&out, max);
        struct xml_writer *w = xml_writer_new(&out);
        assert_non_null(w);
        xml_writer_element(w, "a", "text");
        assert_int_equal(xml_writer_finish(&w), max < whole ? -ENOMEM : 0);
        assert_true(out.len <= max);
        buf_fini(&out);
    }
}

static void test_large_text(void **state)
{
    static char text[60001];
    struct buf out;
    (void)state;

    memset(text, '<', sizeof text - 1);
    buf_init(&out, 1 << 20);
    struct xml_writer *w = xml_writer_new(&out);
    xml_writer_element(w, "a", text);
    assert_int_equal(xml_writer_finish(&w), 0);
    assert_int_equal(out.len, strlen(DECL "<a></a>") + 4 * (sizeof text - 1));
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_text_is_escaped_and_reads_back),
        cmocka_unit_test(test_appends_behind_what_is_there),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_large_text),
    };
    return cmocka_run_group_tests_name("xml_writer", tests, NULL, NULL);
}
