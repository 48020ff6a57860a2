/* SPDX-License-Identifier: Apache-2.0 */
/* What a DNS answer says of SRV: its targets in the order of RFC 2782, and for how long they hold.
 * Inner part of resolve.c. */
#pragma once
#include "resolve_order.h"
#include <stdbool.h>

enum { RESOLVE_SRV_MAX = 16, RESOLVE_TARGET_BYTES = 256 };

struct resolve_target {
    char host[RESOLVE_TARGET_BYTES];
    uint16_t port, priority, weight;
};

struct resolve_srv {
    struct resolve_target v[RESOLVE_SRV_MAX]; /* the first ones, if the answer holds more */
    size_t n;
    uint32_t ttl_s;
    bool declined; /* a target of ".": the service is decidedly not there (RFC 2782) */
};

/** Reads a DNS answer of @p len bytes; @p draw decides between weights. Returns 0, -EBADMSG or
 *  -ENOMEM. */
int resolve_srv_read(struct resolve_srv *ret, unsigned char const *answer, int len,
                     resolve_draw_fn *draw, void *ctx);
