/* SPDX-License-Identifier: Apache-2.0 */
/* Counters and gauges of the switch; the rows are in metrics.def. */
#pragma once
#include "met.h"

enum switch_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    SWITCH_METRICS
};

extern const struct met_set switch_metrics;
