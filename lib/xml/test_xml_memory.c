/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of libxml2 fails in turn: the document is whole or there is an error, and
 * libxml2 prints nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void *failing_malloc(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *failing_realloc(void *old, size_t size)
{
    return fails() ? NULL : realloc(old, size);
}

static char *failing_strdup(char const *text)
{
    return fails() ? NULL : strdup(text);
}

static char const document[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<a xmlns=\"urn:1\"><p:b xmlns:p=\"urn:2\">t&lt;</p:b><c/></a>";

/* Reads the document; -ENOMEM if the reader says so, -EINVAL if it blames the document. */
static int read_document(void)
{
    struct xml_reader *reader = xml_reader_new(document, sizeof document - 1, &xml_limits_default);
    enum xml_event event;
    int result = 0;

    if (!reader)
        return -ENOMEM;
    while ((event = xml_reader_next(reader)) > XML_END_DOCUMENT)
        ;
    if (event == XML_ERROR)
        result = xml_reader_is_out_of_memory(reader) ? -ENOMEM : -EINVAL;
    xml_reader_free(&reader);
    return result;
}

static int write_document(void)
{
    struct buf out;
    struct xml_writer *w;

    buf_init(&out, 4096);
    w = xml_writer_new(&out);
    if (!w) {
        buf_fini(&out);
        return -ENOMEM;
    }
    xml_writer_open(w, "a", "urn:1");
    xml_writer_open_prefixed(w, "p", "b", "urn:2");
    xml_writer_text(w, "t<");
    xml_writer_close(w);
    xml_writer_element(w, "c", NULL);
    int result = xml_writer_finish(&w);
    if (result == 0)
        assert_string_equal(buf_text(&out), document);
    buf_fini(&out);
    return result;
}

static int write_presence(void)
{
    struct buf out;
    struct xml_writer *w;

    buf_init(&out, 4096);
    w = xml_writer_new(&out);
    if (!w) {
        buf_fini(&out);
        return -ENOMEM;
    }
    xml_writer_open(w, "a", "urn:1");
    xml_writer_bind(w, "p", "urn:2");
    xml_writer_attribute(w, "b", "t\"\xC3\xA9");
    xml_writer_open_bound(w, "p", "c");
    xml_writer_raw(w, "<x/>");
    int result = xml_writer_finish(&w);
    if (result == 0)
        assert_non_null(strstr(buf_text(&out), "<a xmlns=\"urn:1\" xmlns:p=\"urn:2\" "
                                               "b=\"t&quot;&#xE9;\"><p:c><x/></p:c></a>"));
    buf_fini(&out);
    return result;
}

/* The second element, copied. */
static int copy_element(void)
{
    static char const wanted[] = "<p:b xmlns:p=\"urn:2\">t&lt;</p:b>";
    struct xml_reader *reader = xml_reader_new(document, sizeof document - 1, &xml_limits_default);
    enum xml_event event = XML_ERROR;
    struct buf out;
    int result = 0;

    if (!reader)
        return -ENOMEM;
    buf_init(&out, 4096);
    if (xml_reader_next(reader) == XML_START && xml_reader_next(reader) == XML_START)
        event = xml_reader_copy(reader, &out);
    if (event == XML_END)
        assert_string_equal(buf_text(&out), wanted);
    else
        result = xml_reader_is_out_of_memory(reader) ? -ENOMEM : -EINVAL;
    buf_fini(&out);
    xml_reader_free(&reader);
    return result;
}

/* Lets the first, second, ... allocation fail until none does. */
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
    assert_true(n > 10);
}

/* libxml2 itself loses an element's name when its list of open elements cannot grow. */
char const *__lsan_default_suppressions(void);
char const *__lsan_default_suppressions(void)
{
    return "leak:xmlTextWriterStartElement";
}

static void test_reader(void **state)
{
    (void)state;
    run_out(read_document);
    run_out(copy_element);
}

static void test_writer(void **state)
{
    (void)state;
    run_out(write_document);
    run_out(write_presence);
}

static void test_nothing_is_printed(void **state)
{
    FILE *catch = tmpfile();
    int saved = dup(STDERR_FILENO);
    (void)state;

    assert_non_null(catch);
    assert_true(dup2(fileno(catch), STDERR_FILENO) >= 0);
    run_out(read_document);
    run_out(write_document);
    fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    assert_int_equal(lseek(fileno(catch), 0, SEEK_END), 0);
    fclose(catch);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_writer),
        cmocka_unit_test(test_nothing_is_printed),
    };
    /* Before libxml2 allocates anything: what one allocator gave the other cannot free. */
    if (xmlMemSetup(free, failing_malloc, failing_realloc, failing_strdup) != 0)
        return 1;
    xmlInitParser();
    return cmocka_run_group_tests_name("xml_memory", tests, NULL, NULL);
}
