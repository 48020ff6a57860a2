/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the meaning of each CSTA service and its errors (ECMA-269; values of ECMA-323 ed3). */
#define LOG_SUBSYSTEM LOG_CSTA
#include "services.h"
#include "call.h"
#include "exchange.h"
#include "line.h"

struct service {
    struct exchange *ex;
    struct services_client const *client;
    struct csta_msg const *request;
    su_home_t *home;
    struct csta_msg *reply;
};

struct service_row {
    enum csta_type type;
    struct csta_error (*run)(struct service *s);
};

static void add_services(struct csta_set *set);

static struct csta_error const ok = { CSTA_ERROR_ABSENT, NULL };

static struct csta_error operation(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_operation, value };
}

static struct csta_error wrong_state(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_stateIncompatibility, value };
}

static struct csta_error no_resources(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_systemResourceAvailibility, value };
}

static struct csta_error of_call_fault(enum call_fault fault)
{
    switch (fault) {
    case CALL_OK:
        return ok;
    case CALL_FAULT_STATE:
        return wrong_state("invalidConnectionState");
    case CALL_FAULT_CALLING_STATE:
        return wrong_state("invalidCallingDeviceState");
    case CALL_FAULT_NUMBER:
        return operation("invalidCalledDeviceID");
    case CALL_FAULT_RESOURCES:
        return no_resources("resourceBusy");
    }
    return (struct csta_error){ CSTA_ERROR_unspecified, NULL };
}

/* --- system ----------------------------------------------------------------------------------- */

static struct csta_error request_system_status(struct service *s)
{
    s->reply->system_status = CSTA_STATUS_normal;
    return ok;
}

static struct csta_error system_status(struct service *s)
{
    (void)s;
    return ok;
}

static struct csta_error get_features(struct service *s)
{
    static enum csta_type const events[] = {
        CSTA_ServiceInitiatedEvent,
        CSTA_OriginatedEvent,
        CSTA_DeliveredEvent,
        CSTA_EstablishedEvent,
        CSTA_HeldEvent,
        CSTA_RetrievedEvent,
        CSTA_FailedEvent,
        CSTA_ConnectionClearedEvent,
    };
    add_services(&s->reply->features);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        csta_set_add(&s->reply->features, events[i]);
    return ok;
}

/* --- monitors and snapshots ------------------------------------------------------------------- */

static struct line *find_line(struct service *s)
{
    return s->request->device ? line_find(&s->ex->lines, s->request->device) : NULL;
}

static struct csta_error monitor_start_service(struct service *s)
{
    struct line *line = find_line(s);
    if (!line)
        return operation("invalidDeviceID");
    struct monitor *monitor;
    switch (monitor_start(&s->ex->monitors, line, s->client->monitors, s->client->ctx,
                          s->request->edition, &monitor)) {
    case MONITOR_OK:
        break;
    case MONITOR_FULL:
        return no_resources("overallMonitorLimitExceeded");
    case MONITOR_LINE_FULL:
        return (struct csta_error){ CSTA_ERROR_subscribedResourceAvailability,
                                    "objectMonitorLimitExceeded" };
    case MONITOR_MEMORY:
        return no_resources("resourceBusy");
    }
    s->reply->monitor_xref = monitor->xref;
    s->reply->monitor_existing_calls = true;
    return ok;
}

static struct csta_error monitor_stop_service(struct service *s)
{
    char const *xref = s->request->monitor_xref;
    struct monitor *monitor =
        xref ? monitor_find(&s->ex->monitors, xref, s->client->monitors) : NULL;
    if (!monitor)
        return operation("invalidMonitorCrossRefID");
    monitor_stop(&s->ex->monitors, &monitor);
    return ok;
}

static struct csta_error snapshot_device(struct service *s)
{
    struct line *line = find_line(s);
    if (!line)
        return operation("invalidDeviceID");
    if (line->n_conns == 0)
        return ok;
    struct csta_snapshot_item *item = su_zalloc(s->home, (isize_t)(line->n_conns * sizeof *item));
    if (!item)
        return no_resources("resourceBusy");
    s->reply->items = item;
    s->reply->n_items = line->n_conns;
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        *item++ = (struct csta_snapshot_item){
            .conn = { .call_id = conn->call->id, .device_id = line->number },
            .endpoint = call_endpoint(conn),
            .state = call_state_csta(conn->state),
        };
    }
    return ok;
}

/* --- call control ----------------------------------------------------------------------------- */

/* autoOriginate absent is doNotPrompt: the desk phones of this switch have loudspeakers, and
 * clients that leave it out expect the far end to ring. */
static struct csta_error make_call(struct service *s)
{
    struct line *line = find_line(s);
    if (!line)
        return operation("invalidDeviceID");
    if (!s->request->directory_number)
        return operation("invalidParameterValue");
    enum call_mode mode =
        s->request->auto_originate == CSTA_ORIGINATE_prompt ? CALL_PROMPT : CALL_DIRECT;
    struct call *call;
    enum call_fault fault =
        call_make(&s->ex->calls, line, s->request->directory_number, mode, &call);
    if (fault != CALL_OK)
        return of_call_fault(fault);
    s->reply->conn = (struct csta_conn){ call->id, s->request->device };
    return ok;
}

/* How a service names its connection when the client leaves a part out. */
struct search {
    uint32_t states;  /* FSM_IN() bits that a nameless part may match */
    char const *none; /* error value when nothing is in such a state */
};

