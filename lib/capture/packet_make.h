/* SPDX-License-Identifier: Apache-2.0 */
/* Packets for messages of which only the text is known: IP and UDP or TCP headers with the
 * addresses of the message, right lengths and checksums.
 *
 * Of each TCP connection the sequence numbers go on from message to message, so a reader puts the
 * stream together without a complaint. A message that is too long for one packet becomes several. A
 * bounded number of connections is remembered; one that was forgotten begins anew with SYN. Link
 * type: raw IP. One per file that is written. */
#pragma once
#include "capture_message.h"

struct buf;
struct packet_make;

/** Remembers at most @p max_connections; NULL when out of memory. */
struct packet_make *packet_make_new(size_t max_connections);
void packet_make_free(struct packet_make **pmake);

/** Whether there can be a packet: two addresses of one family, and a message that fits UDP if it
 *  came by that. */
bool packet_make_can(struct capture_message const *message);

/** Begins with @p message, which is borrowed until its last packet. 0 or -ENOMEM. */
int packet_make_begin(struct packet_make *make, struct capture_message const *message);

/** Puts its next packet into @p out, which is emptied first. Returns false after the last. */
bool packet_make_next(struct packet_make *make, struct buf *out);
