/* SPDX-License-Identifier: Apache-2.0 */
/* The phones of users, as the call manager tells us of them: lists in the group "presence". */
#pragma once
#include "cfg.h"

/** An entry of phone_lines. */
struct phone_conf_line {
    struct cfg_where where;
    char const *line, *user;
};
extern struct cfg_schema const phone_conf_line_schema;

/** Faults in the entries @p lines: a user who is none of @p users (and there is no store), an
 * entry that stands twice. */
void phone_conf_check(struct cfg_groups const *lines, struct cfg_strings const *users,
                      char const *domain, bool has_store, struct cfg_faults *faults);
