/* SPDX-License-Identifier: Apache-2.0 */
/* What a DNS answer says of SRV: its targets and for how long they hold. Inner part of resolve.c.
 */
#pragma once
#include "resolve_order.h"
#include <stdbool.h>

enum { RESOLVE_SRV_MAX = 16 };

struct resolve_srv {
    struct resolve_target v[RESOLVE_SRV_MAX]; /* in the order of the answer */
    size_t n;
    uint32_t ttl_s;
    bool declined; /* a target of ".": the service is decidedly not there (RFC 2782) */
};

/** Reads a DNS answer of @p len bytes. Returns 0, or -EBADMSG. */
int resolve_srv_read(struct resolve_srv *ret, unsigned char const *answer, int len);
