/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of workers: see worker_thread.h. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "worker_thread.h"
#include "clock.h"
#include "log.h"
#include "loop_wheel.h"
#include "proxy.h"
#include "wheel.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct worker_thread {
    struct worker worker;
    uv_loop_t loop;
    struct loop_wheel lw;
    uv_async_t wake;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t lock;    /* of the notes that follow */
    struct generation *next; /* to adopt; a reference */
    bool run_timers, stop;
};

/* --- in the worker's thread ----------------------------------------------------------------------
 */

static void close_worker(struct worker_thread *thread)
{
    worker_fini(&thread->worker);
    loop_wheel_close(&thread->lw);
    uv_close((uv_handle_t *)&thread->wake, NULL);
}

static void on_wake(uv_async_t *wake)
{
    struct worker_thread *thread = wake->data;
    pthread_mutex_lock(&thread->lock);
    struct generation *next = thread->next;
    bool run_timers = thread->run_timers, stop = thread->stop;
    thread->next = NULL;
    thread->run_timers = false;
    pthread_mutex_unlock(&thread->lock);
    if (next)
        worker_adopt(&thread->worker, next);
    generation_unref(&next);
    if (run_timers)
        wheel_run(thread->lw.wheel, clock_now_ms());
    if (stop)
        close_worker(thread);
}

static void *run(void *vthread)
{
    struct worker_thread *thread = vthread;
    uv_run(&thread->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* --- in the main thread --------------------------------------------------------------------------
 */

int worker_thread_open(struct worker_thread **ret, struct proxy *proxy, unsigned number,
                       struct tap *tap)
{
    struct worker_thread *thread = *ret = calloc(1, sizeof *thread);
    int error = thread ? uv_loop_init(&thread->loop) : -ENOMEM;
    if (error < 0)
        goto fail;
    error = loop_wheel_init(&thread->lw, &thread->loop);
    if (error < 0) {
        uv_loop_close(&thread->loop);
        goto fail;
    }
    pthread_mutex_init(&thread->lock, NULL);
    uv_async_init(&thread->loop, &thread->wake, on_wake);
    thread->wake.data = thread;
    error = worker_init(&thread->worker, proxy, number, &thread->loop, thread->lw.wheel, tap);
    if (error < 0)
        worker_thread_close(ret);
    return error;
fail:
    free(thread);
    *ret = NULL;
    return error;
}

struct worker *worker_thread_worker(struct worker_thread *thread)
{
    return &thread->worker;
}

/* Signals are for the main loop. */
int worker_thread_start(struct worker_thread *thread)
{
    sigset_t all, kept;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    int error = -pthread_create(&thread->thread, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    thread->is_running = error == 0;
    return error;
}

static void leave_note(struct worker_thread *thread, struct generation *next, bool run_timers,
                       bool stop)
{
    struct generation *overtaken = NULL;
    pthread_mutex_lock(&thread->lock);
    if (next) {
        overtaken = thread->next;
        thread->next = generation_ref(next);
    }
    thread->run_timers |= run_timers;
    thread->stop |= stop;
    pthread_mutex_unlock(&thread->lock);
    uv_async_send(&thread->wake);
    generation_unref(&overtaken);
}

void worker_thread_adopt(struct worker_thread *thread, struct generation *generation)
{
    leave_note(thread, generation, false, false);
}

void worker_thread_run_timers(struct worker_thread *thread)
{
    leave_note(thread, NULL, true, false);
}

void worker_thread_close(struct worker_thread **pthread)
{
    struct worker_thread *thread = *pthread;
    *pthread = NULL;
    if (!thread)
        return;
    leave_note(thread, NULL, false, true);
    if (thread->is_running)
        pthread_join(thread->thread, NULL);
    else
        uv_run(&thread->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&thread->loop) < 0)
        log_error(NULL, "handles of a worker were left open at the end");
    wheel_free(&thread->lw.wheel);
    pthread_mutex_destroy(&thread->lock);
    free(thread);
}
