/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XML from the network: libxml2's reader behind guards.
 *
 * Refused before libxml2 sees a byte: DOCTYPE, processing instructions (the XML declaration
 * is fine), documents over max_bytes, nesting over max_depth, more than max_attributes on one
 * element, encodings other than UTF-8, bytes that XML cannot hold. Undeclared namespace prefixes
 * are an error. The reader visits elements and text; comments are skipped.
 */
#pragma once
#include "xml_limits.h"
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct xml_reader;

enum xml_event { XML_ERROR = -1, XML_END_DOCUMENT, XML_START, XML_TEXT, XML_END };

/** Opens @p xml (borrowed until xml_reader_free). NULL when out of memory; faults show at the first
 *  xml_reader_next(). */
struct xml_reader *xml_reader_new(char const *xml, size_t len, struct xml_limits const *limits);
void xml_reader_free(struct xml_reader **preader);

/** Next event; XML_ERROR is final. An empty element gives XML_START and XML_END. */
enum xml_event xml_reader_next(struct xml_reader *reader);

/** Of the current element: local name, namespace URI ("" if none). Of XML_TEXT: the text, which
 *  may come in pieces. Borrowed until the next call; "" where it makes no sense. */
char const *xml_reader_name(struct xml_reader const *reader);
char const *xml_reader_namespace(struct xml_reader const *reader);
char const *xml_reader_text(struct xml_reader const *reader);
/** Of the element of XML_START: the value of an attribute of the namespace @p ns (NULL: none), NULL
 *  if it has no such one. Borrowed until the next call. */
char const *xml_reader_attribute(struct xml_reader const *reader, char const *name, char const *ns);
/** How many elements are open, the current one included: 1 on the root's XML_START and XML_END. */
unsigned xml_reader_depth(struct xml_reader const *reader);

/** Why xml_reader_next() returned XML_ERROR: a short text without control characters. */
char const *xml_reader_fault(struct xml_reader const *reader);

/** Whether the XML_ERROR was no fault of the document. */
bool xml_reader_is_out_of_memory(struct xml_reader const *reader);

/** After XML_START: skips to the element's end. Returns XML_END or XML_ERROR. */
enum xml_event xml_reader_skip(struct xml_reader *reader);

/** After XML_START: appends the text of the element, without that of elements in it, and goes to
 *  its end. Returns XML_END or XML_ERROR. */
enum xml_event xml_reader_collect(struct xml_reader *reader, struct buf *out);

/** After XML_START: appends the whole element as text that can stand in any document: with the
 *  namespace bindings of its ancestors that it uses, without comments. Copied again, it stays the
 *  same. Goes to its end; returns XML_END or XML_ERROR. What does not fit: out->failed. */
enum xml_event xml_reader_copy(struct xml_reader *reader, struct buf *out);
