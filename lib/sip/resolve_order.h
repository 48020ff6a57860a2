/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which SRV targets are tried (RFC 2782): by priority, and within one priority by a
 * weighted draw without replacement. Pure but for the draw. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct resolve_rank {
    uint16_t priority, weight;
    uint32_t index; /* whose rank it is; the caller's */
};

/** A number below @p below, @p below > 0. */
typedef uint32_t resolve_draw_fn(void *ctx, uint32_t below);

/** Brings the first @p wanted of @p n ranks to the front of @p v, in order; @p draw decides between
 *  weights. The cost grows with @p wanted, not with the square of @p n: a DNS answer may hold
 *  thousands. */
void resolve_order(struct resolve_rank *v, size_t n, size_t wanted, resolve_draw_fn *draw,
                   void *ctx);
