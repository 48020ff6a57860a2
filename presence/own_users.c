/* SPDX-License-Identifier: Apache-2.0 */
/* The table of own users: see own_users.h. */
#include "own_users.h"
#include "domain_name.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct own_user {
    struct htab_entry entry;
    char address[PRESENCE_ADDRESS_BYTES];
};

static uint64_t hash_of(char const *address)
{
    return htab_hash(address, strlen(address), 0);
}

static bool is_user(struct htab_entry const *entry, void const *address)
{
    return strcmp(((struct own_user const *)entry)->address, address) == 0;
}

int own_users_address(struct own_users const *users, char const *text,
                      char ret[static PRESENCE_ADDRESS_BYTES])
{
    return presence_address_parse(text, users->domain, ret);
}

/* Calls @p on_double for each user that stands there already. */
static int build(struct own_users *users, struct cfg_strings const *list, char const *domain,
                 void (*on_double)(void *ctx, char const *address), void *ctx)
{
    int err = 0;

    *users = (struct own_users){ .v = calloc(list->n ? list->n : 1, sizeof *users->v) };
    htab_init(&users->by_address);
    if (!users->v || !domain_name_normalize(domain ? domain : "", users->domain))
        return -ENOMEM;
    for (size_t i = 0; err == 0 && i < list->n; i++) {
        struct own_user *user = &users->v[i];
        if (!list->v[i] || own_users_address(users, list->v[i], user->address) < 0)
            continue; /* the rows have said so */
        if (own_users_have(users, user->address))
            on_double(ctx, user->address);
        else
            err = htab_insert(&users->by_address, &user->entry, hash_of(user->address));
    }
    return err;
}

static void ignore(void *ctx, char const *address)
{
    (void)ctx;
    (void)address;
}

int own_users_init(struct own_users *users, struct cfg_strings const *list, char const *domain)
{
    return build(users, list, domain, ignore, NULL);
}

void own_users_fini(struct own_users *users)
{
    htab_fini(&users->by_address);
    free(users->v);
    users->v = NULL;
}

bool own_users_have(struct own_users const *users, char const *address)
{
    return htab_find(&users->by_address, hash_of(address), is_user, address) != NULL;
}

bool own_users_are_of(struct own_users const *users, char const *domain)
{
    return strcmp(users->domain, domain) == 0;
}

struct complaint {
    struct cfg_faults *faults;
    struct cfg_where where;
};

static void complain(void *ctx, char const *address)
{
    struct complaint const *c = ctx;

    cfg_fault(c->faults, c->where, "user \"%s\" stands twice", address);
}

void own_users_check(struct cfg_strings const *list, char const *domain, struct cfg_faults *faults)
{
    struct complaint c = { faults, list->where };
    struct own_users users;

    if (build(&users, list, domain, complain, &c) < 0)
        cfg_fault(faults, list->where, "no memory to compare the users");
    own_users_fini(&users);
}
