/* SPDX-License-Identifier: Apache-2.0 */
/* Access list: see acl.h.
 *
 * When may a former set be freed? A reader counts itself in one of two counters before it loads the
 * pointer to the set in force, and out after its look-up; all of these accesses are sequentially
 * consistent. So whoever has the former set was in its counter when the pointer was swapped, and
 * has left once that counter was seen at 0 after the swap. A set is freed when both counters were
 * seen at 0, not necessarily at the same time. The owner changes the counter that newcomers use
 * with each look at them, so the other one comes to 0 however busy the readers are. Nobody ever
 * waits. */
#include "acl.h"
#include "acl_set.h"
#include "domain_name.h"
#include "htab.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Apart from each other, so that counting a hit of one does not slow the look-up of another. */
enum { CACHE_LINE = 64 };

struct item {
    struct acl_entry entry; /* first: acl_hit() goes from it to its item */
    struct htab_entry by_pattern;
    struct net_cidr block; /* unless it is a name */
    struct net_addr *addrs;
    size_t order;
    _Atomic uint64_t hits;
};

struct acl {
    struct item **items;
    size_t n, size;
    struct htab by_pattern;
    bool sealed, has_names;
    struct acl_set *retired; /* former sets, linked */
    _Atomic(struct acl_set *) live;
    atomic_uint phase; /* newcomers count in readers[phase % 2] */
    _Alignas(CACHE_LINE) atomic_uint readers[2];
};

struct acl *acl_new(void)
{
    struct acl *acl = aligned_alloc(CACHE_LINE, sizeof *acl);
    if (!acl)
        return NULL;
    memset(acl, 0, sizeof *acl);
    htab_init(&acl->by_pattern);
    return acl;
}

static void item_free(struct item *item)
{
    if (item) {
        free((char *)(uintptr_t)item->entry.rule.pattern);
        free(item->addrs);
    }
    free(item);
}

void acl_free(struct acl **pacl)
{
    struct acl *acl = *pacl;
    *pacl = NULL;
    if (!acl)
        return;
    struct acl_set *live = atomic_load(&acl->live);
    acl_set_free(&live);
    (void)acl_reclaim(acl);
    for (size_t i = 0; i < acl->n; i++)
        item_free(acl->items[i]);
    free(acl->items);
    htab_fini(&acl->by_pattern);
    free(acl);
}

/* --- entries -------------------------------------------------------------------------------------
 */

char const *acl_check_pattern(char const *pattern)
{
    struct net_cidr block;
    bool is_block = pattern[strspn(pattern, "0123456789abcdefABCDEF.:/")] == '\0' &&
                    (strpbrk(pattern, ":/") || strspn(pattern, "0123456789.") == strlen(pattern));
    if (net_cidr_parse(&block, pattern) == 0)
        return NULL;
    if (is_block)
        return "not an IP address or CIDR block (bits behind the prefix must be zero)";
    return domain_name_check(pattern) ? "not an IP address, CIDR block or host name" : NULL;
}

/* What makes two patterns equal: the block, or the name without regard to case. */
static uint64_t hash_of(struct item const *item)
{
    uint64_t hash = item->entry.rule.automatic;
    struct net_cidr const *block = &item->block;
    if (!item->entry.is_name) {
        hash = htab_hash(&block->bits, sizeof block->bits, hash);
        if (block->addr.sa.sa_family == AF_INET)
            return htab_hash(&block->addr.in.sin_addr, sizeof block->addr.in.sin_addr, hash);
        return htab_hash(&block->addr.in6.sin6_addr, sizeof block->addr.in6.sin6_addr, hash);
    }
    for (char const *p = item->entry.rule.pattern; *p; p++) {
        char lower = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
        hash = htab_hash(&lower, 1, hash);
    }
    return hash;
}

static struct item *item_of(struct htab_entry const *entry)
{
    return (struct item *)((char *)(uintptr_t)entry - offsetof(struct item, by_pattern));
}

static bool is_same(struct htab_entry const *entry, void const *key)
{
    struct item const *a = item_of(entry), *b = key;
    if (a->entry.is_name != b->entry.is_name || a->entry.rule.automatic != b->entry.rule.automatic)
        return false;
    if (a->entry.is_name)
        return strcasecmp(a->entry.rule.pattern, b->entry.rule.pattern) == 0;
    return a->block.bits == b->block.bits && net_addr_same_host(&a->block.addr, &b->block.addr);
}

static int grow(struct acl *acl)
{
    if (acl->n < acl->size)
        return 0;
    size_t size = acl->size ? 2 * acl->size : 16;
    struct item **items = realloc(acl->items, size * sizeof *items);
    if (!items)
        return -ENOMEM;
    acl->items = items;
    acl->size = size;
    return 0;
}

