/* SPDX-License-Identifier: Apache-2.0 */
/* See acl_set.h. Addresses are compared as numbers of 128 bits, IPv4 as IPv4-mapped. */
#include "acl_set.h"
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct key {
    uint64_t high, low;
};

struct slot {
    struct key key;
    uint32_t entry;
    int32_t outer; /* the next larger block around this one; of equal ones the last */
    uint8_t bits;  /* of the key: an IPv4 block has 96 more */
    bool is_v4;    /* "::/0" is not for IPv4 */
};

struct acl_set {
    struct acl_set_rest rest;
    size_t n;
    struct slot slots[]; /* by key, then outer before inner, then the lower entry last */
};

static struct key key_of(struct net_addr const *addr)
{
    struct key key = { 0, 0xffffull << 32 };
    if (addr->sa.sa_family == AF_INET) {
        key.low |= ntohl(addr->in.sin_addr.s_addr);
        return key;
    }
    memcpy(&key, &addr->in6.sin6_addr, sizeof key);
    return (struct key){ be64toh(key.high), be64toh(key.low) };
}

static struct slot slot_of(struct acl_block const *block)
{
    bool is_v4 = block->block.addr.sa.sa_family == AF_INET;
    return (struct slot){ .key = key_of(&block->block.addr),
                          .bits = (uint8_t)(block->block.bits + (is_v4 ? 96 : 0)),
                          .is_v4 = is_v4,
                          .entry = block->entry,
                          .outer = ACL_SET_NONE };
}

static int compare_keys(struct key const *a, struct key const *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return (a->low > b->low) - (a->low < b->low);
}

static int compare_blocks(struct slot const *a, struct slot const *b)
{
    int order = compare_keys(&a->key, &b->key);
    return order != 0 ? order : (a->bits > b->bits) - (a->bits < b->bits);
}

static int compare(void const *left, void const *right)
{
    struct slot const *a = left, *b = right;
    int order = compare_blocks(a, b);
    return order != 0 ? order : (a->entry < b->entry) - (a->entry > b->entry);
}

/* The upper @p bits of a half of a key. */
static uint64_t upper(unsigned bits)
{
    return bits == 0 ? 0 : bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> bits);
}

static bool key_is_inside(struct slot const *slot, struct key const *key)
{
    unsigned low_bits = slot->bits > 64 ? slot->bits - 64u : 0;
    return ((slot->key.high ^ key->high) & upper(slot->bits)) == 0 &&
           ((slot->key.low ^ key->low) & upper(low_bits)) == 0;
}

static void find_outers(struct acl_set *set)
{
    for (size_t i = 1; i < set->n; i++) {
        struct slot *slot = &set->slots[i];
        ptrdiff_t outer = (ptrdiff_t)i - 1;
        if (compare_blocks(slot, &set->slots[outer]) == 0) {
            slot->outer = set->slots[outer].outer;
            continue;
        }
        while (outer >= 0 && !key_is_inside(&set->slots[outer], &slot->key))
            outer = set->slots[outer].outer;
        slot->outer = (int32_t)outer;
    }
}

struct acl_set *acl_set_new(struct acl_block const *blocks, size_t n)
{
    struct acl_set *set = malloc(sizeof *set + n * sizeof set->slots[0]);
    if (!set)
        return NULL;
    set->rest = (struct acl_set_rest){ 0 };
    set->n = n;
    for (size_t i = 0; i < n; i++)
        set->slots[i] = slot_of(&blocks[i]);
    if (n > 0)
        qsort(set->slots, n, sizeof set->slots[0], compare);
    find_outers(set);
    return set;
}

void acl_set_free(struct acl_set **pset)
{
    free(*pset);
    *pset = NULL;
}

struct acl_set_rest *acl_set_rest(struct acl_set *set)
{
    return &set->rest;
}

static ptrdiff_t first_around(struct acl_set const *set, struct net_addr const *addr,
                              struct key const *key, ptrdiff_t at)
{
    bool is_v4 = addr->sa.sa_family == AF_INET;
    while (at >= 0 && (set->slots[at].is_v4 != is_v4 || !key_is_inside(&set->slots[at], key)))
        at = set->slots[at].outer;
    return at;
}

ptrdiff_t acl_set_find(struct acl_set const *set, struct net_addr const *addr)
{
    struct key key = key_of(addr);
    size_t low = 0, high = set->n; /* the first block that starts after addr */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&set->slots[middle].key, &key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* Whatever holds addr also holds the last block that starts at or before it. */
    return first_around(set, addr, &key, (ptrdiff_t)low - 1);
}

ptrdiff_t acl_set_next(struct acl_set const *set, struct net_addr const *addr, ptrdiff_t at)
{
    if (at > 0 && compare_blocks(&set->slots[at], &set->slots[at - 1]) == 0)
        return at - 1;
    struct key key = key_of(addr);
    return first_around(set, addr, &key, set->slots[at].outer);
}

uint32_t acl_set_entry(struct acl_set const *set, ptrdiff_t at)
{
    return set->slots[at].entry;
}
