/* SPDX-License-Identifier: Apache-2.0 */
/* A worker: one event loop with its own sockets and transactions, and the requests in flight there.
 * Everything here belongs to the worker's thread; what workers share hangs on struct proxy. */
#pragma once
#include "generation.h"
#include "registrar.h"
#include "route_decide.h"
#include "stack.h"
#include <sys/queue.h>

struct ack;
struct explain;
struct forward;
struct probe_run;
struct proxy;

struct worker {
    struct proxy *proxy;
    unsigned number;     /* 0: the one of the main thread */
    uv_loop_t *loop;     /* borrowed */
    struct wheel *wheel; /* borrowed */
    struct stack *stack;
    struct generation *generation; /* in force; a reference */
    char const *admitted_by; /* pattern of the entry that admitted the request at hand */
    LIST_HEAD(, forward) forwards;
    LIST_HEAD(, ack) acks; /* waiting for DNS */
    size_t n_acks;
    LIST_HEAD(, explain) explains; /* waiting for DNS */
    LIST_HEAD(, probe_run) probes; /* on their way; of worker 0 */
    size_t n_probes;
    struct registrar_worker registrar;
};

/** Makes the stack of worker @p number, without listeners. @p tap may be NULL; all is borrowed for
 * the worker's life. Returns 0 or -ENOMEM; worker_fini() is due in any case. */
int worker_init(struct worker *worker, struct proxy *proxy, unsigned number, uv_loop_t *loop,
                struct wheel *wheel, struct tap *tap);

/** Opens the listeners of the configuration, the same in every worker. Returns 0, or a negative
 *  errno after logging why. */
int worker_listen(struct worker *worker);

/** Gives the worker its part of the registrar, before its loop runs. Returns 0 or -ENOMEM. */
int worker_join(struct worker *worker, struct registrar *registrar);

/** Ends everything in flight without an answer and closes the listeners. Harmless on a zeroed
 *  worker. The loop must run once more. */
void worker_fini(struct worker *worker);

/** Puts @p generation in force for requests that arrive from now on; keeps a reference. */
void worker_adopt(struct worker *worker, struct generation *generation);

/** What a decision of this worker reads now. Borrows from the generation in force. */
struct route_inputs worker_route_inputs(struct worker const *worker);

/** Is this listener one towards our own programs? */
bool worker_is_internal(struct worker const *worker, uint16_t listener);
