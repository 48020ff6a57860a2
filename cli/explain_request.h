/* SPDX-License-Identifier: Apache-2.0 */
/* The message that `explain` asks about: a file, or made from a URI. */
#pragma once
#include <stdbool.h>

struct buf;

/** Is @p text a URI (a scheme, then ':') and not the name of a file? */
bool explain_request_is_uri(char const *text);

/** Appends a minimal request out of any dialog for @p uri. */
void explain_request_make(char const *uri, char const *method, char const *event, struct buf *out);

/** Appends @p text with the line ends of its head made CRLF, as a capture or an editor may not have
 *  kept them; an empty line is added if the head lacks its end. */
void explain_request_normal(char const *text, struct buf *out);
