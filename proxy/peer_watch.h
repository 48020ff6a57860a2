/* SPDX-License-Identifier: Apache-2.0 */
/* Which next hops of one configuration are watched: from the URI of a hop, as a pointer, to its
 * peer. Built once with the configuration, then read by any thread. */
#pragma once
#include "peers.h"

struct peer_watch;

enum { PEER_WATCH_USERS = 3 };

struct peer_watch_entry {
    url_t const *uri;                    /* borrowed */
    struct peer *peer;                   /* a reference */
    char const *users[PEER_WATCH_USERS]; /* who sends there, the first ones; borrowed */
    unsigned n_users;
};

/** NULL when out of memory. @p peers is borrowed. */
struct peer_watch *peer_watch_new(struct peers *peers);
void peer_watch_free(struct peer_watch **pwatch);

/** @p user sends to @p uri. Returns 0 or a negative errno. */
int peer_watch_add(struct peer_watch *watch, url_t const *uri, struct peer_way way,
                   char const *user);

/** The peer behind @p uri, or NULL if it is not watched. @p watch may be NULL. */
struct peer *peer_watch_find(struct peer_watch const *watch, url_t const *uri);

/** All entries: pass NULL first; NULL is the end. In no order. */
struct peer_watch_entry const *peer_watch_next(struct peer_watch const *watch,
                                               struct peer_watch_entry const *entry);
