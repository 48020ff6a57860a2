/* SPDX-License-Identifier: Apache-2.0 */
/* The restart policy of the supervisor. */
#include "backoff.h"

void backoff_started(struct backoff *backoff, uint64_t now_ms)
{
    backoff->started_ms = now_ms;
}

uint64_t backoff_died(struct backoff *backoff, uint64_t now_ms)
{
    if (now_ms - backoff->started_ms >= BACKOFF_GOOD_MS)
        backoff->deaths = 0;
    backoff->deaths++;
    if (backoff->deaths == 1)
        backoff->delay_ms = 0;
    else if (backoff->deaths == 2)
        backoff->delay_ms = BACKOFF_FIRST_MS;
    else
        backoff->delay_ms *= 2;
    if (backoff->delay_ms > BACKOFF_MAX_MS)
        backoff->delay_ms = BACKOFF_MAX_MS;
    return backoff->delay_ms;
}
