/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2's text writer over an output buffer whose bytes go to a struct buf. */
#include "xml_writer.h"
#include "buf.h"
#include "xml_char.h"
#include "xml_silence.h"
#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

struct xml_writer {
    struct buf *out;
    xmlTextWriterPtr text;
    unsigned depth;
    bool failed;
};

/* Never reports a failure: libxml2 would print it. The buffer remembers that it failed. */
static int write_bytes(void *ctx, char const *bytes, int len)
{
    struct buf *out = ctx;

    buf_add(out, bytes, (size_t)len);
    return len;
}

struct xml_writer *xml_writer_new(struct buf *out)
{
    xml_silence();
    struct xml_writer *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;

    xmlOutputBufferPtr bytes = xmlOutputBufferCreateIO(write_bytes, NULL, out, NULL);
    if (!bytes)
        goto fail;
    w->text = xmlNewTextWriter(bytes); /* owns bytes from here on */
    if (!w->text)
        goto fail;
    w->out = out;
    /* Not by xmlTextWriterStartDocument: it would put a character converter in between. */
    buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return w;

fail:
    if (bytes)
        xmlOutputBufferClose(bytes);
    free(w);
    return NULL;
}

static void check(struct xml_writer *w, int written)
{
    if (written < 0)
        w->failed = true;
}

/* Declarations are attributes here: xmlTextWriterStartElementNS() would drop one, and say nothing,
 * when memory is short. */
void xml_writer_open(struct xml_writer *w, char const *name, char const *ns)
{
    check(w, xmlTextWriterStartElement(w->text, (xmlChar const *)name));
    if (ns)
        check(w,
              xmlTextWriterWriteAttribute(w->text, (xmlChar const *)"xmlns", (xmlChar const *)ns));
    w->depth++;
}

void xml_writer_open_prefixed(struct xml_writer *w, char const *prefix, char const *name,
                              char const *ns)
{
    check(w, xmlTextWriterStartElementNS(w->text, (xmlChar const *)prefix, (xmlChar const *)name,
                                         NULL));
    check(w, xmlTextWriterWriteAttributeNS(w->text, (xmlChar const *)"xmlns",
                                           (xmlChar const *)prefix, NULL, (xmlChar const *)ns));
    w->depth++;
}

void xml_writer_open_bound(struct xml_writer *w, char const *prefix, char const *name)
{
    check(w, xmlTextWriterStartElementNS(w->text, (xmlChar const *)prefix, (xmlChar const *)name,
                                         NULL));
    w->depth++;
}

void xml_writer_bind(struct xml_writer *w, char const *prefix, char const *ns)
{
    check(w, xmlTextWriterWriteAttributeNS(w->text, (xmlChar const *)"xmlns",
                                           (xmlChar const *)prefix, NULL, (xmlChar const *)ns));
}

void xml_writer_raw(struct xml_writer *w, char const *xml)
{
    check(w, xmlTextWriterWriteRaw(w->text, (xmlChar const *)xml));
}

void xml_writer_close(struct xml_writer *w)
{
    check(w, xmlTextWriterEndElement(w->text));
    w->depth--;
}

/* Text with each byte that is no XML character replaced by U+FFFD. */
static void write_clean(struct xml_writer *w, char const *text, char const *end)
{
    struct buf clean;

    buf_init(&clean, 3 * (size_t)(end - text));
    while (text < end) {
        char const *stop = xml_char_span(text, end);
        buf_add(&clean, text, (size_t)(stop - text));
        if (stop < end) {
            buf_puts(&clean, "\xEF\xBF\xBD");
            stop++;
        }
        text = stop;
    }
    if (!buf_ok(&clean))
        w->failed = true;
    check(w, xmlTextWriterWriteString(w->text, (xmlChar const *)buf_text(&clean)));
    buf_fini(&clean);
}

void xml_writer_text(struct xml_writer *w, char const *text)
{
    char const *end = text + strlen(text);

    if (xml_char_span(text, end) == end)
        check(w, xmlTextWriterWriteString(w->text, (xmlChar const *)text));
    else
        write_clean(w, text, end);
}

void xml_writer_element(struct xml_writer *w, char const *name, char const *text)
{
    xml_writer_open(w, name, NULL);
    if (text)
        xml_writer_text(w, text);
    xml_writer_close(w);
}

void xml_writer_attribute(struct xml_writer *w, char const *name, char const *value)
{
    check(w, xmlTextWriterStartAttribute(w->text, (xmlChar const *)name));
    xml_writer_text(w, value);
    check(w, xmlTextWriterEndAttribute(w->text));
}

int xml_writer_finish(struct xml_writer **pw)
{
    struct xml_writer *w = *pw;

    *pw = NULL;
    while (w->depth > 0)
        xml_writer_close(w);
    check(w, xmlTextWriterFlush(w->text));
    xmlFreeTextWriter(w->text);
    int result = w->failed || !buf_ok(w->out) ? -ENOMEM : 0;
    free(w);
    return result;
}
