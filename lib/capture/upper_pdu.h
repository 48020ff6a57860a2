/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as records of link type 252 (Wireshark upper PDU): a list of tags in big-endian, the
 * name of the dissector and the addresses among them, then the message. For what has no packet: the
 * plaintext of TLS, frames of CSTA, stanzas of XMPP. */
#pragma once
#include "capture_message.h"

struct buf;

/** Appends the record of @p message. */
void upper_pdu_write(struct buf *out, struct capture_message const *message);
