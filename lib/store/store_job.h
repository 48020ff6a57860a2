/* SPDX-License-Identifier: Apache-2.0 */
/* A write that waits for the store's thread. Inner part of lib/store.
 *
 * A job is the first member of one malloc()ed block that holds all it needs; submitting gives the
 * block away. */
#pragma once
#include "store.h"
#include <sys/queue.h>

struct store_db;

struct store_job {
    /* In the store's thread, inside a transaction: writes. Returns 0, or a negative errno and
     * whatever it wrote is undone. */
    int (*run)(struct store_db *db, struct store_job const *job);
    /* In the store's thread, once the write is durable and before anybody is told; NULL: none. */
    void (*committed)(struct store_job *job);
    /* Before the block is freed, in whichever thread; NULL: none. */
    void (*fini)(struct store_job *job);
    store_done_fn *done;
    void *ctx;
    int error;
    struct store_link *link;
    STAILQ_ENTRY(store_job) queued; /* on the store's queue, then on the link's list of results */
    LIST_ENTRY(store_job) waiting;  /* of the link, loop only */
};

STAILQ_HEAD(store_job_queue, store_job);

/** Hands @p job over (taken, also on failure; NULL is -ENOMEM). Returns 0, or a negative errno and
 *  nobody will be told: -EBUSY when too many wait. From the link's loop only. */
int store_job_submit(struct store_link *link, struct store_job *job, store_done_fn *done,
                     void *ctx);

/** Puts a job on the queue of @p store. Returns 0 or -EBUSY. */
int store_job_queue(struct store *store, struct store_job *job);

/** Gives a finished job back to its link, from the store's thread. */
void store_job_deliver(struct store_job *job);

/** The connection, for those who read before store_start(). */
struct store_db *store_job_db(struct store *store);
