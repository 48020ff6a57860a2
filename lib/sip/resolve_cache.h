/* SPDX-License-Identifier: Apache-2.0 */
/* Results of name look-ups, also empty ones, kept for their time to live; bounded, the oldest goes
 * first. */
#pragma once
#include "resolve_result.h"

struct resolve_cache;

struct resolve_cache *resolve_cache_new(size_t max_entries);
void resolve_cache_free(struct resolve_cache **pcache);

/** Fresh result for @p key, borrowed until the next put; or NULL. */
struct resolve_result const *resolve_cache_get(struct resolve_cache *cache, char const *key);

/** Keeps a copy for @p ttl_s seconds; without memory nothing is kept. */
void resolve_cache_put(struct resolve_cache *cache, char const *key,
                       struct resolve_result const *result, unsigned ttl_s);
