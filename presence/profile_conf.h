/* SPDX-License-Identifier: Apache-2.0 */
/* Which dialect of presence documents which watchers get: a list in the group "presence". */
#pragma once
#include "cfg.h"
#include <stdbool.h>

struct pidf_profile;

/** An entry of profiles. */
struct profile_conf {
    struct cfg_where where;
    char const *watchers, *user_agent; /* "": all */
    int profile;                       /* number of the row of pidf_profiles() */
};
extern struct cfg_schema const profile_conf_schema;

/** Is @p entry about a watcher of this address, whose program calls itself @p user_agent (NULL: it
 *  does not say)? */
bool profile_conf_is_about(struct profile_conf const *entry, char const *watcher,
                           char const *user_agent);

/** What it says. Static. */
struct pidf_profile const *profile_conf_profile(struct profile_conf const *entry);
