/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of policies: see policy_conf.h. */
#include "policy_conf.h"
#include <string.h>

bool policy_conf_is_basic(enum csta_type service)
{
    return service == CSTA_GetCSTAFeatures || service == CSTA_RequestSystemStatus ||
           service == CSTA_SystemStatus || service == CSTA_MonitorStop;
}

static char const *check_service(char const *name)
{
    enum csta_type type = csta_type_parse(name);

    return type && csta_is_service(type) ? NULL : "there is no such CSTA service";
}

static char const *check_denied(char const *name)
{
    char const *fault = check_service(name);

    if (!fault && policy_conf_is_basic(csta_type_parse(name)))
        fault = "no session can do without this service";
    return fault;
}

static char const *check_word(char const *text)
{
    return *text && !strpbrk(text, " \t,;") ? NULL : "wants one word";
}

static struct cfg_row const rows[] = {
    CFG_ROW_STRING("name", struct policy_conf, name, .min = 1, .max = 64, .check = check_word,
                   .effect = CFG_RESTART, .help = "Name of the policy, for the log."),
    CFG_ROW_STRINGS("deny", struct policy_conf, deny, .max = 256, .check = check_denied,
                    .effect = CFG_RESTART,
                    .help = "CSTA services that are neither offered nor served, such as HoldCall."),
    CFG_ROW_STRINGS("allow", struct policy_conf, allow, .max = 256, .check = check_service,
                    .effect = CFG_RESTART,
                    .help =
                        "If it names any: only these services, and those that no session can do "
                        "without."),
    CFG_ROW_STRINGS("users", struct policy_conf, users, .max = 10000, .effect = CFG_RESTART,
                    .help = "Ids of the users that it applies to."),
    CFG_ROW_STRINGS("groups", struct policy_conf, groups, .max = 1000, .check = check_word,
                    .effect = CFG_RESTART,
                    .help =
                        "Groups of users that it applies to. Without users and groups it applies "
                        "to everybody."),
};

struct cfg_schema const policy_conf_schema = {
    .group = "policy",
    .size = sizeof(struct policy_conf),
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .help = "which CSTA services are taken from whom.",
};

static struct policy_conf const *first_of(struct cfg_groups const *list, char const *name)
{
    struct policy_conf const *all = list->v;

    for (size_t i = 0; i < list->n; i++)
        if (all[i].name && strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

void policy_conf_check(struct cfg_groups const *list, struct cfg_faults *faults)
{
    struct policy_conf const *all = list->v;

    for (size_t i = 0; i < list->n; i++) {
        if (!all[i].name)
            continue;
        struct policy_conf const *first = first_of(list, all[i].name);
        if (first != &all[i])
            cfg_fault(faults, all[i].where, "policy \"%s\" stands twice, first in line %d",
                      all[i].name, first->where.line);
    }
}
