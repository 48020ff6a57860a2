/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that end together, because their CTI connection is lost or the gateway stops.
 *
 * Thousands of BYEs at one moment would overflow the queue of the one connection that leads to the
 * proxy, and it would be closed. So each session waits for its turn: a batch every 20 ms. */
#pragma once
#include "wheel.h"
#include <stdbool.h>
#include <sys/queue.h>

struct session;

struct farewell {
    TAILQ_HEAD(, session) waiting;
    struct wheel *wheel;
    struct wheel_timer turn;
    int64_t batch; /* sessions in one turn */
};

void farewell_init(struct farewell *farewell, struct wheel *wheel, int64_t batch);
void farewell_fini(struct farewell *farewell);

/** The session is told when its turn comes, by session_turn(). */
void farewell_add(struct farewell *farewell, struct session *session);

/** It does not wait any more; harmless if it did not. */
void farewell_remove(struct farewell *farewell, struct session *session);
