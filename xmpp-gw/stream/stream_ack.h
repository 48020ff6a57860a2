/* SPDX-License-Identifier: Apache-2.0 */
/* What a stream has sent and its peer has not acknowledged, and how much of what came is handled
 * (XEP-0198 1.6.3). Counters are of one stream, of 32 bits, and wrap.
 *
 * Each stanza sent leaves a receipt, a pointer that means nothing here; NULL: nobody waits for it.
 * Receipts come back in order, once: acknowledged, or when the stream is lost. A peer that does not
 * know XEP-0198 is pinged behind the stanzas: stanzas keep their order, so the answer to a ping
 * that carries stream_ack_sent() is the same as an `h` of that number. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_ACK_NS "urn:xmpp:sm:3"

struct buf;
struct xml_element;

struct stream_ack {
    uint32_t sent;    /* stanzas since it was begun */
    uint32_t known;   /* acknowledged of those */
    uint32_t asked;   /* how many were sent when the peer was asked last */
    uint32_t handled; /* stanzas that came and are handled */
    bool is_asked;    /* and has not answered */
    uint32_t waiting; /* receipts that somebody waits for */
    void **receipts;  /* of those between known and sent, a ring */
    size_t first, size;
};

typedef void stream_ack_fn(void *ctx, void *receipt);

/** All zero is a fresh one, too. */
void stream_ack_init(struct stream_ack *ack);
/** Receipts that are left are forgotten: stream_ack_lose() first. */
void stream_ack_fini(struct stream_ack *ack);

/** A stanza is about to go. 0, or -ENOMEM: it must not, for it would not be counted. */
int stream_ack_send(struct stream_ack *ack, void *receipt);
static inline uint32_t stream_ack_sent(struct stream_ack const *ack)
{
    return ack->sent;
}

/** How many are not acknowledged. */
size_t stream_ack_left(struct stream_ack const *ack);

/** The peer says that it has handled @p h: tells the receipts, which are not NULL, of those that
 * are new. -ERANGE: so many were never sent (it lies, or counts wrong), or fewer than it said
 * before; then nothing is told. */
int stream_ack_take(struct stream_ack *ack, uint32_t h, stream_ack_fn *tell, void *ctx);

/** Is it time to ask the peer? When somebody waits and no question is under way. True once: it
 * counts as asked. */
bool stream_ack_ask(struct stream_ack *ack);

/** The stream is lost: tells the receipts that are left, in order, and begins anew. What is sent
 *  while it tells is lost, too: so nothing may be. */
void stream_ack_lose(struct stream_ack *ack, stream_ack_fn *tell, void *ctx);

/* --- on the wire */

/** <a h='...'/> of the peer. False: it has no number. */
bool stream_ack_read(struct xml_element const *element, uint32_t *ret_h);

void stream_ack_write_request(struct buf *out);
/** With how many are handled. */
void stream_ack_write_answer(struct stream_ack const *ack, struct buf *out);
/** What stands in the stream error for @p h after -ERANGE: the condition and ours below it. */
void stream_ack_write_fault(struct stream_ack const *ack, uint32_t h, struct buf *out);
