/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of the metrics of XMPP streams. */
#include "stream_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[STREAM_METRICS];

struct met_set const stream_metrics = {
    .prefix = "", .rows = rows, .n = STREAM_METRICS, .values = values
};
