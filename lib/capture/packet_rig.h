/* SPDX-License-Identifier: Apache-2.0 */
/* Capture files for tests, byte by byte: right ones, and ones that lie. Side 0 is 192.0.2.1:5060 or
 * 2001:db8::1, side 1 is 192.0.2.2:5070 or 2001:db8::2. */
#pragma once
#include "buf.h"
#include "capture_counts.h"
#include <stdint.h>

enum { RIG_SUMMARY = 65536, RIG_TCP = 6, RIG_UDP = 17 };
enum { RIG_RAW = 101, RIG_UPPER_PDU = 252 };

/* A file in the making. */
struct rig_file {
    struct buf bytes;
    bool big;   /* big-endian */
    bool nanos; /* pcap with nanoseconds */
};

/* An IP packet in the making. */
struct rig_ip {
    int side; /* that sends it */
    bool v6;
    unsigned protocol;
    unsigned id, offset; /* of a fragment */
    bool more;
};

void packet_rig_number(struct buf *out, uint64_t value, unsigned bytes, bool big);

void packet_rig_pcap(struct rig_file *file, unsigned link_type);
void packet_rig_pcap_packet(struct rig_file *file, uint64_t time_us, struct buf const *packet);

/** Blocks of pcapng; @p options are whole options with their end, or NULL. */
void packet_rig_block(struct rig_file *file, uint32_t type, void const *body, size_t len);
void packet_rig_section(struct rig_file *file);
void packet_rig_interface(struct rig_file *file, unsigned link_type, struct buf const *options);
void packet_rig_packet(struct rig_file *file, uint32_t interface, uint64_t time,
                       struct buf const *packet, struct buf const *options);
void packet_rig_option(struct buf *out, unsigned code, void const *value, size_t len, bool big);

/** Appends UDP, or TCP, with the ports of @p side, and the payload. */
void packet_rig_udp(struct buf *out, int side, char const *text, size_t len);
void packet_rig_tcp(struct buf *out, int side, uint32_t seq, unsigned flags, char const *text,
                    size_t len);
/** Appends an IP packet with @p payload. */
void packet_rig_ip(struct buf *out, struct rig_ip const *ip, void const *payload, size_t len);

/** Appends a whole IPv4 packet of SIP over UDP, from side 0. */
void packet_rig_sip(struct buf *out, char const *text);

/** Reads the file and frees it. What the messages hold comes into @p ret, each in brackets, "~"
 *  behind one that is cut, "!" and the error at the end if there is one. */
void packet_rig_read(struct rig_file *file, struct capture_counts *ret_counts,
                     char ret[static RIG_SUMMARY]);

/** As packet_rig_read() of the first @p len bytes; does not free it. */
void packet_rig_read_part(struct rig_file const *file, size_t len,
                          struct capture_counts *ret_counts, char ret[static RIG_SUMMARY]);
