/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the lists "numbers_inbound" and "numbers_outbound" of group "cti": pairs of expression
 * and replacement, in order. */
#pragma once
#include "cfg.h"

struct number_conf {
    struct cfg_where where;
    char const *expression, *replacement;
};

extern struct cfg_schema const number_conf_schema;

/** Expressions that do not compile and replacements that name what the expression has not got;
 *  @p list_name is for the fault. */
void number_conf_check(struct cfg_groups const *list, char const *list_name,
                       struct cfg_faults *faults);
