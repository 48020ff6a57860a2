/* SPDX-License-Identifier: Apache-2.0 */
/* What a DNS answer says of NAPTR: the SIP services of a domain and where their SRV records are
 * (RFC 3263 4.1). Inner part of resolve.c. */
#pragma once
#include "origin.h"
#include <stddef.h>

enum { RESOLVE_NAPTR_MAX = 8, RESOLVE_NAPTR_BYTES = 256 };

struct resolve_naptr {
    struct resolve_service {
        enum transport_kind kind;
        char name[RESOLVE_NAPTR_BYTES]; /* whose SRV is to be asked */
    } v[RESOLVE_NAPTR_MAX];             /* by order and preference */
    size_t n;
    uint32_t ttl_s;
};

/** Reads a DNS answer of @p len bytes; takes the services whose kind has its bit in @p kinds (1 <<
 *  TRANSPORT_UDP ...). Returns 0, -EBADMSG or -ENOMEM. */
int resolve_naptr_read(struct resolve_naptr *ret, unsigned char const *answer, int len,
                       unsigned kinds);
