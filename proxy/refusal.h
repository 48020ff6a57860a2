/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals as rows: status, phrase, counter and the reason in the log stand together, so none is
 * sent uncounted. */
#pragma once
#include <stddef.h>

enum refusal {
    REFUSAL_NONE,
#define REFUSAL(id, status, phrase) REFUSAL_##id,
#include "refusals.def"
#undef REFUSAL
    REFUSALS
};

struct refusal_row {
    char const *reason; /* "acl" */
    int status;
    char const *phrase;
    size_t metric; /* of proxy_metrics */
};

/** The row of a refusal other than REFUSAL_NONE. */
struct refusal_row const *refusal_row(enum refusal id);
