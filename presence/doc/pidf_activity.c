/* SPDX-License-Identifier: Apache-2.0 */
/* The table of activities. */
#include "pidf_activity.h"
#include <string.h>

static struct {
    char const *name;
    bool cisco;
    enum pidf_activity instead;
} const rows[] = {
#define ACTIVITY(id, name)                { name, false, PIDF_ACTIVITY_##id },
#define CISCO_ACTIVITY(id, name, instead) { name, true, instead },
#include "pidf_activity.def"
#undef ACTIVITY
#undef CISCO_ACTIVITY
};

char const *pidf_activity_name(enum pidf_activity activity)
{
    return activity < PIDF_ACTIVITY_NONE ? rows[activity].name : "";
}

enum pidf_activity pidf_activity_find(char const *name)
{
    enum pidf_activity activity = 0;

    while (activity < PIDF_ACTIVITY_NONE && strcmp(rows[activity].name, name) != 0)
        activity++;
    return activity;
}

bool pidf_activity_is_cisco(enum pidf_activity activity)
{
    return activity < PIDF_ACTIVITY_NONE && rows[activity].cisco;
}

uint64_t pidf_activity_standard(uint64_t activities)
{
    uint64_t standard = 0;

    for (enum pidf_activity activity = 0; activity < PIDF_ACTIVITY_NONE; activity++)
        if (activities & pidf_activity_bit(activity))
            standard |= pidf_activity_bit(rows[activity].instead);
    return standard;
}
