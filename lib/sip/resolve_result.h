/* SPDX-License-Identifier: Apache-2.0 */
/* Where a URI leads: destinations in order, and the SRV target behind each, so that a kept result
 * can be drawn again. Inner part of resolve.c. */
#pragma once
#include "resolve_order.h"
#include "transport.h"

enum { RESOLVE_MAX_RESULTS = 16 };

struct resolve_result {
    struct destination v[RESOLVE_MAX_RESULTS];
    struct resolve_rank rank[RESOLVE_MAX_RESULTS]; /* index: the addresses of one target share it */
    size_t n;
    char const *why_not; /* static text if n is 0 */
};

/** Adds a destination if there is room. The addresses of one target are added one after the other.
 */
void resolve_result_add(struct resolve_result *result, struct destination const *to,
                        struct resolve_rank rank);

/** Draws the order of the targets anew (RFC 2782): a weight is the share of the requests, not of
 *  the DNS answers. The addresses of one target stay together and in order. */
void resolve_result_draw(struct resolve_result *result, resolve_draw_fn *draw, void *ctx);
