/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of the CTI gateway, from metrics.def. */
#pragma once
#include "met.h"

enum cti_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    CTI_METRICS
};

extern struct met_set const cti_metrics;

static inline void cti_count(enum cti_metric row)
{
    met_inc(&cti_metrics, row);
}

static inline void cti_gauge(enum cti_metric row, int by)
{
    met_add(&cti_metrics, row, by);
}
