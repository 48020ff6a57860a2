/* SPDX-License-Identifier: Apache-2.0 */
/* The users in force: those of the configuration file and those of the store (cti.store), which may
 * be the file of the proxy's registrar.
 *
 * The store belongs to whoever changes it, such as `crosspoint user`: that program commits and then
 * says `directory reload`. In case nobody says so, its revision is looked at every store_poll
 * seconds. Reading happens in the store's thread; the loop only swaps one pointer. A person who may
 * not control a line any more loses the session on it. */
#pragma once
#include "ctl.h"
#include "users.h"
#include "wheel.h"

struct gateway;

struct directory {
    struct gateway *gw;
    struct users *users; /* never NULL once directory_init() has succeeded */
    struct store *store; /* NULL: there is none */
    struct store_link *link;
    LIST_HEAD(, directory_look) looks; /* under way in the store's thread */
    struct wheel_timer poll;
    bool look_again; /* something has changed while a look was under way */
};

/** The users of the configuration file. Returns 0 or -ENOMEM; fini is right after either. */
int directory_init(struct directory *directory, struct gateway *gw);

/** Opens the store, if there is one, and reads it; as the user who owns what this makes. Returns 0,
 *  or a negative errno after logging why: -EINVAL if the two sources contradict each other. */
int directory_start(struct directory *directory, uv_loop_t *loop);
void directory_fini(struct directory *directory);

/** The user chose @p device for a line: kept over restarts if there is a store. Returns 0, or a
 *  negative errno when it is not even in memory. */
int directory_choose(struct directory *directory, char const *id, char const *number,
                     char const *device);

/** The switch says that @p device is registered, or no longer: kept as above. */
void directory_register(struct directory *directory, char const *device, bool is_registered);

/** The command `directory reload`. */
ctl_command_fn directory_cmd_reload;
