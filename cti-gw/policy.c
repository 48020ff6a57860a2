/* SPDX-License-Identifier: Apache-2.0 */
/* Masks of services: see policy.h. Pure. */
#include "policy.h"
#include "policy_conf.h"
#include <string.h>

bool policy_allows(struct policy const *policy, enum csta_type service)
{
    return !csta_set_has(&policy->denied, service);
}

void policy_apply(struct policy const *policy, struct csta_set *set)
{
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        set->bits[i] &= ~policy->denied.bits[i];
}

static bool has(struct cfg_strings const *list, char const *text)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (strcmp(list->v[i], text) == 0)
            return true;
    return false;
}

static bool applies(struct policy_conf const *conf, char const *id,
                    struct cfg_strings const *groups)
{
    if (!conf->users.n && !conf->groups.n)
        return true;
    if (has(&conf->users, id))
        return true;
    for (size_t i = 0; groups && i < groups->n; i++)
        if (has(&conf->groups, groups->v[i]))
            return true;
    return false;
}

static bool denies(struct policy_conf const *conf, enum csta_type service)
{
    char const *name = csta_type_str(service);

    if (policy_conf_is_basic(service) || !csta_is_service(service))
        return false;
    return has(&conf->deny, name) || (conf->allow.n && !has(&conf->allow, name));
}

struct policy policy_of(struct cfg_groups const *list, char const *id,
                        struct cfg_strings const *groups)
{
    struct policy_conf const *all = list->v;
    struct policy policy = { 0 };

    for (size_t i = 0; i < list->n; i++) {
        if (!applies(&all[i], id, groups))
            continue;
        for (unsigned type = 1; type < CSTA_TYPES; type++)
            if (denies(&all[i], (enum csta_type)type))
                csta_set_add(&policy.denied, (enum csta_type)type);
    }
    return policy;
}

char const *policy_denier(struct cfg_groups const *list, char const *id,
                          struct cfg_strings const *groups, enum csta_type service)
{
    struct policy_conf const *all = list->v;

    for (size_t i = 0; i < list->n; i++)
        if (applies(&all[i], id, groups) && denies(&all[i], service))
            return all[i].name;
    return NULL;
}
