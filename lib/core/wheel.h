/* SPDX-License-Identifier: Apache-2.0 */
/* Timer wheel: many short timers, most of which are cancelled before they fire (RFC 3261 timers).
 *
 * Hierarchical wheel with a tick of WHEEL_TICK_MS; arm and disarm are O(1). It has no thread and no
 * file descriptor: its owner calls wheel_run() (lib/svc drives one wheel per event loop from one
 * libuv timer). A timer is embedded in the object that it serves; the object must disarm it before
 * it is freed. Not thread safe: one wheel, one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum { WHEEL_TICK_MS = 10 };

struct wheel;
struct wheel_timer;

/** Called from wheel_run() with the timer disarmed; may arm it again, or free its object. */
typedef void wheel_fn(struct wheel_timer *timer);

struct wheel_timer {
    LIST_ENTRY(wheel_timer) link;
    uint64_t due_ms;
    wheel_fn *fn;
    bool armed;
};

/** New wheel that starts at @p now_ms, or NULL when out of memory. */
struct wheel *wheel_new(uint64_t now_ms);

/** Frees the wheel and clears *@p pwheel; timers still armed are only unlinked. Accepts NULL
 * inside. */
void wheel_free(struct wheel **pwheel);

/** Arms @p timer to fire @p in_ms milliseconds after clock_now_ms(), rounded up to a tick; a timer
 *  already armed moves. */
void wheel_arm(struct wheel *wheel, struct wheel_timer *timer, uint64_t in_ms, wheel_fn *fn);

/** Disarms @p timer; harmless when it is not armed. */
void wheel_disarm(struct wheel_timer *timer);

/** Fires every timer that is due at @p now_ms, in order of their ticks. Returns how many fired. */
size_t wheel_run(struct wheel *wheel, uint64_t now_ms);

/** Milliseconds until wheel_run() has work to do, 0 = now, UINT64_MAX = nothing armed. May be early
 *  (never late) for timers far away. */
uint64_t wheel_next_ms(struct wheel const *wheel, uint64_t now_ms);
