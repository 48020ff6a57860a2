/* SPDX-License-Identifier: Apache-2.0 */
/* Elements copied out of a document keep their names, their namespaces and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <string.h>

/* Copies the first element called "x". */
static enum xml_event copy_x(char const *xml, struct buf *out)
{
    struct xml_reader *reader = xml_reader_new(xml, strlen(xml), &xml_limits_default);
    enum xml_event event;

    assert_non_null(reader);
    while ((event = xml_reader_next(reader)) > XML_END_DOCUMENT)
        if (event == XML_START && strcmp(xml_reader_name(reader), "x") == 0) {
            unsigned depth = xml_reader_depth(reader);
            event = xml_reader_copy(reader, out);
            assert_int_equal(xml_reader_depth(reader), depth);
            break;
        }
    xml_reader_free(&reader);
    return event;
}

static struct {
    char const *xml, *copy;
} const copies[] = {
    /* clang-format off */
    { "<x/>", "<x xmlns=\"\"></x>" },
    { "<a><x b='1' c='&lt;&#65;&quot;&#10;&amp;'>t&lt;u&amp;v&#13;</x></a>",
      "<x xmlns=\"\" b=\"1\" c=\"&lt;A&quot;&#10;&amp;\">t&lt;u&amp;v&#13;</x>" },
    { "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><x/></a>", "<x xmlns=\"urn:d\"></x>" },
    { "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><p:x/></a>",
      "<p:x xmlns:p=\"urn:p\"></p:x>" },
    { "<a xmlns='urn:d' xmlns:p='urn:p'><p:x><y/></p:x></a>",
      "<p:x xmlns=\"urn:d\" xmlns:p=\"urn:p\"><y></y></p:x>" },
    { "<a xmlns:p='urn:p' xmlns:q='urn:q'><x q:r='1'><p:y/></x></a>",
      "<x xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" xmlns=\"\" q:r=\"1\"><p:y></p:y></x>" },
    /* a name in a value, and one that only looks like it */
    { "<a xmlns:p='urn:p' xmlns:q='urn:q'><x t='p:z'>q</x></a>",
      "<x xmlns:p=\"urn:p\" xmlns=\"\" t=\"p:z\">q</x>" },
    { "<a xmlns:p='urn:p' xmlns:xp='urn:xp'><xp:x/></a>", "<xp:x xmlns:xp=\"urn:xp\"></xp:x>" },
    { "<a xmlns:p='urn:1'><b xmlns:p='urn:2'><p:x/></b></a>", "<p:x xmlns:p=\"urn:2\"></p:x>" },
    { "<a xmlns='urn:1'><x xmlns=''/></a>", "<x xmlns=\"\"></x>" },
    { "<a xmlns='urn:1'><b xmlns=''><x/></b></a>", "<x xmlns=\"\"></x>" },
    { "<a><x xml:lang='de'><!-- no --><![CDATA[<&]]></x></a>",
      "<x xmlns=\"\" xml:lang=\"de\">&lt;&amp;</x>" },
    { "<a><x><x xmlns:u='urn:&amp;u'/></x></a>",
      "<x xmlns=\"\"><x xmlns:u=\"urn:&#38;u\"></x></x>" },
    /* clang-format on */
};

static void test_copy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        struct buf once, twice;
        buf_init(&once, 4096);
        buf_init(&twice, 4096);
        assert_int_equal(copy_x(copies[i].xml, &once), XML_END);
        assert_string_equal(buf_text(&once), copies[i].copy);
        assert_int_equal(copy_x(buf_text(&once), &twice), XML_END);
        assert_string_equal(buf_text(&twice), copies[i].copy);
        buf_fini(&twice);
        buf_fini(&once);
    }
}

static void test_copy_faults(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_int_equal(copy_x("<a><x><y></x></a>", &out), XML_ERROR);
    buf_fini(&out);
    buf_init(&out, 10); /* too small for the copy */
    assert_int_equal(copy_x("<a><x>0123456789</x></a>", &out), XML_END);
    assert_false(buf_ok(&out));
    buf_fini(&out);
}

static void test_attribute(void **state)
{
    char const *xml = "<a b='1' p:b='2' xmlns:p='urn:p' e='' f='x&amp;&#65;y'>t</a>";
    struct xml_reader *reader = xml_reader_new(xml, strlen(xml), &xml_limits_default);

    (void)state;
    assert_non_null(reader);
    assert_null(xml_reader_attribute(reader, "b", NULL));
    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_string_equal(xml_reader_attribute(reader, "b", NULL), "1");
    assert_string_equal(xml_reader_attribute(reader, "b", "urn:p"), "2");
    assert_null(xml_reader_attribute(reader, "b", "urn:q"));
    assert_null(xml_reader_attribute(reader, "c", NULL));
    assert_string_equal(xml_reader_attribute(reader, "e", NULL), "");
    assert_string_equal(xml_reader_attribute(reader, "f", NULL), "x&Ay");
    assert_int_equal(xml_reader_next(reader), XML_TEXT);
    assert_null(xml_reader_attribute(reader, "b", NULL));
    xml_reader_free(&reader);
}

static void test_collect(void **state)
{
    char const *xml = "<a><b>1<c>2</c>&lt;<![CDATA[3]]></b><d/></a>";
    struct xml_reader *reader = xml_reader_new(xml, strlen(xml), &xml_limits_default);
    struct buf out;

    (void)state;
    assert_non_null(reader);
    buf_init(&out, 64);
    xml_reader_next(reader);
    xml_reader_next(reader);
    assert_int_equal(xml_reader_collect(reader, &out), XML_END);
    assert_string_equal(buf_text(&out), "1<3");
    assert_string_equal(xml_reader_name(reader), "b");
    assert_int_equal(xml_reader_next(reader), XML_START);
    assert_int_equal(xml_reader_collect(reader, &out), XML_END);
    assert_string_equal(xml_reader_name(reader), "d");
    xml_reader_free(&reader);
    buf_fini(&out);
}

static void test_write(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    struct xml_writer *w = xml_writer_new(&out);
    assert_non_null(w);
    xml_writer_open(w, "a", "urn:a");
    xml_writer_bind(w, "p", "urn:p");
    xml_writer_attribute(w, "b", "<\"\n\x01>");
    xml_writer_attribute(w, "xml:lang", "de");
    xml_writer_open_bound(w, "p", "c");
    xml_writer_raw(w, "<y xmlns=\"\"></y>");
    xml_writer_close(w);
    xml_writer_open_bound(w, NULL, "d");
    assert_int_equal(xml_writer_finish(&w), 0);
    assert_string_equal(buf_text(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                        "<a xmlns=\"urn:a\" xmlns:p=\"urn:p\" "
                                        "b=\"&lt;&quot;&#10;&#xFFFD;&gt;\" xml:lang=\"de\">"
                                        "<p:c><y xmlns=\"\"></y></p:c><d/></a>");
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_copy),      cmocka_unit_test(test_copy_faults),
        cmocka_unit_test(test_attribute), cmocka_unit_test(test_collect),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
