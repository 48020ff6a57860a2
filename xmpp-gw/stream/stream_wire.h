/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of one stream: a TCP connection, perhaps with TLS from some moment on, and a bounded
 * queue of what is to be sent.
 *
 * It is a part of its owner, who learns in on_closed that its memory may go. Callbacks are on the
 * loop thread; stream_wire_close() may be called in any of them, and only on_closed follows it. */
#pragma once
#include "buf.h"
#include "net_addr.h"
#include "wheel.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

struct secure_context;
struct secure_link;
struct stream_limits;
struct stream_wire;

/* What several wires of one loop share; their owner's. What was sent on them goes when the loop has
 * been told all that its sockets had, and again before it waits. */
enum { STREAM_WIRE_BYTES = 65536 };
struct stream_wires {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct stream_limits const *limits;
    LIST_HEAD(, stream_wire) marked; /* those on which something was sent */
    uv_check_t told;
    uv_prepare_t waits;
    char read[STREAM_WIRE_BYTES], plain[STREAM_WIRE_BYTES];
};

void stream_wires_init(struct stream_wires *all, uv_loop_t *loop, struct wheel *wheel,
                       struct stream_limits const *limits);
/** @p on_closed is called for each of its two handles, whose data is @p data. */
void stream_wires_close(struct stream_wires *all, uv_close_cb on_closed, void *data);

struct stream_wire_handlers {
    void (*on_open)(struct stream_wire *wire);
    void (*on_secure)(struct stream_wire *wire);
    void (*on_bytes)(struct stream_wire *wire, char const *bytes, size_t len);
    void (*on_drain)(struct stream_wire *wire); /* all is written */
    /* It is of no use any more and wants stream_wire_close(). @p reason is a static text. */
    void (*on_lost)(struct stream_wire *wire, char const *reason);
    void (*on_closed)(struct stream_wire *wire);
};

struct stream_wire {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    struct stream_wires *all;
    struct stream_wire_handlers const *handlers;
    struct net_addr local, remote;
    struct secure_link *link;   /* owned; NULL: no TLS */
    struct secure_sight *sight; /* of a link that is only looked at; borrowed, NULL: none */
    LIST_ENTRY(stream_wire) marked;
    struct buf words; /* for TLS, what was sent since the last turn of the loop */
    struct buf out, flying;
    struct wheel_timer timer; /* for the connection, then for the handshake */
    int error;                /* of the connection or the time, once it is lost; 0: none is known */
    bool is_secure, is_marked, is_paused, is_reading, is_lost, is_closing;
};

/** Begins to connect to @p to. A negative errno: nothing has begun, and on_closed is not called. */
int stream_wire_connect(struct stream_wire *wire, struct stream_wires *all,
                        struct net_addr const *to, struct stream_wire_handlers const *handlers);

/** Takes the connection that waits at @p server; on_open is not called. On failure on_closed is
 *  called, unless it is -ENOTCONN: nothing has begun. */
int stream_wire_accept(struct stream_wire *wire, struct stream_wires *all, uv_stream_t *server,
                       struct stream_wire_handlers const *handlers);

/** Begins TLS; @p server_name: whom we are connected to, NULL: they have connected to us;
 *  @p protocol: for ALPN, NULL none. Bytes that came already are @p bytes. 0 or a negative errno.
 */
int stream_wire_secure(struct stream_wire *wire, struct secure_context *context,
                       char const *server_name, char const *protocol, char const *bytes,
                       size_t len);

/** Sends, when the loop has been round. -ENOBUFS: the queue is full. */
int stream_wire_send(struct stream_wire *wire, char const *bytes, size_t len);

/** Bytes that wait to be sent. */
size_t stream_wire_queued(struct stream_wire const *wire);

/** Stops reading, goes on with it. */
void stream_wire_pause(struct stream_wire *wire, bool on);

/** Ends it; on_closed comes later. Harmless when repeated. */
void stream_wire_close(struct stream_wire *wire);
