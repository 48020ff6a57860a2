/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshot, hold, answer: three requests, one after the other. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "auto_hold.h"
#include "csta_fault_map.h"
#include "cti_metrics.h"
#include "log.h"
#include <errno.h>
#include <string.h>

struct auto_hold {
    su_home_t home[1];
    struct provider *provider;
    unsigned index;
    struct csta_msg answer; /* strings in home */
    driver_reply_fn *reply;
    void *ctx;
};

static void answer(struct auto_hold *hold)
{
    int err = provider_request(hold->provider, hold->index, &hold->answer, hold->reply, hold->ctx);

    if (err == -EBUSY) {
        cti_count(M_refused_limit);
        log_info(hold->answer.sake_call_id,
                 "call not answered reason=\"too many services of the connection wait\"");
    }
    if (err < 0) {
        struct csta_msg error = csta_fault_map(
            err == -EBUSY ? CTI_FAULT_PERFORMANCE : CTI_FAULT_NO_CONNECTION, hold->answer.edition);
        hold->reply(hold->ctx, &error);
    }
    su_home_unref(hold->home);
}

static void on_held(void *ctx, struct csta_msg const *reply)
{
    if (reply->type == CSTA_CSTAErrorCode)
        log_info(NULL, "active call not held before the answer error=%s",
                 reply->error.value ? reply->error.value : "");
    answer(ctx);
}

/* The connected call of the device, if it is another one. */
static struct csta_conn const *active_call(struct auto_hold const *hold,
                                           struct csta_msg const *snapshot)
{
    char const *id = hold->answer.conn.call_id;

    for (size_t i = 0; i < snapshot->n_items; i++) {
        struct csta_snapshot_item const *item = &snapshot->items[i];
        if (item->state == CSTA_STATE_connected && item->conn.call_id &&
            (!id || strcmp(item->conn.call_id, id) != 0))
            return &item->conn;
    }
    return NULL;
}

static void on_snapshot(void *ctx, struct csta_msg const *reply)
{
    struct auto_hold *hold = ctx;
    struct csta_conn const *active = active_call(hold, reply);
    struct csta_msg request = { .type = CSTA_HoldCall,
                                .edition = hold->answer.edition,
                                .sake_call_id = hold->answer.sake_call_id };

    if (active)
        request.conn = (struct csta_conn){ active->call_id, hold->answer.conn.device_id };
    if (!active || provider_request(hold->provider, hold->index, &request, on_held, hold) < 0)
        answer(hold);
}

int auto_hold_answer(struct provider *provider, unsigned index, struct csta_msg const *answer,
                     driver_reply_fn *reply, void *ctx)
{
    struct csta_conn const *conn = &answer->conn;
    struct csta_msg request = { .type = CSTA_SnapshotDevice,
                                .edition = answer->edition,
                                .device = conn->device_id,
                                .sake_call_id = answer->sake_call_id };
    struct auto_hold *hold = su_home_new(sizeof *hold);
    int err = -ENOMEM;

    if (!hold)
        return err;
    hold->provider = provider;
    hold->index = index;
    hold->reply = reply;
    hold->ctx = ctx;
    hold->answer = (struct csta_msg){ .type = CSTA_AnswerCall, .edition = answer->edition };
    hold->answer.conn.device_id = su_strdup(hold->home, conn->device_id);
    hold->answer.conn.call_id = conn->call_id ? su_strdup(hold->home, conn->call_id) : NULL;
    /* For the tap: it may be left out. */
    if (answer->sake_call_id)
        hold->answer.sake_call_id = su_strdup(hold->home, answer->sake_call_id);
    if (hold->answer.conn.device_id && (!conn->call_id || hold->answer.conn.call_id))
        err = provider_request(provider, index, &request, on_snapshot, hold);
    if (err < 0)
        su_home_unref(hold->home);
    return err;
}
