/* SPDX-License-Identifier: Apache-2.0 */
/* Writing small XML documents: libxml2's writer into a struct buf, UTF-8, text escaped. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct xml_writer;

/** Starts a document (with XML declaration) appended to @p out (borrowed). NULL: out of memory. */
struct xml_writer *xml_writer_new(struct buf *out);

/** Opens an element; @p ns (may be NULL) becomes its default namespace declaration. */
void xml_writer_open(struct xml_writer *w, char const *name, char const *ns);
void xml_writer_close(struct xml_writer *w);

/** Opens prefix:name and declares the prefix as @p ns. */
void xml_writer_open_prefixed(struct xml_writer *w, char const *prefix, char const *name,
                              char const *ns);

/** Opens prefix:name (or name, if @p prefix is NULL) under a binding that is there already. */
void xml_writer_open_bound(struct xml_writer *w, char const *prefix, char const *name);

/** Of the element just opened: binds a prefix (@p prefix may not be NULL); an attribute, whose name
 *  may be "xml:lang". Bytes that XML cannot hold become U+FFFD. */
void xml_writer_bind(struct xml_writer *w, char const *prefix, char const *ns);
void xml_writer_attribute(struct xml_writer *w, char const *name, char const *value);

/** An element as xml_reader_copy() has made it. */
void xml_writer_raw(struct xml_writer *w, char const *xml);

/** Text inside the open element. Bytes that XML cannot hold become U+FFFD. */
void xml_writer_text(struct xml_writer *w, char const *text);

/** <name>text</name>; text NULL makes <name/>. */
void xml_writer_element(struct xml_writer *w, char const *name, char const *text);

/** Closes what is open, frees the writer and clears *@p pw. Returns 0, or -ENOMEM if memory
 *  or @p out's maximum ran out on the way. */
int xml_writer_finish(struct xml_writer **pw);
