/* SPDX-License-Identifier: Apache-2.0 */
/* The program's clock: CLOCK_MONOTONIC and CLOCK_REALTIME plus the tests' offset; tests may stop
 * it. */
#include "clock.h"
#include <stdatomic.h>
#include <time.h>

static struct {
    _Atomic uint64_t offset_us;
    _Atomic uint64_t stopped_us; /* what the machine's monotonic clock said, 0: it runs */
} tests;

static uint64_t machine_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t offset_us(void)
{
    return atomic_load_explicit(&tests.offset_us, memory_order_relaxed);
}

uint64_t clock_now_us(void)
{
    uint64_t stopped_us = atomic_load_explicit(&tests.stopped_us, memory_order_relaxed);

    return (stopped_us ? stopped_us : machine_us(CLOCK_MONOTONIC)) + offset_us();
}

uint64_t clock_now_ms(void)
{
    return clock_now_us() / 1000;
}

uint64_t clock_wall_us(void)
{
    return machine_us(CLOCK_REALTIME) + offset_us();
}

void clock_stop(void)
{
    uint64_t running = 0;

    atomic_compare_exchange_strong(&tests.stopped_us, &running, machine_us(CLOCK_MONOTONIC));
}

void clock_advance_ms(uint64_t ms)
{
    atomic_fetch_add_explicit(&tests.offset_us, ms * 1000, memory_order_relaxed);
}

bool clock_is_stopped(void)
{
    return atomic_load_explicit(&tests.stopped_us, memory_order_relaxed) != 0;
}

void clock_reach_ms(uint64_t now_ms)
{
    uint64_t stopped_us = atomic_load_explicit(&tests.stopped_us, memory_order_relaxed);
    uint64_t offset = offset_us(), wanted;

    if (!stopped_us)
        return;
    do {
        wanted = now_ms * 1000 - stopped_us;
    } while (stopped_us + offset < now_ms * 1000 &&
             !atomic_compare_exchange_weak(&tests.offset_us, &offset, wanted));
}
