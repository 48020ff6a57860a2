/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a classic pcap file (version 2.4), little-endian, with one link type and times in
 * microseconds: for tools that do not read pcapng. Pure: each call appends to a buffer. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct buf;

void pcap_write_header(struct buf *out, unsigned link_type);

/** @p wire_len: before it was cut. */
void pcap_write_packet(struct buf *out, uint64_t time_us, void const *bytes, size_t len,
                       size_t wire_len);
