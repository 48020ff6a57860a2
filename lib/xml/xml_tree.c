/* SPDX-License-Identifier: Apache-2.0 */
/* One arena: the first piece comes with the tree and holds a usual stanza, later ones double. */
#include "xml_tree.h"
#include "buf.h"
#include "xml_char.h"
#include "xml_tree_internal.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 1536, MAX_PIECE_BYTES = 65536, ALIGN = 8 };

struct piece {
    struct piece *next;
    size_t size, used;
    char bytes[] __attribute__((aligned(8)));
};

struct xml_tree {
    struct xml_element *root;
    struct piece *pieces; /* the newest one first, whose rest is free */
    size_t bytes, max_bytes;
    bool failed, full;
    struct piece first; /* the last member: its bytes follow */
};

struct xml_tree *xml_tree_new(size_t max_bytes)
{
    size_t size = max_bytes < FIRST_BYTES ? max_bytes : FIRST_BYTES;
    struct xml_tree *tree = malloc(sizeof *tree + size);

    if (!tree)
        return NULL;
    *tree = (struct xml_tree){ .bytes = size, .max_bytes = max_bytes, .first.size = size };
    tree->pieces = &tree->first;
    return tree;
}

void xml_tree_free(struct xml_tree **ptree)
{
    struct xml_tree *tree = *ptree;

    *ptree = NULL;
    if (!tree)
        return;
    while (tree->pieces != &tree->first) {
        struct piece *piece = tree->pieces;
        tree->pieces = piece->next;
        free(piece);
    }
    free(tree);
}

struct xml_element *xml_tree_root(struct xml_tree const *tree)
{
    return tree->root;
}

bool xml_tree_ok(struct xml_tree const *tree)
{
    return !tree->failed;
}

bool xml_tree_is_full(struct xml_tree const *tree)
{
    return tree->full;
}

static struct piece *fail(struct xml_tree *tree, bool full)
{
    tree->failed = true;
    tree->full |= full;
    return NULL;
}

/* A piece with room for @p size bytes in front of the others. */
static struct piece *grow(struct xml_tree *tree, size_t size)
{
    size_t want = tree->pieces->size * 2;

    if (want < FIRST_BYTES)
        want = FIRST_BYTES;
    if (want > MAX_PIECE_BYTES)
        want = MAX_PIECE_BYTES;
    if (want < size)
        want = size;
    size_t left = tree->max_bytes - tree->bytes;
    if (want > left)
        want = left;
    if (want < size)
        return fail(tree, true);
    struct piece *piece = malloc(sizeof *piece + want);
    if (!piece)
        return fail(tree, false);
    *piece = (struct piece){ .next = tree->pieces, .size = want };
    tree->pieces = piece;
    tree->bytes += want;
    return piece;
}

static char *take(struct xml_tree *tree, size_t size, size_t align)
{
    struct piece *piece = tree->pieces;
    size_t at = (piece->used + align - 1) & ~(align - 1);

    if (tree->failed)
        return NULL;
    if (at > piece->size || size > piece->size - at) {
        piece = grow(tree, size);
        if (!piece)
            return NULL;
        at = 0;
    }
    piece->used = at + size;
    return piece->bytes + at;
}

void *xml_tree_alloc(struct xml_tree *tree, size_t size)
{
    char *bytes = take(tree, size, ALIGN);

    return bytes ? memset(bytes, 0, size) : NULL;
}

