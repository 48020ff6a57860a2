/* SPDX-License-Identifier: Apache-2.0 */
/* Access list: see acl.h. Addresses are compared as 16-byte keys, IPv4 as IPv4-mapped. */
#include "acl.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct acl {
    struct acl_entry *entries; /* sorted by key, then outer before inner, once sealed */
    size_t n, size;
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

struct acl *acl_new(void)
{
    return calloc(1, sizeof(struct acl));
}

void acl_free(struct acl **pacl)
{
    struct acl *acl = *pacl;
    *pacl = NULL;
    if (!acl)
        return;
    free(acl->entries);
    free(acl);
}

static int grow(struct acl *acl)
{
    if (acl->n < acl->size)
        return 0;
    size_t size = acl->size ? 2 * acl->size : 16;
    struct acl_entry *entries = realloc(acl->entries, size * sizeof *entries);
    if (!entries)
        return -ENOMEM;
    acl->entries = entries;
    acl->size = size;
    return 0;
}

int acl_add(struct acl *acl, char const *pattern, char const *description)
{
    struct acl_entry entry = { .pattern = pattern, .description = description, .outer = -1 };
    if (net_cidr_parse(&entry.block, pattern) < 0)
        return -EINVAL;
    for (size_t i = 0; i < acl->n; i++)
        if (acl->entries[i].block.bits == entry.block.bits &&
            net_addr_same_host(&acl->entries[i].block.addr, &entry.block.addr))
            return -EEXIST;
    if (grow(acl) < 0)
        return -ENOMEM;
    key_of(&entry.block.addr, entry.key);
    entry.order = acl->n;
    acl->entries[acl->n++] = entry;
    return 0;
}

static unsigned key_bits(struct acl_entry const *entry)
{
    return entry->block.bits + (entry->block.addr.sa.sa_family == AF_INET ? 96 : 0);
}

static int compare(void const *left, void const *right)
{
    struct acl_entry const *a = left, *b = right;
    int order = memcmp(a->key, b->key, sizeof a->key);
    if (order != 0)
        return order;
    return (key_bits(a) > key_bits(b)) - (key_bits(a) < key_bits(b));
}

static bool key_inside(struct acl_entry const *block, unsigned char const key[static 16])
{
    unsigned bits = key_bits(block), whole = bits / 8, rest = bits % 8;
    if (memcmp(block->key, key, whole) != 0)
        return false;
    return rest == 0 || ((block->key[whole] ^ key[whole]) >> (8 - rest)) == 0;
}

void acl_seal(struct acl *acl)
{
    if (acl->n == 0)
        return;
    qsort(acl->entries, acl->n, sizeof *acl->entries, compare);
    for (size_t i = 0; i < acl->n; i++) {
        ptrdiff_t outer = (ptrdiff_t)i - 1;
        while (outer >= 0 && !key_inside(&acl->entries[outer], acl->entries[i].key))
            outer = acl->entries[outer].outer;
        acl->entries[i].outer = outer;
    }
}

static ptrdiff_t find(struct acl const *acl, struct net_addr const *addr)
{
    unsigned char key[16];
    key_of(addr, key);
    size_t low = 0, high = acl->n; /* the first entry that starts after addr */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(acl->entries[middle].key, key, sizeof key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* Blocks nest or are disjoint: whatever holds addr also holds the last block that starts at or
     * before it. net_cidr_contains() keeps the families apart ("::/0" is not for IPv4). */
    ptrdiff_t i = (ptrdiff_t)low - 1;
    while (i >= 0 && !net_cidr_contains(&acl->entries[i].block, addr))
        i = acl->entries[i].outer;
    return i;
}

struct acl_entry const *acl_find(struct acl const *acl, struct net_addr const *addr)
{
    ptrdiff_t i = find(acl, addr);
    return i < 0 ? NULL : &acl->entries[i];
}

struct acl_entry const *acl_admit(struct acl *acl, struct net_addr const *addr)
{
    ptrdiff_t i = find(acl, addr);
    if (i < 0)
        return NULL;
    acl->entries[i].hits++;
    return &acl->entries[i];
}

size_t acl_count(struct acl const *acl)
{
    return acl->n;
}

struct acl_entry const *acl_at(struct acl const *acl, size_t order)
{
    for (size_t i = 0; i < acl->n; i++)
        if (acl->entries[i].order == order)
            return &acl->entries[i];
    return NULL;
}
