/* SPDX-License-Identifier: Apache-2.0 */
/* So many refusal lines per source and minute: see log_sources.h. Sources hang in a hash table and
 * in a list ordered by the begin of their minute, so the oldest is at hand when room is needed. */
#include "log_sources.h"
#include "htab.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

struct source {
    struct htab_entry entry;
    TAILQ_ENTRY(source) link;
    struct net_addr addr;
    uint64_t minute_ms; /* when the first line of its minute was written */
    unsigned lines;     /* in this minute */
    uint64_t suppressed;
};

struct log_sources {
    pthread_mutex_t lock;
    unsigned lines; /* for each in a minute */
    struct htab table;
    TAILQ_HEAD(, source) oldest_first;
};

struct log_sources *log_sources_new(unsigned lines)
{
    struct log_sources *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    log->lines = lines;
    (void)pthread_mutex_init(&log->lock, NULL);
    htab_init(&log->table);
    TAILQ_INIT(&log->oldest_first);
    return log;
}

void log_sources_free(struct log_sources **plog)
{
    struct log_sources *log = *plog;
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

/* A slot for a new source: a fresh one, or that of the source whose minute is oldest if that
 * minute is over. NULL: none is free. */
static struct source *take_slot(struct log_sources *log, uint64_t now_ms)
{
    if (log->table.n < LOG_SOURCES_MAX)
        return calloc(1, sizeof(struct source));
    struct source *oldest = TAILQ_FIRST(&log->oldest_first);
    if (now_ms - oldest->minute_ms < LOG_SOURCES_MINUTE_MS)
        return NULL;
    TAILQ_REMOVE(&log->oldest_first, oldest, link);
    htab_remove(&log->table, &oldest->entry);
    return oldest;
}

static bool add_source(struct log_sources *log, struct net_addr const *addr, uint64_t hash,
                       uint64_t now_ms)
{
    struct source *source = take_slot(log, now_ms);
    if (!source)
        return false;
    *source = (struct source){ .addr = *addr, .minute_ms = now_ms, .lines = 1 };
    if (htab_insert(&log->table, &source->entry, hash) < 0) {
        free(source);
        return false;
    }
    TAILQ_INSERT_TAIL(&log->oldest_first, source, link);
    return true;
}

static bool is_due(struct log_sources *log, struct net_addr const *addr, uint64_t now_ms,
                   uint64_t *ret_suppressed)
{
    uint64_t hash = hash_of(addr);
    struct htab_entry *entry = htab_find(&log->table, hash, is_source, addr);
    if (!entry)
        return add_source(log, addr, hash, now_ms);
    struct source *source = source_of(entry);
    if (now_ms - source->minute_ms < LOG_SOURCES_MINUTE_MS) {
        if (source->lines < log->lines) {
            source->lines++;
            return true;
        }
        source->suppressed++;
        return false;
    }
    *ret_suppressed = source->suppressed;
    source->suppressed = 0;
    source->minute_ms = now_ms;
    source->lines = 1;
    TAILQ_REMOVE(&log->oldest_first, source, link);
    TAILQ_INSERT_TAIL(&log->oldest_first, source, link);
    return true;
}

bool log_sources_due(struct log_sources *log, struct net_addr const *addr, uint64_t now_ms,
                     uint64_t *ret_suppressed)
{
    *ret_suppressed = 0;
    (void)pthread_mutex_lock(&log->lock);
    bool due = is_due(log, addr, now_ms, ret_suppressed);
    (void)pthread_mutex_unlock(&log->lock);
    return due;
}
