/* SPDX-License-Identifier: Apache-2.0 */
/* Under load, lets messages gather for a moment before the loop looks at its sockets again, as
 * network cards do with interrupts: a worker that wakes for every single message spends most of its
 * time on waking up.
 *
 * Only while so many messages come that at least two of them gather; a worker with less to do
 * answers at once. Time spent on messages counts: who is busy all the time never waits. Belongs to
 * one loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct transport_gather;

/** For @p loop, waiting at most @p wait_us. NULL when out of memory. */
struct transport_gather *transport_gather_new(uv_loop_t *loop, int64_t wait_us);
void transport_gather_free(struct transport_gather **pgather);

/** One more message has come. */
void transport_gather_count(struct transport_gather *gather);

/** How long to wait at @p now_us, 0 = not at all. For transport_gather.c and its test. */
struct transport_load {
    uint64_t wait_us;
    uint64_t woken_us; /* when the loop last came back from its sockets */
    uint64_t since_us; /* messages are counted since then */
    uint64_t messages;
    bool is_heavy;
};
uint64_t transport_load_wait(struct transport_load *load, uint64_t now_us);
