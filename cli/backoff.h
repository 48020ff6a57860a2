/* SPDX-License-Identifier: Apache-2.0 */
/* When `crosspoint run` starts a program again that died: at once the first time, then after
 * BACKOFF_FIRST_MS, doubled each time up to BACKOFF_MAX_MS; one that stayed up for BACKOFF_GOOD_MS
 * has earned a clean sheet. A plain value without a clock. */
#pragma once
#include <stdint.h>

enum { BACKOFF_FIRST_MS = 1000, BACKOFF_MAX_MS = 10000, BACKOFF_GOOD_MS = 60000 };

struct backoff {
    uint64_t started_ms;
    uint64_t delay_ms; /* of the restart before, 0 after the first */
    unsigned deaths;   /* since the clean sheet */
};

/** The program was started at @p now_ms. */
void backoff_started(struct backoff *backoff, uint64_t now_ms);

/** The program died at @p now_ms: how long to wait before the next start. */
uint64_t backoff_died(struct backoff *backoff, uint64_t now_ms);
