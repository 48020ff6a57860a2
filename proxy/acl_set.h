/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of addresses, sorted once and never changed: the part of the access list that is searched
 * for each request. Inner part of acl.c.
 *
 * Blocks either nest or are disjoint, so a sorted array in which each knows the block around it
 * answers a look-up with one binary search and a walk up the nesting: the cost does not grow with
 * the number of blocks. Several entries may have the same block; the lower one counts. */
#pragma once
#include "net_addr.h"
#include <stddef.h>

struct acl_set;

struct acl_block {
    struct net_cidr block;
    uint32_t entry; /* whose block it is */
};

/** Sorts a copy of @p n blocks. NULL when out of memory. */
struct acl_set *acl_set_new(struct acl_block const *blocks, size_t n);
void acl_set_free(struct acl_set **pset);

/** What the owner notes of a set that is no longer in force. */
struct acl_set_rest {
    struct acl_set *next;
    unsigned seen;
};

struct acl_set_rest *acl_set_rest(struct acl_set *set);

enum { ACL_SET_NONE = -1 };

/** The innermost block around @p addr, or ACL_SET_NONE. */
ptrdiff_t acl_set_find(struct acl_set const *set, struct net_addr const *addr);

/** The next one around @p addr after @p at, from the inside out; of equal blocks every one. */
ptrdiff_t acl_set_next(struct acl_set const *set, struct net_addr const *addr, ptrdiff_t at);

/** Whose block it is. */
uint32_t acl_set_entry(struct acl_set const *set, ptrdiff_t at);
