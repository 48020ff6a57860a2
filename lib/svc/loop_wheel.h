/* SPDX-License-Identifier: Apache-2.0 */
/* Drives a timer wheel from a libuv loop: of a program, of a worker thread, of a command. */
#pragma once
#include <uv.h>

struct wheel;

struct loop_wheel {
    struct wheel *wheel;
    uv_timer_t timer;
    uint64_t due_ms; /* of the timer */
    uv_prepare_t prepare;
};

/** Makes the wheel and starts driving it; the loop stays alive until loop_wheel_close(). Returns 0
 *  or a negative errno. */
int loop_wheel_init(struct loop_wheel *lw, uv_loop_t *loop);

/** Closes the handles; @p lw must live until the loop has run once more. The wheel stays, for those
 *  who still disarm timers: the owner frees it with wheel_free(). */
void loop_wheel_close(struct loop_wheel *lw);
