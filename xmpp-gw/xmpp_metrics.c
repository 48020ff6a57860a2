/* SPDX-License-Identifier: Apache-2.0 */
/* The one set of the metrics of the XMPP gateway. */
#include "xmpp_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[XMPP_METRICS];

struct met_set const xmpp_metrics = {
    .prefix = "", .rows = rows, .n = XMPP_METRICS, .values = values
};
