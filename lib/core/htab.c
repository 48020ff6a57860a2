/* SPDX-License-Identifier: Apache-2.0 */
/* Hash table with chains, and SipHash-2-4 (Aumasson and Bernstein, 2012) under a process-wide key.
 */
#include "htab.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* The key is drawn once; a race of two threads would only draw it twice before any table is used,
 * so the first call is made while the process still has one thread (svc_main, test main). */
static uint64_t const *hash_key(void)
{
    static uint64_t key[2];

    while (!key[0])
        if (getrandom(key, sizeof key, 0) < 0 && errno != EINTR)
            abort();
    return key;
}

static uint64_t load_word(unsigned char const *p, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, p, len);
    return word;
}

uint64_t htab_hash(void const *bytes, size_t len, uint64_t seed)
{
    uint64_t const *key = hash_key();
    unsigned char const *p = bytes;
    uint64_t k0 = key[0] ^ seed;
    uint64_t v[4] = { k0 ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                      key[1] ^ 0x7465646279746573 };

    for (size_t left = len;; left -= 8, p += 8) {
        bool last = left < 8;
        uint64_t word = last ? load_word(p, left) | (uint64_t)len << 56 : load_word(p, 8);
        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
        if (last)
            break;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void htab_init(struct htab *tab)
{
    *tab = (struct htab){ 0 };
}

void htab_fini(struct htab *tab)
{
    free(tab->buckets);
    *tab = (struct htab){ 0 };
}

static struct htab_entry **bucket_of(struct htab const *tab, uint64_t hash)
{
    return &tab->buckets[hash & (tab->n_buckets - 1)];
}

static int grow(struct htab *tab)
{
    struct htab next = { .n_buckets = tab->n_buckets ? tab->n_buckets * 2 : 16, .n = tab->n };

    next.buckets = calloc(next.n_buckets, sizeof(struct htab_entry *));
    if (!next.buckets)
        return -ENOMEM;
    for (size_t i = 0; i < tab->n_buckets; i++) {
        for (struct htab_entry *e = tab->buckets[i], *after; e; e = after) {
            after = e->next;
            struct htab_entry **bucket = bucket_of(&next, e->hash);
            e->next = *bucket;
            *bucket = e;
        }
    }
    free(tab->buckets);
    *tab = next;
    return 0;
}

int htab_insert(struct htab *tab, struct htab_entry *entry, uint64_t hash)
{
    /* A failed growth only makes chains longer, unless there is no table at all. */
    if (tab->n >= tab->n_buckets && grow(tab) < 0 && !tab->n_buckets)
        return -ENOMEM;

    struct htab_entry **bucket = bucket_of(tab, hash);
    *entry = (struct htab_entry){ .next = *bucket, .hash = hash, .linked = true };
    *bucket = entry;
    tab->n++;
    return 0;
}

void htab_remove(struct htab *tab, struct htab_entry *entry)
{
    if (!entry->linked)
        return;
    struct htab_entry **p = bucket_of(tab, entry->hash);
    while (*p != entry)
        p = &(*p)->next;
    *p = entry->next;
    entry->next = NULL;
    entry->linked = false;
    tab->n--;
}

struct htab_entry *htab_find(struct htab const *tab, uint64_t hash, htab_match_fn *match,
                             void const *key)
{
    if (!tab->n_buckets)
        return NULL;
    for (struct htab_entry *e = *bucket_of(tab, hash); e; e = e->next)
        if (e->hash == hash && match(e, key))
            return e;
    return NULL;
}

struct htab_entry *htab_next(struct htab const *tab, struct htab_entry const *entry)
{
    size_t i = 0;

    if (entry) {
        if (entry->next)
            return entry->next;
        i = (entry->hash & (tab->n_buckets - 1)) + 1;
    }
    for (; i < tab->n_buckets; i++)
        if (tab->buckets[i])
            return tab->buckets[i];
    return NULL;
}
