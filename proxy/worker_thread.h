/* SPDX-License-Identifier: Apache-2.0 */
/* A worker with a thread and a loop of its own. Everything that the main thread wants of it is left
 * as a note and the loop is woken, so the worker's state is touched by its thread alone. */
#pragma once
#include "worker.h"

struct steer;
struct worker_thread;

/** Makes loop and worker @p number, without a thread yet; the caller opens the listeners. Returns 0
 *  or a negative errno; *@p ret is NULL then. */
int worker_thread_open(struct worker_thread **ret, struct proxy *proxy, unsigned number,
                       struct tap *tap);

/** The worker, for its listeners. Before worker_thread_start() only. */
struct worker *worker_thread_worker(struct worker_thread *thread);

/** Starts the thread. Returns 0 or a negative errno. */
int worker_thread_start(struct worker_thread *thread);

/** Has it put @p generation in force soon; keeps a reference. */
void worker_thread_adopt(struct worker_thread *thread, struct generation *generation);

/** Has it look at its timers: the clock was moved. */
void worker_thread_run_timers(struct worker_thread *thread);

/** Ends everything in flight, joins and frees. Accepts NULL inside. */
void worker_thread_close(struct worker_thread **pthread);
