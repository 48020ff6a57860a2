/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's one state object: its worker, and what workers share. */
#pragma once
#include "acl_log.h"
#include "cluster_name.h"
#include "stack_limits.h"
#include "worker.h"

struct proxy {
    struct stack_limits limits;    /* of the start: a reload does not change them */
    struct generation *generation; /* in force; a reference */
    struct acl_log *acl_log;
    uint16_t first_internal; /* listeners from here on are internal */
    struct cluster_name cluster_name;
    struct worker worker;
};

/** Opens the listeners that @p first names; keeps a reference to it. Loop, wheel and tap are
 *  borrowed for the proxy's life. Returns 0, or a negative errno after logging why; *@p ret is NULL
 *  then. */
int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct generation *first);

/** Puts @p next in force; keeps a reference. Requests in flight end under the one that they began
 *  with. Returns 0, or a negative errno after logging why: nothing has changed then. */
int proxy_reload(struct proxy *proxy, struct generation *next);

/** Ends everything in flight without an answer and closes the listeners; accepts NULL inside. The
 *  loop must run once more. */
void proxy_close(struct proxy **pproxy);
