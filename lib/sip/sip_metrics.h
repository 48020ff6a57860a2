/* SPDX-License-Identifier: Apache-2.0 */
/* Counters and gauges of the SIP stack; the rows are in metrics.def. */
#pragma once
#include "met.h"

enum sip_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    SIP_METRICS
};

extern struct met_set const sip_metrics;
