/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how a service is found and run, and the errors that several of them have (ECMA-269; values
 * of ECMA-323 ed3). */
#include "services_parts.h"

struct csta_error const services_ok = { CSTA_ERROR_ABSENT, NULL };

struct csta_error services_operation(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_operation, value };
}

struct csta_error services_wrong_state(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_stateIncompatibility, value };
}

struct csta_error services_no_resources(char const *value)
{
    return (struct csta_error){ CSTA_ERROR_systemResourceAvailibility, value };
}

struct csta_error services_of_fault(enum call_fault fault)
{
    switch (fault) {
    case CALL_OK:
        return services_ok;
    case CALL_FAULT_STATE:
        return services_wrong_state("invalidConnectionState");
    case CALL_FAULT_CALLING_STATE:
        return services_wrong_state("invalidCallingDeviceState");
    case CALL_FAULT_HELD_STATE:
        return services_wrong_state("invalidHeldConnectionState");
    case CALL_FAULT_NUMBER:
        return services_operation("invalidCalledDeviceID");
    case CALL_FAULT_DESTINATION:
        return services_operation("invalidDestination");
    case CALL_FAULT_RESOURCES:
        return services_no_resources("resourceBusy");
    case CALL_FAULT_OUT_OF_SERVICE:
        return services_no_resources("deviceOutOfService");
    case CALL_FAULT_MEMBERS:
        return services_no_resources("conferenceMemberLimitExceeded");
    }
    return (struct csta_error){ CSTA_ERROR_unspecified, NULL };
}

/* --- what a request names --------------------------------------------------------------------- */

struct csta_error services_find_device(struct service const *s, char const *id,
                                       struct line_ref *ret)
{
    return id && line_resolve(&s->ex->lines, id, ret) ? services_ok
                                                      : services_operation("invalidDeviceID");
}

static struct csta_error only_one(struct call_conn *found, size_t n,
                                  struct services_search const *search, struct call_conn **ret)
{
    *ret = found;
    if (n == 0)
        return services_wrong_state(search->none);
    return n == 1 ? services_ok : services_operation("invalidConnectionID");
}

static struct csta_error on_line_only(struct line_ref at, struct services_search const *search,
                                      struct call_conn **ret)
{
    struct call_conn *conn, *found = NULL;
    size_t n = 0;
    TAILQ_FOREACH(conn, &at.line->conns, on_line)
    {
        if ((search->states & FSM_IN(conn->state)) && call_conn_is_at(conn, at.station)) {
            found = conn;
            n++;
        }
    }
    return only_one(found, n, search, ret);
}

static struct csta_error in_call_only(struct call *call, struct services_search const *search,
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

/* A phone of a shared line has no part in what is talked at another one. */
static struct csta_error of_both(struct call *call, struct line_ref at, struct call_conn **ret)
{
    *ret = call_conn_of(call, at.line);
    return *ret && call_conn_is_at(*ret, at.station) ? services_ok
                                                     : services_operation("invalidConnectionID");
}

struct csta_error services_find_conn(struct service const *s, struct csta_conn const *id,
                                     struct services_search const *search, struct call_conn **ret)
{
    struct line_ref at;
    if (!id->call_id && !id->device_id)
        return services_operation("atLeastOneConditionalParameterNotProvided");
    if (id->device_id) {
        struct csta_error error = services_find_device(s, id->device_id, &at);
        if (error.category || !id->call_id)
            return error.category ? error : on_line_only(at, search, ret);
    }
    struct call *call = call_find(&s->ex->calls, id->call_id);
    if (!call)
        return services_operation("invalidCallID");
    return id->device_id ? of_both(call, at, ret) : in_call_only(call, search, ret);
}

struct csta_error services_find_call(struct service const *s, struct csta_conn const *id,
                                     struct call **ret)
{
    static struct services_search const search = { FSM_ANY, "noConnectionToClear" };
    struct call_conn *conn;
    if (id->device_id || !id->call_id) {
        struct csta_error error = services_find_conn(s, id, &search, &conn);
        if (!error.category)
            *ret = conn->call;
        return error;
    }
    *ret = call_find(&s->ex->calls, id->call_id);
    return *ret ? services_ok : services_operation("invalidCallID");
}

/* --- running ---------------------------------------------------------------------------------- */

static struct services_row const *const groups[] = { services_system, services_monitor,
                                                     services_call, services_device };
enum { N_GROUPS = sizeof groups / sizeof *groups };

void services_add_all(struct csta_set *set)
{
    for (size_t i = 0; i < N_GROUPS; i++)
        for (struct services_row const *row = groups[i]; row->type; row++)
            csta_set_add(set, row->type);
}

static struct services_row const *find_service(enum csta_type type)
{
    for (size_t i = 0; i < N_GROUPS; i++)
        for (struct services_row const *row = groups[i]; row->type; row++)
            if (row->type == type)
                return row;
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
    struct services_row const *row = find_service(request->type);
    *ret =
        (struct csta_msg){ .type = csta_response_of(request->type), .edition = request->edition };
    struct csta_error error = row ? row->run(&s) : services_operation("serviceNotSupported");
    if (error.category)
        make_error(error, request->edition, ret);
}

void services_refuse(struct csta_fault const *fault, struct csta_msg *ret)
{
    struct csta_error error =
        fault->kind == CSTA_FAULT_UNKNOWN     ? services_operation("serviceNotSupported")
        : fault->kind == CSTA_FAULT_PARAMETER ? services_operation("invalidParameterValue")
                                              : services_no_resources("resourceBusy");
    make_error(error, fault->edition, ret);
}
