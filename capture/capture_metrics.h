/* SPDX-License-Identifier: Apache-2.0 */
/* Counters and gauges of the capture program; the rows are in metrics.def. */
#pragma once
#include "met.h"

enum capture_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    CAPTURE_METRICS
};

extern const struct met_set capture_metrics;
