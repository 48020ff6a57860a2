/* SPDX-License-Identifier: Apache-2.0 */
/* Connections by the peer's address: see steer_place.h. */
#include "steer_place.h"
#include <pthread.h>
#include <stdlib.h>

struct steer_places {
    pthread_mutex_t lock;
    struct htab table;
};

struct wanted {
    enum transport_kind kind;
    uint16_t listener;
    struct net_addr const *peer;
};

struct steer_places *steer_places_new(void)
{
    struct steer_places *places = calloc(1, sizeof *places);
    if (!places)
        return NULL;
    (void)pthread_mutex_init(&places->lock, NULL);
    htab_init(&places->table);
    return places;
}

void steer_places_free(struct steer_places **pplaces)
{
    struct steer_places *places = *pplaces;
    *pplaces = NULL;
    if (!places)
        return;
    htab_fini(&places->table);
    (void)pthread_mutex_destroy(&places->lock);
    free(places);
}

static uint64_t hash_of(enum transport_kind kind, struct net_addr const *peer)
{
    uint32_t key[2] = { kind, net_addr_port(peer) };
    uint64_t hash = htab_hash(key, sizeof key, 0);
    if (peer->sa.sa_family == AF_INET6)
        return htab_hash(&peer->in6.sin6_addr, sizeof peer->in6.sin6_addr, hash);
    return htab_hash(&peer->in.sin_addr, sizeof peer->in.sin_addr, hash);
}

static struct steer_place *place_of(struct htab_entry const *entry)
{
    return (struct steer_place *)((char *)(uintptr_t)entry - offsetof(struct steer_place, entry));
}

static bool matches(struct htab_entry const *entry, void const *key)
{
    struct steer_place const *place = place_of(entry);
    struct wanted const *wanted = key;
    return place->kind == wanted->kind && net_addr_equal(&place->peer, wanted->peer) &&
           (wanted->listener == UINT16_MAX || wanted->listener == place->listener);
}

void steer_place_note(struct steer_places *places, struct steer_place *place)
{
    (void)pthread_mutex_lock(&places->lock);
    (void)htab_insert(&places->table, &place->entry, hash_of(place->kind, &place->peer));
    (void)pthread_mutex_unlock(&places->lock);
}

void steer_place_forget(struct steer_places *places, struct steer_place *place)
{
    (void)pthread_mutex_lock(&places->lock);
    htab_remove(&places->table, &place->entry);
    (void)pthread_mutex_unlock(&places->lock);
}

int steer_place_find(struct steer_places *places, enum transport_kind kind, uint16_t listener,
                     struct net_addr const *peer)
{
    struct wanted const wanted = { kind, listener, peer };
    (void)pthread_mutex_lock(&places->lock);
    struct htab_entry const *entry =
        htab_find(&places->table, hash_of(kind, peer), matches, &wanted);
    int worker = entry ? (int)place_of(entry)->worker : -1;
    (void)pthread_mutex_unlock(&places->lock);
    return worker;
}
