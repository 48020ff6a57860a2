/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the services that look: monitors of lines and calls, and snapshots. */
#include "events.h"
#include "services_parts.h"

static struct csta_error find_object(struct service *s, struct monitor_options *ret)
{
    if (s->request->device)
        return services_find_device(s, s->request->device, &ret->at);
    struct csta_error error = services_find_call(s, &s->request->conn, &ret->call);
    return error.category ? services_operation("invalidMonitorObject") : services_ok;
}

static struct csta_error start(struct service *s)
{
    struct monitor_options options = {
        .owner = s->client->monitors,
        .ctx = s->client->ctx,
        .edition = s->request->edition,
        .filter = s->request->filter,
    };
    struct csta_error error = find_object(s, &options);
    struct monitor *monitor;
    if (error.category)
        return error;
    switch (monitor_start(&s->ex->monitors, &options, &monitor)) {
    case MONITOR_OK:
        break;
    case MONITOR_FULL:
        return services_no_resources("overallMonitorLimitExceeded");
    case MONITOR_LINE_FULL:
        return (struct csta_error){ CSTA_ERROR_subscribedResourceAvailability,
                                    "objectMonitorLimitExceeded" };
    case MONITOR_MEMORY:
        return services_no_resources("resourceBusy");
    }
    s->reply->monitor_xref = monitor->xref;
    s->reply->filter = monitor->filter;
    s->reply->monitor_existing_calls = true;
    return services_ok;
}

static struct monitor *find_monitor(struct service *s)
{
    char const *xref = s->request->monitor_xref;
    return xref ? monitor_find(&s->ex->monitors, xref, s->client->monitors) : NULL;
}

static struct csta_error stop(struct service *s)
{
    struct monitor *monitor = find_monitor(s);
    if (!monitor)
        return services_operation("invalidMonitorCrossRefID");
    monitor_stop(&s->ex->monitors, &monitor);
    return services_ok;
}

static struct csta_error change_filter(struct service *s)
{
    struct monitor *monitor = find_monitor(s);
    if (!monitor)
        return services_operation("invalidMonitorCrossRefID");
    monitor->filter = s->request->filter;
    s->reply->filter = monitor->filter;
    return services_ok;
}

/* --- snapshots -------------------------------------------------------------------------------- */

static struct csta_snapshot_item *items_of(struct service *s, size_t n)
{
    s->reply->items = n > 0 ? su_zalloc(s->home, (isize_t)(n * sizeof *s->reply->items)) : NULL;
    return s->reply->items;
}

static struct csta_error snapshot_device(struct service *s)
{
    struct line_ref at;
    struct csta_error error = services_find_device(s, s->request->device, &at);
    if (error.category || at.line->n_conns == 0)
        return error;
    struct csta_snapshot_item *item = items_of(s, at.line->n_conns);
    struct call_conn const *conn;
    if (!item)
        return services_no_resources("resourceBusy");
    TAILQ_FOREACH(conn, &at.line->conns, on_line)
    {
        if (!call_conn_is_at(conn, at.station))
            continue;
        *item = (struct csta_snapshot_item){
            .conn = { .call_id = conn->call->id, .device_id = at.line->number },
            .endpoint = call_endpoint(conn),
            .state = call_state_csta(conn->state),
        };
        events_permit(conn, &item->permitted);
        item++;
    }
    s->reply->n_items = (size_t)(item - s->reply->items);
    events_hide(&s->ex->lines, at.line, s->reply);
    return services_ok;
}

static struct csta_device identified(char const *id)
{
    return (struct csta_device){ .kind = id[0] ? CSTA_DEVICE_IDENTIFIER : CSTA_DEVICE_NOT_KNOWN,
                                 .id = id };
}

static struct csta_error snapshot_call(struct service *s)
{
    struct call *call;
    struct csta_error error = services_find_call(s, &s->request->conn, &call);
    if (error.category)
        return error;
    struct csta_snapshot_item *item = items_of(s, call_parties(call));
    struct call_conn const *conn;
    if (!item)
        return services_no_resources("resourceBusy");
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        *item = (struct csta_snapshot_item){
            .conn = { .call_id = call->id, .device_id = conn->line->number },
            .device = identified(conn->line->number),
            .state = call_state_csta(conn->state),
        };
        events_permit(conn, &item->permitted);
        item++;
    }
    s->reply->n_items = (size_t)(item - s->reply->items);
    s->reply->calling = identified(call->calling);
    s->reply->called = identified(call->called);
    char const *viewer = s->request->conn.device_id;
    events_hide(&s->ex->lines, viewer ? line_find(&s->ex->lines, viewer) : NULL, s->reply);
    return services_ok;
}

struct services_row const services_monitor[] = {
    { CSTA_MonitorStart, start },
    { CSTA_MonitorStop, stop },
    { CSTA_ChangeMonitorFilter, change_filter },
    { CSTA_SnapshotDevice, snapshot_device },
    { CSTA_SnapshotCall, snapshot_call },
    { CSTA_NONE, NULL },
};
