/* SPDX-License-Identifier: Apache-2.0 */
/* The way of jobs between a loop and the store's thread. A link lives until its handle is closed
 * and its last job is back, whichever comes last, in whichever thread. */
#include "store.h"
#include "store_job.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct store_link {
    uv_async_t async;
    struct store *store;
    LIST_HEAD(, store_job) waiting; /* handed in, nobody told; loop only */
    _Atomic unsigned refs;          /* the open handle and each job */
    pthread_mutex_t lock;           /* of what follows */
    struct store_job_queue results;
    bool closed;
};

static void unref(struct store_link *link)
{
    if (atomic_fetch_sub(&link->refs, 1) > 1)
        return;
    pthread_mutex_destroy(&link->lock);
    free(link);
}

/* Told once: by the result, or by the end of the link. */
static void tell(struct store_job *job, int error)
{
    LIST_REMOVE(job, waiting);
    if (job->done)
        job->done(job->ctx, error);
}

static void drop(struct store_job *job)
{
    struct store_link *link = job->link;
    if (job->fini)
        job->fini(job);
    free(job);
    unref(link);
}

static void take_results(struct store_link *link, struct store_job_queue *ret, bool close)
{
    STAILQ_INIT(ret);
    pthread_mutex_lock(&link->lock);
    link->closed = close;
    STAILQ_CONCAT(ret, &link->results);
    pthread_mutex_unlock(&link->lock);
}

static void tell_results(struct store_link *link)
{
    struct store_job_queue results;
    struct store_job *job;
    take_results(link, &results, false);
    while ((job = STAILQ_FIRST(&results))) {
        STAILQ_REMOVE_HEAD(&results, queued);
        tell(job, job->error);
        drop(job);
    }
}

static void on_results(uv_async_t *async)
{
    tell_results(async->data);
}

static void on_closed(uv_handle_t *handle)
{
    unref(handle->data);
}

struct store_link *store_link_new(struct store *store, uv_loop_t *loop)
{
    struct store_link *link = calloc(1, sizeof *link);
    if (!link || uv_async_init(loop, &link->async, on_results) < 0) {
        free(link);
        return NULL;
    }
    link->async.data = link;
    link->store = store;
    link->refs = 1;
    LIST_INIT(&link->waiting);
    STAILQ_INIT(&link->results);
    pthread_mutex_init(&link->lock, NULL);
    return link;
}

/* Jobs belong to the store's thread only when none of them is on a list of ours any more. */
void store_link_free(struct store_link **plink)
{
    struct store_job_queue results;
    struct store_job *job;
    struct store_link *link = *plink;
    *plink = NULL;
    if (!link)
        return;
    tell_results(link);
    while (!LIST_EMPTY(&link->waiting))
        tell(LIST_FIRST(&link->waiting), -ECANCELED);
    take_results(link, &results, true);
    while ((job = STAILQ_FIRST(&results))) {
        STAILQ_REMOVE_HEAD(&results, queued);
        drop(job);
    }
    uv_close((uv_handle_t *)&link->async, on_closed);
}

int store_job_submit(struct store_link *link, struct store_job *job, store_done_fn *done, void *ctx)
{
    if (!job)
        return -ENOMEM;
    job->link = link;
    job->done = done;
    job->ctx = ctx;
    atomic_fetch_add(&link->refs, 1);
    LIST_INSERT_HEAD(&link->waiting, job, waiting);
    int error = store_job_queue(link->store, job);
    if (error < 0) {
        LIST_REMOVE(job, waiting);
        drop(job);
    }
    return error;
}

void store_job_deliver(struct store_job *job)
{
    struct store_link *link = job->link;
    pthread_mutex_lock(&link->lock);
    bool closed = link->closed;
    if (!closed) {
        STAILQ_INSERT_TAIL(&link->results, job, queued);
        uv_async_send(&link->async);
    }
    pthread_mutex_unlock(&link->lock);
    if (closed)
        drop(job);
}
