/* SPDX-License-Identifier: Apache-2.0 */
/* Intrusive hash table keyed by bytes, for tables whose keys come from the network.
 *
 * The hash is SipHash-2-4 under a random key per process, so a peer cannot choose collisions. The
 * entry is embedded in the caller's object; the table owns only its bucket array, which grows by
 * doubling. Equal hashes are told apart by the caller's compare function. Not thread safe. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct htab_entry {
    struct htab_entry *next;
    uint64_t hash;
    bool linked;
};

struct htab {
    struct htab_entry **buckets;
    size_t n_buckets; /* power of two, 0 until the first insert */
    size_t n;
};

/** Says whether @p entry is the one that @p key looks for. */
typedef bool htab_match_fn(struct htab_entry const *entry, void const *key);

/** Keyed hash of @p len bytes; chain calls by passing the former result as @p seed (start with 0).
 */
uint64_t htab_hash(void const *bytes, size_t len, uint64_t seed);

/** A keyed digest of several fields, 128 bits: equal digests mean equal fields (SipHash-2-4-128).
 */
struct htab_digest {
    uint64_t state[4];
    uint64_t len;
    size_t used;
    unsigned char bytes[128]; /* not yet digested */
};

void htab_digest_start(struct htab_digest *digest, uint64_t seed);
void htab_digest_add(struct htab_digest *digest, void const *bytes, size_t len);

/** Adds a text with its length, so that no two lists of fields look alike; NULL differs from "". */
void htab_digest_field(struct htab_digest *digest, char const *text);
void htab_digest_end(struct htab_digest *digest, uint64_t ret[static 2]);

void htab_init(struct htab *tab);

/** Frees the buckets; entries are the caller's and are not touched. */
void htab_fini(struct htab *tab);

/** Inserts; two entries with equal keys may stand together. Returns 0 or -ENOMEM. */
int htab_insert(struct htab *tab, struct htab_entry *entry, uint64_t hash);

/** Removes; harmless when @p entry is not linked. */
void htab_remove(struct htab *tab, struct htab_entry *entry);

/** First entry with @p hash for which @p match says yes, or NULL. */
struct htab_entry *htab_find(struct htab const *tab, uint64_t hash, htab_match_fn *match,
                             void const *key);

/** Walks all entries in no order: pass NULL first, NULL is the end. The entry returned may be
 *  removed before the next call only if its successor was fetched first. */
struct htab_entry *htab_next(struct htab const *tab, struct htab_entry const *entry);
