/* SPDX-License-Identifier: Apache-2.0 */
/* The program's clock: CLOCK_MONOTONIC and CLOCK_REALTIME plus the tests' offset. */
#include "clock.h"
#include <stdatomic.h>
#include <time.h>

static _Atomic uint64_t clock_offset_us;

static uint64_t read_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000 +
           atomic_load_explicit(&clock_offset_us, memory_order_relaxed);
}

uint64_t clock_now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

uint64_t clock_now_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

uint64_t clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

void clock_advance_ms(uint64_t ms)
{
    atomic_fetch_add_explicit(&clock_offset_us, ms * 1000, memory_order_relaxed);
}
