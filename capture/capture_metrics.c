/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the values behind metrics.def. */
#include "capture_metrics.h"

static const struct met_row rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[CAPTURE_METRICS];

const struct met_set capture_metrics = { "capture", rows, CAPTURE_METRICS, values };
