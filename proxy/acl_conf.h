/* SPDX-License-Identifier: Apache-2.0 */
/* The access list in the configuration: rows of an `acl` entry, and the list made of them and of
 * the automatic entries for call managers (guide part 1, 7.2). */
#pragma once
#include "cfg.h"

struct acl;
struct proxy_conf;

struct acl_conf {
    struct cfg_where where;
    char const *pattern;
    char const *description;
    char const *group;
    bool trusted;
};

extern struct cfg_schema const acl_conf_schema;

/** Group of the automatic entries. */
#define ACL_CONF_CALL_MANAGERS "call-managers"

/** NULL if @p value is an IP address or a host name, else why it is none (a cfg_check_fn). */
char const *acl_conf_check_host(char const *value);

/** The list that @p conf describes, not yet sealed: the entries of `acl` in their order, then one
 *  automatic entry for each call manager, `<host>.<call_manager_domain>` unless its name is whole
 *  already. What cannot be is added to @p faults and left out. The texts of @p conf are borrowed.
 *  NULL when out of memory. */
struct acl *acl_conf_new(struct proxy_conf const *conf, struct cfg_node const *node,
                         struct cfg_faults *faults);
