/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian: one section, interfaces with
 * times in microseconds, packets with direction and comment, TLS secrets, statistics.
 *
 * Pure: every call appends one whole block to a buffer, so what is written of a file block by block
 * can be read at any time. Interfaces are numbered from 0 in the order in which they are written.
 * Texts that are no UTF-8 or hold control characters are written with these as "\xNN". */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct buf;

/* LINKTYPE_ values of tcpdump.org. */
enum { PCAPNG_LINK_RAW_IP = 101, PCAPNG_LINK_UPPER_PDU = 252 };

/* Bits 0 and 1 of epb_flags. */
enum pcapng_direction { PCAPNG_UNKNOWN, PCAPNG_INBOUND, PCAPNG_OUTBOUND };

/* No interface takes a longer packet, so readers know how much memory they need. */
enum { PCAPNG_SNAP_LENGTH = 262144 };

struct pcapng_packet {
    uint32_t interface;
    uint64_t time_us;
    enum pcapng_direction direction;
    char const *comment; /* "" or NULL: none */
    void const *bytes;
    size_t len;
    size_t wire_len; /* before it was cut; at least len */
};

struct pcapng_statistics {
    uint32_t interface;
    uint64_t start_us, end_us;
    uint64_t received; /* packets that were seen */
    uint64_t dropped;  /* packets that should stand in the file and do not */
};

/** Section header; NULL: without that option. */
void pcapng_write_section(struct buf *out, char const *hardware, char const *os,
                          char const *application);

void pcapng_write_interface(struct buf *out, char const *name, char const *description,
                            unsigned link_type);

void pcapng_write_packet(struct buf *out, struct pcapng_packet const *packet);

/** Lines of a TLS key log; readers decrypt what follows in the file, not what stands before. */
void pcapng_write_secrets(struct buf *out, void const *key_log, size_t len);

void pcapng_write_statistics(struct buf *out, struct pcapng_statistics const *statistics);
