/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of number rules: see number_conf.h. */
#include "number_conf.h"
#include "number_rules.h"

enum { WHY_BYTES = 200 };

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("expression", struct number_conf, expression, .min = 1, .max = 1000,
                   .effect = CFG_RESTART,
                   .help = "Regular expression (PCRE2) that the whole number has to match; without "
                           "scheme and parameters, with the separators that were written."),
    CFG_ROW_STRING("replacement", struct number_conf, replacement, .max = 250,
                   .effect = CFG_RESTART,
                   .help = "What the number becomes: $1 to $9 and ${10} are what the groups of the "
                           "expression matched, $$ is a dollar sign; parameters may follow, as in "
                           "$1;phone-context=dialstring."),
};

struct cfg_schema const number_conf_schema = {
    .group = "number rule",
    .size = sizeof(struct number_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "one step of the normalisation of numbers; the first that matches decides.",
};

void number_conf_check(struct cfg_groups const *list, char const *list_name,
                       struct cfg_faults *faults)
{
    struct number_conf const *all = list->v;
    char why[WHY_BYTES];

    for (size_t i = 0; i < list->n; i++)
        if (all[i].expression && all[i].replacement &&
            number_rules_check(all[i].expression, all[i].replacement, why, sizeof why) < 0)
            cfg_fault(faults, all[i].where, "%s: rule %zu: %s", list_name, i + 1, why);
}
