/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of the workers: see steer.h. */
#include "steer.h"
#include "sip_metrics.h"
#include "steer_place.h"
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct letter {
    STAILQ_ENTRY(letter) link;
    enum steer_kind kind;
    struct origin origin;
    size_t len;
    char bytes[];
};

STAILQ_HEAD(letters, letter);

struct box {
    struct steer *steer;
    uv_async_t wake;
    steer_fn *fn;
    void *ctx;
    pthread_mutex_t lock; /* of what follows */
    struct letters letters;
    size_t n_bytes;
    bool is_open;
};

struct steer {
    unsigned workers;
    size_t max_bytes;
    struct steer_places *places;
    struct box boxes[];
};

struct steer *steer_new(unsigned workers, size_t max_bytes)
{
    struct steer *steer = calloc(1, sizeof *steer + workers * sizeof *steer->boxes);
    if (!steer)
        return NULL;
    steer->places = steer_places_new();
    if (!steer->places) {
        free(steer);
        return NULL;
    }
    steer->workers = workers;
    steer->max_bytes = max_bytes;
    for (unsigned i = 0; i < workers; i++) {
        steer->boxes[i].steer = steer;
        pthread_mutex_init(&steer->boxes[i].lock, NULL);
        STAILQ_INIT(&steer->boxes[i].letters);
    }
    return steer;
}

void steer_free(struct steer **psteer)
{
    struct steer *steer = *psteer;
    *psteer = NULL;
    if (steer)
        steer_places_free(&steer->places);
    for (unsigned i = 0; steer && i < steer->workers; i++)
        pthread_mutex_destroy(&steer->boxes[i].lock);
    free(steer);
}

struct steer_places *steer_places(struct steer *steer)
{
    return steer->places;
}

unsigned steer_workers(struct steer const *steer)
{
    return steer->workers;
}

/* Empties the box at once, so that the lock is held for a moment only. */
static struct letters take_all(struct box *box)
{
    struct letters all = STAILQ_HEAD_INITIALIZER(all);
    pthread_mutex_lock(&box->lock);
    STAILQ_CONCAT(&all, &box->letters);
    box->n_bytes = 0;
    pthread_mutex_unlock(&box->lock);
    return all;
}

static void on_wake(uv_async_t *wake)
{
    struct box *box = wake->data;
    struct letters all = take_all(box);
    struct letter *letter;
    while ((letter = STAILQ_FIRST(&all))) {
        STAILQ_REMOVE_HEAD(&all, link);
        if (box->fn) /* NULL: a letter before this one made the worker leave */
            box->fn(box->ctx, letter->kind, &letter->origin, letter->bytes, letter->len);
        free(letter);
    }
}

int steer_join(struct steer *steer, unsigned worker, uv_loop_t *loop, steer_fn *fn, void *ctx)
{
    struct box *box = &steer->boxes[worker];
    int error = uv_async_init(loop, &box->wake, on_wake);
    if (error < 0)
        return error;
    box->wake.data = box;
    box->fn = fn;
    box->ctx = ctx;
    pthread_mutex_lock(&box->lock);
    box->is_open = true;
    pthread_mutex_unlock(&box->lock);
    return 0;
}

void steer_leave(struct steer *steer, unsigned worker)
{
    struct box *box = &steer->boxes[worker];
    pthread_mutex_lock(&box->lock);
    bool was_open = box->is_open;
    box->is_open = false;
    pthread_mutex_unlock(&box->lock);
    if (!was_open)
        return;
    box->fn = NULL;
    on_wake(&box->wake);
    uv_close((uv_handle_t *)&box->wake, NULL);
}

/* Takes @p letter if it finds room. */
static int put(struct box *box, struct letter *letter)
{
    int error = 0;
    pthread_mutex_lock(&box->lock);
    if (!box->is_open)
        error = -ENOTCONN;
    else if (box->n_bytes + letter->len > box->steer->max_bytes)
        error = -ENOBUFS;
    if (error == 0) {
        STAILQ_INSERT_TAIL(&box->letters, letter, link);
        box->n_bytes += letter->len;
        /* Under the lock, so that the handle is not closed meanwhile. */
        uv_async_send(&box->wake);
    }
    pthread_mutex_unlock(&box->lock);
    return error;
}

int steer_pass(struct steer *steer, unsigned worker, enum steer_kind kind,
               struct origin const *origin, char const *bytes, size_t len)
{
    struct letter *letter = malloc(sizeof *letter + len);
    int error = -ENOMEM;
    if (!letter)
        goto out;
    letter->kind = kind;
    letter->origin = *origin;
    /* The connection's, and connections stay where they are. */
    letter->origin.tls_subject = NULL;
    letter->origin.identity = NULL;
    letter->len = len;
    memcpy(letter->bytes, bytes, len);
    error = put(&steer->boxes[worker], letter);
    if (error < 0)
        free(letter);
out:
    met_inc(&sip_metrics, error ? M_steer_dropped : M_steered);
    return error;
}
