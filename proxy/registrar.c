/* SPDX-License-Identifier: Apache-2.0 */
/* The life of the registrar: see registrar.h. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "registrar.h"
#include "clock.h"
#include "digest_nonce.h"
#include "location.h"
#include "log.h"
#include "registrar_conf.h"
#include "store_bindings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PURGE_MS = 600 * 1000 };

struct restored {
    struct location *location;
    size_t aors, contacts;
};

static int restore(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    struct restored *restored = ctx;
    restored->aors++;
    restored->contacts += n;
    return location_restore(restored->location, aor, list, n);
}

static int64_t wall_s(void)
{
    return (int64_t)(clock_wall_us() / 1000000);
}

int registrar_open(struct registrar **ret, struct registrar_conf const *conf)
{
    struct registrar *shared = *ret = calloc(1, sizeof *shared);
    struct restored restored = { .aors = 0 };
    int error = -ENOMEM;
    if (!shared)
        goto fail;
    shared->purge_ms = clock_now_ms();
    shared->location = restored.location = location_new();
    shared->nonces = digest_nonce_new((size_t)conf->max_nonces);
    if (!shared->location || !shared->nonces)
        goto fail;
    if ((error = store_open(&shared->store, conf->store, (size_t)conf->store_queue)) < 0 ||
        (error = store_users_new(&shared->users, shared->store)) < 0 ||
        (error = store_bindings_each(shared->store, wall_s(), restore, &restored)) < 0 ||
        (error = store_start(shared->store)) < 0)
        goto fail;
    log_info(NULL, "registrar open store=\"%s\" aors=%zu contacts=%zu", conf->store, restored.aors,
             restored.contacts);
    return 0;
fail:
    log_error(NULL, "registrar not opened error=\"%s\"", strerror(-error));
    registrar_close(ret);
    return error;
}

void registrar_close(struct registrar **pregistrar)
{
    struct registrar *shared = *pregistrar;
    *pregistrar = NULL;
    if (!shared)
        return;
    store_close(&shared->store);
    store_users_free(&shared->users);
    location_free(&shared->location);
    digest_nonce_free(&shared->nonces);
    free(shared);
}

int registrar_worker_init(struct registrar_worker *worker, struct registrar *shared,
                          uv_loop_t *loop)
{
    *worker = (struct registrar_worker){ .link = store_link_new(shared->store, loop) };
    LIST_INIT(&worker->pending);
    worker->shared = worker->link ? shared : NULL;
    return worker->link ? 0 : -ENOMEM;
}

void registrar_worker_fini(struct registrar_worker *worker)
{
    /* Each that waits hears of it from the store, and is gone then. */
    store_link_free(&worker->link);
    worker->shared = NULL;
}

/* What has expired does no harm in the file but takes place, so a failure is not pursued. */
void registrar_tick(struct registrar_worker *worker)
{
    struct registrar *shared = worker->shared;
    uint64_t now_ms = clock_now_ms();
    location_tick(shared->location);
    if (now_ms < shared->purge_ms)
        return;
    shared->purge_ms = now_ms + PURGE_MS;
    (void)store_bindings_purge(worker->link, wall_s());
}
