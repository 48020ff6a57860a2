/* SPDX-License-Identifier: Apache-2.0 */
/* The incoming access list: which source addresses may send us requests (guide-rcc §4).
 *
 * An entry is an IP address or a CIDR block. Blocks either nest or are disjoint, so a sorted array
 * in which each entry knows the block around it answers a look-up with one binary search and a walk
 * up the nesting: the cost does not grow with the number of entries. The innermost block counts. */
#pragma once
#include "net_addr.h"
#include <stddef.h>

struct acl;

struct acl_entry {
    struct net_cidr block;
    char const *pattern; /* as configured; borrowed from the configuration */
    char const *description;
    uint64_t hits;
    size_t order;    /* position in the configuration */
    ptrdiff_t outer; /* entry of the next larger block around this one, -1: none */
    unsigned char key[16];
};

/** New empty list, or NULL when out of memory. */
struct acl *acl_new(void);
void acl_free(struct acl **pacl);

/** Adds an entry; the texts are borrowed for the list's life. Returns 0, -EINVAL (not an address or
 *  CIDR block), -EEXIST (the block is already there) or -ENOMEM. */
int acl_add(struct acl *acl, char const *pattern, char const *description);

/** Sorts the list: call it once, after the last acl_add() and before the first look-up. */
void acl_seal(struct acl *acl);

/** The innermost entry around @p addr, or NULL. Changes nothing. */
struct acl_entry const *acl_find(struct acl const *acl, struct net_addr const *addr);

/** As acl_find(), and counts the hit. */
struct acl_entry const *acl_admit(struct acl *acl, struct net_addr const *addr);

/** Entries in the order of the configuration: 0 .. acl_count() - 1. */
size_t acl_count(struct acl const *acl);
struct acl_entry const *acl_at(struct acl const *acl, size_t order);
