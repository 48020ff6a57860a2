/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts by name: see secure_set.h. They are few, so a walk is enough. */
#include "secure_set.h"
#include <errno.h>
#include <string.h>

void secure_set_init(struct secure_set *set)
{
    *set = (struct secure_set){ .server = -ENOENT, .client = -ENOENT };
}

void secure_set_fini(struct secure_set *set)
{
    while (set->n)
        secure_context_unref(&set->contexts[--set->n]);
}

void secure_set_copy(struct secure_set *set, struct secure_set const *like)
{
    struct secure_set old = *set;

    *set = *like;
    for (int i = 0; i < set->n; i++)
        secure_context_ref(set->contexts[i]);
    secure_set_fini(&old);
}

int secure_set_find(struct secure_set const *set, char const *name)
{
    for (int i = 0; i < set->n; i++)
        if (strcmp(secure_context_name(set->contexts[i]), name) == 0)
            return i;
    return -ENOENT;
}

int secure_set_put(struct secure_set *set, struct secure_context *context)
{
    int place = secure_set_find(set, secure_context_name(context));

    if (place < 0 && set->n == SECURE_SET_MAX)
        return -ENOSPC;
    if (place < 0)
        place = set->n++;
    struct secure_context *old = set->contexts[place];
    set->contexts[place] = secure_context_ref(context);
    secure_context_unref(&old);
    return place;
}

void secure_set_inherit(struct secure_set *set, struct secure_set const *former)
{
    for (int i = 0; i < set->n; i++) {
        int place = secure_set_find(former, secure_context_name(set->contexts[i]));
        if (place >= 0)
            secure_context_inherit(set->contexts[i], former->contexts[place]);
    }
}

struct secure_context *secure_set_at(struct secure_set const *set, int place)
{
    return place < 0 ? NULL : set->contexts[place];
}
