/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of the process skeleton's metrics. */
#include "svc_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[SVC_METRICS];

struct met_set const svc_metrics = {
    .prefix = "svc", .rows = rows, .n = SVC_METRICS, .values = values
};
