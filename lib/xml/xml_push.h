/* SPDX-License-Identifier: Apache-2.0 */
/* Push parser for streams of XML (RFC 6120 4): bytes in as they come; out comes the root's start
 * tag, then one tree (xml_tree.h) for each child of the root, then the root's end.
 *
 * libxml2 sees whole children only, which xml_split.h has counted and looked through: so what is
 * bad is refused at once, a child is told with its last byte, and how the bytes were cut makes no
 * difference. Refused are DOCTYPE, processing instructions, comments, entities but the five of XML,
 * encodings other than UTF-8, unbound prefixes. libxml2 keeps every name that it has seen for as
 * long as a parser lives: between two children the parser is changed for a new one, which is shown
 * the root's start tag again, when they have become too many.
 */
#pragma once
#include "xml_limits.h"
#include <stdbool.h>

struct xml_push;
struct xml_tree;

enum xml_push_event {
    XML_PUSH_OPEN,  /* the root's start tag; the tree holds it, without children */
    XML_PUSH_CHILD, /* a whole child of the root */
    XML_PUSH_CLOSE, /* the root has ended; no tree */
};

enum xml_push_fault {
    XML_PUSH_OK,
    XML_PUSH_NOT_WELL_FORMED,
    XML_PUSH_RESTRICTED,
    XML_PUSH_UNBOUND_PREFIX,
    XML_PUSH_BAD_ENCODING,
    XML_PUSH_STRAY_TEXT, /* text between the children of the root */
    XML_PUSH_TOO_LARGE,  /* a limit */
    XML_PUSH_NO_MEMORY,
};

/** @p tree is given to the handler; NULL with XML_PUSH_CLOSE. The handler may call xml_push_stop()
 *  and xml_push_restart(), but not xml_push_free(). */
typedef void xml_push_fn(void *ctx, enum xml_push_event event, struct xml_tree *tree);

/** @p limits (copied) are those of one child, and of the root's start tag; the root counts as one
 *  of max_depth. NULL: out of memory. */
struct xml_push *xml_push_new(struct xml_limits const *limits, xml_push_fn *fn, void *ctx);
void xml_push_free(struct xml_push **ppush);

/** 0, or -EPROTO or -ENOMEM once and for all: xml_push_fault() says why. What was whole before the
 *  fault has been told. */
int xml_push_feed(struct xml_push *push, char const *bytes, size_t len);

/** From the handler: xml_push_feed() returns when the handler does. xml_push_left() tells how many
 *  bytes at the end of those fed last it has not looked at. */
void xml_push_stop(struct xml_push *push);
size_t xml_push_left(struct xml_push const *push);

/** A new document begins (behind TLS, SASL); a fault is forgotten. */
void xml_push_restart(struct xml_push *push);

/** Other limits from the next child on: more is let in once a peer is known. */
void xml_push_limit(struct xml_push *push, struct xml_limits const *limits);

enum xml_push_fault xml_push_fault(struct xml_push const *push);
/** In short words without control characters; "" for XML_PUSH_OK. */
char const *xml_push_fault_text(struct xml_push const *push);

/** How often the parser was changed for a new one. */
unsigned xml_push_rotations(struct xml_push const *push);
