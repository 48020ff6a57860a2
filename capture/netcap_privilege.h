/* SPDX-License-Identifier: Apache-2.0 */
/* How crosspoint-netcap becomes harmless: no capability, no way to one, nobody's user, no file, no
 * process. For good. */
#pragma once
#include <sys/types.h>

struct netcap_privilege {
    uid_t uid;
    gid_t gid;
};

/** Finds @p user, if root has started us: else we stay who we are. 0, or -1: there is none, or it
 *  is root. To be called before what follows. */
int netcap_privilege_find(struct netcap_privilege *ret, char const *user);

/** Gives up everything but what is open. 0 or a negative errno: then the process must end. */
int netcap_privilege_drop(struct netcap_privilege const *privilege);

/** Opens no file and starts no process from now on; of descriptors @p n can be waited for. 0 or a
 *  negative errno. */
int netcap_privilege_close(unsigned n);