char *xml_tree_keep(struct xml_tree *tree, char const *bytes, size_t len)
{
    char *copy = take(tree, len + 1, 1);

    if (!copy)
        return NULL;
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

/* With U+FFFD for each byte that is no XML character. */
static char *keep_clean(struct xml_tree *tree, char const *text)
{
    char const *end = text + strlen(text);
    char const *stop = xml_char_span(text, end);
    struct buf clean;

    if (stop == end)
        return xml_tree_keep(tree, text, (size_t)(end - text));
    buf_init(&clean, 3 * (size_t)(end - text));
    for (; text < end; stop = xml_char_span(text, end)) {
        buf_add(&clean, text, (size_t)(stop - text));
        if (stop < end)
            buf_puts(&clean, "\xEF\xBF\xBD");
        text = stop < end ? stop + 1 : end;
    }
    if (!buf_ok(&clean))
        tree->failed = true;
    char *kept = xml_tree_keep(tree, buf_text(&clean), clean.len);
    buf_fini(&clean);
    return kept;
}

static void append(struct xml_element *parent, struct xml_node *node)
{
    if (parent->last_node)
        parent->last_node->next = node;
    else
        parent->nodes = node;
    parent->last_node = node;
}

/* A node without a parent would be a second root, or its parent has failed. */
static bool may_add(struct xml_tree *tree, struct xml_element const *parent)
{
    if (!parent && tree->root)
        tree->failed = true;
    return !tree->failed;
}

struct xml_element *xml_tree_add(struct xml_tree *tree, struct xml_element *parent,
                                 char const *name, char const *ns)
{
    if (!may_add(tree, parent))
        return NULL;
    struct xml_element *element = xml_tree_alloc(tree, sizeof *element);
    struct xml_node *node = parent ? xml_tree_alloc(tree, sizeof *node) : NULL;
    char const *above = parent ? parent->ns : "";
    char const *kept_ns =
        !ns || strcmp(ns, above) == 0 ? above : xml_tree_keep(tree, ns, strlen(ns));
    char const *kept = xml_tree_keep(tree, name, strlen(name));

    if (tree->failed)
        return NULL;
    *element = (struct xml_element){ tree, parent, node, kept, kept_ns, NULL, NULL, NULL, NULL };
    if (node) {
        *node = (struct xml_node){ .element = element, .text = "" };
        append(parent, node);
    } else {
        tree->root = element;
    }
    return element;
}

struct xml_element *xml_tree_add_text(struct xml_tree *tree, struct xml_element *parent,
                                      char const *name, char const *ns, char const *text)
{
    struct xml_element *element = xml_tree_add(tree, parent, name, ns);

    xml_tree_text(tree, element, text);
    return element;
}

static bool is_lang(char const *name, char const *ns)
{
    return strcmp(name, "lang") == 0 && strcmp(ns, XML_TREE_NS_XML) == 0;
}

void xml_tree_put_attribute(struct xml_tree *tree, struct xml_element *element, char const *name,
                            char const *ns, char const *value)
{
    if (!element || !name || !ns || !value)
        return;
    if (is_lang(name, ns)) {
        element->own_lang = value;
        return;
    }
    struct xml_attribute **end = &element->attributes;
    while (*end)
        end = &(*end)->next;
    struct xml_attribute *attribute = xml_tree_alloc(tree, sizeof *attribute);
    if (attribute)
        *attribute = (struct xml_attribute){ NULL, name, ns, value };
    *end = attribute;
}

void xml_tree_attribute_ns(struct xml_tree *tree, struct xml_element *element, char const *name,
                           char const *ns, char const *value)
{
    if (!element || !value)
        return;
    char const *kept = keep_clean(tree, value);
    for (struct xml_attribute *old = element->attributes; old && kept; old = old->next)
        if (strcmp(old->name, name) == 0 && strcmp(old->ns, ns) == 0) {
            old->value = kept;
            return;
        }
    xml_tree_put_attribute(tree, element, xml_tree_keep(tree, name, strlen(name)),
                           *ns ? xml_tree_keep(tree, ns, strlen(ns)) : "", kept);
}

void xml_tree_attribute(struct xml_tree *tree, struct xml_element *element, char const *name,
                        char const *value)
{
    if (strcmp(name, "xml:lang") == 0)
        xml_tree_attribute_ns(tree, element, "lang", XML_TREE_NS_XML, value);
    else
        xml_tree_attribute_ns(tree, element, name, "", value);
}

void xml_tree_attribute_drop(struct xml_element *element, char const *name)
{
    struct xml_attribute **at = element ? &element->attributes : NULL;

    for (; at && *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0 && !*(*at)->ns) {
            *at = (*at)->next;
            return;
        }
}

void xml_tree_put_text(struct xml_tree *tree, struct xml_element *element, char const *text)
{
    if (!element || !text || !*text)
        return;
    struct xml_node *node = xml_tree_alloc(tree, sizeof *node);
    if (!node)
        return;
    *node = (struct xml_node){ .text = text };
    append(element, node);
}

void xml_tree_text(struct xml_tree *tree, struct xml_element *element, char const *text)
{
    if (element && text)
        xml_tree_put_text(tree, element, keep_clean(tree, text));
}

static struct xml_element *copy_one(struct xml_tree *tree, struct xml_element *parent,
                                    struct xml_element const *from)
{
    struct xml_element *copy = xml_tree_add(tree, parent, from->name, from->ns);

    if (from->own_lang)
        xml_tree_attribute(tree, copy, "xml:lang", from->own_lang);
    for (struct xml_attribute const *attr = from->attributes; attr; attr = attr->next)
        xml_tree_attribute_ns(tree, copy, attr->name, attr->ns, attr->value);
    return copy;
}

/* Depth first, by the links that lead up; @p from is not left. */
static void copy_content(struct xml_tree *tree, struct xml_element *copy,
                         struct xml_element const *from)
{
    struct xml_element const *at = from;
    struct xml_node const *node = from->nodes;

    while (copy) {
        if (node && !node->element) {
            xml_tree_text(tree, copy, node->text);
            node = node->next;
        } else if (node) {
            at = node->element;
            copy = copy_one(tree, copy, at);
            node = at->nodes;
        } else if (at == from) {
            return;
        } else {
            node = at->place->next;
            at = at->parent;
            copy = copy->parent;
        }
    }
}

struct xml_element *xml_tree_copy(struct xml_tree *tree, struct xml_element *parent,
                                  struct xml_element const *from)
{
    if (!from)
        return NULL;
    char const *lang = xml_element_lang(from);
    struct xml_element *copy = copy_one(tree, parent, from);

    if (strcmp(lang, xml_element_lang(copy)) != 0)
        xml_tree_attribute(tree, copy, "xml:lang", lang);
    copy_content(tree, copy, from);
    return tree->failed ? NULL : copy;
}
