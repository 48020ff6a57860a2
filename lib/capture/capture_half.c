/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence numbers wrap: they are compared by the sign of their difference (RFC 9293 3.4). */
#include "capture_half.h"
#include <stdlib.h>
#include <string.h>

enum {
    WAITING_MAX = 256, /* segments behind a gap */
    WAITING_BYTES_MAX = 1 << 18,
    WAITING_US = 3000000,     /* longer than a retransmission takes */
    ACKED_WAITING_US = 50000, /* the receiver had it: the capture missed it */
    DATA_FIRST = 4096,
};

struct capture_piece {
    struct capture_piece *next;
    struct capture_stamp stamp;
    uint32_t seq;
    size_t len;
    char bytes[];
};

static int32_t distance(uint32_t to, uint32_t from)
{
    return (int32_t)(to - from);
}

static void drop_waiting(struct capture_half *half, size_t *bytes)
{
    struct capture_piece *piece = half->waiting;

    half->waiting = piece->next;
    half->n_waiting--;
    half->waiting_bytes -= piece->len;
    *bytes -= sizeof *piece + piece->len;
    free(piece);
}

static void free_data(struct capture_half *half, size_t *bytes)
{
    *bytes -= half->size;
    free(half->data);
    half->data = NULL;
    half->at = half->end = half->size = 0;
}

void capture_half_fini(struct capture_half *half, size_t *bytes)
{
    while (half->waiting)
        drop_waiting(half, bytes);
    free_data(half, bytes);
}

size_t capture_half_held(struct capture_half const *half)
{
    return half->size + half->waiting_bytes + half->n_waiting * sizeof(struct capture_piece);
}

void capture_half_start(struct capture_half *half, uint32_t seq)
{
    half->has_start = true;
    half->start = seq;
    if (!half->known)
        half->next = seq + 1;
    half->known = true;
}

void capture_half_finish(struct capture_half *half, uint32_t seq)
{
    half->has_finish = true;
    half->finish = seq;
}

void capture_half_acked(struct capture_half *half, uint32_t seq)
{
    half->has_acked = true;
    half->acked = seq;
}

void capture_half_end(struct capture_half *half)
{
    half->closed = true;
}

/* Room for @p more bytes behind those that are there. */
static bool reserve(struct capture_half *half, size_t more, size_t *bytes)
{
    size_t size = half->size ? half->size : DATA_FIRST;
    char *data;

    if (half->at == half->end)
        half->at = half->end = 0;
    if (more <= half->size - half->end)
        return true;
    if (half->at)
        memmove(half->data, half->data + half->at, half->end - half->at);
    half->end -= half->at;
    half->at = 0;
    while (size - half->end < more)
        size *= 2;
    if (size == half->size)
        return true;
    data = realloc(half->data, size);
    if (!data)
        return false;
    *bytes += size - half->size;
    half->data = data;
    half->size = size;
    return true;
}

/* Bytes that follow on those that are there; without memory they are a gap. */
static void append(struct capture_half *half, struct capture_span more,
                   struct capture_stamp const *stamp, size_t *bytes)
{
    half->next += (uint32_t)more.len;
    if (!reserve(half, more.len, bytes)) {
        half->ends = true;
        return;
    }
    memcpy(half->data + half->end, more.at, more.len);
    half->end += more.len;
    half->stamp = *stamp;
}

/* Keeps what came too early. */
static void wait(struct capture_half *half, uint32_t seq, struct capture_span data,
                 struct capture_stamp const *stamp, size_t *bytes)
{
    struct capture_piece **place = &half->waiting, *piece;

    while (*place && distance(seq, (*place)->seq) > 0)
        place = &(*place)->next;
    /* The same once more. */
    if (*place && (*place)->seq == seq && (*place)->len >= data.len)
        return;
    piece = malloc(sizeof *piece + data.len);
    if (!piece)
        return;
    piece->next = *place;
    piece->stamp = *stamp;
    piece->seq = seq;
    piece->len = data.len;
    memcpy(piece->bytes, data.at, data.len);
    *place = piece;
    if (half->n_waiting++ == 0)
        half->waiting_since_us = stamp->time_us;
    half->waiting_bytes += data.len;
    *bytes += sizeof *piece + data.len;
}

void capture_half_add(struct capture_half *half, uint32_t seq, struct capture_span data,
                      struct capture_stamp const *stamp, size_t *bytes)
{
    int32_t ahead;

    if (half->closed || !data.len)
        return;
    if (!half->known) {
        /* The capture began in the middle. */
        half->known = true;
        half->next = seq;
    }
    ahead = distance(seq, half->next);
    if (ahead > 0 || half->waiting) {
        wait(half, seq, data, stamp, bytes);
    } else if ((size_t) - (int64_t)ahead < data.len) {
        size_t known = (size_t) - (int64_t)ahead;

        append(half, (struct capture_span){ data.at + known, data.len - known }, stamp, bytes);
    }
}

void capture_half_miss(struct capture_half *half, uint32_t seq, size_t len)
{
    if (half->closed || !half->known || half->waiting || seq != half->next)
        return;
    half->next += (uint32_t)len;
    half->ends = true;
}

/* The first segment that waits, if its turn has come. */
static bool take_waiting(struct capture_half *half, size_t *bytes)
{
    struct capture_piece *piece = half->waiting;
    size_t known;

    if (!piece || distance(piece->seq, half->next) > 0)
        return false;
    known = (size_t)distance(half->next, piece->seq);
    if (known < piece->len)
        append(half, (struct capture_span){ piece->bytes + known, piece->len - known },
               &piece->stamp, bytes);
    drop_waiting(half, bytes);
    return true;
}

/* Will what is missing before the first segment that waits never come? */
static bool is_gap(struct capture_half const *half, uint64_t now_us)
{
    uint64_t waited_us;

    if (!half->waiting)
        return false;
    waited_us = now_us > half->waiting_since_us ? now_us - half->waiting_since_us : 0;
    if (half->has_acked && distance(half->acked, half->next) > 0 && waited_us > ACKED_WAITING_US)
        return true;
    return half->closed || half->n_waiting > WAITING_MAX ||
           half->waiting_bytes > WAITING_BYTES_MAX || waited_us > WAITING_US;
}

/* What comes next is not in order: 0 if nothing else comes now. */
static bool go_on(struct capture_half *half, struct capture_half_turn *turn)
{
    if (half->ends) {
        /* All before the gap or the end has been given. */
        half->ends = false;
        half->at = half->end = 0;
        capture_frame_lose(&half->frame);
    }
    if (take_waiting(half, turn->bytes))
        return true;
    if (is_gap(half, turn->now_us)) {
        turn->gaps++;
        half->ends = true;
        half->next = half->waiting->seq;
        half->waiting_since_us = turn->now_us;
        return true;
    }
    if (half->has_finish && half->next == half->finish)
        half->closed = true;
    if (half->closed && half->at < half->end) {
        half->ends = true;
        return true;
    }
    return false;
}

bool capture_half_next(struct capture_half *half, struct capture_half_turn *turn,
                       struct capture_framed *ret)
{
    do {
        if (half->at < half->end) {
            bool got = capture_frame_next(&half->frame, half->data + half->at, half->end - half->at,
                                          half->ends, ret);

            half->at += ret->taken;
            turn->losses += ret->losses;
            if (got)
                return true;
        }
    } while (go_on(half, turn));
    if (half->at == half->end)
        free_data(half, turn->bytes);
    return false;
}
