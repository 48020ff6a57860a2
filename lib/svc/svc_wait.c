/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting while a program starts, with its loop running. */
#include "svc_parts.h"
#include "wheel.h"

struct wait {
    struct wheel_timer timer;
    bool is_late;
};

static void on_late(struct wheel_timer *timer)
{
    ((struct wait *)((char *)timer - offsetof(struct wait, timer)))->is_late = true;
}

void svc_wait(struct svc *svc, bool (*done)(void *ctx), void *ctx, unsigned timeout_ms)
{
    struct wait wait = { .is_late = false };

    wheel_arm(svc_wheel(svc), &wait.timer, timeout_ms, on_late);
    while (!done(ctx) && !wait.is_late && !svc_is_stopping(svc))
        uv_run(svc_loop(svc), UV_RUN_ONCE);
    wheel_disarm(&wait.timer);
}