static struct csta_error only_one(struct call_conn *found, size_t n, struct search const *search,
                                  struct call_conn **ret)
{
    *ret = found;
    if (n == 0)
        return wrong_state(search->none);
    return n == 1 ? ok : operation("invalidConnectionID");
}

static struct csta_error on_line_only(struct line *line, struct search const *search,
                                      struct call_conn **ret)
{
    struct call_conn *conn, *found = NULL;
    size_t n = 0;
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        if (search->states & FSM_IN(conn->state)) {
            found = conn;
            n++;
        }
    }
    return only_one(found, n, search, ret);
}

static struct csta_error in_call_only(struct call *call, struct search const *search,
                                      struct call_conn **ret)
{
    struct call_conn *conn, *found = NULL;
    size_t n = 0;
    TAILQ_FOREACH(conn, &call->conns, on_call)
    {
        if (search->states & FSM_IN(conn->state)) {
            found = conn;
            n++;
        }
    }
    return only_one(found, n, search, ret);
}

/* A ConnectionID may lack its call or its device (ECMA-269 6.1.4): then the one connection whose
 * state fits the service is meant. With both parts the state is the operation's to judge. */
static struct csta_error find_conn(struct service *s, struct search const *search,
                                   struct call_conn **ret)
{
    struct csta_conn const *id = &s->request->conn;
    if (!id->call_id && !id->device_id)
        return operation("atLeastOneConditionalParameterNotProvided");
    struct line *line = id->device_id ? line_find(&s->ex->lines, id->device_id) : NULL;
    if (id->device_id && !line)
        return operation("invalidDeviceID");
    if (!id->call_id)
        return on_line_only(line, search, ret);
    struct call *call = call_find(&s->ex->calls, id->call_id);
    if (!call)
        return operation("invalidCallID");
    if (!line)
        return in_call_only(call, search, ret);
    *ret = call_conn_of(call, line);
    return *ret ? ok : operation("invalidConnectionID");
}

static struct csta_error answer_call(struct service *s)
{
    static struct search const search = { FSM_IN(CALL_ALERTING), "noCallToAnswer" };
    struct call_conn *conn;
    struct csta_error error = find_conn(s, &search, &conn);
    return error.category ? error : of_call_fault(call_answer(conn, CALL_BY_SERVICE));
}

static struct csta_error hold_call(struct service *s)
{
    static struct search const search = { FSM_IN(CALL_CONNECTED), "noActiveCall" };
    struct call_conn *conn;
    struct csta_error error = find_conn(s, &search, &conn);
    return error.category ? error : of_call_fault(call_hold(conn, CALL_BY_SERVICE));
}

static struct csta_error retrieve_call(struct service *s)
{
    static struct search const search = { FSM_IN(CALL_HOLD), "noHeldCall" };
    struct call_conn *conn;
    struct csta_error error = find_conn(s, &search, &conn);
    return error.category ? error : of_call_fault(call_retrieve(conn, CALL_BY_SERVICE));
}

static struct csta_error clear_connection(struct service *s)
{
    static struct search const search = { FSM_ANY, "noConnectionToClear" };
    struct call_conn *conn;
    struct csta_error error = find_conn(s, &search, &conn);
    if (error.category)
        return error;
    call_clear(conn);
    return ok;
}

static struct service_row const rows[] = {
    { CSTA_RequestSystemStatus, request_system_status },
    { CSTA_SystemStatus, system_status },
    { CSTA_GetCSTAFeatures, get_features },
    { CSTA_MonitorStart, monitor_start_service },
    { CSTA_MonitorStop, monitor_stop_service },
    { CSTA_SnapshotDevice, snapshot_device },
    { CSTA_MakeCall, make_call },
    { CSTA_AnswerCall, answer_call },
    { CSTA_HoldCall, hold_call },
    { CSTA_RetrieveCall, retrieve_call },
    { CSTA_ClearConnection, clear_connection },
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void add_services(struct csta_set *set)
{
    for (size_t i = 0; i < N_ROWS; i++)
        csta_set_add(set, rows[i].type);
}

static struct service_row const *find_service(enum csta_type type)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].type == type)
            return &rows[i];
    return NULL;
}

static void make_error(struct csta_error error, enum csta_edition edition, struct csta_msg *ret)
{
    *ret = (struct csta_msg){ .type = CSTA_CSTAErrorCode, .edition = edition, .error = error };
}

void services_run(struct exchange *ex, struct services_client const *client,
                  struct csta_msg const *request, su_home_t *home, struct csta_msg *ret)
{
    struct service s = { ex, client, request, home, ret };
    struct service_row const *row = find_service(request->type);
    *ret =
        (struct csta_msg){ .type = csta_response_of(request->type), .edition = request->edition };
    struct csta_error error = row ? row->run(&s) : operation("serviceNotSupported");
    if (error.category)
        make_error(error, request->edition, ret);
}

void services_refuse(struct csta_fault const *fault, struct csta_msg *ret)
{
    struct csta_error error = fault->kind == CSTA_FAULT_UNKNOWN ? operation("serviceNotSupported")
                              : fault->kind == CSTA_FAULT_PARAMETER
                                  ? operation("invalidParameterValue")
                                  : no_resources("resourceBusy");
    make_error(error, fault->edition, ret);
}
