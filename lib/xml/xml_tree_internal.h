/* SPDX-License-Identifier: Apache-2.0 */
/* What the parser and the elements need of a tree beyond building it. Inner part of lib/xml. */
#pragma once
#include <stddef.h>

struct xml_tree;
struct xml_element;

#define XML_TREE_NS_XML "http://www.w3.org/XML/1998/namespace"

/** Zeroed memory, aligned for any type, that lives as long as the tree. NULL: the tree has failed.
 */
void *xml_tree_alloc(struct xml_tree *tree, size_t size);

/** The @p len bytes and a NUL, in the tree's memory. NULL: the tree has failed. */
char *xml_tree_keep(struct xml_tree *tree, char const *bytes, size_t len);

/** xml_tree_text() and xml_tree_attribute_ns() for what is known to be XML characters and lives in
 *  the tree's memory; the attribute is not there yet. NULL among the strings: nothing happens. */
void xml_tree_put_text(struct xml_tree *tree, struct xml_element *element, char const *text);
void xml_tree_put_attribute(struct xml_tree *tree, struct xml_element *element, char const *name,
                            char const *ns, char const *value);
