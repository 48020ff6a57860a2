/* SPDX-License-Identifier: Apache-2.0 */
/* The store's thread: takes jobs in groups, commits each group once. */
#define LOG_SUBSYSTEM LOG_STORE
#include "store.h"
#include "log.h"
#include "store_db.h"
#include "store_job.h"
#include "store_metrics.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Jobs of one transaction: so that the first of a flood does not wait for the last. */
enum { GROUP_MAX = 1000 };

struct store {
    struct store_db *db;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct store_job_queue queue;
    size_t n_queued, max_jobs;
    bool stopping;
};

/* --- in the store's thread --- */

static size_t take_group(struct store *store, struct store_job_queue *ret)
{
    size_t n = 0;
    STAILQ_INIT(ret);
    pthread_mutex_lock(&store->lock);
    while (STAILQ_EMPTY(&store->queue) && !store->stopping)
        pthread_cond_wait(&store->wake, &store->lock);
    for (; n < GROUP_MAX && !STAILQ_EMPTY(&store->queue); n++) {
        struct store_job *job = STAILQ_FIRST(&store->queue);
        STAILQ_REMOVE_HEAD(&store->queue, queued);
        STAILQ_INSERT_TAIL(ret, job, queued);
    }
    store->n_queued -= n;
    pthread_mutex_unlock(&store->lock);
    return n;
}

static int step(struct store_db *db, enum store_statement id)
{
    return store_db_step(store_db_use(db, id));
}

/* Of a key that is there or not: no fault of the store. */
static bool is_answer(int error)
{
    return error == -EEXIST || error == -ENOENT;
}

/* A job that fails takes back what it wrote itself; the others of its group do not suffer. */
static int run_job(struct store_db *db, struct store_job *job)
{
    int error = step(db, STORE_SQL_job_begin);
    if (error < 0)
        return error;
    job->error = job->run(db, job);
    if (job->error < 0 && !is_answer(job->error))
        log_error(NULL, "store cannot write reason=\"%s\"", store_db_why(db));
    if (job->error < 0)
        error = step(db, STORE_SQL_job_undo);
    return error < 0 ? error : step(db, STORE_SQL_job_end);
}

/* All or none of the group. */
static int run_group(struct store_db *db, struct store_job_queue const *group)
{
    struct store_job *job;
    int error = step(db, STORE_SQL_begin);
    if (error < 0)
        return error;
    STAILQ_FOREACH(job, group, queued)
    {
        if ((error = run_job(db, job)) < 0)
            break;
    }
    if (error == 0)
        error = step(db, STORE_SQL_commit);
    return error;
}

static void finish_group(struct store *store, struct store_job_queue *group, int group_error)
{
    struct store_job *job;
    if (group_error < 0) {
        log_error(NULL, "store cannot write reason=\"%s\"", store_db_why(store->db));
        (void)step(store->db, STORE_SQL_rollback);
    }
    met_inc(&store_metrics, M_commits);
    while ((job = STAILQ_FIRST(group))) {
        STAILQ_REMOVE_HEAD(group, queued);
        if (group_error < 0)
            job->error = group_error;
        if (job->error < 0)
            met_inc(&store_metrics, M_failures);
        else if (job->committed)
            job->committed(job);
        met_add(&store_metrics, M_waiting, -1);
        store_job_deliver(job);
    }
}

static void *work(void *vstore)
{
    struct store *store = vstore;
    struct store_job_queue group;
    while (take_group(store, &group) > 0)
        finish_group(store, &group, run_group(store->db, &group));
    return NULL;
}

/* --- in other threads --- */

int store_job_queue(struct store *store, struct store_job *job)
{
    int error = 0;
    pthread_mutex_lock(&store->lock);
    if (store->n_queued >= store->max_jobs) {
        error = -EBUSY;
    } else {
        STAILQ_INSERT_TAIL(&store->queue, job, queued);
        store->n_queued++;
        pthread_cond_signal(&store->wake);
    }
    pthread_mutex_unlock(&store->lock);
    met_inc(&store_metrics, error ? M_overflows : M_jobs);
    met_add(&store_metrics, M_waiting, error ? 0 : 1);
    return error;
}

struct store_db *store_job_db(struct store *store)
{
    return store->db;
}

int store_open(struct store **ret, char const *path, size_t max_jobs)
{
    struct store *store = *ret = calloc(1, sizeof *store);
    if (!store)
        return -ENOMEM;
    STAILQ_INIT(&store->queue);
    store->max_jobs = max_jobs;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->wake, NULL);
    int error = store_db_open(&store->db, path);
    if (error < 0)
        store_close(ret);
    return error;
}

/* Signals are for the loops. */
int store_start(struct store *store)
{
    sigset_t all, kept;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    int error = -pthread_create(&store->thread, NULL, work, store);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    store->started = error == 0;
    if (error < 0)
        log_error(NULL, "store thread not started error=\"%s\"", strerror(-error));
    return error;
}

void store_close(struct store **pstore)
{
    struct store *store = *pstore;
    *pstore = NULL;
    if (!store)
        return;
    if (store->started) {
        pthread_mutex_lock(&store->lock);
        store->stopping = true;
        pthread_cond_signal(&store->wake);
        pthread_mutex_unlock(&store->lock);
        pthread_join(store->thread, NULL);
    }
    store_db_close(&store->db);
    pthread_cond_destroy(&store->wake);
    pthread_mutex_destroy(&store->lock);
    free(store);
}