static struct item *item_new(struct acl_rule const *rule)
{
    struct item *item = calloc(1, sizeof *item);
    if (!item)
        return NULL;
    item->entry.rule = *rule;
    item->entry.rule.pattern = strdup(rule->pattern);
    item->entry.is_name = net_cidr_parse(&item->block, rule->pattern) < 0;
    if (!item->entry.rule.pattern) {
        free(item);
        return NULL;
    }
    return item;
}

int acl_add(struct acl *acl, struct acl_rule const *rule)
{
    if (acl->sealed)
        return -EPERM;
    if (acl_check_pattern(rule->pattern))
        return -EINVAL;
    struct item *item = item_new(rule);
    int error = -ENOMEM;
    if (!item || grow(acl) < 0)
        goto fail;
    uint64_t hash = hash_of(item);
    error = -EEXIST;
    if (htab_find(&acl->by_pattern, hash, is_same, item) ||
        (error = htab_insert(&acl->by_pattern, &item->by_pattern, hash)) < 0)
        goto fail;
    acl->has_names |= item->entry.is_name;
    item->order = acl->n;
    acl->items[acl->n++] = item;
    return 0;
fail:
    item_free(item);
    return error;
}

size_t acl_count(struct acl const *acl)
{
    return acl->n;
}

struct acl_entry const *acl_at(struct acl const *acl, size_t order)
{
    return order < acl->n ? &acl->items[order]->entry : NULL;
}

void acl_hit(struct acl_entry const *entry)
{
    struct item *item = (struct item *)(uintptr_t)entry;
    atomic_fetch_add_explicit(&item->hits, 1, memory_order_relaxed);
}

uint64_t acl_hits(struct acl_entry const *entry)
{
    return atomic_load_explicit(&((struct item const *)entry)->hits, memory_order_relaxed);
}

/* --- addresses of names --------------------------------------------------------------------------
 */

/* Both lists hold each address once. */
static bool are_same(struct item const *item, struct net_addr const *addrs, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < item->entry.n_addrs; k++)
            found += net_addr_same_host(&addrs[i], &item->addrs[k]);
    return n == item->entry.n_addrs && found == n;
}

static int give(struct item *item, struct net_addr const *addrs, size_t n)
{
    struct net_addr *copy = malloc((n + 1) * sizeof *copy);
    if (!copy)
        return -ENOMEM;
    if (n > 0)
        memcpy(copy, addrs, n * sizeof *copy);
    free(item->addrs);
    item->entry.addrs = item->addrs = copy;
    item->entry.n_addrs = n;
    return 1;
}

int acl_set_addresses(struct acl *acl, size_t order, struct net_addr const *addrs, size_t n)
{
    if (order >= acl->n || !acl->items[order]->entry.is_name)
        return -EINVAL;
    return are_same(acl->items[order], addrs, n) ? 0 : give(acl->items[order], addrs, n);
}

/* The entry with the name of @p item, automatic or not. */
static struct item const *find_name(struct acl const *acl, struct item const *item)
{
    struct item key = *item;
    struct htab_entry const *found = htab_find(&acl->by_pattern, hash_of(&key), is_same, &key);
    key.entry.rule.automatic = !key.entry.rule.automatic;
    if (!found)
        found = htab_find(&acl->by_pattern, hash_of(&key), is_same, &key);
    return found ? item_of(found) : NULL;
}

bool acl_has_name(struct acl const *acl, char const *name)
{
    struct item key = { .entry = { .rule = { .pattern = name }, .is_name = true } };
    return find_name(acl, &key) != NULL;
}

