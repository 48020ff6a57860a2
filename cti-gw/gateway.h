/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway: what its parts share. One per process, made in main.c; everything here runs on the
 * loop thread. The life of a session is told in ARCHITECTURE.md. */
#pragma once
#include "device_ring.h"
#include "directory.h"
#include "farewell.h"
#include "feature_line.h"
#include "htab.h"
#include "provider.h"
#include "signin_log.h"
#include "stack.h"
#include <sys/queue.h>

struct number_rules;
struct session;
struct svc;

struct gateway {
    struct cti_conf const *conf;
    struct wheel *wheel;
    struct stack *stack;
    struct provider *provider;
    struct directory directory;
    struct device_rings rings;
    struct signin_log refused;
    struct feature_lines features; /* that phones have subscribed to */
    struct number_rules *inbound, *outbound;
    struct htab sessions; /* by local tag */
    struct htab monitors; /* by the driver's crossRefID and connection */
    LIST_HEAD(, session) all;
    struct farewell farewell;
    bool is_stopping;
    uv_timer_t patience; /* with clients, at a planned stop */
    char password[260];
};

/** Builds the gateway and opens its listeners. Returns 0 or a negative errno after logging why;
 *  gateway_fini() is right after either. */
int gateway_init(struct gateway *gw, struct svc *svc);
void gateway_fini(struct gateway *gw);
