/* SPDX-License-Identifier: Apache-2.0 */
/* A connection of a probe's own, over TCP or TLS: outside the table of the transports, so that it
 * is always a new one and carries nothing else, but from the address of the same listener, under
 * the same contexts and within the same limits.
 *
 * Owns no timer. Everything runs on the loop's thread; no handler is called before the call that
 * leads to it has returned. */
#pragma once
#include "net_addr.h"
#include "secure_cause.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct probe_stream;
struct secure_context;
struct secure_link;
struct secure_sight;

struct probe_stream_handlers {
    void (*on_connected)(void *ctx);
    void (*on_secured)(void *ctx); /* the handshake is done */
    /* One whole message; borrowed. */
    void (*on_message)(void *ctx, char const *bytes, size_t len);
    /* A negative errno of the socket (-ECONNRESET: closed by the peer), -EBADMSG: what came is no
     * SIP, -EPROTO: TLS has failed. Nothing follows. */
    void (*on_failed)(void *ctx, int error);
};

/** Begins to connect to @p peer from the address of @p source, its port aside. Returns 0 or a
 *  negative errno: *@p ret is NULL then. Handlers and ctx are borrowed until probe_stream_free().
 */
int probe_stream_new(struct probe_stream **ret, uv_loop_t *loop, struct net_addr const *peer,
                     struct net_addr const *source, struct probe_stream_handlers const *handlers,
                     void *ctx);

/** Closes it, also from inside a handler; the memory goes later. Accepts NULL inside. */
void probe_stream_free(struct probe_stream **pstream);

/** Begins the handshake as the client of @p server_name. What it shows goes to @p sight, which must
 *  live as long as the stream. Returns 0 or -ENOMEM. */
int probe_stream_secure(struct probe_stream *stream, struct secure_context *context,
                        char const *server_name, struct secure_sight *sight);

/** Sends @p bytes (copied). A failure is told by on_failed(). */
void probe_stream_send(struct probe_stream *stream, char const *bytes, size_t len);

/** For what TLS knows; NULL without TLS. Borrowed. */
struct secure_link const *probe_stream_link(struct probe_stream const *stream);

/** Our address of the connection. */
struct net_addr probe_stream_local(struct probe_stream const *stream);
