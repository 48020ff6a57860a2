/* SPDX-License-Identifier: Apache-2.0 */
/* One clock for the whole program.
 *
 * Every timer and every time stamp of Crosspoint reads this clock, so a test can move it instead of
 * sleeping. It is the machine's monotonic clock, or the moment at which a test has stopped that,
 * plus an offset that only tests change. Safe from any thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Milliseconds since an arbitrary start; never goes back. */
uint64_t clock_now_ms(void);

/** Microseconds since an arbitrary start; never goes back. For measuring, not for timers. */
uint64_t clock_now_us(void);

/** Microseconds since 1970-01-01 UTC, moved by the same offset. For logs, captures and
 *  the dates of certificates only. */
uint64_t clock_wall_us(void);

/** Moves both clocks forward. For tests: a timer wheel notices at its next wheel_run(). */
void clock_advance_ms(uint64_t ms);

/** From now on time goes by only in clock_advance_ms() and clock_reach_ms(), so that on a busy
 *  machine no timer fires by itself between two steps of a test. The wall clock goes on, because
 *  certificates are made by it. */
void clock_stop(void);

bool clock_is_stopped(void);

/** Moves a clock that is stopped to @p now_ms, unless it is there already. */
void clock_reach_ms(uint64_t now_ms);
