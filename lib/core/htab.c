/* SPDX-License-Identifier: Apache-2.0 */
/* Hash table with chains, and SipHash-2-4 (Aumasson and Bernstein, 2012) under a process-wide key.
 */
#include "htab.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static inline uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

/* The state of SipHash, by value, so that it lives in registers. */
struct sip_state {
    uint64_t v0, v1, v2, v3;
};

static inline struct sip_state sip_round(struct sip_state s)
{
    s.v0 += s.v1;
    s.v1 = rotate(s.v1, 13) ^ s.v0;
    s.v0 = rotate(s.v0, 32);
    s.v2 += s.v3;
    s.v3 = rotate(s.v3, 16) ^ s.v2;
    s.v0 += s.v3;
    s.v3 = rotate(s.v3, 21) ^ s.v0;
    s.v2 += s.v1;
    s.v1 = rotate(s.v1, 17) ^ s.v2;
    s.v2 = rotate(s.v2, 32);
    return s;
}

static inline struct sip_state sip_word(struct sip_state s, uint64_t word)
{
    s.v3 ^= word;
    s = sip_round(sip_round(s));
    s.v0 ^= word;
    return s;
}

static inline struct sip_state sip_finish(struct sip_state s)
{
    return sip_round(sip_round(sip_round(sip_round(s))));
}

static inline uint64_t sip_fold(struct sip_state s)
{
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
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

static inline uint64_t load_word(unsigned char const *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

static struct sip_state sip_start(uint64_t seed)
{
    uint64_t const *key = hash_key();
    uint64_t k0 = key[0] ^ seed;

    return (struct sip_state){ k0 ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                               k0 ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 };
}

/* Takes @p left bytes, the last of @p len. */
static struct sip_state sip_last(struct sip_state s, unsigned char const *p, size_t left,
                                 uint64_t len)
{
    uint64_t word = len << 56;

    for (; left >= 8; left -= 8, p += 8)
        s = sip_word(s, load_word(p));
    for (size_t i = 0; i < left; i++)
        word |= (uint64_t)p[i] << (8 * i);
    return sip_word(s, word);
}

uint64_t htab_hash(void const *bytes, size_t len, uint64_t seed)
{
    struct sip_state s = sip_last(sip_start(seed), bytes, len, len);

    s.v2 ^= 0xff;
    return sip_fold(sip_finish(s));
}

void htab_digest_start(struct htab_digest *digest, uint64_t seed)
{
    struct sip_state s = sip_start(seed);

    s.v1 ^= 0xee;
    memcpy(digest->state, &s, sizeof s);
    digest->len = digest->used = 0;
}

static void compress(struct htab_digest *digest)
{
    struct sip_state s;

    memcpy(&s, digest->state, sizeof s);
    for (size_t i = 0; i < sizeof digest->bytes; i += 8)
        s = sip_word(s, load_word(digest->bytes + i));
    memcpy(digest->state, &s, sizeof s);
    digest->used = 0;
}

void htab_digest_add(struct htab_digest *digest, void const *bytes, size_t len)
{
    unsigned char const *p = bytes;

    digest->len += len;
    while (len) {
        size_t room = sizeof digest->bytes - digest->used;
        size_t n = len < room ? len : room;
        memcpy(digest->bytes + digest->used, p, n);
        digest->used += n;
        if (digest->used == sizeof digest->bytes)
            compress(digest);
        p += n;
        len -= n;
    }
}

void htab_digest_field(struct htab_digest *digest, char const *text)
{
    uint32_t len = text ? (uint32_t)strlen(text) : UINT32_MAX;

    htab_digest_add(digest, &len, sizeof len);
    if (text)
        htab_digest_add(digest, text, len);
}

void htab_digest_end(struct htab_digest *digest, uint64_t ret[static 2])
{
    struct sip_state s;

    memcpy(&s, digest->state, sizeof s);
    s = sip_last(s, digest->bytes, digest->used, digest->len);
    s.v2 ^= 0xee;
    s = sip_finish(s);
    ret[0] = sip_fold(s);
    s.v1 ^= 0xdd;
    ret[1] = sip_fold(sip_finish(s));
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
