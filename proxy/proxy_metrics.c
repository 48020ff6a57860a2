/* SPDX-License-Identifier: Apache-2.0 */
/* The table made of metrics.def. */
#include "proxy_metrics.h"

static struct met_row const rows[PROXY_METRICS] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[PROXY_METRICS];

struct met_set const proxy_metrics = { "proxy", rows, PROXY_METRICS, values };
