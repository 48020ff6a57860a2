/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of other workers that we have sent something on: who waits for news of them. An entry
 * lives until the worker that has the connection says that it is gone. */
#include "transport_internal.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct remote {
    struct htab_entry entry;
    enum transport_kind kind;
    struct net_addr peer;
    struct transport_waiters waiters;
};

static struct remote *remote_of(struct htab_entry const *entry)
{
    return (struct remote *)((char *)(uintptr_t)entry - offsetof(struct remote, entry));
}

static bool matches(struct htab_entry const *entry, void const *key)
{
    struct origin const *way = key;
    return remote_of(entry)->kind == way->kind &&
           net_addr_equal(&remote_of(entry)->peer, &way->peer);
}

static uint64_t hash_of(struct origin const *way)
{
    char text[NET_ADDR_TEXT];
    char const *peer = net_addr_print(&way->peer, text);
    return htab_hash(peer, strlen(peer), way->kind);
}

static struct remote *find(struct transport const *t, struct origin const *way)
{
    struct htab_entry *entry = htab_find(&t->remotes, hash_of(way), matches, way);
    return entry ? remote_of(entry) : NULL;
}

static struct remote *add(struct transport *t, struct origin const *way)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote)
        return NULL;
    remote->kind = way->kind;
    remote->peer = way->peer;
    LIST_INIT(&remote->waiters);
    if (htab_insert(&t->remotes, &remote->entry, hash_of(way)) == 0)
        return remote;
    free(remote);
    return NULL;
}

void transport_remote_wait(struct transport *t, struct origin const *way,
                           struct transport_waiter *waiter)
{
    struct remote *remote = find(t, way);
    if (!remote)
        remote = add(t, way);
    transport_forget(waiter);
    if (!remote)
        return; /* the transaction's timers will notice */
    LIST_INSERT_HEAD(&remote->waiters, waiter, link);
    waiter->linked = true;
}

static void end(struct transport *t, struct remote *remote, int error)
{
    struct transport_waiter *waiter;
    htab_remove(&t->remotes, &remote->entry);
    while ((waiter = LIST_FIRST(&remote->waiters))) {
        transport_forget(waiter);
        /* Its owner has said -ENOTCONN if it found no connection to write to. */
        waiter->opened = error != -ENOTCONN;
        waiter->on_failed(waiter, error);
    }
    free(remote);
}

void transport_remote_gone(struct transport *t, struct origin const *way, int error)
{
    struct remote *remote = find(t, way);
    if (remote)
        end(t, remote, error);
}

void transport_remote_end_all(struct transport *t)
{
    struct htab_entry *entry;
    while ((entry = htab_next(&t->remotes, NULL)))
        end(t, remote_of(entry), -ECANCELED);
    htab_fini(&t->remotes);
}
