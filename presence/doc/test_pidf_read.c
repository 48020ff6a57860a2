/* SPDX-License-Identifier: Apache-2.0 */
/* What is read out of real and of hostile presence documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "pidf.h"
#include "pidf_bodies.h"
#include "pidf_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* On a heap copy of the exact size, for the sanitizers. */
static int read_with(char const *xml, size_t len, struct pidf_limits const *limits,
                     struct pidf **ret, struct pidf_fault *fault)
{
    char *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, xml, len);
    int result = pidf_read(copy, len, limits, ret, fault);
    free(copy);
    assert_int_equal(result == 0, *ret != NULL);
    assert_int_equal(result == 0, fault->error == PIDF_FINE);
    assert_int_equal(result == 0, fault->text[0] == '\0');
    return result;
}

static struct pidf *read_good(char const *xml)
{
    struct pidf_fault fault;
    struct pidf *doc;

    if (read_with(xml, strlen(xml), &pidf_limits_default, &doc, &fault) < 0)
        fail_msg("%s in %s", fault.text, xml);
    return doc;
}

static void add_pieces(struct buf *out, char const *name, struct pidf_piece const *list)
{
    for (; list; list = list->next)
        buf_printf(out, " %s=%s", name, list->xml);
}

static void add_notes(struct buf *out, struct pidf_note const *list)
{
    for (; list; list = list->next)
        buf_printf(out, " note=%s%s%s", list->lang ? list->lang : "", list->lang ? ":" : "",
                   list->text);
}

static void add_part(struct buf *out, struct pidf_part const *part)
{
    buf_printf(out, "%s %s", pidf_kind_name(part->kind), part->id ? part->id : "-");
    if (part->basic)
        buf_printf(out, " %s", pidf_basic_name(part->basic));
    if (part->show)
        buf_printf(out, " show=%s", pidf_show_name(part->show));
    add_pieces(out, "status", part->status_pieces);
    for (enum pidf_activity activity = 0; activity < PIDF_ACTIVITY_NONE; activity++)
        if (part->activities & pidf_activity_bit(activity))
            buf_printf(out, " %s", pidf_activity_name(activity));
    if (part->other)
        buf_printf(out, " other=%s", part->other);
    add_pieces(out, "activity", part->activity_pieces);
    if (part->input)
        buf_printf(out, " %s", pidf_input_name(part->input));
    if (part->last_input_ms != PIDF_TIME_NONE)
        buf_printf(out, " last=%lld", (long long)part->last_input_ms);
    if (part->idle_threshold)
        buf_printf(out, " threshold=%s", part->idle_threshold);
    if (part->device_id)
        buf_printf(out, " device=%s", part->device_id);
    if (part->display_name)
        buf_printf(out, " name=%s", part->display_name);
    if (part->contact)
        buf_printf(out, " contact=%s", part->contact);
    if (part->priority != PIDF_PRIORITY_NONE)
        buf_printf(out, " priority=%d", part->priority);
    add_notes(out, part->notes);
    if (part->timestamp_ms != PIDF_TIME_NONE)
        buf_printf(out, " at=%lld", (long long)part->timestamp_ms);
    add_pieces(out, "piece", part->pieces);
    buf_puts(out, part->not_understood ? " not-understood\n" : "\n");
}

/* A document in lines that a table can hold. */
static void describe(struct pidf const *doc, struct buf *out)
{
    buf_printf(out, "%s", doc->entity);
    add_notes(out, doc->notes);
    add_pieces(out, "piece", doc->pieces);
    buf_puts(out, doc->not_understood ? " not-understood\n" : "\n");
    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++) {
        unsigned n = 0;
        for (struct pidf_part const *part = doc->parts[kind]; part; part = part->next, n++)
            add_part(out, part);
        assert_int_equal(n, doc->n_parts[kind]);
    }
}

static void test_bodies(void **state)
{
    (void)state;
    for (struct pidf_body const *body = pidf_bodies; body->name; body++) {
        struct pidf *doc = read_good(body->xml);
        struct buf out;
        buf_init(&out, 65536);
        describe(doc, &out);
        if (strcmp(buf_text(&out), body->read) != 0)
            fail_msg("%s:\n%s\nwanted:\n%s", body->name, buf_text(&out), body->read);
        buf_fini(&out);
        pidf_free(&doc);
        assert_null(doc);
    }
}

