/* SPDX-License-Identifier: Apache-2.0 */
/* Dialback on streams (XEP-0220): we prove ourselves by it, answer for ourselves, and ask the
 * server of a domain about a stream that speaks in its name. What stands in the elements:
 * dialback.h. Only for domains whose row allows it. */
#pragma once
#include <stdbool.h>

struct stream;
struct xml_element;

/** Takes an element of dialback. False: it makes no sense here. */
bool stream_dialback_take(struct stream *stream, struct xml_element const *element);

/** @p stream ends: questions that it asks, or that are asked for it, come to nothing. */
void stream_dialback_leave(struct stream *stream);
