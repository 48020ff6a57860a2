/* SPDX-License-Identifier: Apache-2.0 */
/* The user tables: one hash of all names of all users, one of all lines. */
#include "users.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum name_kind { NAME_ID, NAME_MAIL, NAME_URI, NAME_LINE };
enum { KEY_BYTES = 300 };

struct user_name {
    struct htab_entry entry;
    enum name_kind kind;
    char const *text;
    struct cti_user const *user;
};

struct key {
    enum name_kind kind;
    char const *text;
};

/* Hosts are case-insensitive; so are mail addresses in practice. User ids and lines are not. */
static bool folds_case(enum name_kind kind)
{
    return kind == NAME_MAIL || kind == NAME_URI;
}

static uint64_t hash_of(enum name_kind kind, char const *text)
{
    char folded[KEY_BYTES];
    size_t len = strlen(text);

    if (folds_case(kind) && len < sizeof folded) {
        for (size_t i = 0; i < len; i++)
            folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
        text = folded;
    }
    return htab_hash(text, len, (uint64_t)kind + 1);
}

static bool matches(struct htab_entry const *entry, void const *wanted)
{
    struct user_name const *name = (struct user_name const *)entry;
    struct key const *key = wanted;

    if (name->kind != key->kind)
        return false;
    return folds_case(key->kind) ? strcasecmp(name->text, key->text) == 0
                                 : strcmp(name->text, key->text) == 0;
}

static struct user_name const *find(struct htab const *tab, enum name_kind kind, char const *text)
{
    struct key key = { kind, text };

    return (struct user_name const *)htab_find(tab, hash_of(kind, text), matches, &key);
}

/* The first user with a name keeps it. */
static int add(struct users *users, struct htab *tab, enum name_kind kind, char const *text,
               struct cti_user const *user)
{
    if (!*text || find(tab, kind, text))
        return 0;
    struct user_name *name = &users->v[users->n++];
    name->kind = kind;
    name->text = text;
    name->user = user;
    return htab_insert(tab, &name->entry, hash_of(kind, text));
}

static int add_user(struct users *users, struct cti_user const *user)
{
    int err = add(users, &users->names, NAME_ID, user->id, user);

    if (err == 0)
        err = add(users, &users->names, NAME_MAIL, user->mail, user);
    if (err == 0)
        err = add(users, &users->names, NAME_URI, user->uri, user);
    for (size_t i = 0; err == 0 && i < user->lines.n; i++)
        err = add(users, &users->lines, NAME_LINE, user->lines.v[i], user);
    return err;
}

int users_init(struct users *users, struct cti_conf const *conf)
{
    struct cti_user const *all = conf->users.v;
    size_t most = 0;
    int err = 0;

    *users = (struct users){ .conf = conf };
    htab_init(&users->names);
    htab_init(&users->lines);
    for (size_t i = 0; i < conf->users.n; i++)
        most += 3 + all[i].lines.n;
    users->v = calloc(most ? most : 1, sizeof *users->v);
    if (!users->v)
        return -ENOMEM;
    for (size_t i = 0; err == 0 && i < conf->users.n; i++)
        err = add_user(users, &all[i]);
    return err;
}

void users_fini(struct users *users)
{
    htab_fini(&users->names);
    htab_fini(&users->lines);
    free(users->v);
    users->v = NULL;
}

struct cti_user const *users_find(struct users const *users, char const *from_uri)
{
    char id[KEY_BYTES];
    char const *address = strchr(from_uri, ':');
    struct user_name const *name;

    if (!address)
        return NULL;
    address++;
    size_t len = strcspn(address, "@");
    if (len >= sizeof id)
        return NULL;
    memcpy(id, address, len);
    id[len] = '\0';
    name = find(&users->names, NAME_ID, id);
    if (!name)
        name = find(&users->names, NAME_MAIL, address);
    if (!name)
        name = find(&users->names, NAME_URI, from_uri);
    return name ? name->user : NULL;
}

struct cti_user const *users_by_id(struct users const *users, char const *id)
{
    struct user_name const *name = find(&users->names, NAME_ID, id);

    return name ? name->user : NULL;
}

bool users_may_control(struct users const *users, char const *id, char const *number)
{
    struct cti_user const *user = users_by_id(users, id);

    for (size_t i = 0; user && i < user->lines.n; i++)
        if (strcmp(user->lines.v[i], number) == 0)
            return true;
    return false;
}

bool users_have_line(struct users const *users, char const *number)
{
    return find(&users->lines, NAME_LINE, number) != NULL;
}
