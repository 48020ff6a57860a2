/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of XMPP streams, from metrics.def. */
#pragma once
#include "met.h"

enum stream_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    STREAM_METRICS
};

extern struct met_set const stream_metrics;

static inline void stream_count(enum stream_metric row)
{
    met_inc(&stream_metrics, row);
}

static inline void stream_gauge(enum stream_metric row, int by)
{
    met_add(&stream_metrics, row, by);
}
