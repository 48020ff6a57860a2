/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's one state object: the stack, the compiled configuration, and what is in flight. */
#pragma once
#include "acl.h"
#include "acl_log.h"
#include "proxy_conf.h"
#include "route_table.h"
#include "stack.h"
#include <sys/queue.h>

struct ack;
struct forward;

struct proxy {
    struct wheel *wheel;
    struct proxy_conf const *conf;
    struct stack *stack;
    struct route_table *table;
    uint64_t *rule_hits;      /* one per rule of the table */
    struct acl *acl;          /* for every listener */
    struct acl *internal_acl; /* addresses of targets, for internal listeners only */
    struct acl_log *acl_log;
    uint16_t first_internal; /* listeners from here on are internal */
    LIST_HEAD(, forward) forwards;
    LIST_HEAD(, ack) acks; /* waiting for DNS */
    size_t n_acks;
};

/** Compiles the configuration and opens the listeners. Everything given is borrowed for the proxy's
 *  life. Returns 0, or a negative errno after logging why; *@p ret is NULL then. */
int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct proxy_conf const *conf, struct cfg_node const *node);

/** Ends everything in flight without an answer and closes the listeners; accepts NULL inside. The
 *  loop must run once more. */
void proxy_close(struct proxy **pproxy);

/** Is this listener one towards our own programs? */
static inline bool proxy_is_internal(struct proxy const *proxy, uint16_t listener)
{
    return listener >= proxy->first_internal;
}
