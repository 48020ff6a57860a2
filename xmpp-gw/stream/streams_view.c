/* SPDX-License-Identifier: Apache-2.0 */
/* See streams_view.h. */
#include "streams_view.h"
#include "clock.h"
#include "secure_link.h"
#include "stream_route.h"
#include "streams_internal.h"

static char const *proof_of(struct stream const *stream)
{
    if (stream->is_authentic)
        return "EXTERNAL";
    if (stream->is_dialed)
        return "dialback";
    return stream->role == STREAM_COMPONENT && stream->was_ready ? "handshake" : "";
}

static size_t count_pairs(struct stream const *stream)
{
    struct stream_route const *route;
    size_t n = stream->n_proofs;

    LIST_FOREACH(route, &stream->carried, carried)
    {
        n += route->peer != NULL;
    }
    return n;
}

void streams_view_streams(struct streams const *streams, streams_view_stream_fn *fn, void *ctx)
{
    struct stream const *stream;
    uint64_t now = clock_now_ms();

    LIST_FOREACH(stream, &streams->streams, link)
    {
        struct streams_view_stream const view = {
            .tag = stream->tag,
            .role = stream_role_str(stream->role),
            .state = stream_fsm_state_str(stream->state),
            .ours = stream->ours,
            .theirs = stream->theirs,
            .remote = &stream->wire.remote,
            .tls = stream->wire.is_secure ? secure_link_version(stream->wire.link) : "",
            .proven = proof_of(stream),
            .n_pairs = count_pairs(stream),
            .unsent_bytes = stream_wire_queued(&stream->wire),
            .unhandled = stream->n_incoming,
            .silent_s = (now - stream->heard_ms) / 1000,
        };
        fn(ctx, &view);
    }
}

static char const *state_of(struct stream_route const *route)
{
    if (route->carrier)
        return "up";
    if (route->opening)
        return "connecting";
    return route->retry.armed || route->n_items ? "waits" : "idle";
}

void streams_view_routes(struct streams const *streams, streams_view_route_fn *fn, void *ctx)
{
    uint64_t now = clock_now_ms();

    for (struct htab_entry *e = htab_next(&streams->routes, NULL); e;
         e = htab_next(&streams->routes, e)) {
        struct stream_route const *route = (struct stream_route const *)e;
        uint64_t due = route->retry.armed ? route->retry.due_ms : now;
        struct streams_view_route const view = {
            .ours = route->own->name,
            .theirs = route->peer ? route->peer->name : "",
            .stream = route->carrier ? route->carrier->tag : "",
            .state = state_of(route),
            .why_not = route->why_not ? route->why_not : "",
            .waiting = route->n_items - route->n_flying,
            .unacknowledged = route->n_flying,
            .bytes = route->bytes,
            .retry_s = due > now ? (due - now + 999) / 1000 : 0,
        };
        fn(ctx, &view);
    }
}
