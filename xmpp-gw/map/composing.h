/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of "is composing" (RFC 3994): whether somebody is typing. Who keeps the timers finds
 * their lengths here. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct buf;

#define COMPOSING_TYPE "application/im-iscomposing+xml"

enum {
    COMPOSING_REFRESH_S = 60,       /* we tell "active" again that often, at least (3.3) */
    COMPOSING_ABSENT_S = 120,       /* "active" that says nothing ends after so long (3.3) */
    COMPOSING_REFRESH_MAX_S = 3600, /* longer ones are none */
};

struct composing {
    bool active;        /* unknown states are idle (3.1) */
    unsigned refresh_s; /* 0: not told */
};

/** After how many seconds without news an "active" ends. */
unsigned composing_lifetime_s(struct composing const *composing);

/** Returns 0, -EINVAL or -ENOMEM. */
int composing_read(char const *body, size_t len, struct composing *ret);

/** Appends the document. Returns 0 or -ENOMEM. */
int composing_write(struct composing const *composing, struct buf *out);
