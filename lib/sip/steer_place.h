/* SPDX-License-Identifier: Apache-2.0 */
/* Which worker has the connection that a peer opened to us? A peer that cannot be connected to, a
 * client with an ephemeral port, is reached by its own connection only, and that lives in one
 * worker. Guarded by a lock of its own, which is taken when a connection comes or goes, and when a
 * worker has none to the address that it wants to send to. */
#pragma once
#include "htab.h"
#include "origin.h"

struct steer_places;

/** Embedded in an accepted connection. Zero it before use. */
struct steer_place {
    struct htab_entry entry;
    unsigned worker;
    uint16_t listener;
    enum transport_kind kind;
    struct net_addr peer;
};

/** New and empty, or NULL when out of memory. */
struct steer_places *steer_places_new(void);
void steer_places_free(struct steer_places **pplaces);

/** Notes that @p place->worker has this connection; the other members are filled in. Without memory
 *  it stays unknown to the others. Any thread. */
void steer_place_note(struct steer_places *places, struct steer_place *place);

/** Forgets it; harmless if it was not noted. Any thread. */
void steer_place_forget(struct steer_places *places, struct steer_place *place);

/** The worker that has a connection of @p kind from @p peer, accepted by @p listener (or any:
 *  UINT16_MAX); -1 if none has. Any thread. */
int steer_place_find(struct steer_places *places, enum transport_kind kind, uint16_t listener,
                     struct net_addr const *peer);
