/* SPDX-License-Identifier: Apache-2.0 */
/* See acl_set.h. Addresses are compared as 16-byte keys, IPv4 as IPv4-mapped. */
#include "acl_set.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    unsigned char key[16];
    uint8_t bits; /* of the key: an IPv4 block has 96 more */
    bool is_v4;   /* "::/0" is not for IPv4 */
    uint32_t entry;
    int32_t outer; /* the next larger block around this one; of equal ones the last */
};

struct acl_set {
    struct acl_set_rest rest;
    size_t n;
    struct slot slots[]; /* by key, then outer before inner, then the lower entry last */
};

static void key_of(struct net_addr const *addr, unsigned char key[static 16])
{
    if (addr->sa.sa_family == AF_INET) {
        static unsigned char const mapped[12] = { [10] = 0xff, [11] = 0xff };
        memcpy(key, mapped, sizeof mapped);
        memcpy(key + 12, &addr->in.sin_addr, 4);
    } else {
        memcpy(key, &addr->in6.sin6_addr, 16);
    }
}

static struct slot slot_of(struct acl_block const *block)
{
    bool is_v4 = block->block.addr.sa.sa_family == AF_INET;
    struct slot slot = { .bits = (uint8_t)(block->block.bits + (is_v4 ? 96 : 0)),
                         .is_v4 = is_v4,
                         .entry = block->entry,
                         .outer = ACL_SET_NONE };
    key_of(&block->block.addr, slot.key);
    return slot;
}

static int compare_blocks(struct slot const *a, struct slot const *b)
{
    int order = memcmp(a->key, b->key, sizeof a->key);
    return order != 0 ? order : (a->bits > b->bits) - (a->bits < b->bits);
}

static int compare(void const *left, void const *right)
{
    struct slot const *a = left, *b = right;
    int order = compare_blocks(a, b);
    return order != 0 ? order : (a->entry < b->entry) - (a->entry > b->entry);
}

static bool key_is_inside(struct slot const *slot, unsigned char const key[static 16])
{
    unsigned whole = slot->bits / 8, rest = slot->bits % 8;
    if (memcmp(slot->key, key, whole) != 0)
        return false;
    return rest == 0 || ((slot->key[whole] ^ key[whole]) >> (8 - rest)) == 0;
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
        while (outer >= 0 && !key_is_inside(&set->slots[outer], slot->key))
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

static bool holds(struct slot const *slot, struct net_addr const *addr,
                  unsigned char const key[static 16])
{
    return slot->is_v4 == (addr->sa.sa_family == AF_INET) && key_is_inside(slot, key);
}

static ptrdiff_t first_around(struct acl_set const *set, struct net_addr const *addr, ptrdiff_t at)
{
    unsigned char key[16];
    key_of(addr, key);
    while (at >= 0 && !holds(&set->slots[at], addr, key))
        at = set->slots[at].outer;
    return at;
}

ptrdiff_t acl_set_find(struct acl_set const *set, struct net_addr const *addr)
{
    unsigned char key[16];
    key_of(addr, key);
    size_t low = 0, high = set->n; /* the first block that starts after addr */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(set->slots[middle].key, key, sizeof key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* Whatever holds addr also holds the last block that starts at or before it. */
    return first_around(set, addr, (ptrdiff_t)low - 1);
}

ptrdiff_t acl_set_next(struct acl_set const *set, struct net_addr const *addr, ptrdiff_t at)
{
    if (at > 0 && compare_blocks(&set->slots[at], &set->slots[at - 1]) == 0)
        return at - 1;
    return first_around(set, addr, set->slots[at].outer);
}

uint32_t acl_set_entry(struct acl_set const *set, ptrdiff_t at)
{
    return set->slots[at].entry;
}
