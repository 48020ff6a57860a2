/* SPDX-License-Identifier: Apache-2.0 */
/* See egress_rig.h. */
#include "egress_rig.h"
#include "clock.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct transaction_handlers const no_handlers;

void egress_rig_init(struct egress_rig *rig)
{
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->wheel = wheel_new(clock_now_ms());
    stack_limits_default(&rig->limits);
    rig->worker = &rig->proxy.worker;
    rig->worker->proxy = &rig->proxy;
    rig->worker->stack =
        stack_new(&rig->loop, rig->wheel, NULL, &rig->limits, NULL, &no_handlers, NULL);
    assert_non_null(rig->worker->stack);
}

void egress_rig_fini(struct egress_rig *rig)
{
    stack_free(&rig->worker->stack);
    while (uv_run(&rig->loop, UV_RUN_NOWAIT))
        ;
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    wheel_free(&rig->wheel);
}
