/* SPDX-License-Identifier: Apache-2.0 */
/* A small XML tree in one arena: stanzas, and what is built to be sent.
 *
 * Everything that hangs on a tree (elements, strings) lives as long as the tree and is freed at
 * once. Strings are never NULL but where said. Namespaces are URIs, "" is none: prefixes do not
 * live on. Texts hold XML characters only; what else a builder hands in becomes U+FFFD.
 * How trees are read: xml_element.h, which this header brings along. */
#pragma once
#include "xml_element.h"
#include <stdbool.h>
#include <stddef.h>

struct xml_tree;

/** New tree that may take @p max_bytes of memory. NULL: out of memory. */
struct xml_tree *xml_tree_new(size_t max_bytes);
void xml_tree_free(struct xml_tree **ptree);

/** NULL: empty. */
struct xml_element *xml_tree_root(struct xml_tree const *tree);

/** No addition has failed: builders check once. */
bool xml_tree_ok(struct xml_tree const *tree);
/** An addition has failed because max_bytes would have been passed. */
bool xml_tree_is_full(struct xml_tree const *tree);

/* Building. After a failure all of these return NULL or do nothing, and they accept NULL as the
 * element that an earlier one has not made. */

/** A new element behind what @p parent holds; @p parent NULL makes the root, once.
 *  @p ns NULL: that of the parent. */
struct xml_element *xml_tree_add(struct xml_tree *tree, struct xml_element *parent,
                                 char const *name, char const *ns);

/** As xml_tree_add(), with a text in it. */
struct xml_element *xml_tree_add_text(struct xml_tree *tree, struct xml_element *parent,
                                      char const *name, char const *ns, char const *text);

/** Sets an attribute without a namespace; one of that name is replaced. The name "xml:lang" sets
 *  the language. @p value NULL: nothing happens. */
void xml_tree_attribute(struct xml_tree *tree, struct xml_element *element, char const *name,
                        char const *value);

/** The same in a namespace; @p ns "http://www.w3.org/XML/1998/namespace" and "lang" is the
 * language. */
void xml_tree_attribute_ns(struct xml_tree *tree, struct xml_element *element, char const *name,
                           char const *ns, char const *value);

/** Takes an attribute without a namespace away, if it is there. */
void xml_tree_attribute_drop(struct xml_element *element, char const *name);

/** Text behind what @p element holds. */
void xml_tree_text(struct xml_tree *tree, struct xml_element *element, char const *text);

/** A deep copy of @p from, which may hang on any tree, behind what @p parent holds (NULL: as the
 *  root), in the language that it had. */
struct xml_element *xml_tree_copy(struct xml_tree *tree, struct xml_element *parent,
                                  struct xml_element const *from);
