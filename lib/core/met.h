/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics as rows.
 *
 * Each part of the program keeps its rows in a metrics.def file: MET(name, kind, "help"). From it
 * come an enum (a typo does not compile), the printed tables and the Prometheus text. A set is one
 * static object per part; counting is one relaxed atomic add, safe from any thread. */
#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum met_kind { MET_COUNTER, MET_GAUGE };

struct met_row {
    char const *name;
    enum met_kind kind;
    char const *help;
};

struct met_set {
    char const *prefix; /* "proxy", "sip" */
    struct met_row const *rows;
    size_t n;
    _Atomic int64_t *values; /* n of them */
};

static inline void met_add(struct met_set const *set, size_t row, int64_t by)
{
    atomic_fetch_add_explicit(&set->values[row], by, memory_order_relaxed);
}

static inline void met_inc(struct met_set const *set, size_t row)
{
    met_add(set, row, 1);
}

static inline int64_t met_get(struct met_set const *set, size_t row)
{
    return atomic_load_explicit(&set->values[row], memory_order_relaxed);
}