int acl_inherit(struct acl *acl, struct acl const *old)
{
    for (size_t i = 0; i < acl->n; i++) {
        struct item *item = acl->items[i];
        struct item const *former = item->entry.is_name ? find_name(old, item) : NULL;
        if (former && give(item, former->addrs, former->entry.n_addrs) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* --- the set in force ----------------------------------------------------------------------------
 */

static size_t count_blocks(struct acl const *acl)
{
    size_t n = 0;
    for (size_t i = 0; i < acl->n; i++)
        n += acl->items[i]->entry.is_name ? acl->items[i]->entry.n_addrs : 1;
    return n;
}

static struct acl_set *make_set(struct acl const *acl)
{
    size_t n = 0;
    struct acl_block *blocks = malloc((count_blocks(acl) + 1) * sizeof *blocks);
    if (!blocks)
        return NULL;
    for (uint32_t i = 0; i < acl->n; i++) {
        struct item const *item = acl->items[i];
        if (!item->entry.is_name)
            blocks[n++] = (struct acl_block){ item->block, i };
        for (size_t k = 0; k < item->entry.n_addrs; k++) {
            struct net_addr const *addr = &item->addrs[k];
            unsigned bits = addr->sa.sa_family == AF_INET ? 32 : 128;
            blocks[n++] = (struct acl_block){ { *addr, bits }, i };
        }
    }
    struct acl_set *set = acl_set_new(blocks, n);
    free(blocks);
    return set;
}

size_t acl_reclaim(struct acl *acl)
{
    unsigned seen = 0;
    size_t left = 0;
    for (unsigned i = 0; i < 2; i++)
        seen |= (atomic_load(&acl->readers[i]) == 0) << i;
    atomic_fetch_add(&acl->phase, 1);
    for (struct acl_set **at = &acl->retired, *set; (set = *at);) {
        struct acl_set_rest *rest = acl_set_rest(set);
        rest->seen |= seen;
        if (rest->seen == (1 << 0 | 1 << 1)) {
            *at = rest->next;
            acl_set_free(&set);
        } else {
            at = &rest->next;
            left++;
        }
    }
    return left;
}

int acl_publish(struct acl *acl)
{
    struct acl_set *next = make_set(acl);
    if (!next)
        return -ENOMEM;
    struct acl_set *former = atomic_exchange(&acl->live, next);
    if (former) {
        acl_set_rest(former)->next = acl->retired;
        acl->retired = former;
    }
    (void)acl_reclaim(acl);
    return 0;
}

int acl_seal(struct acl *acl)
{
    acl->sealed = true;
    return acl_publish(acl);
}

/* --- look-up -------------------------------------------------------------------------------------
 */

enum { UNCOUNTED = 2 };

/* Begins a look-up; *@p ret_counter is for leave(). Without names the set never changes, and nobody
 * need count. */
static struct acl_set const *enter(struct acl const *acl, unsigned *ret_counter)
{
    struct acl *shared = (struct acl *)(uintptr_t)acl;
    *ret_counter = acl->has_names ? atomic_load(&shared->phase) % 2 : UNCOUNTED;
    if (*ret_counter != UNCOUNTED)
        atomic_fetch_add(&shared->readers[*ret_counter], 1);
    return atomic_load(&shared->live);
}

static void leave(struct acl const *acl, unsigned counter)
{
    struct acl *shared = (struct acl *)(uintptr_t)acl;
    if (counter != UNCOUNTED)
        atomic_fetch_sub(&shared->readers[counter], 1);
}

struct acl_entry const *acl_find(struct acl const *acl, struct net_addr const *addr)
{
    struct acl_entry const *entry = NULL;
    unsigned counter;
    struct acl_set const *set = enter(acl, &counter);
    ptrdiff_t at = set ? acl_set_find(set, addr) : ACL_SET_NONE;
    if (at != ACL_SET_NONE)
        entry = &acl->items[acl_set_entry(set, at)]->entry;
    leave(acl, counter);
    return entry;
}

static bool names_group(struct acl_rule const *rule, char const *group)
{
    size_t len = strlen(group);
    for (char const *p = rule->groups ? rule->groups : ""; *p; p += strcspn(p, ", ")) {
        p += strspn(p, ", ");
        if (len > 0 && strncmp(p, group, len) == 0 && strcspn(p, ", ") == len)
            return true;
    }
    return false;
}

static bool is_trusted(struct acl_rule const *rule, char const *unused)
{
    (void)unused;
    return rule->trusted;
}

/* Is there such an entry around the address? */
static bool any_entry(struct acl const *acl, struct net_addr const *addr,
                      bool (*is_such)(struct acl_rule const *rule, char const *arg),
                      char const *arg)
{
    bool found = false;
    unsigned counter;
    struct acl_set const *set = enter(acl, &counter);
    ptrdiff_t at = set ? acl_set_find(set, addr) : ACL_SET_NONE;
    for (; !found && at != ACL_SET_NONE; at = acl_set_next(set, addr, at))
        found = is_such(&acl->items[acl_set_entry(set, at)]->entry.rule, arg);
    leave(acl, counter);
    return found;
}

bool acl_is_in_group(struct acl const *acl, struct net_addr const *addr, char const *group)
{
    return any_entry(acl, addr, names_group, group);
}

bool acl_is_trusted(struct acl const *acl, struct net_addr const *addr)
{
    return any_entry(acl, addr, is_trusted, NULL);
}

bool acl_has_group(struct acl const *acl, char const *group)
{
    bool found = false;
    for (size_t i = 0; !found && i < acl->n; i++)
        found = names_group(&acl->items[i]->entry.rule, group);
    return found;
}
