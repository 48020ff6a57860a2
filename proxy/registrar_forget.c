/* SPDX-License-Identifier: Apache-2.0 */
/* Clearing of an address of record: see registrar_forget.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "registrar_forget.h"
#include "location.h"
#include "log.h"
#include "proxy_metrics.h"
#include "registrar.h"
#include "store_bindings.h"
#include <errno.h>
#include <stdlib.h>

struct forgetting {
    struct registrar_worker *worker;
    struct location_ticket *ticket;
    store_done_fn *done;
    void *ctx;
};

static void on_stored(void *vforgetting, int error)
{
    struct forgetting *forgetting = vforgetting;
    location_settle(forgetting->worker->shared->location, &forgetting->ticket,
                    error == 0 || error == -ECANCELED);
    forgetting->done(forgetting->ctx, error);
    free(forgetting);
}

static int persist(void *vforgetting, char const *aor, struct store_binding const *list, size_t n)
{
    struct forgetting *forgetting = vforgetting;
    return store_bindings_replace(forgetting->worker->link, aor, list, n, on_stored, forgetting);
}

int registrar_forget(struct registrar_worker *worker, char const *aor, store_done_fn *done,
                     void *ctx)
{
    struct forgetting *forgetting = calloc(1, sizeof *forgetting);
    struct location_update const update = {
        .aor = aor,
        .call_id = "",
        .path = "",
        .user_agent = "",
        .clear = true,
        .force = true,
        .persist = persist,
        .ctx = forgetting,
    };
    struct location_result result;
    if (!forgetting)
        return -ENOMEM;
    *forgetting = (struct forgetting){ .worker = worker, .done = done, .ctx = ctx };
    if (location_update(worker->shared->location, &update, &result) != LOCATION_DONE) {
        free(forgetting);
        return result.error;
    }
    forgetting->ticket = result.ticket;
    location_list_unref(&result.list);
    met_add(&proxy_metrics, M_bindings_removed, result.removed);
    log_info(NULL, "registrations taken away aor=\"%s\" contacts=%u", aor, result.removed);
    return 0;
}
