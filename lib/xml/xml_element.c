/* SPDX-License-Identifier: Apache-2.0 */
/* Every element is written in a default namespace, so that inside of it is its own. */
#include "xml_element.h"
#include "buf.h"
#include "xml_escape.h"
#include "xml_tree_internal.h"
#include <stdio.h>
#include <string.h>

char const *xml_element_attribute(struct xml_element const *element, char const *name)
{
    struct xml_attribute const *attr = element ? element->attributes : NULL;

    for (; attr; attr = attr->next)
        if (!*attr->ns && strcmp(attr->name, name) == 0)
            return attr->value;
    return NULL;
}

bool xml_element_is(struct xml_element const *element, char const *name, char const *ns)
{
    return element && strcmp(element->name, name) == 0 && (!ns || strcmp(element->ns, ns) == 0);
}

static struct xml_element *element_from(struct xml_node const *node)
{
    while (node && !node->element)
        node = node->next;
    return node ? node->element : NULL;
}

struct xml_element *xml_element_first(struct xml_element const *element)
{
    return element_from(element ? element->nodes : NULL);
}

struct xml_element *xml_element_next(struct xml_element const *element)
{
    return element_from(element && element->place ? element->place->next : NULL);
}

struct xml_element *xml_element_child(struct xml_element const *element, char const *name,
                                      char const *ns)
{
    struct xml_element *child = xml_element_first(element);

    while (child && !xml_element_is(child, name, ns))
        child = xml_element_next(child);
    return child;
}

static char const *join(struct xml_element const *element, size_t len)
{
    char *joined = xml_tree_alloc(element->tree, len + 1), *at = joined;

    if (!joined)
        return "";
    for (struct xml_node const *node = element->nodes; node; node = node->next) {
        size_t n = strlen(node->text);
        memcpy(at, node->text, n);
        at += n;
    }
    return joined;
}

char const *xml_element_text(struct xml_element const *element)
{
    char const *only = "";
    size_t len = 0;
    unsigned pieces = 0;

    for (struct xml_node const *node = element ? element->nodes : NULL; node; node = node->next)
        if (*node->text) {
            only = node->text;
            len += strlen(node->text);
            pieces++;
        }
    return pieces < 2 ? only : join(element, len);
}

char const *xml_element_child_text(struct xml_element const *element, char const *name,
                                   char const *ns)
{
    struct xml_element const *child = xml_element_child(element, name, ns);

    return child ? xml_element_text(child) : NULL;
}

char const *xml_element_lang(struct xml_element const *element)
{
    for (; element; element = element->parent)
        if (element->own_lang)
            return element->own_lang;
    return "";
}

/* @p prefix with its colon, or "". */
static void write_prefixed(struct buf *out, char const *prefix, char const *name, char const *value)
{
    buf_puts(out, " ");
    buf_puts(out, prefix);
    buf_puts(out, name);
    buf_puts(out, "='");
    xml_escape_value(out, value);
    buf_puts(out, "'");
}

static void write_pair(struct buf *out, char const *name, char const *value)
{
    write_prefixed(out, "", name, value);
}

/* Attributes have no default namespace: each that has one gets a prefix of its own. */
static void write_attributes(struct buf *out, struct xml_element const *element)
{
    unsigned prefixes = 0;

    if (element->own_lang)
        write_pair(out, "xml:lang", element->own_lang);
    for (struct xml_attribute const *attr = element->attributes; attr; attr = attr->next) {
        if (!*attr->ns) {
            write_pair(out, attr->name, attr->value);
        } else if (strcmp(attr->ns, XML_TREE_NS_XML) == 0) {
            write_prefixed(out, "xml:", attr->name, attr->value);
        } else {
            char prefix[16];
            snprintf(prefix, sizeof prefix, "a%u", ++prefixes);
            write_prefixed(out, "xmlns:", prefix, attr->ns);
            snprintf(prefix, sizeof prefix, "a%u:", prefixes);
            write_prefixed(out, prefix, attr->name, attr->value);
        }
    }
}

/* @p lang: what it must say beside what it says itself; NULL: nothing. */
static void write_start(struct buf *out, struct xml_element const *element, char const *default_ns,
                        char const *lang)
{
    buf_puts(out, "<");
    buf_puts(out, element->name);
    if (strcmp(element->ns, default_ns) != 0)
        write_pair(out, "xmlns", element->ns);
    if (lang)
        write_pair(out, "xml:lang", lang);
    write_attributes(out, element);
    buf_puts(out, element->nodes ? ">" : "/>");
}

static void write_end(struct buf *out, struct xml_element const *element)
{
    buf_puts(out, "</");
    buf_puts(out, element->name);
    buf_puts(out, ">");
}

/* What is in @p top, depth first, by the links that lead up. */
static void write_content(struct buf *out, struct xml_element const *top)
{
    struct xml_element const *at = top;
    struct xml_node const *node = top->nodes;

    while (!out->failed) {
        if (node && !node->element) {
            xml_escape_text(out, node->text);
            node = node->next;
        } else if (node) {
            write_start(out, node->element, at->ns, NULL);
            if (node->element->nodes) {
                at = node->element;
                node = at->nodes;
            } else {
                node = node->next;
            }
        } else if (at == top) {
            return;
        } else {
            write_end(out, at);
            node = at->place->next;
            at = at->parent;
        }
    }
}

void xml_element_write(struct xml_element const *element, char const *default_ns, struct buf *out)
{
    if (!element)
        return;
    char const *lang = xml_element_lang(element);
    write_start(out, element, default_ns, !element->own_lang && *lang ? lang : NULL);
    if (!element->nodes)
        return;
    write_content(out, element);
    write_end(out, element);
}
