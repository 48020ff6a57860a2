/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails in turn, ours and libxml2's: a stream is told as it is or ends with
 * -ENOMEM, nothing is told wrong, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(char const *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(char const *text);

static struct {
    long left; /* allocations until the failing one, < 0: none fails */
    bool failed;
} memory = { .left = -1 };

static bool fails(void)
{
    if (memory.left < 0)
        return false;
    if (memory.left > 0) {
        memory.left--;
        return false;
    }
    memory.failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(char const *text)
{
    return fails() ? NULL : __real_strdup(text);
}

static char const document[] =
    "<?xml version='1.0'?><s:s xmlns='urn:1' xmlns:s='urn:s' xml:lang='de'>"
    "<a b='c&amp;d' xmlns:p='urn:p' p:e='f'>text &lt; more<p:g/>rest</a><a>second</a></s:s>";

#define FIRST_CHILD                                                                                \
    "<a xmlns='urn:1' xml:lang='de' b='c&amp;d' xmlns:a1='urn:p' a1:e='f'>"                        \
    "text &lt; more<g xmlns='urn:p'/>rest</a>"

static char const *const told[] = {
    "<s xmlns='urn:s' xml:lang='de'/>",
    FIRST_CHILD,
    "<a xmlns='urn:1' xml:lang='de'>second</a>",
};

/* Compares without taking part in the shortage. */
static void on_event(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    unsigned *events = ctx;
    long left = memory.left;
    struct buf out;

    memory.left = -1;
    assert_int_equal(event, *events == 0   ? XML_PUSH_OPEN
                            : *events == 3 ? XML_PUSH_CLOSE
                                           : XML_PUSH_CHILD);
    buf_init(&out, 4096);
    if (tree) {
        xml_element_write(xml_tree_root(tree), "", &out);
        assert_string_equal(buf_text(&out), told[*events]);
    }
    buf_fini(&out);
    xml_tree_free(&tree);
    ++*events;
    memory.left = left;
}

static int read_stream(size_t step)
{
    size_t len = sizeof document - 1;
    unsigned events = 0;
    int result = 0;
    struct xml_push *push = xml_push_new(&xml_limits_default, on_event, &events);

    if (!push)
        return -ENOMEM;
    for (size_t at = 0; at < len && result == 0; at += step)
        result = xml_push_feed(push, document + at, len - at < step ? len - at : step);
    if (result == 0)
        assert_int_equal(events, 4);
    xml_push_free(&push);
    return result;
}

static int read_whole(void)
{
    return read_stream(sizeof document);
}

static int read_in_pieces(void)
{
    return read_stream(7);
}

static void on_long(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    unsigned *events = ctx;

    if (event == XML_PUSH_CHILD)
        assert_int_equal(strlen(xml_element_text(xml_tree_root(tree))), 30000);
    xml_tree_free(&tree);
    ++*events;
}

/* Longer than what libxml2 takes memory for at first. */
static int read_long(void)
{
    static char text[30000];
    struct xml_limits const limits = { 100000, 10, 10 };
    unsigned events = 0;
    struct xml_push *push = xml_push_new(&limits, on_long, &events);

    if (!push)
        return -ENOMEM;
    memset(text, 'x', sizeof text);
    int result = xml_push_feed(push, "<root><a>", 9);
    if (result == 0)
        result = xml_push_feed(push, text, sizeof text);
    if (result == 0)
        result = xml_push_feed(push, "</a></root>", 11);
    if (result == 0)
        assert_int_equal(events, 3);
    xml_push_free(&push);
    return result;
}

static int build(void)
{
    struct xml_tree *tree = xml_tree_new(1 << 20), *other = xml_tree_new(1 << 20);
    int result = -ENOMEM;
    struct buf out;

    buf_init(&out, 1 << 20);
    if (!tree || !other)
        goto out;
    struct xml_element *root = xml_tree_add(tree, NULL, "a", "urn:1");
    for (unsigned i = 0; i < 20; i++) {
        struct xml_element *child = xml_tree_add_text(tree, root, "b", NULL, "x\x01y");
        xml_tree_attribute(tree, child, "c", "d\xff");
        xml_tree_attribute(tree, child, "xml:lang", "en");
        xml_tree_attribute_ns(tree, child, "c", "urn:2", "e");
        xml_tree_text(tree, child, "z");
    }
    char const *text = xml_element_text(xml_element_first(root));
    xml_tree_copy(other, NULL, root);
    if (!xml_tree_ok(tree) || !xml_tree_ok(other))
        goto out;
    assert_string_equal(text, "x\xEF\xBF\xBDyz");
    xml_element_write(xml_tree_root(other), "urn:1", &out);
    if (!buf_ok(&out))
        goto out;
    assert_int_equal(out.len,
                     strlen("<a></a>") + 20 * strlen("<b xml:lang='en' c='dXXX' xmlns:a1='urn:2' "
                                                     "a1:c='e'>xXXXyz</b>"));
    result = 0;
out:
    assert_false(tree && xml_tree_is_full(tree));
    buf_fini(&out);
    xml_tree_free(&other);
    xml_tree_free(&tree);
    return result;
}

static void run_out(int (*work)(void))
{
    long n;

    assert_int_equal(work(), 0);
    for (n = 0;; n++) {
        memory.failed = false;
        memory.left = n;
        int result = work();
        memory.left = -1;
        if (!memory.failed) {
            assert_int_equal(result, 0);
            break;
        }
        if (result != 0)
            assert_int_equal(result, -ENOMEM);
    }
    assert_true(n > 4);
}

static void test_whole(void **state)
{
    (void)state;
    run_out(read_whole);
}

static void test_in_pieces(void **state)
{
    (void)state;
    run_out(read_in_pieces);
}

static void test_long(void **state)
{
    (void)state;
    run_out(read_long);
}

static void test_build(void **state)
{
    (void)state;
    run_out(build);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_build),
    };
    /* Before libxml2 allocates anything: what one allocator gave the other cannot free. */
    if (xmlMemSetup(free, __wrap_malloc, __wrap_realloc, __wrap_strdup) != 0)
        return 1;
    xmlInitParser();
    return cmocka_run_group_tests_name("xml_push_memory", tests, NULL, NULL);
}
