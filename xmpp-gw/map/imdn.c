/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as RFC 5438 11 has them: message-id, datetime, and one notification with one status. */
#include "imdn.h"
#include "buf.h"
#include "pidf_time.h"
#include "xml_reader.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define NS "urn:ietf:params:xml:ns:imdn"

static struct xml_limits const limits = { .max_bytes = 16384,
                                          .max_depth = 8,
                                          .max_attributes = 16 };

static struct {
    char const *kind, *name;
} const statuses[] = {
#define IMDN_STATUS(id, of, text) [IMDN_##id] = { of, text },
#include "imdn_status.def"
#undef IMDN_STATUS
};

/* What has been read. */
struct page {
    struct xml_reader *reader;
    struct imdn *imdn;
    char kind[32]; /* of the notification that is open */
    bool has_id, has_time, no_memory;
};

static enum imdn_status find_status(char const *kind, char const *name)
{
    enum imdn_status status = 0;

    while (status < IMDN_STATUSES &&
           (strcmp(statuses[status].kind, kind) != 0 || strcmp(statuses[status].name, name) != 0))
        status++;
    return status;
}

static bool is_kind(char const *name)
{
    for (enum imdn_status status = 0; status < IMDN_STATUSES; status++)
        if (strcmp(statuses[status].kind, name) == 0)
            return true;
    return false;
}

/* The text of the element into @p ret; false: too long. */
static bool collect(struct page *page, char *ret, size_t size, enum xml_event *ret_event)
{
    struct buf value;

    buf_init(&value, size - 1);
    buf_reserve(&value, size - 1);
    page->no_memory |= !buf_ok(&value);
    *ret_event = xml_reader_collect(page->reader, &value);
    bool ok = buf_ok(&value);
    if (ok)
        memcpy(ret, buf_text(&value), value.len + 1);
    buf_fini(&value);
    return ok;
}

static enum xml_event read_root_child(struct page *page, char const *name)
{
    char time[PIDF_TIME_TEXT * 2];
    enum xml_event event;

    if (is_kind(name)) {
        memcpy(page->kind, name, strlen(name) + 1);
        return XML_START;
    }
    if (strcmp(name, "message-id") == 0) {
        page->has_id =
            collect(page, page->imdn->message_id, IMDN_ID_BYTES, &event) && *page->imdn->message_id;
    } else if (strcmp(name, "recipient-uri") == 0) {
        if (!collect(page, page->imdn->recipient, IMDN_URI_BYTES, &event))
            *page->imdn->recipient = '\0';
    } else if (strcmp(name, "datetime") == 0) {
        page->has_time = collect(page, time, sizeof time, &event) &&
                         pidf_time_parse(time, &page->imdn->time_ms) == 0;
    } else {
        event = xml_reader_skip(page->reader);
    }
    return event;
}

/* imdn > KIND > status > NAME */
static enum xml_event read_start(struct page *page)
{
    char const *name = xml_reader_name(page->reader);
    unsigned depth = xml_reader_depth(page->reader);

    if (strcmp(xml_reader_namespace(page->reader), NS) != 0)
        return xml_reader_skip(page->reader);
    if (depth == 2)
        return read_root_child(page, name);
    if (depth == 3 && strcmp(name, "status") == 0)
        return XML_START;
    if (depth == 4 && page->imdn->status == IMDN_STATUSES)
        page->imdn->status = find_status(page->kind, name);
    return xml_reader_skip(page->reader);
}

static int read_document(struct page *page)
{
    enum xml_event event = xml_reader_next(page->reader);

    if (event != XML_START || strcmp(xml_reader_name(page->reader), "imdn") != 0 ||
        strcmp(xml_reader_namespace(page->reader), NS) != 0)
        return -EINVAL;
    while (event != XML_ERROR && event != XML_END_DOCUMENT) {
        event = xml_reader_next(page->reader);
        if (event == XML_START)
            event = read_start(page);
    }
    return event == XML_END_DOCUMENT && page->has_id && page->has_time &&
                   page->imdn->status != IMDN_STATUSES
               ? 0
               : -EINVAL;
}

int imdn_read(char const *body, size_t len, struct imdn *ret)
{
    struct page page = { .reader = xml_reader_new(body, len, &limits), .imdn = ret };

    *ret = (struct imdn){ .status = IMDN_STATUSES };
    if (!page.reader)
        return -ENOMEM;
    int error = read_document(&page);
    if (page.no_memory || (error && xml_reader_is_out_of_memory(page.reader)))
        error = -ENOMEM;
    xml_reader_free(&page.reader);
    return error;
}

int imdn_write(struct imdn const *imdn, struct buf *out)
{
    struct xml_writer *xml = xml_writer_new(out);
    char time[PIDF_TIME_TEXT];

    if (!xml)
        return -ENOMEM;
    xml_writer_open(xml, "imdn", NS);
    xml_writer_element(xml, "message-id", imdn->message_id);
    xml_writer_element(xml, "datetime", pidf_time_print(imdn->time_ms, time));
    if (*imdn->recipient)
        xml_writer_element(xml, "recipient-uri", imdn->recipient);
    xml_writer_open(xml, statuses[imdn->status].kind, NULL);
    xml_writer_open(xml, "status", NULL);
    xml_writer_element(xml, statuses[imdn->status].name, NULL);
    return xml_writer_finish(&xml);
}
