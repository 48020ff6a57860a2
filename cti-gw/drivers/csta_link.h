/* SPDX-License-Identifier: Apache-2.0 */
/* One TCP link that carries CSTA frames: connect, read whole frames, write, close.
 *
 * Knows nothing of sessions. Bounded: one frame is at most CSTA_FRAME_MAX bytes and half_ms under
 * way, the write queue LINK_QUEUE_BYTES. Callbacks are on the loop thread; csta_link_close() may be
 * called in any of them, and no callback follows it. What is sent passes the tap; what is received
 * goes there by csta_link_tap(), for only the owner knows for whose sake it came. */
#pragma once
#include "csta_frame.h"
#include "driver.h"
#include "net_addr.h"

struct buf;
struct csta_link;

struct csta_link_handlers {
    void (*on_open)(void *ctx);
    void (*on_frame)(void *ctx, struct csta_frame const *frame);
    /* The link is closed already; @p reason is a static text, @p fault what the peer did wrong. */
    void (*on_lost)(void *ctx, enum driver_fault fault, char const *reason);
};

/** Starts to connect to @p to. NULL when out of memory or sockets. Of @p options (borrowed) it
 * takes loop, wheel, tap (may be NULL) and half_ms. */
struct csta_link *csta_link_open(struct driver_options const *options, struct net_addr const *to,
                                 struct csta_link_handlers const *handlers, void *ctx);

/** Closes without a callback and clears *@p plink; accepts NULL inside. */
void csta_link_close(struct csta_link **plink);

/** Queues one frame. @p shown is the document for the tap: @p xml, or the same without its secrets;
 *  @p sake the Call-ID of the session that it is sent for, or NULL. Returns 0 or a negative errno.
 */
int csta_link_send(struct csta_link *link, unsigned invoke_id, struct buf const *xml,
                   struct buf const *shown, char const *sake);

/** Puts a received document into the tap, before anything is sent because of it. Returns its serial
 *  there. */
uint64_t csta_link_tap(struct csta_link *link, struct csta_frame const *frame, char const *sake);
