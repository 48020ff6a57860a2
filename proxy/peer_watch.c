/* SPDX-License-Identifier: Apache-2.0 */
/* Watched next hops of a configuration: see peer_watch.h. */
#include "peer_watch.h"
#include "htab.h"
#include <errno.h>
#include <stdlib.h>

struct slot {
    struct htab_entry entry;
    struct peer_watch_entry watched;
};

struct peer_watch {
    struct peers *peers;
    struct htab table;
};

static struct slot *slot_of(struct htab_entry const *entry)
{
    return (struct slot *)((char *)(uintptr_t)entry - offsetof(struct slot, entry));
}

/* Pointers of ours: nobody chooses them to collide. */
static uint64_t hash_of(url_t const *uri)
{
    uint64_t hash = (uint64_t)(uintptr_t)uri * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static bool is_uri(struct htab_entry const *entry, void const *uri)
{
    return slot_of(entry)->watched.uri == uri;
}

struct peer_watch *peer_watch_new(struct peers *peers)
{
    struct peer_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->peers = peers;
    htab_init(&watch->table);
    return watch;
}

void peer_watch_free(struct peer_watch **pwatch)
{
    struct peer_watch *watch = *pwatch;
    struct htab_entry *entry, *next;
    *pwatch = NULL;
    if (!watch)
        return;
    for (entry = htab_next(&watch->table, NULL); entry; entry = next) {
        struct slot *slot = slot_of(entry);
        next = htab_next(&watch->table, entry);
        peers_release(&slot->watched.peer);
        free(slot);
    }
    htab_fini(&watch->table);
    free(watch);
}

static struct slot *add_slot(struct peer_watch *watch, url_t const *uri, struct peer_way way)
{
    struct slot *slot = calloc(1, sizeof *slot);
    if (!slot)
        return NULL;
    slot->watched.uri = uri;
    slot->watched.peer = peers_watch(watch->peers, uri, way);
    if (slot->watched.peer && htab_insert(&watch->table, &slot->entry, hash_of(uri)) == 0)
        return slot;
    peers_release(&slot->watched.peer);
    free(slot);
    return NULL;
}

int peer_watch_add(struct peer_watch *watch, url_t const *uri, struct peer_way way,
                   char const *user)
{
    struct htab_entry *entry = htab_find(&watch->table, hash_of(uri), is_uri, uri);
    struct slot *slot = entry ? slot_of(entry) : add_slot(watch, uri, way);
    if (!slot)
        return -ENOMEM;
    if (slot->watched.n_users < PEER_WATCH_USERS)
        slot->watched.users[slot->watched.n_users] = user;
    slot->watched.n_users++;
    return 0;
}

struct peer *peer_watch_find(struct peer_watch const *watch, url_t const *uri)
{
    struct htab_entry *entry = watch ? htab_find(&watch->table, hash_of(uri), is_uri, uri) : NULL;
    return entry ? slot_of(entry)->watched.peer : NULL;
}

struct peer_watch_entry const *peer_watch_next(struct peer_watch const *watch,
                                               struct peer_watch_entry const *entry)
{
    struct htab_entry const *from =
        entry
            ? &((struct slot const *)((char const *)entry - offsetof(struct slot, watched)))->entry
            : NULL;
    struct htab_entry *next = htab_next(&watch->table, from);
    return next ? &slot_of(next)->watched : NULL;
}
