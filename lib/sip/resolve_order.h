/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which SRV targets are tried (RFC 2782): by priority, and within one priority by a
 * weighted draw without replacement. Pure but for the draw. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { RESOLVE_TARGET_BYTES = 256 };

struct resolve_target {
    char host[RESOLVE_TARGET_BYTES];
    uint16_t port, priority, weight;
};

/** A number below @p below, @p below > 0. */
typedef uint32_t resolve_draw_fn(void *ctx, uint32_t below);

/** Sorts @p v in place; @p draw decides between weights. */
void resolve_order(struct resolve_target *v, size_t n, resolve_draw_fn *draw, void *ctx);
