/* SPDX-License-Identifier: Apache-2.0 */
/* Text written so that a reader of XML gets the same text back. The text holds XML characters only
 * (xml_char.h); a byte that is none goes out as it is. */
#pragma once

struct buf;

/** Between tags. */
void xml_escape_text(struct buf *out, char const *text);

/** Between quotes, single or double. */
void xml_escape_value(struct buf *out, char const *value);

/** A namespace between quotes, as libxml2 tells it: its & is escaped already. */
void xml_escape_namespace(struct buf *out, char const *uri);
