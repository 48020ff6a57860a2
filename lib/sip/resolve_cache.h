/* SPDX-License-Identifier: Apache-2.0 */
/* Results of name look-ups, kept for their time to live; bounded, the oldest goes first. */
#pragma once
#include "transport.h"

enum { RESOLVE_MAX_RESULTS = 16 };

struct resolve_cache;

struct resolve_cache *resolve_cache_new(size_t max_entries);
void resolve_cache_free(struct resolve_cache **pcache);

/** Fresh result for @p key: its destinations (borrowed until the next put) and *@p ret_n; or NULL.
 */
struct destination const *resolve_cache_get(struct resolve_cache *cache, char const *key,
                                            size_t *ret_n);

/** Keeps a copy for @p ttl_s seconds; without memory nothing is kept. */
void resolve_cache_put(struct resolve_cache *cache, char const *key, struct destination const *v,
                       size_t n, unsigned ttl_s);
