/* SPDX-License-Identifier: Apache-2.0 */
/* Trees that are built, read, copied and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

static void assert_written(struct xml_element const *element, char const *default_ns,
                           char const *wanted)
{
    struct buf out;

    buf_init(&out, MAX_BYTES);
    xml_element_write(element, default_ns, &out);
    assert_true(buf_ok(&out));
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
}

/* <message from='a' xml:lang='de'><body>x &lt; y</body><x xmlns='urn:x'><in/></x></message> */
static struct xml_tree *sample(void)
{
    struct xml_tree *tree = xml_tree_new(MAX_BYTES);
    assert_non_null(tree);
    struct xml_element *message = xml_tree_add(tree, NULL, "message", "jabber:server");

    xml_tree_attribute(tree, message, "from", "a");
    xml_tree_attribute(tree, message, "xml:lang", "de");
    xml_tree_add_text(tree, message, "body", NULL, "x < y");
    xml_tree_add(tree, xml_tree_add(tree, message, "x", "urn:x"), "in", NULL);
    assert_true(xml_tree_ok(tree));
    return tree;
}

#define SAMPLE_REST "from='a'><body>x &lt; y</body><x xmlns='urn:x'><in/></x></message>"

static void test_write(void **state)
{
    struct xml_tree *tree = sample();
    struct xml_element *root = xml_tree_root(tree);
    (void)state;

    assert_written(root, "jabber:server", "<message xml:lang='de' " SAMPLE_REST);
    assert_written(root, "", "<message xmlns='jabber:server' xml:lang='de' " SAMPLE_REST);
    /* A part says its language itself. */
    assert_written(xml_element_child(root, "x", NULL), "jabber:server",
                   "<x xmlns='urn:x' xml:lang='de'><in/></x>");
    assert_written(xml_element_child(root, "body", NULL), "jabber:server",
                   "<body xml:lang='de'>x &lt; y</body>");
    assert_written(NULL, "", "");
    xml_tree_free(&tree);
    assert_null(tree);
    xml_tree_free(&tree);
}

static void test_escapes(void **state)
{
    struct xml_tree *tree = xml_tree_new(MAX_BYTES);
    struct xml_element *root = xml_tree_add(tree, NULL, "a", "u&v");
    (void)state;

    xml_tree_attribute(tree, root, "b", "'\"<>&\n\r\t\x01\xff");
    xml_tree_attribute_ns(tree, root, "c", "urn:'1'", "d");
    xml_tree_attribute_ns(tree, root, "c", "urn:2", "e");
    xml_tree_attribute_ns(tree, root, "space", "http://www.w3.org/XML/1998/namespace", "preserve");
    xml_tree_text(tree, root, "'\"<>&\n\r\t\x01\xff");
    assert_written(root, "",
                   "<a xmlns='u&amp;v' b='&#39;&quot;&lt;&gt;&amp;&#10;&#13;&#9;"
                   "\xEF\xBF\xBD\xEF\xBF\xBD' xmlns:a1='urn:&#39;1&#39;' a1:c='d' "
                   "xmlns:a2='urn:2' a2:c='e' xml:space='preserve'>"
                   "'\"&lt;&gt;&amp;\n&#13;\t\xEF\xBF\xBD\xEF\xBF\xBD</a>");
    xml_tree_free(&tree);
}

static void test_attributes(void **state)
{
    struct xml_tree *tree = xml_tree_new(MAX_BYTES);
    struct xml_element *root = xml_tree_add(tree, NULL, "a", "");
    (void)state;

    xml_tree_attribute(tree, root, "b", "1");
    xml_tree_attribute(tree, root, "c", "2");
    xml_tree_attribute_ns(tree, root, "b", "urn:x", "3");
    xml_tree_attribute(tree, root, "b", "4");
    xml_tree_attribute(tree, root, "d", NULL);
    assert_string_equal(xml_element_attribute(root, "b"), "4");
    assert_written(root, "", "<a b='4' c='2' xmlns:a1='urn:x' a1:b='3'/>");
    xml_tree_attribute_drop(root, "b");
    xml_tree_attribute_drop(root, "b");
    xml_tree_attribute_drop(NULL, "b");
    assert_null(xml_element_attribute(root, "b"));
    assert_null(xml_element_attribute(NULL, "b"));
    assert_written(root, "", "<a c='2' xmlns:a1='urn:x' a1:b='3'/>");
    xml_tree_attribute(tree, root, "xml:lang", "de");
    xml_tree_attribute(tree, root, "xml:lang", "en");
    assert_string_equal(xml_element_lang(root), "en");
    assert_null(xml_element_attribute(root, "lang"));
    xml_tree_free(&tree);
}

