/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the list "policies" of group "cti": which services are taken from whom. */
#pragma once
#include "cfg.h"
#include "csta.h"

struct policy_conf {
    struct cfg_where where;
    char const *name;
    struct cfg_strings deny, allow; /* names of services */
    struct cfg_strings users, groups;
};

extern struct cfg_schema const policy_conf_schema;

/** Without these there is no session: no policy takes them. */
bool policy_conf_is_basic(enum csta_type service);

/** Names that stand twice. */
void policy_conf_check(struct cfg_groups const *list, struct cfg_faults *faults);
