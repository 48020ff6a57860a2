/* SPDX-License-Identifier: Apache-2.0 */
/* Changing contacts and policies: all or nothing, in one transaction of the caller's thread, by a
 * program that has not started the store. store_contacts_begin(); any number of puts and drops;
 * store_contacts_end(). Every function returns 0 or a negative errno; -ENOENT where there is
 * nothing to drop. */
#pragma once
#include "store_contacts.h"

/** Keeps other writers out until store_contacts_end(). -ESTALE: somebody has changed contacts since
 *  revision @p known; 0 for any. */
int store_contacts_begin(struct store *store, int64_t known);

/** Commits, or takes everything back. */
int store_contacts_end(struct store *store, bool commit);

/** Does @p owner have the contact now, with what is not committed yet? */
int store_contacts_has(struct store *store, char const *owner, char const *contact, bool *ret);

/** Adds the contact, or gives it this nickname. */
int store_contacts_put(struct store *store, char const *owner, char const *contact,
                       char const *nickname);

/** The contact is in the group @p name, too; "" takes it out of all groups. */
int store_contacts_put_group(struct store *store, char const *owner, char const *contact,
                             char const *name);

int store_contacts_drop(struct store *store, char const *owner, char const *contact);

/** Puts @p to for @p from into every contact list and every block and allow list. One who stands
 *  there already under both is merged (and blocked if one is); nobody becomes a contact of oneself:
 * that one is dropped. Returns how many contact lists it is in, or a negative errno. */
int store_contacts_rename(struct store *store, char const *from, char const *to);

/* An enterprise group in the contact list of @p owner. */
int store_contacts_put_enterprise(struct store *store, char const *owner, char const *name);
int store_contacts_drop_enterprise(struct store *store, char const *owner, char const *name);

/** @p who (an address, or "@" and a domain) is on the allow list of @p owner or on the block list,
 *  and not on the other one. */
int store_contacts_put_entry(struct store *store, char const *owner, char const *who, bool allow);
int store_contacts_drop_entry(struct store *store, char const *owner, char const *who);

/** What everybody else gets. */
int store_contacts_put_default(struct store *store, char const *owner,
                               enum store_policy_default fallback);
