/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of a TCP connection: segments in any order become a stream, the stream becomes
 * messages. Embedded in its connection; used by capture_tcp.c alone. */
#pragma once
#include "capture_frame.h"
#include <stdint.h>

struct capture_piece;

/* Where in the capture something was. */
struct capture_stamp {
    uint64_t time_us;
    uint64_t number; /* of the packet */
};

struct capture_half {
    bool known;     /* `next` means something */
    bool has_start; /* its SYN was seen */
    bool closed;    /* nothing more can come */
    bool ends;      /* nothing continues what is there: a gap, or the end */
    bool has_finish;
    uint32_t start, next, finish, acked;
    bool has_acked;
    struct capture_piece *waiting; /* ahead of `next`, in order; may overlap */
    size_t n_waiting, waiting_bytes;
    uint64_t waiting_since_us;
    struct capture_stamp stamp; /* of the last segment in `data` */
    char *data;                 /* in order, at..end not yet framed */
    size_t at, end, size;
    struct capture_frame frame;
};

/* What a look for messages needs and finds. */
struct capture_half_turn {
    uint64_t now_us;
    size_t *bytes; /* of all connections, kept up to date */
    unsigned gaps, losses;
};

void capture_half_fini(struct capture_half *half, size_t *bytes);

/** Its SYN had the sequence number @p seq. */
void capture_half_start(struct capture_half *half, uint32_t seq);

/** Its FIN stands at @p seq. */
void capture_half_finish(struct capture_half *half, uint32_t seq);

/** The receiver has all before @p seq. */
void capture_half_acked(struct capture_half *half, uint32_t seq);

/** Nothing more comes; what is there is given, cut if need be. */
void capture_half_end(struct capture_half *half);

/** Takes a segment. */
void capture_half_add(struct capture_half *half, uint32_t seq, struct capture_span data,
                      struct capture_stamp const *stamp, size_t *bytes);

/** The packet had @p len bytes more from @p seq on than were captured. */
void capture_half_miss(struct capture_half *half, uint32_t seq, size_t len);

/** Takes the next message out. It lives until the next call for this half; `stamp` is that of the
 *  segment that completed it. */
bool capture_half_next(struct capture_half *half, struct capture_half_turn *turn,
                       struct capture_framed *ret);

/** Bytes of memory in it. */
size_t capture_half_held(struct capture_half const *half);
