/* SPDX-License-Identifier: Apache-2.0 */
/* At most so many a second (guide 7.7): a bucket of tokens that fills by itself and holds those of
 * one second. Plain arithmetic on times that the caller gives. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct throttle {
    uint64_t rate;      /* a second; 0: no limit */
    uint64_t filled_ms; /* up to when tokens have been put in */
    uint64_t level;     /* thousandths of tokens */
};

/** Full. */
void throttle_init(struct throttle *throttle, uint64_t rate, uint64_t now_ms);

/** Takes a token if there is one. */
bool throttle_take(struct throttle *throttle, uint64_t now_ms);

/** Milliseconds until there is one; 0: there is. */
uint64_t throttle_wait_ms(struct throttle *throttle, uint64_t now_ms);
