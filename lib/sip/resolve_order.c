/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 2782, "Usage rules". */
#include "resolve_order.h"
#include <stdlib.h>
#include <string.h>

static int by_priority(void const *a, void const *b)
{
    struct resolve_rank const *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    /* Targets of weight 0 first, so that a draw of 0 can choose them. */
    if ((x->weight > 0) != (y->weight > 0))
        return x->weight > 0 ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index); /* so that a seed gives one order */
}

/* Brings the drawn one of v[0..n), all of one priority, to the front; the others keep their order.
 */
static void draw_one(struct resolve_rank *v, size_t n, resolve_draw_fn *draw, void *ctx)
{
    uint32_t sum = 0, running = 0;
    size_t i = 0;

    for (size_t k = 0; k < n; k++)
        sum += v[k].weight;
    uint32_t drawn = draw(ctx, sum + 1);
    while (i + 1 < n && (running += v[i].weight) < drawn)
        i++;
    struct resolve_rank chosen = v[i];
    memmove(v + 1, v, i * sizeof *v);
    v[0] = chosen;
}

void resolve_order(struct resolve_rank *v, size_t n, size_t wanted, resolve_draw_fn *draw,
                   void *ctx)
{
    size_t end = 0;

    if (n > 1)
        qsort(v, n, sizeof *v, by_priority);
    for (size_t start = 0; start < n && start < wanted; start++) {
        while (end < n && v[end].priority == v[start].priority)
            end++;
        if (end - start > 1)
            draw_one(v + start, end - start, draw, ctx);
    }
}
