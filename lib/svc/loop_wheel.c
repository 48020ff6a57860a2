/* SPDX-License-Identifier: Apache-2.0 */
/* One libuv timer for all timers of a wheel. */
#include "loop_wheel.h"
#include "clock.h"
#include "log.h"
#include "wheel.h"
#include <errno.h>

static void on_timer(uv_timer_t *timer)
{
    struct loop_wheel *lw = timer->data;

    clock_reach_ms(lw->due_ms);
    wheel_run(lw->wheel, clock_now_ms());
}

/* A clock that tests have stopped goes on for what was to happen at once, or nearly. */
enum { NEAR_MS = 100 };

/* Before the loop waits: what it logged is written, and it waits until the wheel's next tick, no
 * longer. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct loop_wheel *lw = prepare->data;
    uint64_t now_ms = clock_now_ms(), next_ms = wheel_next_ms(lw->wheel, now_ms);

    log_flush();
    lw->due_ms = now_ms + next_ms;
    if (next_ms == UINT64_MAX || (next_ms > NEAR_MS && clock_is_stopped()))
        uv_timer_stop(&lw->timer);
    else
        uv_timer_start(&lw->timer, on_timer, next_ms, 0);
}

int loop_wheel_init(struct loop_wheel *lw, uv_loop_t *loop)
{
    lw->wheel = wheel_new(clock_now_ms());
    if (!lw->wheel)
        return -ENOMEM;
    uv_timer_init(loop, &lw->timer);
    uv_prepare_init(loop, &lw->prepare);
    lw->timer.data = lw->prepare.data = lw;
    uv_prepare_start(&lw->prepare, on_prepare);
    return 0;
}

void loop_wheel_close(struct loop_wheel *lw)
{
    uv_close((uv_handle_t *)&lw->timer, NULL);
    uv_close((uv_handle_t *)&lw->prepare, NULL);
}
