/* SPDX-License-Identifier: Apache-2.0 */
/* What people are shown of streams and routes, as plain values that are good for the call. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct streams;

struct streams_view_stream {
    char const *tag, *role, *state, *ours, *theirs;
    struct net_addr const *remote;
    char const *tls;    /* "TLSv1.3"; "" none */
    char const *proven; /* by what the peer, or we, are known: "EXTERNAL"; "" not yet */
    size_t n_pairs;     /* that may be spoken for to us, or are sent to by it */
    size_t unsent_bytes, unhandled;
    uint64_t silent_s; /* since the peer was last heard */
};
typedef void streams_view_stream_fn(void *ctx, struct streams_view_stream const *stream);
void streams_view_streams(struct streams const *streams, streams_view_stream_fn *fn, void *ctx);

struct streams_view_route {
    char const *ours, *theirs;
    char const *stream;  /* by which it sends; "" none */
    char const *state;   /* "up", "connecting", "waits", "idle" */
    char const *why_not; /* "" nothing has failed */
    size_t waiting, unacknowledged, bytes;
    uint64_t retry_s; /* until it is tried again; 0: it is not going to be */
};
typedef void streams_view_route_fn(void *ctx, struct streams_view_route const *route);
void streams_view_routes(struct streams const *streams, streams_view_route_fn *fn, void *ctx);
