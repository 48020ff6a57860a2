/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of one line as its events tell them: which one a verb such as "hold" is about. Plain
 * values. */
#pragma once
#include "csta.h"
#include "rcc_script.h"
#include <stddef.h>

enum { RCC_CALLS_MAX = 32, RCC_CALLS_ID = 128 };

struct rcc_call {
    char id[RCC_CALLS_ID];
    enum csta_connection_state state; /* of our line in the call */
};

struct rcc_calls {
    struct rcc_call v[RCC_CALLS_MAX]; /* the latest is last */
    size_t n;
};

/** Sets the state of call @p id; null forgets it. An id that does not fit is left alone. */
void rcc_calls_set(struct rcc_calls *calls, char const *id, enum csta_connection_state state);

bool rcc_calls_has(struct rcc_calls const *calls, char const *id);

/** Takes what an event says about our line (localConnectionInfo). */
void rcc_calls_event(struct rcc_calls *calls, struct csta_msg const *event);

/** Takes over the calls of a SnapshotDeviceResponse; what it does not name is forgotten. */
void rcc_calls_snapshot(struct rcc_calls *calls, struct csta_msg const *response);

/** The latest call whose state allows @p verb, NULL if there is none. Borrowed until a change. */
char const *rcc_calls_pick(struct rcc_calls const *calls, enum rcc_verb verb);

/** What the call must be for @p verb, for people: "alerting". */
char const *rcc_calls_wanted(enum rcc_verb verb);
