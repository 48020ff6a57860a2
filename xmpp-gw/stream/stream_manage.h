/* SPDX-License-Identifier: Apache-2.0 */
/* Acknowledgement by XEP-0198, where the peer offers it, without resumption; the counters are in
 * stream_ack.h. */
#pragma once
#include <stdbool.h>

struct stream;
struct xml_element;

/** The stream is ready: asks for it, if the peer has offered it. */
void stream_manage_begin(struct stream *stream);

/** Takes an element of XEP-0198. False: it makes no sense here. */
bool stream_manage_take(struct stream *stream, struct xml_element const *element);

/** Asks what the peer has handled, if somebody waits for that. */
void stream_manage_ask(struct stream *stream);

/** Asks whether somebody waits or not: any answer is a sign of life. */
void stream_manage_probe(struct stream *stream);

/** A stanza that came is handled, in order. */
void stream_manage_handled(struct stream *stream);
