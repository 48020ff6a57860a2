/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of the presence server, from metrics.def. */
#pragma once
#include "met.h"

enum presence_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    PRESENCE_METRICS
};

extern struct met_set const presence_metrics;

static inline void presence_count(enum presence_metric row)
{
    met_inc(&presence_metrics, row);
}

static inline void presence_gauge(enum presence_metric row, int by)
{
    met_add(&presence_metrics, row, by);
}
