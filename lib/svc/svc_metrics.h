/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of the process skeleton, from metrics.def. */
#pragma once
#include "met.h"

enum svc_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    SVC_METRICS
};

extern struct met_set const svc_metrics;

static inline void svc_count(enum svc_metric row)
{
    met_inc(&svc_metrics, row);
}
