/* SPDX-License-Identifier: Apache-2.0 */
/* The places where the server of a domain may be, tried one after the other: those of its row, or
 * what the DNS says, looked up anew when none is left. Inner part of streams.c; embedded. */
#pragma once
#include "stream_lookup.h"

struct stream_reach;
struct streams;
struct streams_own;
struct streams_peer;

/** A stream to the next place can be opened; or, with @p why_not (static), there is none. Perhaps
 *  before stream_reach_begin() returns. */
typedef void stream_reach_fn(struct stream_reach *reach, char const *why_not);

struct stream_reach {
    struct stream_lookup *lookup; /* NULL: none is under way */
    stream_reach_fn *fn;
    struct stream_place places[STREAM_LOOKUP_MAX];
    size_t n, next;
};

/** Looks for the places of @p peer; NULL: of the server whose component @p own is. */
void stream_reach_begin(struct stream_reach *reach, struct streams *set,
                        struct streams_own const *own, struct streams_peer const *peer,
                        stream_reach_fn *fn);

/** The next place that has not been tried; NULL: there is none, so look again. Borrowed. */
struct stream_place const *stream_reach_next(struct stream_reach *reach);

static inline bool stream_reach_has_more(struct stream_reach const *reach)
{
    return reach->next < reach->n;
}

/** Forgets what is known, and the question if one is under way. */
void stream_reach_stop(struct stream_reach *reach);
