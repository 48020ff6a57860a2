/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that took no stream connection lately, so that nobody waits for them again at once. A
 * handful is remembered, the latest ones; only the transport of one worker uses it. */
#pragma once
#include "net_addr.h"
#include "origin.h"
#include <stdbool.h>
#include <stddef.h>

enum { TRANSPORT_REFUSED_PEERS = 64 };

struct transport_refused {
    struct transport_refusal {
        struct net_addr addr;
        enum transport_kind kind;
        uint64_t until_ms; /* 0: nobody */
    } peers[TRANSPORT_REFUSED_PEERS];
    size_t next;
};

/** Remembers the peer until @p until_ms; the oldest is forgotten for it. */
void transport_refused_note(struct transport_refused *refused, enum transport_kind kind,
                            struct net_addr const *addr, uint64_t until_ms);

/** It has taken a connection after all. */
void transport_refused_forget(struct transport_refused *refused, enum transport_kind kind,
                              struct net_addr const *addr);

bool transport_refused_has(struct transport_refused const *refused, enum transport_kind kind,
                           struct net_addr const *addr, uint64_t now_ms);
