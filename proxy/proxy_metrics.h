/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's metrics: rows in metrics.def. Count with met_inc(&proxy_metrics, M_requests). */
#pragma once
#include "met.h"

enum proxy_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    PROXY_METRICS
};

extern struct met_set const proxy_metrics;
