/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_backoff.h. */
#include "stream_backoff.h"

uint64_t stream_backoff_ms(unsigned failures, uint64_t min_ms, uint64_t max_ms, uint32_t random)
{
    uint64_t pause = min_ms < max_ms ? min_ms : max_ms;

    for (unsigned n = 1; n < failures && pause < max_ms; n++)
        pause = pause > max_ms / 2 ? max_ms : pause * 2;
    uint64_t quarter = pause / 4;
    uint64_t chosen = pause - quarter + random % (2 * quarter + 1);
    /* At the end of the row there is chance, too: below it. */
    return chosen > max_ms ? max_ms - (chosen - max_ms) : chosen;
}
