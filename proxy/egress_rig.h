/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the way out: a worker of the proxy with a stack, and no more. */
#pragma once
#include "proxy.h"
#include "worker.h"

struct egress_rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct stack_limits limits;
    struct proxy proxy;
    struct worker *worker; /* of the proxy */
};

/** A stack without listeners. */
void egress_rig_init(struct egress_rig *rig);
void egress_rig_fini(struct egress_rig *rig);
