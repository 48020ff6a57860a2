/* SPDX-License-Identifier: Apache-2.0 */
/* Who listens to a decision while it is taken: `crosspoint explain`, and tests. */
#pragma once
#include <stdbool.h>

/** Hears about each rule that was looked at, in order; texts live for the call only. */
struct route_trace {
    void (*on_rule)(void *ctx, char const *rule, bool taken, char const *why);
    void *ctx;
};
