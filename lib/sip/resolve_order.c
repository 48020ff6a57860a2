/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 2782, "Usage rules". */
#include "resolve_order.h"
#include <stdlib.h>

static int by_priority(void const *a, void const *b)
{
    struct resolve_target const *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    /* Targets of weight 0 first, so that a draw of 0 can choose them. */
    return (x->weight > 0) - (y->weight > 0);
}

static void swap(struct resolve_target *a, struct resolve_target *b)
{
    struct resolve_target kept = *a;

    *a = *b;
    *b = kept;
}

/* Brings the drawn one of v[0..n), all of one priority, to the front. */
static void draw_one(struct resolve_target *v, size_t n, resolve_draw_fn *draw, void *ctx)
{
    uint32_t sum = 0, running = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i].weight;
    uint32_t drawn = draw(ctx, sum + 1);
    for (size_t i = 0; i < n; i++) {
        running += v[i].weight;
        if (running >= drawn) {
            swap(&v[0], &v[i]);
            return;
        }
    }
}

void resolve_order(struct resolve_target *v, size_t n, resolve_draw_fn *draw, void *ctx)
{
    qsort(v, n, sizeof *v, by_priority);
    for (size_t start = 0; start < n; start++) {
        size_t end = start + 1;
        while (end < n && v[end].priority == v[start].priority)
            end++;
        if (end - start > 1) {
            draw_one(v + start, end - start, draw, ctx);
            qsort(v + start + 1, end - start - 1, sizeof *v, by_priority);
        }
    }
}
