/* SPDX-License-Identifier: Apache-2.0 */
/* The table made of refusals.def. */
#include "refusal.h"
#include "proxy_metrics.h"

static struct refusal_row const rows[REFUSALS] = {
#define REFUSAL(id, status, phrase) [REFUSAL_##id] = { #id, status, phrase, M_refused_##id },
#include "refusals.def"
#undef REFUSAL
};

struct refusal_row const *refusal_row(enum refusal id)
{
    return &rows[id];
}
