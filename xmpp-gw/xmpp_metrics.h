/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of the XMPP gateway, from metrics.def. */
#pragma once
#include "met.h"

enum xmpp_metric {
#define MET(name, kind, help) M_##name,
#include "metrics.def"
#undef MET
    XMPP_METRICS
};

extern struct met_set const xmpp_metrics;

static inline void xmpp_count(enum xmpp_metric row)
{
    met_inc(&xmpp_metrics, row);
}

static inline void xmpp_gauge(enum xmpp_metric row, int by)
{
    met_add(&xmpp_metrics, row, by);
}
