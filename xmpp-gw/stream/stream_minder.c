/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_minder.h. It looks twice in the shortest of its times. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_minder.h"
#include "clock.h"
#include "stream.h"
#include "stream_manage.h"
#include "stream_metrics.h"
#include "stream_route.h"
#include "streams_internal.h"

enum { LOOK_S = 60 };

static struct stream_limits const *limits_of(struct stream const *stream)
{
    return &stream->set->settings->limits;
}

static bool is_over(uint64_t since_ms, int64_t limit_s)
{
    return limit_s && clock_now_ms() - since_ms >= (uint64_t)limit_s * 1000;
}

/* Where an answer would come by this very stream; by others it may come by another one, whose
 * silence says nothing. */
static bool ask(struct stream *stream)
{
    struct stream_route *route;

    if (stream->managed == STREAM_MANAGED) {
        stream_manage_probe(stream);
        return true;
    }
    if (stream->role != STREAM_COMPONENT && !stream->is_bidi)
        return false;
    LIST_FOREACH(route, &stream->carried, carried)
    {
        if (route->peer)
            return stream_route_probe(route);
    }
    return false;
}

/* False: it has ended. */
static bool look_at_peer(struct stream *stream)
{
    uint64_t now = clock_now_ms();

    if (!is_over(stream->heard_ms, limits_of(stream)->ping_s)) {
        stream->probed_ms = 0;
    } else if (!stream->probed_ms) {
        stream->probed_ms = ask(stream) ? now : 0;
    } else if (now - stream->probed_ms >= (uint64_t)limits_of(stream)->queue_ms) {
        stream_count(M_stream_late);
        stream_drop(stream, "peer answers no question");
        return false;
    }
    return stream->state == STREAM_READY;
}

static void arm(struct stream *stream);

static void on_minder(struct wheel_timer *timer)
{
    struct stream *stream = (struct stream *)((char *)timer - offsetof(struct stream, minder));

    if (stream->role != STREAM_COMPONENT && is_over(stream->stanza_ms, limits_of(stream)->idle_s)) {
        stream_end(stream, "idle");
        return;
    }
    if (!look_at_peer(stream))
        return;
    arm(stream);
    /* The connection breaks if the peer has gone. */
    if (is_over(stream->said_ms, limits_of(stream)->keepalive_s) &&
        stream_wire_send(&stream->wire, " ", 1) == 0)
        stream->said_ms = clock_now_ms();
}

static int64_t shorter(int64_t a, int64_t b)
{
    return b && b < a ? b : a;
}

static void arm(struct stream *stream)
{
    struct stream_limits const *limits = limits_of(stream);
    int64_t s = shorter(LOOK_S, limits->keepalive_s);

    s = shorter(shorter(s, limits->ping_s), limits->idle_s);
    wheel_arm(stream->set->wires.wheel, &stream->minder, (uint64_t)s * 500, on_minder);
}

void stream_minder_begin(struct stream *stream)
{
    arm(stream);
}
