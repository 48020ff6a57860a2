/* SPDX-License-Identifier: Apache-2.0 */
/* Health of one address of a next hop: a value and pure rules, without clock, lock or memory.
 *
 * A failure makes it rest. Each failure in a row doubles the pause, from backoff_min to
 * backoff_max; Retry-After may make it longer, up to backoff_max. What was sent before the state
 * was entered says nothing about it: a hundred calls that die with one connection are one failure,
 * and an answer that was on its way when the connection broke is no recovery. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum peer_state {
    PEER_UNKNOWN, /* nothing has been heard of it, or its rest is over */
    PEER_UP,
    PEER_RESTING,
    PEER_STATES
};

enum { PEER_WHY = 80 };

struct peer_health {
    enum peer_state state;
    unsigned failures;  /* in a row */
    uint64_t since_ms;  /* of the state; 0: from the beginning */
    uint64_t pause_ms;  /* of its rest */
    uint64_t due_ms;    /* when its rest is over */
    char why[PEER_WHY]; /* it rests, or rested last; "" = never */
};

/** Who is asked with OPTIONS. */
enum peer_probing { PEER_PROBE_OFF, PEER_PROBE_RESTING, PEER_PROBE_ALL };

/** From the configuration. */
struct peer_rules {
    int64_t backoff_min_ms, backoff_max_ms;
    int64_t probe_interval_s; /* of those that are up */
    int64_t probes_max;       /* at once */
    int probe;                /* enum peer_probing */
};

/** A request that was sent at @p started_ms failed, @p why. @p probe: it was the question whether
 *  the rest can end. @p retry_after_ms: 0 = the peer did not say. True if it rests from now on, or
 *  rests on. */
bool peer_health_failed(struct peer_health *health, struct peer_rules const *rules, bool probe,
                        uint64_t started_ms, uint64_t now_ms, uint64_t retry_after_ms,
                        char const *why);

/** A request that was sent at @p started_ms was answered. True if that changes the state. */
bool peer_health_answered(struct peer_health *health, uint64_t started_ms, uint64_t now_ms);

/** The rest is over and nobody asked: the next request will tell. The pause is not forgotten. */
void peer_health_end_rest(struct peer_health *health, uint64_t now_ms);

/** "unknown", "up", "resting". */
char const *peer_health_state(enum peer_state state);
