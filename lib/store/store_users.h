/* SPDX-License-Identifier: Apache-2.0 */
/* The users of the node: names, and what their passwords are checked with (HA1 of RFC 7616, never
 * the password). Read into memory once; looked up there from any thread; changed through the
 * store's thread, which changes the memory when the file has the change. */
#pragma once
#include "store.h"
#include <stdbool.h>
#include <stdint.h>

enum { STORE_USERS_NAME_MAX = 64, STORE_USERS_MD5 = 32, STORE_USERS_SHA256 = 64 };

struct store_users;

/** HA1 = H(name:realm:password) in lower-case hexadecimal. */
struct store_secret {
    char md5[STORE_USERS_MD5 + 1];
    char sha256[STORE_USERS_SHA256 + 1];
};

struct store_user {
    char const *name;
    char const *domain;
    char const *realm; /* that the secrets were made for */
    struct store_secret secret;
    bool enabled;
    int64_t created_s;
};

/** Reads all users. Before store_start(). Returns 0 or a negative errno after logging why. */
int store_users_new(struct store_users **ret, struct store *store);

/** After store_close(). Accepts NULL inside. */
void store_users_free(struct store_users **pusers);

/** Copies what the passwords of an enabled user of this realm are checked with. Returns false if
 *  there is no such user. Any thread. */
bool store_users_find(struct store_users *users, char const *name, char const *domain,
                      char const *realm, struct store_secret *ret);

/** Is there such a user, enabled or not, of whatever realm? Any thread. */
bool store_users_exists(struct store_users *users, char const *name, char const *domain);

/** Calls @p fn with every user in the order of their names; @p fn may not call into here. Any
 *  thread. Returns 0 or -ENOMEM. */
int store_users_each(struct store_users *users,
                     void (*fn)(void *ctx, struct store_user const *user), void *ctx);

/* Changes: strings of @p user are never NULL and are copied. Each returns 0, or a negative errno
 * and
 * @p done is not called. */

/** Adds a user; the job fails with -EEXIST if there is one of that name and domain. */
int store_users_add(struct store_users *users, struct store_link *link,
                    struct store_user const *user, store_done_fn *done, void *ctx);

/** Sets realm and secrets; the job fails with -ENOENT if there is no such user. So do the next. */
int store_users_set(struct store_users *users, struct store_link *link,
                    struct store_user const *user, store_done_fn *done, void *ctx);

/** Sets `enabled`. */
int store_users_enable(struct store_users *users, struct store_link *link,
                       struct store_user const *user, store_done_fn *done, void *ctx);

/** Deletes a user and what is registered for the address of record NAME@DOMAIN. */
int store_users_delete(struct store_users *users, struct store_link *link,
                       struct store_user const *user, store_done_fn *done, void *ctx);
