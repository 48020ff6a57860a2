/* SPDX-License-Identifier: Apache-2.0 */
/* Where a stream of XML (RFC 6120 4) comes apart: the start tag of its root, each child of the root
 * whole, the end tag. Inner part of lib/xml, in front of libxml2 as xml_guard.h is for documents.
 *
 * It looks at every byte once and knows no more XML than that takes; but what it counts (depth,
 * attributes, bytes) and what it refuses (DOCTYPE, comment, processing instruction) no parser sees.
 * Whether a piece is well-formed, libxml2 says. */
#pragma once
#include "xml_limits.h"
#include "xml_push.h"
#include <stdbool.h>

enum xml_split_piece {
    XML_SPLIT_MORE, /* the bytes have ended within or between pieces */
    XML_SPLIT_OPEN, /* from the start up to the '>' of the root's start tag */
    XML_SPLIT_CHILD,
    XML_SPLIT_CLOSE, /* the root's end tag */
    XML_SPLIT_FAULT,
};

enum xml_split_state {
    XML_SPLIT_START,   /* nothing but space, perhaps a byte order mark */
    XML_SPLIT_PROLOG,  /* behind the XML declaration */
    XML_SPLIT_CONTENT, /* text, or nothing between children */
    XML_SPLIT_MARKUP,  /* behind '<' */
    XML_SPLIT_TARGET,  /* behind '<?' */
    XML_SPLIT_DECLARATION,
    XML_SPLIT_BANG, /* behind '<!' */
    XML_SPLIT_CDATA,
    XML_SPLIT_TAG,
    XML_SPLIT_VALUE,
    XML_SPLIT_END_TAG,
    XML_SPLIT_DONE,
};

struct xml_split {
    struct xml_limits limits;
    enum xml_split_state state;
    unsigned depth; /* open elements */
    unsigned attributes;
    unsigned matched; /* bytes of what the state waits for */
    size_t bytes;     /* of the piece so far */
    char quote, before;
    bool declared;
    enum xml_push_fault fault; /* of XML_SPLIT_FAULT */
    char const *fault_text;
};

void xml_split_init(struct xml_split *split, struct xml_limits const *limits);

/** How many of the @p len bytes at @p bytes are space between pieces. */
size_t xml_split_space(struct xml_split const *split, char const *bytes, size_t len);

/** Goes through @p bytes to the end of a piece; @p ret_used: how many bytes that took. */
enum xml_split_piece xml_split_next(struct xml_split *split, char const *bytes, size_t len,
                                    size_t *ret_used);
