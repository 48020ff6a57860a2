/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the values behind metrics.def. */
#include "store_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[STORE_METRICS];

struct met_set const store_metrics = { "store", rows, STORE_METRICS, values };