static void test_read(void **state)
{
    struct xml_tree *tree = xml_tree_new(MAX_BYTES);
    struct xml_element *root = xml_tree_add(tree, NULL, "r", "urn:r");
    (void)state;

    xml_tree_text(tree, root, "one ");
    struct xml_element *first = xml_tree_add_text(tree, root, "a", NULL, "not this ");
    xml_tree_text(tree, root, "two");
    struct xml_element *second = xml_tree_add(tree, root, "a", "urn:other");
    xml_tree_text(tree, root, " three");
    assert_string_equal(xml_element_text(root), "one two three");
    assert_string_equal(xml_element_text(first), "not this ");
    assert_string_equal(xml_element_text(second), "");
    assert_string_equal(xml_element_text(NULL), "");
    assert_ptr_equal(xml_element_first(root), first);
    assert_ptr_equal(xml_element_next(first), second);
    assert_null(xml_element_next(second));
    assert_null(xml_element_next(root));
    assert_ptr_equal(xml_element_child(root, "a", NULL), first);
    assert_ptr_equal(xml_element_child(root, "a", "urn:other"), second);
    assert_null(xml_element_child(root, "b", NULL));
    assert_null(xml_element_child(NULL, "a", NULL));
    assert_string_equal(xml_element_child_text(root, "a", "urn:r"), "not this ");
    assert_string_equal(xml_element_child_text(root, "a", "urn:other"), "");
    assert_null(xml_element_child_text(root, "b", NULL));
    assert_true(xml_element_is(first, "a", "urn:r"));
    assert_true(xml_element_is(second, "a", NULL));
    assert_false(xml_element_is(second, "a", "urn:r"));
    assert_false(xml_element_is(NULL, "a", NULL));
    assert_string_equal(xml_element_lang(NULL), "");
    xml_tree_free(&tree);
}

/* A copy is of another tree, keeps its language and lives on when the first tree has gone. */
static void test_copy(void **state)
{
    struct xml_tree *tree = sample(), *other = xml_tree_new(MAX_BYTES);
    struct xml_element *error = xml_tree_add(other, NULL, "error", "jabber:client");
    (void)state;

    xml_tree_copy(other, error, xml_element_child(xml_tree_root(tree), "body", NULL));
    struct xml_element *whole = xml_tree_copy(other, error, xml_tree_root(tree));
    assert_non_null(whole);
    xml_tree_add(other, whole, "more", NULL);
    assert_null(xml_tree_copy(other, error, NULL));
    assert_true(xml_tree_ok(other));
    xml_tree_free(&tree);
    assert_written(error, "",
                   "<error xmlns='jabber:client'><body xmlns='jabber:server' xml:lang='de'>"
                   "x &lt; y</body><message xmlns='jabber:server' xml:lang='de' from='a'>"
                   "<body>x &lt; y</body><x xmlns='urn:x'><in/></x><more/></message></error>");
    assert_null(xml_tree_copy(other, NULL, error)); /* it has a root */
    xml_tree_free(&other);

    /* Below an element in another language, having none is told, too. */
    tree = xml_tree_new(MAX_BYTES);
    other = sample();
    struct xml_element *plain = xml_tree_add(tree, NULL, "p", "jabber:server");
    xml_tree_copy(other, xml_element_child(xml_tree_root(other), "body", NULL), plain);
    assert_written(xml_element_child(xml_tree_root(other), "body", NULL), "jabber:server",
                   "<body xml:lang='de'>x &lt; y<p xml:lang=''/></body>");
    xml_tree_free(&other);
    xml_tree_free(&tree);
}

/* One failure stays, and later additions are harmless. */
static void test_full(void **state)
{
    (void)state;
    for (size_t max = 0; max < 4000; max += 7) {
        struct xml_tree *tree = xml_tree_new(max);
        assert_non_null(tree);
        struct xml_element *root = xml_tree_add(tree, NULL, "root", "urn:r");
        for (unsigned i = 0; i < 40; i++) {
            struct xml_element *child = xml_tree_add(tree, root, "child", "urn:c");
            xml_tree_attribute(tree, child, "name", "value");
            xml_tree_text(tree, child, "text");
        }
        assert_false(xml_tree_ok(tree));
        assert_true(xml_tree_is_full(tree));
        assert_null(xml_tree_add(tree, NULL, "root", ""));
        assert_string_equal(xml_element_text(xml_tree_root(tree)), "");
        xml_tree_free(&tree);
    }
}

/* Deep trees need no stack, wide ones no time. */
static void test_big(void **state)
{
    struct xml_tree *tree = xml_tree_new(1 << 28), *other = xml_tree_new(1 << 28);
    struct xml_element *root = xml_tree_add(tree, NULL, "r", ""), *deep = root;
    struct buf one, two;
    (void)state;

    for (unsigned i = 0; i < 200000; i++) {
        deep = xml_tree_add(tree, deep, "d", NULL);
        xml_tree_add(tree, root, "w", NULL);
    }
    assert_true(xml_tree_ok(tree));
    buf_init(&one, 1 << 28);
    buf_init(&two, 1 << 28);
    xml_element_write(root, "", &one);
    xml_element_write(xml_tree_copy(other, NULL, root), "", &two);
    assert_true(one.len == two.len && one.len > 200000 * 8);
    assert_memory_equal(one.data, two.data, one.len);
    buf_fini(&two);
    buf_fini(&one);
    xml_tree_free(&other);
    xml_tree_free(&tree);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_write),      cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_read),
        cmocka_unit_test(test_copy),       cmocka_unit_test(test_full),
        cmocka_unit_test(test_big),
    };
    return cmocka_run_group_tests_name("xml_tree", tests, NULL, NULL);
}
