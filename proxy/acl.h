/* SPDX-License-Identifier: Apache-2.0 */
/* The incoming access list: which source addresses may send us requests (guide-rcc 4, guide part 1,
 * 7.2).
 *
 * An entry is an IP address, a CIDR block or a host name; of a name, whatever addresses it was last
 * given (acl_names.c). Entries are fixed once the list is sealed. What changes is the set of blocks
 * (acl_set.h) made of them: acl_publish() builds a new one and swaps a pointer.
 *
 * Threads: everybody may look up and count hits at any time, without a lock. One thread, the owner,
 * does all the rest. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>

struct acl;

/** What an entry is made from; the list copies the pattern and borrows the other texts. */
struct acl_rule {
    char const *pattern;
    char const *description;
    char const *groups; /* "NAME, ..." */
    bool automatic;     /* made by the program, for a call manager */
    bool trusted;       /* may say who its users are: identity.h */
};

struct acl_entry {
    struct acl_rule rule;
    bool is_name;
    struct net_addr const *addrs; /* of a name; the owner's thread only */
    size_t n_addrs;
};

/** New empty list, or NULL when out of memory. */
struct acl *acl_new(void);

/** Nobody may look up any more. */
void acl_free(struct acl **pacl);

/** NULL if @p pattern can stand in an entry, else why not (a cfg_check_fn). */
char const *acl_check_pattern(char const *pattern);

/** Adds an entry. Returns 0, -EINVAL (the pattern is none), -EEXIST (it is there already, among the
 *  automatic or the other ones), -EPERM (the list is sealed) or -ENOMEM. */
int acl_add(struct acl *acl, struct acl_rule const *rule);

/** Gives each name the addresses that it has in @p old; they count from acl_seal() or
 *  acl_publish() on. Returns 0 or -ENOMEM. */
int acl_inherit(struct acl *acl, struct acl const *old);

/** Ends the adding: the first set is made, other threads may come. Returns 0 or -ENOMEM. */
int acl_seal(struct acl *acl);

/** Is there an entry with this name, automatic or not? */
bool acl_has_name(struct acl const *acl, char const *name);

/** New addresses for the name at position @p order; they count from the next acl_publish() on.
 *  Returns 1 if they differ from the former ones, 0 if not, -EINVAL (no name) or -ENOMEM. */
int acl_set_addresses(struct acl *acl, size_t order, struct net_addr const *addrs, size_t n);

/** Puts the addresses of all names in force. Returns 0 or -ENOMEM: the former set stays then. */
int acl_publish(struct acl *acl);

/** Frees former sets that no thread is reading any more; returns how many are left. acl_publish()
 *  does it, too. */
size_t acl_reclaim(struct acl *acl);

/** The innermost entry around @p addr, of several the first; NULL: none. Lives as long as the list.
 */
struct acl_entry const *acl_find(struct acl const *acl, struct net_addr const *addr);

/** Does any entry around @p addr name the group? Upper and lower case are different. */
bool acl_is_in_group(struct acl const *acl, struct net_addr const *addr, char const *group);

/** Is any entry around @p addr a trusted one? */
bool acl_is_trusted(struct acl const *acl, struct net_addr const *addr);

/** Does any entry of the list name the group? */
bool acl_has_group(struct acl const *acl, char const *group);

/** Counts a request that @p entry has admitted, and says how many there were. */
void acl_hit(struct acl_entry const *entry);
uint64_t acl_hits(struct acl_entry const *entry);

/** Entries in the order in which they were added: 0 .. acl_count() - 1; NULL beyond. */
size_t acl_count(struct acl const *acl);
struct acl_entry const *acl_at(struct acl const *acl, size_t order);
