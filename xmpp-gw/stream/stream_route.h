/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to a pair of domains, ours and theirs, and to no connection: the stanzas that go
 * there, in order; which stream takes them; when to connect again. Inner part of streams.c.
 *
 * Stanzas that somebody waits for are kept until the peer has answered a ping that followed them on
 * the same way (XEP-0199): stanzas keep their order, so it has them. What a lost stream leaves
 * unanswered goes again. */
#pragma once
#include "htab.h"
#include "stream.h"
#include "stream_reach.h"
#include "streams.h"
#include "wheel.h"
#include <sys/queue.h>

struct stream_item;
TAILQ_HEAD(stream_items, stream_item);

struct stream_route {
    struct htab_entry entry;
    struct streams *set;
    struct streams_own const *own;
    struct streams_peer const *peer;
    struct stream *carrier; /* by which it sends; NULL: none */
    LIST_ENTRY(stream_route) carried;
    struct stream *opening; /* that is to become it */
    bool is_told;           /* that there is one */
    struct stream_items waiting, flying;
    size_t n_items, n_flying, bytes;
    uint64_t n_sent;     /* that matter, on any stream */
    uint64_t pinged;     /* up to which the ping asks; 0: none is under way */
    unsigned n_failures; /* since it was up */
    struct stream_reach reach;
    struct wheel_timer retry, patience;
    char const *why_not; /* the last failure; static; NULL: none */
};

/** The route of a pair, made if it is not there. NULL with @p ret_error: -EACCES, -ENOBUFS,
 *  -ENOMEM. */
struct stream_route *stream_route_get(struct streams *set, char const *ours, char const *theirs,
                                      int *ret_error);
struct stream_route *stream_route_find(struct streams *set, char const *ours, char const *theirs);
void stream_route_free(struct stream_route *route);

/** A stanza of @p len bytes, copied. 0, -ENOBUFS or -ENOMEM. */
int stream_route_send(struct stream_route *route, char const *xml, size_t len, char const *id,
                      streams_done_fn *done, void *ctx);

/** Connects now, if there is no stream and none on its way. */
void stream_route_connect(struct stream_route *route);

/** @p stream takes its stanzas from now on. */
void stream_route_carry(struct stream_route *route, struct stream *stream);

/** Its carrier has gone, or the stream that was to become it; tries again if there is need. */
void stream_route_lost(struct stream_route *route, struct stream *stream);

/** Sends what waits, as far as there is room. */
void stream_route_flush(struct stream_route *route);

/** Pings the domain, though nobody waits. False: it has not gone. */
bool stream_route_probe(struct stream_route *route);

/** Is @p id that of its ping? Then everything before it is acknowledged. */
bool stream_route_answered(struct stream_route *route, char const *id);

/** The peer has taken it over, as the stream says itself. */
void stream_route_acknowledge(struct stream_item *item);

/** Fails everything that waits. */
void stream_route_fail(struct stream_route *route, struct streams_error const *error);
