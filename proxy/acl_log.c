/* SPDX-License-Identifier: Apache-2.0 */
/* One refusal line per source and minute: see acl_log.h. Sources hang in a hash table and in a list
 * ordered by the time of their last line, so the oldest is at hand when room is needed. */
#include "acl_log.h"
#include "htab.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

struct source {
    struct htab_entry entry;
    TAILQ_ENTRY(source) link;
    struct net_addr addr;
    uint64_t line_ms; /* when its last line was written */
    uint64_t suppressed;
};

struct acl_log {
    pthread_mutex_t lock;
    struct htab table;
    TAILQ_HEAD(, source) oldest_first;
};

struct acl_log *acl_log_new(void)
{
    struct acl_log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    (void)pthread_mutex_init(&log->lock, NULL);
    htab_init(&log->table);
    TAILQ_INIT(&log->oldest_first);
    return log;
}

void acl_log_free(struct acl_log **plog)
{
    struct acl_log *log = *plog;
    *plog = NULL;
    if (!log)
        return;
    struct source *source;
    while ((source = TAILQ_FIRST(&log->oldest_first)) != NULL) {
        TAILQ_REMOVE(&log->oldest_first, source, link);
        free(source);
    }
    htab_fini(&log->table);
    (void)pthread_mutex_destroy(&log->lock);
    free(log);
}

static uint64_t hash_of(struct net_addr const *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return htab_hash(&addr->in.sin_addr, sizeof addr->in.sin_addr, 0);
    return htab_hash(&addr->in6.sin6_addr, sizeof addr->in6.sin6_addr, 0);
}

static struct source *source_of(struct htab_entry const *entry)
{
    return (struct source *)((char *)(uintptr_t)entry - offsetof(struct source, entry));
}

static bool is_source(struct htab_entry const *entry, void const *key)
{
    return net_addr_same_host(&source_of(entry)->addr, key);
}

/* A slot for a new source: a fresh one, or that of the source whose last line is oldest if its
 * minute is over. NULL: none is free. */
static struct source *take_slot(struct acl_log *log, uint64_t now_ms)
{
    if (log->table.n < ACL_LOG_SOURCES)
        return calloc(1, sizeof(struct source));
    struct source *oldest = TAILQ_FIRST(&log->oldest_first);
    if (now_ms - oldest->line_ms < ACL_LOG_QUIET_MS)
        return NULL;
    TAILQ_REMOVE(&log->oldest_first, oldest, link);
    htab_remove(&log->table, &oldest->entry);
    return oldest;
}

static bool add_source(struct acl_log *log, struct net_addr const *addr, uint64_t hash,
                       uint64_t now_ms)
{
    struct source *source = take_slot(log, now_ms);
    if (!source)
        return false;
    *source = (struct source){ .addr = *addr, .line_ms = now_ms };
    if (htab_insert(&log->table, &source->entry, hash) < 0) {
        free(source);
        return false;
    }
    TAILQ_INSERT_TAIL(&log->oldest_first, source, link);
    return true;
}

static bool is_due(struct acl_log *log, struct net_addr const *addr, uint64_t now_ms,
                   uint64_t *ret_suppressed)
{
    uint64_t hash = hash_of(addr);
    struct htab_entry *entry = htab_find(&log->table, hash, is_source, addr);
    if (!entry)
        return add_source(log, addr, hash, now_ms);
    struct source *source = source_of(entry);
    if (now_ms - source->line_ms < ACL_LOG_QUIET_MS) {
        source->suppressed++;
        return false;
    }
    *ret_suppressed = source->suppressed;
    source->suppressed = 0;
    source->line_ms = now_ms;
    TAILQ_REMOVE(&log->oldest_first, source, link);
    TAILQ_INSERT_TAIL(&log->oldest_first, source, link);
    return true;
}

bool acl_log_due(struct acl_log *log, struct net_addr const *addr, uint64_t now_ms,
                 uint64_t *ret_suppressed)
{
    *ret_suppressed = 0;
    (void)pthread_mutex_lock(&log->lock);
    bool due = is_due(log, addr, now_ms, ret_suppressed);
    (void)pthread_mutex_unlock(&log->lock);
    return due;
}