#define P(content)                                                                                 \
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b.test'>" content "</presence>"
#define T(id) "<tuple id='" id "'/>"

static struct {
    char const *xml;
    enum pidf_error error;
    char const *words; /* in the fault's text */
} const bad[] = {
    { "", PIDF_ERROR_XML, "no document" },
    { "hello", PIDF_ERROR_XML, "" },
    { "<presence/>", PIDF_ERROR_ROOT, "presence" },
    { "<presence xmlns='urn:ietf:params:xml:ns:pidf:rpid' entity='a'/>", PIDF_ERROR_ROOT, "" },
    { "<tuple xmlns='urn:ietf:params:xml:ns:pidf' entity='a'/>", PIDF_ERROR_ROOT, "tuple" },
    { "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", PIDF_ERROR_ENTITY, "" },
    { "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity=''/>", PIDF_ERROR_ENTITY, "" },
    { P("<tuple/>"), PIDF_ERROR_TUPLE_ID, "" },
    { P("<tuple id=''/>"), PIDF_ERROR_TUPLE_ID, "" },
    { P(T("x") T("y") T("x")), PIDF_ERROR_SAME_ID, "two tuples have the same id: x" },
    { P("<tuple id='x'><status><basic>maybe\n</basic></status></tuple>"), PIDF_ERROR_BASIC,
      "basic status is neither open nor closed: maybe" },
    { P("<tuple id='x'><status><basic>\xC3\xA9</basic></status></tuple>"), PIDF_ERROR_BASIC,
      "closed: ??" },
    { P("<tuple id='x'>"), PIDF_ERROR_XML, "" },
    { P("") "<a/>", PIDF_ERROR_XML, "" },
    { P("") "text", PIDF_ERROR_XML, "" },
    { P("<q:x/>"), PIDF_ERROR_XML, "" }, /* a prefix that nobody bound */
    { P("&bomb;"), PIDF_ERROR_XML, "" },
    { P("<?php x?>"), PIDF_ERROR_XML, "processing instruction" },
    { "<!DOCTYPE presence>" P(""), PIDF_ERROR_XML, "document type declaration" },
    { "<!DOCTYPE p [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]>" P("&c;"), PIDF_ERROR_XML, "type" },
    { "<!DOCTYPE p SYSTEM 'file:///etc/passwd'>" P(""), PIDF_ERROR_XML, "type" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?>" P(""), PIDF_ERROR_XML, "UTF-8" },
    { P("<note>\xFF</note>"), PIDF_ERROR_XML, "UTF-8" },
    { P("<note>\x01</note>"), PIDF_ERROR_XML, "" },
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pidf_fault fault;
        struct pidf *doc;
        assert_int_equal(
            read_with(bad[i].xml, strlen(bad[i].xml), &pidf_limits_default, &doc, &fault), -EINVAL);
        if (fault.error != bad[i].error || !strstr(fault.text, bad[i].words))
            fail_msg("%s: %s", bad[i].xml, fault.text);
        assert_non_null(strstr(fault.text, pidf_error_text(fault.error)));
    }
}

/* @p head, then @p n times @p part with the number in place of %, then </presence>. */
static void repeat(struct buf *out, char const *head, unsigned n, char const *part)
{
    char const *mark = strchr(part, '%');

    buf_init(out, 1 << 22);
    buf_puts(out, head);
    for (unsigned i = 0; i < n; i++)
        if (mark)
            buf_printf(out, "%.*s%u%s", (int)(mark - part), part, i, mark + 1);
        else
            buf_puts(out, part);
    buf_puts(out, "</presence>");
    assert_true(buf_ok(out));
}

#define HEAD                                                                                       \
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b.test' "                        \
    "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'>"

static struct {
    char const *part;
    unsigned most; /* that are taken with the default limits */
    enum pidf_error error;
} const counts[] = {
    { "<tuple id='t%'/>", 64, PIDF_ERROR_TUPLES },
    { "<dm:person id='p%'/>", 4, PIDF_ERROR_PERSONS },
    { "<dm:device id='d%'/>", 64, PIDF_ERROR_DEVICES },
    { "<note>n%</note>", 64, PIDF_ERROR_NOTES },
    { "<x/>", 256, PIDF_ERROR_PIECES },
};

