/* SPDX-License-Identifier: Apache-2.0 */
/* The switch's end of a CSTA/TCP link, for the contract test. */
#include "contract_rig.h"
#include "csta_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct csta_rig rig;

static struct driver_conn *open_rig(struct driver_host const *host, void *ctx)
{
    csta_rig_init(&rig);
    rig.options.heartbeat_s = CONTRACT_HEARTBEAT_S;
    rig.options.request_ms = CONTRACT_REQUEST_MS;
    rig.options.retry_ms = CONTRACT_RETRY_MS;
    rig.options.max_requests = CONTRACT_REQUESTS;
    struct driver_conn *conn = rig.driver->open(&rig.options, host, ctx);
    assert_non_null(conn);
    return conn;
}

static void let_in(void)
{
    struct csta_msg msg;
    struct csta_msg const yes = { .type = CSTA_StartApplicationSessionPosResponse,
                                  .session_id = "s-1",
                                  .protocol_version = csta_namespace(CSTA_ED3),
                                  .session_duration_s = 3600 };

    csta_rig_pass(&rig, CONTRACT_RETRY_MS);
    csta_rig_accept(&rig);
    csta_rig_send(&rig, csta_rig_take(&rig, CSTA_StartApplicationSession, &msg), &yes);
    csta_rig_take(&rig, CSTA_RequestSystemStatus, &msg);
}

static unsigned take(enum csta_type type)
{
    struct csta_msg msg;

    return csta_rig_take(&rig, type, &msg);
}

static void answer(unsigned id, struct csta_msg const *msg)
{
    csta_rig_send(&rig, id, msg);
}

static void send_event(struct csta_msg const *event)
{
    csta_rig_send(&rig, 9999, event);
}

static void send_status(enum csta_system_status status)
{
    struct csta_msg const msg = { .type = CSTA_SystemStatus, .system_status = status };
    struct csta_msg response;

    csta_rig_send(&rig, 1234, &msg);
    csta_rig_take(&rig, CSTA_SystemStatusResponse, &response);
}

static void settle(void)
{
    for (int i = 0; i < 4; i++)
        csta_rig_turn(&rig);
    if (rig.fd >= 0)
        csta_rig_sync(&rig);
}

static void cut(void)
{
    csta_rig_hang_up(&rig);
    csta_rig_pass(&rig, 250);
}

static void pass(uint64_t ms)
{
    csta_rig_pass(&rig, ms);
}

static void finish(void)
{
    csta_rig_fini(&rig);
}

struct contract_rig const contract_rig_csta_tcp = { open_rig,    let_in, take,   answer, send_event,
                                                    send_status, cut,    settle, pass,   finish };
