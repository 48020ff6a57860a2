/* SPDX-License-Identifier: Apache-2.0 */
/* From packets to messages: link layer, IP with fragments, UDP, TCP, HEP3, upper PDUs. For files
 * (capture_file.h) and for what an interface gives. Memory is bounded; nothing is trusted. */
#pragma once
#include "capture_counts.h"
#include "capture_message.h"
#include "capture_records.h"

struct capture_packets;

/** Counts in @p counts, which must outlive it. NULL when out of memory. */
struct capture_packets *capture_packets_new(struct capture_counts *counts);
void capture_packets_free(struct capture_packets **ppackets);

/** Takes a packet, which must stay until capture_packets_next() has said false. */
void capture_packets_add(struct capture_packets *packets, struct capture_record const *record);

/** No more come: capture_packets_next() gives what was not whole. */
void capture_packets_end(struct capture_packets *packets);

/** The next message; what it points to lives until the next call. False: none is whole. */
bool capture_packets_next(struct capture_packets *packets, struct capture_message *ret);
