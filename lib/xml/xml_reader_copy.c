/* SPDX-License-Identifier: Apache-2.0 */
/* An element copied out of its document, with the namespace bindings that it lives on. */
#include "buf.h"
#include "xml_escape.h"
#include "xml_reader.h"
#include "xml_reader_node.h"
#include <string.h>

static void add_name(struct buf *out, xmlNs const *ns, xmlChar const *name)
{
    if (ns && ns->prefix)
        buf_printf(out, "%s:", (char const *)ns->prefix);
    buf_puts(out, (char const *)name);
}

static void add_declaration(struct buf *out, xmlNs const *ns)
{
    buf_printf(out, ns->prefix ? " xmlns:%s=\"" : " xmlns%s=\"",
               ns->prefix ? (char const *)ns->prefix : "");
    xml_escape_namespace(out, ns->href ? (char const *)ns->href : "");
    buf_puts(out, "\"");
}

static void add_attributes(struct buf *out, xmlNode const *node)
{
    for (xmlAttr const *attr = node->properties; attr; attr = attr->next) {
        buf_puts(out, " ");
        add_name(out, attr->ns, attr->name);
        buf_puts(out, "=\"");
        for (xmlNode const *text = attr->children; text; text = text->next)
            if (text->content)
                xml_escape_value(out, (char const *)text->content);
        buf_puts(out, "\"");
    }
}

/* Everything behind the declarations of the first tag goes into @p out. */
static enum xml_event copy_content(struct xml_reader *reader, struct buf *out, bool *ret_default)
{
    unsigned depth = xml_reader_depth(reader);
    xmlNode const *node = xml_reader_node(reader);

    *ret_default = !node->ns || !node->ns->prefix;
    add_attributes(out, node);
    buf_puts(out, ">");
    for (;;) {
        enum xml_event event = xml_reader_next(reader);
        if (event == XML_ERROR || event == XML_END_DOCUMENT)
            return event;
        node = xml_reader_node(reader);
        if (event == XML_TEXT) {
            xml_escape_text(out, xml_reader_text(reader));
            continue;
        }
        buf_puts(out, event == XML_END ? "</" : "<");
        add_name(out, node->ns, node->name);
        if (event == XML_START) {
            *ret_default |= !node->ns || !node->ns->prefix;
            for (xmlNs const *ns = node->nsDef; ns; ns = ns->next)
                add_declaration(out, ns);
            add_attributes(out, node);
        }
        buf_puts(out, ">");
        if (event == XML_END && xml_reader_depth(reader) == depth)
            return event;
    }
}

static bool is_same_prefix(xmlNs const *a, xmlNs const *b)
{
    return a->prefix && b->prefix ? strcmp((char const *)a->prefix, (char const *)b->prefix) == 0
                                  : a->prefix == b->prefix;
}

/* Has an element between @p node and the ancestor @p above bound the prefix of @p ns anew? */
static bool is_hidden(xmlNode const *node, xmlNode const *above, xmlNs const *ns)
{
    for (; node != above; node = node->parent)
        for (xmlNs const *near = node->nsDef; near; near = near->next)
            if (is_same_prefix(near, ns))
                return true;
    return false;
}

static bool is_in_name(char c)
{
    return c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
           ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* A prefix may stand before a name, and in a value that is a name (xsi:type). */
static bool is_mentioned(struct buf const *text, char const *prefix)
{
    size_t len = strlen(prefix);
    char const *start = buf_text(text), *at = start, *end = start + text->len;

    while ((at = memmem(at, (size_t)(end - at), prefix, len))) {
        bool begins = at == start || !is_in_name(at[-1]);
        at += len;
        if (begins && at < end && *at == ':')
            return true;
    }
    return false;
}

/* The bindings of @p node itself, and those of its ancestors that its text lives on. Names without
 * a prefix must not fall into a namespace of the document that the copy comes to stand in. */
static void add_bindings(struct buf *out, xmlNode const *node, struct buf const *head,
                         struct buf const *content, bool uses_default)
{
    bool has_default = false;

    for (xmlNs const *ns = node->nsDef; ns; ns = ns->next) {
        add_declaration(out, ns);
        has_default |= !ns->prefix;
    }
    for (xmlNode const *above = node->parent; above && above->type == XML_ELEMENT_NODE;
         above = above->parent)
        for (xmlNs const *ns = above->nsDef; ns; ns = ns->next) {
            char const *prefix = (char const *)ns->prefix;
            bool used =
                prefix ? is_mentioned(head, prefix) || is_mentioned(content, prefix) : uses_default;
            if (!used || is_hidden(node, above, ns))
                continue;
            add_declaration(out, ns);
            has_default |= !prefix;
        }
    if (uses_default && !has_default)
        buf_puts(out, " xmlns=\"\"");
}

/* libxml2's reader frees a node when it has gone past it, so the bindings of the first tag, which
 * only its content can tell, are looked for on XML_END, where the node is still there. */
enum xml_event xml_reader_copy(struct xml_reader *reader, struct buf *out)
{
    struct buf head, content;
    bool uses_default;

    buf_init(&head, out->max);
    buf_init(&content, out->max);
    add_name(&head, xml_reader_node(reader)->ns, xml_reader_node(reader)->name);
    enum xml_event event = copy_content(reader, &content, &uses_default);
    buf_puts(out, "<");
    buf_puts(out, buf_text(&head));
    if (event == XML_END)
        add_bindings(out, xml_reader_node(reader), &head, &content, uses_default);
    buf_add(out, buf_text(&content), content.len);
    if (!buf_ok(&head) || !buf_ok(&content))
        out->failed = true;
    buf_fini(&content);
    buf_fini(&head);
    return event;
}

enum xml_event xml_reader_collect(struct xml_reader *reader, struct buf *out)
{
    unsigned depth = xml_reader_depth(reader);
    enum xml_event event;

    while ((event = xml_reader_next(reader)) != XML_ERROR && event != XML_END_DOCUMENT) {
        if (event == XML_TEXT && xml_reader_depth(reader) == depth)
            buf_puts(out, xml_reader_text(reader));
        if (event == XML_END && xml_reader_depth(reader) == depth)
            break;
    }
    return event;
}
