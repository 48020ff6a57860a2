/* SPDX-License-Identifier: Apache-2.0 */
/* Users of the configuration file: who has presence here beside those of the store (rosters.h). */
#pragma once
#include "cfg.h"
#include "htab.h"
#include "presence_address.h"

struct own_users {
    struct htab by_address;
    struct own_user *v;
    char domain[PRESENCE_ADDRESS_BYTES];
};

/** The users of @p list; those without domain are in @p domain. Returns 0 or -ENOMEM; fini is right
 *  after either. */
int own_users_init(struct own_users *users, struct cfg_strings const *list, char const *domain);
void own_users_fini(struct own_users *users);

/** What people write for a user, with or without domain or scheme, as presence_address.h writes it.
 *  Returns 0 or -EINVAL. */
int own_users_address(struct own_users const *users, char const *text,
                      char ret[static PRESENCE_ADDRESS_BYTES]);

/** Is @p address, as presence_address.h writes it, that of a user? */
bool own_users_have(struct own_users const *users, char const *address);

/** Is @p domain one whose users are ours? */
bool own_users_are_of(struct own_users const *users, char const *domain);

/** Finds users who stand twice. */
void own_users_check(struct cfg_strings const *list, char const *domain, struct cfg_faults *faults);
