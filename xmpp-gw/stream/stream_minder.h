/* SPDX-License-Identifier: Apache-2.0 */
/* Looks after a stream that carries stanzas (RFC 6120 4.6): blanks while it is silent, a question
 * to a peer that has said nothing for long, the end of one that nobody uses. */
#pragma once

struct stream;

/** From now on until wheel_disarm() of stream->minder. */
void stream_minder_begin(struct stream *stream);
