/* SPDX-License-Identifier: Apache-2.0 */
/* Which phone a session controls: see session_device.h. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "session_device.h"
#include "cti_monitor.h"
#include "dialog.h"
#include "log.h"
#include "session.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A monitor that waits for the driver's answer about the other phone. */
struct session_move {
    struct gateway *gw;
    struct cti_monitor *monitor; /* NULL: it is gone, or goes to yet another phone */
    unsigned connection;
    enum csta_edition edition;
};

char const *session_device_name(struct session const *session, char const *number, su_home_t *home)
{
    char const *name = NULL;

    if (session->device && strcmp(number, session->number) == 0)
        name = su_sprintf(home, "%s;device=%s", number, session->device);
    return name ? name : number;
}

static void ignore_reply(void *ctx, struct csta_msg const *reply)
{
    (void)ctx;
    (void)reply;
}

static void stop(struct session_move const *move, char const *driver_xref)
{
    struct csta_msg const request = { .type = CSTA_MonitorStop,
                                      .edition = move->edition,
                                      .monitor_xref = driver_xref };

    (void)provider_request(move->gw->provider, move->connection, &request, ignore_reply, NULL);
}

static void go_over(struct session_move *move, char const *driver_xref)
{
    struct cti_monitor *monitor = move->monitor;
    char *old = monitor ? strdup(monitor->driver_xref) : NULL;

    if (monitor && old && cti_monitor_rename(monitor, driver_xref) == 0)
        stop(move, old);
    else
        stop(move, driver_xref);
    free(old);
}

static void on_moved(void *ctx, struct csta_msg const *reply)
{
    struct session_move *move = ctx;
    struct cti_monitor *monitor = move->monitor;

    if (monitor)
        monitor->move = NULL;
    if (reply->type == CSTA_MonitorStartResponse)
        go_over(move, reply->monitor_xref);
    else if (monitor)
        log_warn(monitor->session->id, "monitor stays at the former device error=\"%s\"",
                 reply->error.value ? reply->error.value : "");
    free(move);
}

static int move_monitor(struct session *session, struct cti_monitor *monitor)
{
    struct session_move *move = calloc(1, sizeof *move);
    su_home_t home[1] = { SU_HOME_INIT(home) };

    if (!move)
        return -ENOMEM;
    *move = (struct session_move){ session->gw, monitor, monitor->connection, monitor->edition };
    struct csta_msg const request = { .type = CSTA_MonitorStart,
                                      .sake_call_id = dialog_call_id(session->dialog),
                                      .edition = monitor->edition,
                                      .device =
                                          session_device_name(session, monitor->number, home) };
    int error =
        provider_request(session->gw->provider, monitor->connection, &request, on_moved, move);
    su_home_deinit(home);
    if (error < 0) {
        free(move);
        return error;
    }
    session_device_forget(monitor);
    monitor->move = move;
    return 0;
}

int session_device_move(struct session *session, char const *device)
{
    struct cti_monitor *monitor;
    char *copy = strdup(device);
    int error = 0;

    if (!copy)
        return -ENOMEM;
    free(session->device);
    session->device = copy;
    log_info(session->id, "device selected user=\"%s\" line=%s device=\"%s\"", session->user,
             session->number, device);
    LIST_FOREACH(monitor, &session->monitors, link)
    {
        if (strcmp(monitor->number, session->number) == 0 && error == 0)
            error = move_monitor(session, monitor);
    }
    return error;
}

void session_device_forget(struct cti_monitor *monitor)
{
    if (monitor->move)
        monitor->move->monitor = NULL;
    monitor->move = NULL;
}
