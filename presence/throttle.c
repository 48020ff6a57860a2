/* SPDX-License-Identifier: Apache-2.0 */
/* The bucket: see throttle.h. */
#include "throttle.h"

enum { TOKEN = 1000 };

void throttle_init(struct throttle *throttle, uint64_t rate, uint64_t now_ms)
{
    *throttle = (struct throttle){ .rate = rate, .filled_ms = now_ms, .level = rate * TOKEN };
}

/* In a millisecond come as many thousandths as tokens in a second. */
static void fill(struct throttle *throttle, uint64_t now_ms)
{
    uint64_t full = throttle->rate * TOKEN;
    uint64_t passed_ms = now_ms - throttle->filled_ms;

    if (passed_ms >= 1000 || throttle->level + passed_ms * throttle->rate > full)
        throttle->level = full;
    else
        throttle->level += passed_ms * throttle->rate;
    throttle->filled_ms = now_ms;
}

bool throttle_take(struct throttle *throttle, uint64_t now_ms)
{
    if (throttle->rate == 0)
        return true;
    fill(throttle, now_ms);
    if (throttle->level < TOKEN)
        return false;
    throttle->level -= TOKEN;
    return true;
}

uint64_t throttle_wait_ms(struct throttle *throttle, uint64_t now_ms)
{
    if (throttle->rate == 0)
        return 0;
    fill(throttle, now_ms);
    if (throttle->level >= TOKEN)
        return 0;
    return (TOKEN - throttle->level + throttle->rate - 1) / throttle->rate;
}
