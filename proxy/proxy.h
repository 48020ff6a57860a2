/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy's one state object: its workers, and what they share. */
#pragma once
#include "log_sources.h"
#include "cluster_name.h"
#include "key_log.h"
#include "stack_limits.h"
#include "wheel.h"
#include "worker.h"

struct acl_names;
struct alarm_board;
struct secure_watch;
struct peer_probe;
struct peers;
struct steer;
struct worker_thread;

struct proxy {
    struct stack_limits limits;    /* of the start: a reload does not change them */
    struct generation *generation; /* in force; a reference */
    struct log_sources *acl_log;
    struct alarm_board *alarms;  /* borrowed; NULL before proxy_start() */
    struct acl_names *acl_names; /* of the generation in force; NULL before proxy_start() */
    struct key_log key_log;      /* of the generation in force */
    struct secure_watch *certs;    /* of the generation in force; NULL before proxy_start() */
    struct peers *peers;         /* health of next hops; shared by the workers */
    struct peer_probe *probe;    /* of worker 0 */
    struct steer *steer;         /* NULL: there is one worker */
    uint16_t first_internal;     /* listeners from here on are internal */
    struct cluster_name cluster_name;
    struct registrar *registrar;                               /* NULL: there is none */
    struct wheel_timer registrar_tick;                         /* each second */
    struct worker worker;                                      /* number 0, of the main thread */
    struct worker_thread *threads[PROXY_CONF_WORKERS_MAX - 1]; /* the others */
    unsigned n_threads;
};

/** Opens the listeners that @p first names and makes the workers; keeps a reference to it. Loop,
 *  wheel and tap are borrowed for the proxy's life. Returns 0, or a negative errno after logging
 *  why; *@p ret is NULL then. */
int proxy_open(struct proxy **ret, uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
               struct generation *first);

/** As the user that the proxy runs as: opens the store of the registrar, starts the other workers,
 *  begins to ask for the addresses of the names in the access list. @p alarms (may be NULL) is
 *  borrowed. Returns 0, or a negative errno after logging why. */
int proxy_start(struct proxy *proxy, struct alarm_board *alarms);

/** Whether each of these names has had an answer since. */
bool proxy_knows_names(struct proxy const *proxy);

/** Puts @p next in force; keeps a reference. Requests in flight end under the one that they began
 *  with. Returns 0, or a negative errno after logging why: nothing has changed then. */
int proxy_reload(struct proxy *proxy, struct generation *next);

/** Has every worker look at its timers: the clock was moved. */
void proxy_run_timers(struct proxy *proxy);

/** Ends everything in flight without an answer and closes the listeners; accepts NULL inside. The
 *  loop must run once more. */
void proxy_close(struct proxy **pproxy);
