/* SPDX-License-Identifier: Apache-2.0 */
/* The cache: a hash table, and a queue for the order of age. */
#include "resolve_cache.h"
#include "clock.h"
#include "htab.h"
#include <stdlib.h>
#include <string.h>

struct cached {
    struct htab_entry entry;
    TAILQ_ENTRY(cached) link;
    uint64_t until_ms;
    struct resolve_result result;
    char key[];
};

struct resolve_cache {
    struct htab tab;
    TAILQ_HEAD(, cached) order;
    size_t max;
};

struct resolve_cache *resolve_cache_new(size_t max_entries)
{
    struct resolve_cache *cache = calloc(1, sizeof *cache);

    if (!cache)
        return NULL;
    htab_init(&cache->tab);
    TAILQ_INIT(&cache->order);
    cache->max = max_entries;
    return cache;
}

static void drop(struct resolve_cache *cache, struct cached *cached)
{
    htab_remove(&cache->tab, &cached->entry);
    TAILQ_REMOVE(&cache->order, cached, link);
    free(cached);
}

void resolve_cache_free(struct resolve_cache **pcache)
{
    struct resolve_cache *cache = *pcache;
    struct cached *cached;

    *pcache = NULL;
    if (!cache)
        return;
    while ((cached = TAILQ_FIRST(&cache->order)))
        drop(cache, cached);
    htab_fini(&cache->tab);
    free(cache);
}

static bool match(struct htab_entry const *entry, void const *key)
{
    return strcmp(((struct cached const *)entry)->key, key) == 0;
}

static struct cached *find(struct resolve_cache *cache, char const *key)
{
    return (struct cached *)htab_find(&cache->tab, htab_hash(key, strlen(key), 0), match, key);
}

struct resolve_result const *resolve_cache_get(struct resolve_cache *cache, char const *key)
{
    struct cached *cached = find(cache, key);

    if (!cached)
        return NULL;
    if (cached->until_ms <= clock_now_ms()) {
        drop(cache, cached);
        return NULL;
    }
    return &cached->result;
}

void resolve_cache_put(struct resolve_cache *cache, char const *key,
                       struct resolve_result const *result, unsigned ttl_s)
{
    struct cached *cached = find(cache, key);
    size_t len = strlen(key) + 1;

    if (cached)
        drop(cache, cached);
    if (!ttl_s)
        return;
    while (cache->tab.n >= cache->max)
        drop(cache, TAILQ_FIRST(&cache->order));
    if (!(cached = calloc(1, sizeof *cached + len)))
        return;
    memcpy(cached->key, key, len);
    cached->result = *result;
    cached->until_ms = clock_now_ms() + (uint64_t)ttl_s * 1000;
    if (htab_insert(&cache->tab, &cached->entry, htab_hash(key, strlen(key), 0)) < 0) {
        free(cached);
        return;
    }
    TAILQ_INSERT_TAIL(&cache->order, cached, link);
}
