/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA/TCP links: the listener, framing, and the limits that keep one peer from harming others.
 *
 * A wrong header, a frame that stays half, or a peer that does not read closes that link alone,
 * with one counter and one log line. Messages go to the tap with passwords masked. */
#pragma once
#include "csta_frame.h"
#include "net_addr.h"
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct link;
struct link_server;
struct tap;
struct wheel;

struct link_options {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct tap *tap; /* may be NULL */
    struct net_addr listen;
    size_t max_links, max_write_queue;
    uint64_t frame_timeout_ms;
};

/** Who serves the links. */
struct link_host {
    /* A link was accepted. Returns what is handed to the other two, NULL refuses the link. */
    void *(*on_open)(void *ctx, struct link *link);
    /* A whole frame; borrowed. May close the link. */
    void (*on_frame)(void *user, struct csta_frame const *frame);
    /* The link is gone, for whatever reason; it must not be used again. Never within another call
     * on the link. */
    void (*on_close)(void *user);
};

/** Starts listening. NULL after logging why. */
struct link_server *link_server_new(struct link_options const *options,
                                    struct link_host const *host, void *ctx);

/** Closes the listener and every link (on_close is called). Memory goes when the loop has run the
 *  close callbacks. */
void link_server_free(struct link_server **pserver);

/** Where it listens, with the port that the system chose for port 0. */
struct net_addr const *link_server_address(struct link_server const *server);

/** Sends one document. Returns 0; -EMSGSIZE when it does not fit a frame; -ENOTCONN when the link
 * is closing; -ENOBUFS when the peer reads too slowly: then the link closes. */
int link_send(struct link *link, unsigned invoke_id, char const *xml, size_t len);

/** Closes now; on_close follows from the loop. @p reason is for the log. */
void link_close(struct link *link, char const *reason);

/** Closes when what was sent has gone out; no frame is read any more. */
void link_finish(struct link *link, char const *reason);

/** Address of the peer: names the link in logs. */
char const *link_name(struct link const *link);
