/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of rest: see peer_health.h. */
#include "peer_health.h"
#include <stdio.h>

char const *peer_health_state(enum peer_state state)
{
    static char const *const names[PEER_STATES] = { "unknown", "up", "resting" };
    return names[state];
}

static void enter(struct peer_health *health, enum peer_state state, uint64_t now_ms)
{
    if (health->state != state)
        health->since_ms = now_ms;
    health->state = state;
}

static uint64_t next_pause(struct peer_health const *health, struct peer_rules const *rules,
                           uint64_t retry_after_ms)
{
    uint64_t pause = (uint64_t)rules->backoff_min_ms, max = (uint64_t)rules->backoff_max_ms;
    for (unsigned i = 1; i < health->failures && pause < max; i++)
        pause *= 2;
    if (pause < retry_after_ms)
        pause = retry_after_ms;
    return pause < max ? pause : max;
}

bool peer_health_failed(struct peer_health *health, struct peer_rules const *rules, bool probe,
                        uint64_t started_ms, uint64_t now_ms, uint64_t retry_after_ms,
                        char const *why)
{
    /* Resting: a request was sent all the same, but only a probe asks for more patience. */
    if (started_ms < health->since_ms || (health->state == PEER_RESTING && !probe))
        return false;
    enter(health, PEER_RESTING, now_ms);
    health->failures++;
    health->pause_ms = next_pause(health, rules, retry_after_ms);
    health->due_ms = now_ms + health->pause_ms;
    (void)snprintf(health->why, sizeof health->why, "%s", why);
    return true;
}

bool peer_health_answered(struct peer_health *health, uint64_t started_ms, uint64_t now_ms)
{
    if (health->state == PEER_UP || started_ms < health->since_ms)
        return false;
    enter(health, PEER_UP, now_ms);
    health->failures = 0;
    return true;
}

void peer_health_end_rest(struct peer_health *health, uint64_t now_ms)
{
    enter(health, PEER_UNKNOWN, now_ms);
}
