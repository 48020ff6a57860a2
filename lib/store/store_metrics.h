/* SPDX-License-Identifier: Apache-2.0 */
/* Counters and gauges of the store; the rows are in metrics.def. */
#pragma once
#include "met.h"

enum store_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    STORE_METRICS
};

extern struct met_set const store_metrics;
