/* SPDX-License-Identifier: Apache-2.0 */
/* What an XMPP user shows a SIP user: the last presence of each resource. */
#pragma once
#include "presence_map.h"
#include <stdbool.h>
#include <stddef.h>

struct roster_seen {
    struct presence_resource *v; /* owned, with their texts; one that is unavailable stands alone */
    size_t n;
    bool is_known; /* the server has said something since it was reached */
};

/** Takes over what @p told says (copied). 0; -ENOBUFS with @p max resources already, -ENOMEM: what
 *  was known stays. */
int roster_seen_take(struct roster_seen *seen, struct presence_resource const *told, size_t max);

/** Nothing is known. */
void roster_seen_forget(struct roster_seen *seen);

/** It is known that no resource is there. */
bool roster_seen_is_away(struct roster_seen const *seen);
