/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections put together again: order, repetitions, overlaps, gaps, beginnings that the
 * capture missed; and cut into messages (capture_frame.h).
 *
 * Bounded: connections, bytes of all of them, bytes and segments that wait in one. What must go is
 * what was not used for longest; what it holds is given first. A gap is given up when what follows
 * it has waited long enough, in the time of the capture, or is too much. */
#pragma once
#include "capture_half.h"
#include "capture_ip.h"

struct capture_counts;
struct capture_tcp;

struct capture_tcp_limits {
    size_t max_connections;
    size_t max_bytes; /* of all connections */
};

struct capture_tcp_message {
    struct net_addr source, destination;
    struct capture_framed framed;
    struct capture_stamp stamp; /* of the segment that completed it */
};

/** Counts in @p counts, which must outlive it. NULL when out of memory. */
struct capture_tcp *capture_tcp_new(struct capture_tcp_limits const *limits,
                                    struct capture_counts *counts);
void capture_tcp_free(struct capture_tcp **ptcp);

/** Takes the segment in @p ip. After it capture_tcp_next() must be called until it says 0. */
void capture_tcp_add(struct capture_tcp *tcp, struct capture_stamp const *stamp,
                     struct capture_ip const *ip);

/** The capture has ended; as after capture_tcp_add(). */
void capture_tcp_end(struct capture_tcp *tcp);

/** The next message, which lives until the next call. False: none is whole. */
bool capture_tcp_next(struct capture_tcp *tcp, struct capture_tcp_message *ret);
