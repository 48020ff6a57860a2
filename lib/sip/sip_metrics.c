/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the values behind metrics.def. */
#include "sip_metrics.h"

static struct met_row const rows[] = {
#define MET(name, kind, help) { #name, MET_##kind, help },
#include "metrics.def"
#undef MET
};

static _Atomic int64_t values[SIP_METRICS];

struct met_set const sip_metrics = { "sip", rows, SIP_METRICS, values };
