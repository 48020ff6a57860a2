/* SPDX-License-Identifier: Apache-2.0 */
/* Of the document, state and refresh are what we can use. */
#include "composing.h"
#include "buf.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS "urn:ietf:params:xml:ns:im-iscomposing"

enum { VALUE_MAX = 64 };

static struct xml_limits const limits = { .max_bytes = 8192, .max_depth = 8, .max_attributes = 16 };

unsigned composing_lifetime_s(struct composing const *composing)
{
    return composing->refresh_s ? composing->refresh_s : COMPOSING_ABSENT_S;
}

static unsigned read_seconds(char const *text)
{
    char *end;
    unsigned long seconds = strtoul(text, &end, 10);

    return end > text && !*end && seconds <= COMPOSING_REFRESH_MAX_S ? (unsigned)seconds : 0;
}

/* What has been read. */
struct page {
    struct xml_reader *reader;
    struct composing *composing;
    bool has_state, no_memory;
};

/* At the start of a child of the root. */
static enum xml_event read_child(struct page *page)
{
    bool is_state = strcmp(xml_reader_name(page->reader), "state") == 0;
    bool is_refresh = strcmp(xml_reader_name(page->reader), "refresh") == 0;
    struct buf value;

    if (strcmp(xml_reader_namespace(page->reader), NS) != 0 || (!is_state && !is_refresh))
        return xml_reader_skip(page->reader);
    buf_init(&value, VALUE_MAX);
    buf_reserve(&value, VALUE_MAX);
    page->no_memory |= !buf_ok(&value);
    enum xml_event event = xml_reader_collect(page->reader, &value);
    if (is_refresh)
        page->composing->refresh_s = read_seconds(buf_text(&value));
    else
        page->composing->active = strcmp(buf_text(&value), "active") == 0;
    page->has_state |= is_state;
    buf_fini(&value);
    return event;
}

static int read_document(struct page *page)
{
    enum xml_event event = xml_reader_next(page->reader);

    if (event != XML_START || strcmp(xml_reader_name(page->reader), "isComposing") != 0 ||
        strcmp(xml_reader_namespace(page->reader), NS) != 0)
        return -EINVAL;
    while (event != XML_ERROR && event != XML_END_DOCUMENT) {
        event = xml_reader_next(page->reader);
        if (event == XML_START)
            event = read_child(page);
    }
    return event == XML_END_DOCUMENT && page->has_state ? 0 : -EINVAL;
}

int composing_read(char const *body, size_t len, struct composing *ret)
{
    struct page page = { .reader = xml_reader_new(body, len, &limits), .composing = ret };

    *ret = (struct composing){ .active = false };
    if (!page.reader)
        return -ENOMEM;
    int error = read_document(&page);
    if (page.no_memory || (error && xml_reader_is_out_of_memory(page.reader)))
        error = -ENOMEM;
    if (error)
        *ret = (struct composing){ .active = false };
    xml_reader_free(&page.reader);
    return error;
}

int composing_write(struct composing const *composing, struct buf *out)
{
    struct xml_writer *xml = xml_writer_new(out);
    char seconds[16];

    if (!xml)
        return -ENOMEM;
    xml_writer_open(xml, "isComposing", NS);
    xml_writer_element(xml, "state", composing->active ? "active" : "idle");
    if (composing->active && composing->refresh_s) {
        snprintf(seconds, sizeof seconds, "%u", composing->refresh_s);
        xml_writer_element(xml, "refresh", seconds);
    }
    return xml_writer_finish(&xml);
}
