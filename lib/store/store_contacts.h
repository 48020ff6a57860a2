/* SPDX-License-Identifier: Apache-2.0 */
/* What each user says about others: the contact list with its groups, whom the user blocks and
 * allows, and what everybody else gets. A copy of what the file holds, which never changes once it
 * is read; see store_people.h for how it is kept. Changes are in store_contacts_change.h.
 *
 * Enterprise groups are those of the people (member_of), so the revision moves with both.
 * Addresses are user@domain, the domain in lower case, and compared byte by byte. Equal texts are
 * kept once: a user stands in many lists. */
#pragma once
#include "htab.h"
#include "store.h"
#include "store_people.h"

struct store_contacts;

/** Strings are never NULL; "" is none. */
struct store_contact {
    char const *address, *nickname;
    struct store_word *groups; /* in the order of their names; NULL: none */
};

/** An entry of the block list or of the allow list. */
struct store_policy_entry {
    char const *who; /* an address, or "@" and a domain */
    bool allow;
};

/* The numbers stand in the file. */
enum store_policy_default {
    STORE_POLICY_UNSET, /* the user has said nothing */
    STORE_POLICY_ALLOW,
    STORE_POLICY_BLOCK,
    STORE_POLICY_ASK,
};

/** Everything one user says. */
struct store_roster {
    struct htab_entry by_owner;
    STAILQ_ENTRY(store_roster) link;
    char const *owner;                  /* an address */
    struct store_contact *contacts;     /* in the order of their addresses */
    struct store_policy_entry *entries; /* in the order of who */
    size_t n_contacts, n_entries;
    struct store_word *enterprise; /* enterprise groups that stand in the contact list */
    enum store_policy_default fallback;
};

STAILQ_HEAD(store_roster_list, store_roster);

/** Who is in which groups: a user of the directory with a SIP address. */
struct store_member {
    struct htab_entry by_address;
    char const *address;
    struct store_word *groups;
};

/** Reads everything. Blocks; before store_start() only. Returns 0 or a negative errno after logging
 *  why. */
int store_contacts_read(struct store *store, struct store_contacts **ret);

/** Accepts NULL inside. Any thread. */
void store_contacts_free(struct store_contacts **pcontacts);

/** Gets a new copy, in the store's thread. */
typedef void store_contacts_take_fn(void *ctx, struct store_contacts *contacts);

/** As store_people_refresh(). */
int store_contacts_refresh(struct store_link *link, int64_t known, store_contacts_take_fn *take,
                           store_done_fn *done, void *ctx);

int64_t store_contacts_revision(struct store_contacts const *contacts);

/** In the order of owners: those who say anything. */
struct store_roster_list const *store_contacts_rosters(struct store_contacts const *contacts);

/** NULL if @p owner says nothing. */
struct store_roster const *store_contacts_roster(struct store_contacts const *contacts,
                                                 char const *owner);

/* Of one roster, which may be NULL; NULL if there is none. */
struct store_contact const *store_contacts_find(struct store_roster const *roster,
                                                char const *address);
struct store_policy_entry const *store_contacts_entry(struct store_roster const *roster,
                                                      char const *who);

/** Is @p address the SIP address of a user of the directory? */
bool store_contacts_is_user(struct store_contacts const *contacts, char const *address);

/** Is @p address in an enterprise group that stands in the contact list of @p roster (may be NULL)?
 */
bool store_contacts_in_group(struct store_contacts const *contacts,
                             struct store_roster const *roster, char const *address);
