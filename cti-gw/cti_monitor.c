/* SPDX-License-Identifier: Apache-2.0 */
/* The table of monitors. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "cti_monitor.h"
#include "cti_metrics.h"
#include "dialog.h"
#include "service.h"
#include "session.h"
#include "session_device.h"
#include "token.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct key {
    unsigned connection;
    char const *xref;
};

static bool match(struct htab_entry const *entry, void const *wanted)
{
    struct cti_monitor const *monitor = (struct cti_monitor const *)entry;
    struct key const *key = wanted;

    return monitor->connection == key->connection && strcmp(monitor->driver_xref, key->xref) == 0;
}

static uint64_t hash_of(unsigned connection, char const *xref)
{
    return htab_hash(xref, strlen(xref), (uint64_t)connection + 1);
}

struct cti_monitor *cti_monitor_new(struct session *session, char const *driver_xref,
                                    char const *device, char const *number,
                                    enum csta_edition edition)
{
    struct cti_monitor *monitor = calloc(1, sizeof *monitor);

    if (!monitor)
        return NULL;
    monitor->session = session;
    monitor->connection = session->connection;
    monitor->edition = edition;
    TOKEN_FILL(monitor->xref);
    monitor->driver_xref = strdup(driver_xref);
    monitor->device = strdup(device);
    monitor->number = strdup(number);
    LIST_INSERT_HEAD(&session->monitors, monitor, link);
    session->n_monitors++;
    cti_gauge(M_monitors, 1);
    if (!monitor->driver_xref || !monitor->device || !monitor->number ||
        htab_insert(&session->gw->monitors, &monitor->by_xref,
                    hash_of(monitor->connection, driver_xref)) < 0)
        cti_monitor_free(&monitor);
    return monitor;
}

void cti_monitor_free(struct cti_monitor **pmonitor)
{
    struct cti_monitor *monitor = *pmonitor;

    *pmonitor = NULL;
    if (!monitor)
        return;
    session_device_forget(monitor);
    htab_remove(&monitor->session->gw->monitors, &monitor->by_xref);
    LIST_REMOVE(monitor, link);
    monitor->session->n_monitors--;
    cti_gauge(M_monitors, -1);
    free(monitor->driver_xref);
    free(monitor->device);
    free(monitor->number);
    free(monitor);
}

int cti_monitor_rename(struct cti_monitor *monitor, char const *driver_xref)
{
    struct htab *monitors = &monitor->session->gw->monitors;
    char *copy = strdup(driver_xref);

    if (!copy)
        return -ENOMEM;
    /* It was in the table, which therefore has room for it. */
    htab_remove(monitors, &monitor->by_xref);
    free(monitor->driver_xref);
    monitor->driver_xref = copy;
    return htab_insert(monitors, &monitor->by_xref, hash_of(monitor->connection, copy));
}

static void ignore_reply(void *ctx, struct csta_msg const *reply)
{
    (void)ctx;
    (void)reply;
}

void cti_monitor_stop(struct cti_monitor **pmonitor)
{
    struct cti_monitor *monitor = *pmonitor;

    if (!monitor)
        return;
    struct provider *provider = monitor->session->gw->provider;
    struct csta_msg stop = { .type = CSTA_MonitorStop,
                             .sake_call_id = dialog_call_id(monitor->session->dialog),
                             .edition = monitor->edition,
                             .monitor_xref = monitor->driver_xref };
    if (provider_is_up(provider, monitor->connection))
        provider_request(provider, monitor->connection, &stop, ignore_reply, NULL);
    cti_monitor_free(pmonitor);
}

struct cti_monitor *cti_monitor_of_session(struct session *session, char const *xref)
{
    struct cti_monitor *monitor;

    LIST_FOREACH(monitor, &session->monitors, link)
    if (strcmp(monitor->xref, xref) == 0)
        return monitor;
    return NULL;
}

struct cti_monitor *cti_monitor_of_event(struct gateway *gw, unsigned index,
                                         char const *driver_xref)
{
    struct key key = { index, driver_xref };

    return (struct cti_monitor *)htab_find(&gw->monitors, hash_of(index, driver_xref), match, &key);
}

void cti_monitor_change_filter(struct service_request *r)
{
    struct cti_monitor *monitor = cti_monitor_of_session(r->session, r->msg.monitor_xref);

    if (!monitor) {
        service_fail(r, CTI_FAULT_MONITOR_UNKNOWN, "");
        return;
    }
    monitor->filter = r->msg.filter;
    service_reply(r, (struct csta_msg){ .filter = monitor->filter });
}
