/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a datagram from the worker that read it to the worker that it belongs to
 * (steer_owner.h). With SO_REUSEPORT the kernel chooses the reader by address and port, so all
 * answers of one next hop come to one worker, whoever has asked.
 *
 * Each worker has a box: bytes with their origin, bounded, handed over under a short lock, and a
 * wake-up of its loop when the box was empty. What is passed on arrives in the order in which it
 * was read. Nothing that was parsed crosses threads. */
#pragma once
#include "origin.h"
#include <stddef.h>
#include <uv.h>

struct steer;
struct steer_places;

/** What a worker wants of another. */
enum steer_kind {
    STEER_RECEIVED, /* this message is yours; it came from `origin` */
    STEER_TO_SEND,  /* send this to origin->peer, on the connection that you have from there;
                       origin->connection is the worker that asks */
    STEER_GONE      /* that connection is gone; bytes: an int, why */
};

/** A letter for this worker, on its loop. @p bytes is borrowed for the call. */
typedef void steer_fn(void *ctx, enum steer_kind kind, struct origin const *origin,
                      char const *bytes, size_t len);

/** For @p workers workers; each box holds at most @p max_bytes. NULL when out of memory. */
struct steer *steer_new(unsigned workers, size_t max_bytes);

/** After every worker has left. Accepts NULL inside. */
void steer_free(struct steer **psteer);

unsigned steer_workers(struct steer const *steer);

/** Opens the box of @p worker on its @p loop, before others may pass anything to it. Returns 0 or a
 *  negative errno. */
int steer_join(struct steer *steer, unsigned worker, uv_loop_t *loop, steer_fn *fn, void *ctx);

/** Closes the box, on the worker's loop, which must run once more; what is in it is dropped, and so
 *  is what comes later. Harmless for a worker that has not joined. */
void steer_leave(struct steer *steer, unsigned worker);

/** Copies the bytes into the box of @p worker, from any thread. Returns 0, -ENOBUFS (full),
 *  -ENOTCONN (it has left) or -ENOMEM; all counted. */
int steer_pass(struct steer *steer, unsigned worker, enum steer_kind kind,
               struct origin const *origin, char const *bytes, size_t len);

/** Who has which accepted connection. Lives as long as the steer. */
struct steer_places *steer_places(struct steer *steer);
