/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of addresses, one a target, and their order. */
#include "resolve_result.h"

void resolve_result_add(struct resolve_result *result, struct destination const *to,
                        struct resolve_rank rank)
{
    if (result->n == RESOLVE_MAX_RESULTS)
        return;
    result->v[result->n] = *to;
    result->rank[result->n++] = rank;
}

void resolve_result_draw(struct resolve_result *result, resolve_draw_fn *draw, void *ctx)
{
    struct resolve_result const old = *result;
    struct resolve_rank targets[RESOLVE_MAX_RESULTS];
    size_t n = 0;

    for (size_t i = 0; i < old.n; i++)
        if (i == 0 || old.rank[i].index != old.rank[i - 1].index)
            targets[n++] = old.rank[i];
    if (n < 2)
        return;
    resolve_order(targets, n, n, draw, ctx);
    result->n = 0;
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < old.n; i++)
            if (old.rank[i].index == targets[t].index)
                resolve_result_add(result, &old.v[i], old.rank[i]);
}
