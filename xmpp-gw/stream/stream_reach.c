/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_reach.h. */
#include "stream_reach.h"
#include "streams_internal.h"
#include <string.h>

static void on_places(void *ctx, struct stream_place const *places, size_t n, char const *why_not)
{
    struct stream_reach *reach = ctx;

    reach->lookup = NULL;
    reach->next = 0;
    reach->n = n < STREAM_LOOKUP_MAX ? n : STREAM_LOOKUP_MAX;
    if (n)
        memcpy(reach->places, places, reach->n * sizeof *places);
    reach->fn(reach, n ? NULL : why_not);
}

static void begin_component(struct stream_reach *reach, struct streams_own const *own)
{
    struct stream_place places[STREAM_LOOKUP_MAX];
    size_t n = own->n_servers < STREAM_LOOKUP_MAX ? own->n_servers : STREAM_LOOKUP_MAX;

    for (size_t i = 0; i < n; i++)
        places[i] = (struct stream_place){ .addr = own->servers[i] };
    on_places(reach, places, n, NULL);
}

void stream_reach_begin(struct stream_reach *reach, struct streams *set,
                        struct streams_own const *own, struct streams_peer const *peer,
                        stream_reach_fn *fn)
{
    stream_reach_stop(reach);
    reach->fn = fn;
    if (!peer) {
        begin_component(reach, own);
        return;
    }
    struct stream_lookup_wanted const wanted = { .domain = peer->ascii,
                                                 .hosts = peer->hosts,
                                                 .n_hosts = peer->n_hosts,
                                                 .is_direct = peer->direct_tls };
    /* It may have been answered, and begun again, when it returns. */
    struct stream_lookup *lookup =
        stream_lookup_start(set->settings->resolver, &wanted, on_places, reach);
    if (lookup)
        reach->lookup = lookup;
}

struct stream_place const *stream_reach_next(struct stream_reach *reach)
{
    return stream_reach_has_more(reach) ? &reach->places[reach->next++] : NULL;
}

void stream_reach_stop(struct stream_reach *reach)
{
    stream_lookup_cancel(&reach->lookup);
    reach->n = reach->next = 0;
}
