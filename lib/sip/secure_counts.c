/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of a TLS context: see secure_counts.h. */
#include "secure_counts.h"
#include <stdatomic.h>
#include <stdlib.h>

struct secure_counts {
    atomic_uint refs;
    _Atomic int64_t rows[SECURE_COUNTS], failed[SECURE_CAUSES];
};

struct secure_counts *secure_counts_new(void)
{
    struct secure_counts *counts = calloc(1, sizeof *counts);

    if (counts)
        atomic_init(&counts->refs, 1);
    return counts;
}

struct secure_counts *secure_counts_ref(struct secure_counts *counts)
{
    atomic_fetch_add_explicit(&counts->refs, 1, memory_order_relaxed);
    return counts;
}

void secure_counts_unref(struct secure_counts **pcounts)
{
    struct secure_counts *counts = *pcounts;

    *pcounts = NULL;
    if (counts && atomic_fetch_sub_explicit(&counts->refs, 1, memory_order_acq_rel) == 1)
        free(counts);
}

void secure_counts_add(struct secure_counts *counts, enum secure_count row, int by)
{
    atomic_fetch_add_explicit(&counts->rows[row], by, memory_order_relaxed);
}

int64_t secure_counts_get(struct secure_counts const *counts, enum secure_count row)
{
    return atomic_load_explicit(&counts->rows[row], memory_order_relaxed);
}

void secure_counts_fail(struct secure_counts *counts, enum secure_cause cause)
{
    atomic_fetch_add_explicit(&counts->failed[cause], 1, memory_order_relaxed);
}

int64_t secure_counts_failed(struct secure_counts const *counts, enum secure_cause cause)
{
    return atomic_load_explicit(&counts->failed[cause], memory_order_relaxed);
}

int64_t secure_counts_failures(struct secure_counts const *counts)
{
    int64_t n = 0;

    for (int i = 0; i < SECURE_CAUSES; i++)
        n += secure_counts_failed(counts, (enum secure_cause)i);
    return n;
}
