/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of the metrics of presence. */
#include "presence_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[PRESENCE_METRICS];

struct met_set const presence_metrics = {
    .prefix = "", .rows = rows, .n = PRESENCE_METRICS, .values = values
};
