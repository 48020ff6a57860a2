/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that took no stream connection: see transport_refused.h. */
#include "transport_refused.h"

static struct transport_refusal *find(struct transport_refused const *refused,
                                      enum transport_kind kind, struct net_addr const *addr)
{
    for (size_t i = 0; i < TRANSPORT_REFUSED_PEERS; i++) {
        struct transport_refusal const *peer = &refused->peers[i];
        if (peer->until_ms && peer->kind == kind && net_addr_equal(&peer->addr, addr))
            return (struct transport_refusal *)peer;
    }
    return NULL;
}

void transport_refused_note(struct transport_refused *refused, enum transport_kind kind,
                            struct net_addr const *addr, uint64_t until_ms)
{
    struct transport_refusal *peer = find(refused, kind, addr);

    if (!peer)
        peer = &refused->peers[refused->next++ % TRANSPORT_REFUSED_PEERS];
    *peer = (struct transport_refusal){ *addr, kind, until_ms };
}

void transport_refused_forget(struct transport_refused *refused, enum transport_kind kind,
                              struct net_addr const *addr)
{
    struct transport_refusal *peer = find(refused, kind, addr);

    if (peer)
        peer->until_ms = 0;
}

bool transport_refused_has(struct transport_refused const *refused, enum transport_kind kind,
                           struct net_addr const *addr, uint64_t now_ms)
{
    struct transport_refusal const *peer = find(refused, kind, addr);

    return peer && now_ms < peer->until_ms;
}