static void test_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (unsigned more = 0; more < 2; more++) {
            struct pidf_fault fault;
            struct pidf *doc;
            struct buf xml;
            repeat(&xml, HEAD, counts[i].most + more, counts[i].part);
            int result = read_with(xml.data, xml.len, &pidf_limits_default, &doc, &fault);
            assert_int_equal(result, more ? -EINVAL : 0);
            assert_int_equal(fault.error, more ? counts[i].error : PIDF_FINE);
            pidf_free(&doc);
            buf_fini(&xml);
        }
}

/* Refused by default; with the limits up it costs milliseconds, not seconds. */
static void test_2000_tuples(void **state)
{
    struct pidf_limits large = pidf_limits_default;
    struct pidf_fault fault;
    struct pidf *doc;
    struct buf xml;

    (void)state;
    large.max_bytes = 1 << 22;
    large.max_tuples = 2000;
    repeat(&xml, HEAD, 2000,
           "<tuple id='t%'><status><basic>open</basic></status><contact>sip:a@b</contact></tuple>");
    assert_int_equal(read_with(xml.data, xml.len, &pidf_limits_default, &doc, &fault), -EINVAL);
    assert_int_equal(fault.error, PIDF_ERROR_XML); /* longer than 64 KiB */
    large.max_tuples = 64;
    assert_int_equal(read_with(xml.data, xml.len, &large, &doc, &fault), -EINVAL);
    assert_int_equal(fault.error, PIDF_ERROR_TUPLES);
    large.max_tuples = 2000;
    clock_t start = clock();
    assert_int_equal(read_with(xml.data, xml.len, &large, &doc, &fault), 0);
    assert_int_equal(doc->n_parts[PIDF_TUPLE], 2000);
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
    pidf_free(&doc);
    buf_fini(&xml);
}

static void test_depth_and_length(void **state)
{
    struct pidf_limits limits = pidf_limits_default;
    char const *deep = P("<a><b><c/></b></a>");
    struct pidf_fault fault;
    struct pidf *doc;

    (void)state;
    limits.max_depth = 4;
    limits.max_bytes = strlen(deep);
    assert_int_equal(read_with(deep, strlen(deep), &limits, &doc, &fault), 0);
    pidf_free(&doc);
    limits.max_depth = 3;
    assert_int_equal(read_with(deep, strlen(deep), &limits, &doc, &fault), -EINVAL);
    assert_non_null(strstr(fault.text, "nested too deep"));
    limits.max_depth = 4;
    limits.max_bytes--;
    assert_int_equal(read_with(deep, strlen(deep), &limits, &doc, &fault), -EINVAL);
    assert_non_null(strstr(fault.text, "too long"));
}

/* One long namespace, and many elements that take it along. */
static void test_growth(void **state)
{
    struct pidf_fault fault;
    struct pidf *doc;
    struct buf head, xml;

    (void)state;
    buf_init(&head, 1 << 20);
    buf_puts(&head, "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a' xmlns:n='urn:");
    for (unsigned i = 0; i < 40000; i++)
        buf_puts(&head, "n");
    buf_puts(&head, "'>");
    repeat(&xml, buf_text(&head), 3, "<n:x/>");
    assert_int_equal(read_with(xml.data, xml.len, &pidf_limits_default, &doc, &fault), 0);
    pidf_free(&doc);
    buf_fini(&xml);
    repeat(&xml, buf_text(&head), 4, "<n:x/>");
    assert_int_equal(read_with(xml.data, xml.len, &pidf_limits_default, &doc, &fault), -EINVAL);
    assert_int_equal(fault.error, PIDF_ERROR_PIECES);
    buf_fini(&xml);
    buf_fini(&head);
}

static void test_words(void **state)
{
    (void)state;
    for (enum pidf_error error = 1; error < PIDF_ERRORS; error++)
        assert_true(strlen(pidf_error_text(error)) > 5);
    assert_string_equal(pidf_error_text(PIDF_FINE), "");
    for (enum pidf_activity activity = 0; activity < PIDF_ACTIVITY_NONE; activity++)
        assert_int_equal(pidf_activity_find(pidf_activity_name(activity)), activity);
    assert_int_equal(pidf_activity_find("no such"), PIDF_ACTIVITY_NONE);
    assert_int_equal(pidf_activity_bit(PIDF_ACTIVITY_NONE), 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_bodies), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_counts), cmocka_unit_test(test_2000_tuples),
        cmocka_unit_test(test_growth), cmocka_unit_test(test_depth_and_length),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
