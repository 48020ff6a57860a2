/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture file holds for each message: the one writer of both formats.
 *
 * pcapng: an interface for each listener of each program. What came in clear over UDP or TCP is a
 * packet (packet_make.h), what has none is an upper PDU (upper_pdu.h) on an interface of its own;
 * the comment says what was decided, who the peer is, and the correlation id. pcap: packets alone,
 * as if nothing had been encrypted; what can be none is left out and counted.
 *
 * Pure: bytes are appended to a buffer, whole blocks with each call, so that a file which ends
 * behind any of them can be read. One per file; not thread-safe. */
#pragma once
#include "capture_message.h"
#include <stdbool.h>

struct buf;
struct capture_save;

enum capture_format { CAPTURE_PCAPNG, CAPTURE_PCAP };

/** A packet as an interface gave it. */
struct capture_packet {
    char const *interface, *description;
    unsigned link_type;
    uint64_t time_us;
    void const *bytes;
    size_t len, wire_len;
};

/** NULL when out of memory. @p link_type is that of a CAPTURE_PCAP file: PCAPNG_LINK_RAW_IP if it
 *  will hold messages. */
struct capture_save *capture_save_new(enum capture_format format, unsigned link_type);
void capture_save_free(struct capture_save **psave);

/** How a file begins. @p application names the program and its version. */
void capture_save_begin(struct capture_save *save, char const *application, struct buf *out);

/** One message. 0; -EMSGSIZE or -EAFNOSUPPORT: this format has no form for it, nothing was
 *  appended; -ENOMEM, also if @p out is full. */
int capture_save_message(struct capture_save *save, struct capture_message const *message,
                         struct buf *out);

/** One packet; as capture_save_message(). */
int capture_save_packet(struct capture_save *save, struct capture_packet const *packet,
                        struct buf *out);

/** Whether secrets can stand in the file. */
bool capture_save_takes_secrets(struct capture_save const *save);

/** Lines of a TLS key log, for the packets behind them. */
void capture_save_secrets(struct capture_save *save, void const *key_log, size_t len,
                          struct buf *out);

/** How it ends: what was seen on each interface from @p start_us to @p end_us, and how many
 * messages were @p dropped before they could be written. */
void capture_save_end(struct capture_save *save, uint64_t start_us, uint64_t end_us,
                      uint64_t dropped, struct buf *out);
