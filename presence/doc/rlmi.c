/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a multipart body in order; part 0 is the list itself. */
#include "rlmi.h"
#include "buf.h"
#include "xml_writer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NS        "urn:ietf:params:xml:ns:rlmi"
#define RLMI_TYPE "application/rlmi+xml"

struct page {
    struct rlmi const *list;
    char const *boundary, *domain;
    struct buf *out;
};

static void name_element(struct xml_writer *xml, char const *name)
{
    if (!name)
        return;
    xml_writer_open_bound(xml, NULL, "name");
    xml_writer_text(xml, name);
    xml_writer_close(xml);
}

static void instance_element(struct page const *page, struct xml_writer *xml, size_t i)
{
    static char const *const states[] = { "active", "pending", "terminated" };
    struct rlmi_resource const *resource = &page->list->resources[i];
    char cid[RLMI_CONTENT_TYPE];

    if (!resource->instance)
        return;
    xml_writer_open_bound(xml, NULL, "instance");
    xml_writer_attribute(xml, "id", resource->instance);
    xml_writer_attribute(xml, "state", states[resource->state]);
    if (resource->reason)
        xml_writer_attribute(xml, "reason", resource->reason);
    if (resource->body) {
        snprintf(cid, sizeof cid, "%zu.%s@%s", i + 1, page->boundary, page->domain);
        xml_writer_attribute(xml, "cid", cid);
    }
    xml_writer_close(xml);
}

static int write_list(struct page const *page, struct buf *out)
{
    struct rlmi const *list = page->list;
    struct xml_writer *xml = xml_writer_new(out);
    char version[16];
    if (!xml)
        return -ENOMEM;

    snprintf(version, sizeof version, "%u", list->version);
    xml_writer_open(xml, "list", NS);
    xml_writer_attribute(xml, "uri", list->uri);
    xml_writer_attribute(xml, "version", version);
    xml_writer_attribute(xml, "fullState", list->is_full ? "true" : "false");
    name_element(xml, list->name);
    for (size_t i = 0; i < list->n_resources; i++) {
        xml_writer_open_bound(xml, NULL, "resource");
        xml_writer_attribute(xml, "uri", list->resources[i].uri);
        name_element(xml, list->resources[i].name);
        instance_element(page, xml, i);
        xml_writer_close(xml);
    }
    return xml_writer_finish(&xml);
}

/* RFC 2046 5.1.1: no part may hold a line that begins with the boundary. */
static int add_part(struct page const *page, size_t number, char const *type, char const *body,
                    size_t len)
{
    if (memmem(body, len, page->boundary, strlen(page->boundary)) && number > 0)
        return -EINVAL;
    buf_printf(page->out,
               "--%s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <%zu.%s@%s>\r\n"
               "Content-Type: %s%s\r\n\r\n",
               page->boundary, number, page->boundary, page->domain, type,
               number ? "" : ";charset=\"UTF-8\"");
    buf_add(page->out, body, len);
    buf_puts(page->out, "\r\n");
    return 0;
}

static int add_parts(struct page const *page, struct buf const *list)
{
    int result = add_part(page, 0, RLMI_TYPE, buf_text(list), list->len);

    for (size_t i = 0; i < page->list->n_resources && result == 0; i++) {
        struct rlmi_resource const *resource = &page->list->resources[i];
        if (resource->instance && resource->body)
            result =
                add_part(page, i + 1, resource->content_type, resource->body, resource->body_len);
    }
    buf_printf(page->out, "--%s--\r\n", page->boundary);
    return result == 0 && !buf_ok(page->out) ? -ENOMEM : result;
}

int rlmi_write(struct rlmi const *list, char const *boundary, char const *domain, struct buf *out,
               char ret_content_type[static RLMI_CONTENT_TYPE])
{
    struct page page = { list, boundary, domain, out };
    struct buf xml;

    int len =
        snprintf(ret_content_type, RLMI_CONTENT_TYPE,
                 "multipart/related;type=\"" RLMI_TYPE "\";start=\"<0.%s@%s>\";boundary=\"%s\"",
                 boundary, domain, boundary);
    if (len >= RLMI_CONTENT_TYPE)
        return -EINVAL;
    buf_init(&xml, out->max);
    int result = write_list(&page, &xml);
    if (result == 0)
        result = add_parts(&page, &xml);
    buf_fini(&xml);
    return result;
}
