/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the elements of a tree (xml_tree.h), and writing them as text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct xml_tree;

struct xml_attribute {
    struct xml_attribute *next;
    char const *name;
    char const *ns; /* "": none, as nearly always */
    char const *value;
};

/* What an element holds: elements and texts, in order. */
struct xml_node {
    struct xml_node *next;
    struct xml_element *element; /* NULL: a text */
    char const *text;            /* "" for an element */
};

struct xml_element {
    struct xml_tree *tree;
    struct xml_element *parent; /* NULL: the root */
    struct xml_node *place;     /* in the parent; NULL: the root */
    char const *name, *ns;
    char const *own_lang; /* xml:lang that it says itself; NULL: none, see xml_element_lang() */
    struct xml_attribute *attributes; /* xml:lang is not among them */
    struct xml_node *nodes, *last_node;
};

/* All of these accept NULL as the element: it has no name, nothing in it, and is nothing. */

/** The value of an attribute without a namespace; NULL: it has none. */
char const *xml_element_attribute(struct xml_element const *element, char const *name);

/** The first element in it called @p name; @p ns NULL: of any namespace. NULL: none. */
struct xml_element *xml_element_child(struct xml_element const *element, char const *name,
                                      char const *ns);

/** The first element in it; the next one behind it in the same parent. NULL: none. */
struct xml_element *xml_element_first(struct xml_element const *element);
struct xml_element *xml_element_next(struct xml_element const *element);

/** All its text, without that of elements in it; "" also if memory ran out. Lives as long as the
 *  tree; a text in pieces is joined anew each time, in the tree's memory. */
char const *xml_element_text(struct xml_element const *element);

/** The text of the first element in it of that name; NULL: there is no such element. */
char const *xml_element_child_text(struct xml_element const *element, char const *name,
                                   char const *ns);

/** xml:lang in force here; "": none. */
char const *xml_element_lang(struct xml_element const *element);

/** @p ns NULL: in any namespace. */
bool xml_element_is(struct xml_element const *element, char const *name, char const *ns);

/** Appends it as text, in its language. @p default_ns: the default namespace where it will stand,
 *  which is not declared again. */
void xml_element_write(struct xml_element const *element, char const *default_ns, struct buf *out);
