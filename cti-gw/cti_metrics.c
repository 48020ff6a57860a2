/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of the gateway's metrics. */
#include "cti_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[CTI_METRICS];

struct met_set const cti_metrics = {
    .prefix = "", .rows = rows, .n = CTI_METRICS, .values = values
};
