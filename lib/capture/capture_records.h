/* SPDX-License-Identifier: Apache-2.0 */
/* Packets out of pcap and pcapng files, one after the other, through a buffer of fixed size.
 *
 * pcap: either byte order, micro- and nanoseconds. pcapng (draft-ietf-opsawg-pcapng): any number of
 * sections, each in its byte order; what is neither packet nor interface is passed over. A length
 * that cannot be ends the file with an error that says where; all before it has been given. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_counts;
struct capture_records;

enum { CAPTURE_PACKET_MAX = 1 << 18, CAPTURE_ERROR = 160 };

enum capture_direction { CAPTURE_UNKNOWN_WAY, CAPTURE_INBOUND, CAPTURE_OUTBOUND };

struct capture_record {
    uint64_t number; /* in the file, from 1 */
    uint64_t time_us;
    unsigned link_type; /* LINKTYPE_ of tcpdump.org */
    enum capture_direction direction;
    char const *interface; /* "" if it has no name */
    char const *comment;   /* "" if there is none; several are joined */
    char const *bytes;
    size_t len;
    size_t wire_len;
    bool cut;       /* it was longer on the wire */
    bool decrypted; /* the interface says that this was encrypted on the wire */
};

/** Takes over @p fd, open on a file or pipe. Counts in @p counts, which must outlive it. NULL when
 *  out of memory. */
struct capture_records *capture_records_new(int fd, struct capture_counts *counts);
void capture_records_free(struct capture_records **precords);

/** 1: there is one, until the next call; 0: the end; -EAGAIN: none yet, where @p fd is a pipe that
 *  does not wait; or another negative errno, once and for all. */
int capture_records_next(struct capture_records *records, struct capture_record *ret);

/** "offset 4711: ..." about the negative result. */
char const *capture_records_error(struct capture_records const *records);
