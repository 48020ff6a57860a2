/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops of static routes, each once, however many routes share it: so a table of many routes
 * stays small, and the health of a next hop is one thing. */
#pragma once
#include <sofia-sip/url.h>
#include <stddef.h>
#include <stdint.h>

struct static_conf;

struct static_hop {
    url_t uri[1];     /* sip:HOST[:PORT];transport=TRANSPORT; without port: by SRV (RFC 3263) */
    char const *text; /* the same, for people */
};

struct static_hops {
    struct static_hop *v;
    size_t n;
    char *texts;
    size_t n_texts; /* bytes */
};

enum { STATIC_HOP_NONE = UINT32_MAX };

/** Collects the next hops of @p rows, which have no faults; @p ret_index[i] becomes that of row i,
 *  or STATIC_HOP_NONE. Returns 0, or -ENOMEM (static_hops_fini() is safe then, too). */
int static_hops_init(struct static_hops *hops, struct static_conf const *rows, size_t n,
                     uint32_t *ret_index);
void static_hops_fini(struct static_hops *hops);
