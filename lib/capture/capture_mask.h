/* SPDX-License-Identifier: Apache-2.0 */
/* What of a message nobody may see who only looks for a fault: the words of people, passwords,
 * answers to a challenge, keys of media. They become stars, one for each byte, so lengths and
 * frames stay true and the message still parses.
 *
 * Seen stays what people debug: headers, SDP, services and events of CSTA, presence, stanzas. Of a
 * body only those types are shown whose rules are known here; all others are stars. A message that
 * cannot be read as its protocol is stars as a whole. Used by all that writes messages out of the
 * node: capture jobs, HEP, bundle. Pure; any bytes are fine. */
#pragma once
#include "capture_message.h"

struct buf;

/** Masks @p bytes in their place. */
void capture_mask(enum tap_protocol protocol, char *bytes, size_t len);

/** Puts a masked copy of the bytes of @p message into @p memory, which is emptied first, and has
 *  the message point there. Returns 0, or -ENOMEM or -EMSGSIZE: then it has no bytes. */
int capture_mask_message(struct capture_message *message, struct buf *memory);
