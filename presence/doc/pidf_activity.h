/* SPDX-License-Identifier: Apache-2.0 */
/* What a person is doing (RFC 4480 3.2, and what Cisco's dialect adds), as bits of a set. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum pidf_activity {
#define ACTIVITY(id, name)                PIDF_ACTIVITY_##id,
#define CISCO_ACTIVITY(id, name, instead) PIDF_ACTIVITY_##id,
#include "pidf_activity.def"
#undef ACTIVITY
#undef CISCO_ACTIVITY
    PIDF_ACTIVITY_NONE
};

static inline uint64_t pidf_activity_bit(enum pidf_activity activity)
{
    return activity < PIDF_ACTIVITY_NONE ? UINT64_C(1) << activity : 0;
}

/** Name of its element: "on-the-phone". Static. */
char const *pidf_activity_name(enum pidf_activity activity);

/** The one whose element is called @p name, PIDF_ACTIVITY_NONE if there is none such. */
enum pidf_activity pidf_activity_find(char const *name);

/** Is it an element of Cisco's namespace only? */
bool pidf_activity_is_cisco(enum pidf_activity activity);

/** @p activities for a peer that knows RFC 4480 alone. */
uint64_t pidf_activity_standard(uint64_t activities);
