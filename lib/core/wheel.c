/* SPDX-License-Identifier: Apache-2.0 */
/* Hierarchical timer wheel: four levels of 256 slots, a tick of 10 ms at the lowest, so a level
 * covers 2.56 s, 11 min, 46 h and a year and more. A timer sits in the level of its distance and
 * moves down when its time comes near (Varghese and Lauck, 1987). */
#include "wheel.h"
#include "clock.h"
#include <stdlib.h>

enum { LEVELS = 4, SLOT_BITS = 8, SLOTS = 1 << SLOT_BITS };

LIST_HEAD(wheel_slot, wheel_timer);

struct wheel {
    uint64_t tick; /* the last tick that ran */
    struct wheel_slot slots[LEVELS][SLOTS];
};

struct wheel *wheel_new(uint64_t now_ms)
{
    struct wheel *wheel = calloc(1, sizeof *wheel);

    if (wheel)
        wheel->tick = now_ms / WHEEL_TICK_MS;
    return wheel;
}

void wheel_free(struct wheel **pwheel)
{
    struct wheel *wheel = *pwheel;
    struct wheel_timer *timer;

    *pwheel = NULL;
    if (!wheel)
        return;
    for (int level = 0; level < LEVELS; level++)
        for (int i = 0; i < SLOTS; i++)
            while ((timer = LIST_FIRST(&wheel->slots[level][i])))
                wheel_disarm(timer);
    free(wheel);
}

static uint64_t due_tick(struct wheel_timer const *timer)
{
    return (timer->due_ms + WHEEL_TICK_MS - 1) / WHEEL_TICK_MS;
}

/* Puts @p timer into the level of its distance, not before the tick @p earliest. */
static void place(struct wheel *wheel, struct wheel_timer *timer, uint64_t earliest)
{
    uint64_t due = due_tick(timer);
    int level = 0;

    if (due < earliest)
        due = earliest;
    uint64_t const horizon = UINT64_C(1) << (SLOT_BITS * LEVELS);
    if (due - wheel->tick >= horizon)
        due = wheel->tick + horizon - 1; /* comes down, is still early, and is placed again */
    while (due - wheel->tick >= UINT64_C(1) << (SLOT_BITS * (level + 1)))
        level++;
    LIST_INSERT_HEAD(&wheel->slots[level][due >> (SLOT_BITS * level) & (SLOTS - 1)], timer, link);
}

void wheel_arm(struct wheel *wheel, struct wheel_timer *timer, uint64_t in_ms, wheel_fn *fn)
{
    uint64_t now = clock_now_ms();

    wheel_disarm(timer);
    timer->due_ms = in_ms > UINT64_MAX / 2 ? UINT64_MAX / 2 : now + in_ms;
    timer->fn = fn;
    timer->armed = true;
    place(wheel, timer, wheel->tick + 1);
}

void wheel_disarm(struct wheel_timer *timer)
{
    if (!timer->armed)
        return;
    LIST_REMOVE(timer, link);
    timer->armed = false;
}

/* Moves the timers of one slot of a higher level down; they are less than a slot away now. */
static void cascade(struct wheel *wheel, int level)
{
    struct wheel_slot *slot =
        &wheel->slots[level][wheel->tick >> (SLOT_BITS * level) & (SLOTS - 1)];
    struct wheel_slot moving = LIST_HEAD_INITIALIZER(moving);
    struct wheel_timer *timer;

    /* On a list of its own first: a timer beyond the horizon may come back to this slot. */
    while ((timer = LIST_FIRST(slot))) {
        LIST_REMOVE(timer, link);
        LIST_INSERT_HEAD(&moving, timer, link);
    }
    while ((timer = LIST_FIRST(&moving))) {
        LIST_REMOVE(timer, link);
        place(wheel, timer, wheel->tick);
    }
}

static size_t run_tick(struct wheel *wheel)
{
    struct wheel_timer *timer;
    size_t fired = 0;

    wheel->tick++;
    for (int level = LEVELS - 1; level > 0; level--)
        if ((wheel->tick & ((UINT64_C(1) << (SLOT_BITS * level)) - 1)) == 0)
            cascade(wheel, level);
    struct wheel_slot *slot = &wheel->slots[0][wheel->tick & (SLOTS - 1)];
    while ((timer = LIST_FIRST(slot))) {
        wheel_disarm(timer);
        fired++;
        timer->fn(timer);
    }
    return fired;
}

size_t wheel_run(struct wheel *wheel, uint64_t now_ms)
{
    size_t fired = 0;

    while (wheel->tick < now_ms / WHEEL_TICK_MS)
        fired += run_tick(wheel);
    return fired;
}

/* First tick after the current one at which a slot of @p level has work; UINT64_MAX if none. */
static uint64_t next_tick(struct wheel const *wheel, int level)
{
    uint64_t base = wheel->tick >> (SLOT_BITS * level);

    for (uint64_t i = 1; i <= SLOTS; i++)
        if (!LIST_EMPTY(&wheel->slots[level][(base + i) & (SLOTS - 1)]))
            return (base + i) << (SLOT_BITS * level);
    return UINT64_MAX;
}

uint64_t wheel_next_ms(struct wheel const *wheel, uint64_t now_ms)
{
    uint64_t first = UINT64_MAX;

    for (int level = 0; level < LEVELS; level++) {
        uint64_t tick = next_tick(wheel, level);
        if (tick < first)
            first = tick;
    }
    if (first == UINT64_MAX)
        return UINT64_MAX;
    uint64_t due = first * WHEEL_TICK_MS;
    return due > now_ms ? due - now_ms : 0;
}
