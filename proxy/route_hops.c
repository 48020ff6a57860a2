/* SPDX-License-Identifier: Apache-2.0 */
/* Trimming a list of hops: see route_hops.h. */
#include "route_hops.h"

static bool same_uri(url_t const *a, url_t const *b)
{
    return a == b || (a && b && url_cmp_all(a, b) == 0);
}

/* Static routes that share a next hop share its URI, and were looked through before. */
static bool same(struct route_hop const *a, struct route_hop const *b)
{
    if (a->route && b->route)
        return a->uri == b->uri;
    return a->route_set == b->route_set && same_uri(a->uri, b->uri) &&
           same_uri(a->request_uri, b->request_uri);
}

static bool is_known(struct route_hop const *hops, unsigned n, struct route_hop const *hop)
{
    for (unsigned i = 0; i < n; i++)
        if (same(&hops[i], hop))
            return true;
    return false;
}

bool route_hops_trim(struct route_decision *decision, unsigned max)
{
    unsigned n = 0;
    bool cut = false;
    for (unsigned i = 0; i < decision->n_hops && !cut; i++) {
        struct route_hop const *hop = &decision->hops[i];
        if (is_known(decision->hops, n, hop))
            continue;
        cut = n == max;
        if (!cut && n != i)
            decision->hops[n] = *hop;
        n += !cut;
    }
    decision->n_hops = n;
    return cut;
}

unsigned route_hops_first_group(struct route_decision const *decision)
{
    unsigned n = 0;
    while (n < decision->n_hops && decision->hops[n].group == decision->hops[0].group)
        n++;
    return n;
}
