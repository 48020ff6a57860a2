/* SPDX-License-Identifier: Apache-2.0 */
/* Changing people, devices and lines: all or nothing, in one transaction of the caller's thread, by
 * a program that has not started the store; and the changes that the gateway makes while it runs.
 *
 * store_people_begin(); any number of puts and drops; store_people_check(); store_people_end().
 * Every function returns 0 or a negative errno: -EEXIST where a mail or SIP address is another
 * user's, -ENOENT where there is nothing to drop. */
#pragma once
#include "store_people.h"

/** Keeps other writers out until store_people_end(), so what can be done before is done before.
 *  -ESTALE: somebody has changed people since revision @p known; 0 for any. */
int store_people_begin(struct store *store, int64_t known);

/** Adds the user, or gives the user of this id these values; @p groups are words. */
int store_people_put_user(struct store *store, struct store_person const *person,
                          char const *groups);

/** As above; @p users (ids) become the ones that it is associated with. */
int store_people_put_device(struct store *store, struct store_device const *device,
                            char const *const *users, size_t n);

/** As above; @p devices (names) become those that the line stands on, in this order. */
int store_people_put_line(struct store *store, char const *number, char const *partition,
                          char const *const *devices, size_t n);

/* What belongs to it goes with it. */
int store_people_drop_user(struct store *store, char const *id);
int store_people_drop_device(struct store *store, char const *name);
int store_people_drop_line(struct store *store, char const *number, char const *partition);

enum store_people_fault {
    STORE_PEOPLE_NO_DEVICE, /* a line stands on the device @p name, which is not there */
    STORE_PEOPLE_NO_USER,   /* a device is @p name's, who is not there: perhaps of the file */
    STORE_PEOPLE_TOO_MANY,  /* the user @p name has more than the limit of devices */
};

/** Calls @p fn for everything that does not fit together now; @p max_devices 0: no limit. */
int store_people_check(struct store *store, unsigned max_devices,
                       void (*fn)(void *ctx, enum store_people_fault fault, char const *name,
                                  char const *of),
                       void *ctx);

/** Commits, or takes everything back. */
int store_people_end(struct store *store, bool commit);

/** Keeps which device @p user chose for a line; a job of the store's thread. The revision stays:
 * the caller knows. Everything is copied. */
int store_people_choose(struct store_link *link, struct store_choice const *choice,
                        store_done_fn *done, void *ctx);

/** Keeps whether @p device is registered; as above. */
int store_people_register(struct store_link *link, char const *device, bool is_registered,
                          store_done_fn *done, void *ctx);
