/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the call control services. */
#include "events.h"
#include "services_parts.h"
#include <string.h>

#define SEARCH(name, bits, value) static struct services_search const name = { (bits), (value) }
SEARCH(ringing, FSM_IN(CALL_ALERTING), "noCallToAnswer");
SEARCH(coming, FSM_IN(CALL_ALERTING) | FSM_IN(CALL_QUEUED), "noCallToAnswer");
SEARCH(talking, FSM_IN(CALL_CONNECTED), "noActiveCall");
SEARCH(off_hook, FSM_IN(CALL_CONNECTED) | FSM_IN(CALL_INITIATED) | FSM_IN(CALL_FAIL),
       "noActiveCall");
SEARCH(dialling, FSM_IN(CALL_INITIATED), "noActiveCall");
SEARCH(held, FSM_IN(CALL_HOLD), "noHeldCall");
SEARCH(any, FSM_ANY, "noConnectionToClear");

static char const *text_or_empty(char const *text)
{
    return text ? text : "";
}

static bool is_too_long(struct service const *s)
{
    return s->request->correlator && strlen(s->request->correlator) > CALL_CORRELATOR_MAX;
}

/* autoOriginate absent is doNotPrompt: the desk phones of this switch have loudspeakers, and
 * clients that leave it out expect the far end to ring. */
static struct csta_error make_call(struct service *s)
{
    struct line_ref from;
    struct csta_error error = services_find_device(s, s->request->device, &from);
    struct call *call;
    if (error.category)
        return error;
    if (is_too_long(s))
        return services_operation("invalidParameterValue");
    enum call_mode mode =
        s->request->auto_originate == CSTA_ORIGINATE_prompt ? CALL_PROMPT : CALL_DIRECT;
    enum call_fault fault =
        call_make(&s->ex->calls, from, text_or_empty(s->request->directory_number), mode,
                  s->request->correlator, &call);
    if (fault == CALL_FAULT_OUT_OF_SERVICE)
        return services_no_resources("callingDeviceOutOfService");
    if (fault != CALL_OK)
        return services_of_fault(fault);
    s->reply->conn = (struct csta_conn){ call->id, s->request->device };
    return services_ok;
}

/* The connection that most services are about. */
static struct csta_error find(struct service *s, struct services_search const *search,
                              struct call_conn **ret)
{
    return services_find_conn(s, &s->request->conn, search, ret);
}

static struct csta_error accept_call(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &ringing, &conn);
    return error.category ? error : services_of_fault(call_accept(conn));
}

/* A phone of a shared line that is named answers there. */
static struct csta_error answer_call(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &ringing, &conn);
    struct line_ref at = { .station = NULL };
    if (error.category)
        return error;
    if (s->request->conn.device_id)
        line_resolve(&s->ex->lines, s->request->conn.device_id, &at);
    return services_of_fault(call_answer(conn, at.station, CALL_BY_SERVICE));
}

static struct csta_error hold_call(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &talking, &conn);
    return error.category ? error : services_of_fault(call_hold(conn, CALL_BY_SERVICE));
}

static struct csta_error retrieve_call(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &held, &conn);
    return error.category ? error : services_of_fault(call_retrieve(conn, CALL_BY_SERVICE));
}

static struct csta_error clear_connection(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &any, &conn);
    if (error.category)
        return error;
    if (is_too_long(s))
        return services_operation("invalidParameterValue");
    call_tie(conn->call, s->request->correlator);
    call_clear(conn);
    return services_ok;
}

static struct csta_error clear_call(struct service *s)
{
    struct call *call;
    struct csta_error error = services_find_call(s, &s->request->conn, &call);
    if (error.category)
        return error;
    call_clear_all(call);
    return services_ok;
}

/* --- two calls -------------------------------------------------------------------------------- */

static struct csta_error find_pair(struct service *s, struct services_search const *active_search,
                                   struct call_conn **ret_held, struct call_conn **ret_active)
{
    struct csta_error error = services_find_conn(s, &s->request->held, &held, ret_held);
    if (error.category)
        return error;
    error = find(s, active_search, ret_active);
    if (error.category)
        return error;
    return (*ret_held)->line == (*ret_active)->line ? services_ok
                                                    : services_operation("invalidConnectionID");
}

static struct csta_error alternate_call(struct service *s)
{
    struct call_conn *on_hold, *active;
    struct csta_error error = find_pair(s, &talking, &on_hold, &active);
    return error.category ? error : services_of_fault(call_alternate(on_hold, active));
}

static struct csta_error reconnect_call(struct service *s)
{
    struct call_conn *on_hold, *active;
    struct csta_error error = find_pair(s, &off_hook, &on_hold, &active);
    return error.category ? error : services_of_fault(call_reconnect(active, on_hold));
}

static enum call_purpose purpose_of(enum csta_consult_options options)
{
    switch (options) {
    case CSTA_CONSULT_consultOnly:
        return CALL_FOR_TALK;
    case CSTA_CONSULT_transferOnly:
        return CALL_FOR_TRANSFER;
    case CSTA_CONSULT_conferenceOnly:
        return CALL_FOR_CONFERENCE;
    default:
        return CALL_FOR_ANYTHING;
    }
}

/* The device of the answer is the client's own, as it wrote it. */
static char const *own_device(struct service const *s, struct call_conn const *conn)
{
    char const *id = s->request->conn.device_id;
    return id ? id : conn->line->number;
}

static struct csta_error consultation_call(struct service *s)
{
    struct call_conn *conn;
    struct call *call;
    struct csta_error error = find(s, &talking, &conn);
    if (error.category)
        return error;
    char const *device = own_device(s, conn);
    enum call_fault fault = call_consult(conn, text_or_empty(s->request->directory_number),
                                         purpose_of(s->request->consult_options), &call);
    if (fault != CALL_OK)
        return services_of_fault(fault);
    s->reply->conn = (struct csta_conn){ call->id, device };
    return services_ok;
}

/* Answers with what became of whom; @p device is at the new call. */
static struct csta_error answer_join(struct service *s, struct call_join const *join,
                                     char const *device)
{
    struct csta_connection_item *items =
        su_zalloc(s->home, (isize_t)(CALL_MEMBERS_MAX * sizeof *items));
    s->reply->conn = (struct csta_conn){ join->id, device };
    if (!items)
        return services_ok; /* it is done, and the list is optional */
    s->reply->connections = items;
    s->reply->n_connections = events_list(join, items);
    events_hide(&s->ex->lines, line_find(&s->ex->lines, join->by), s->reply);
    return services_ok;
}

static struct csta_error new_join(struct service *s, struct call_join **ret)
{
    *ret = su_zalloc(s->home, sizeof **ret);
    return *ret ? services_ok : services_no_resources("resourceBusy");
}

/* The one connection of a request that works in one step, and what it will make of it. */
static struct csta_error begin_step(struct service *s, struct call_conn **ret_conn,
                                    struct call_join **ret_join)
{
    struct csta_error error = find(s, &talking, ret_conn);
    return error.category ? error : new_join(s, ret_join);
}

static struct csta_error join_calls(struct service *s,
                                    enum call_fault (*run)(struct call_conn *held,
                                                           struct call_conn *active,
                                                           struct call_join *ret),
                                    struct call_join **ret)
{
    struct call_conn *on_hold, *active;
    struct csta_error error = find_pair(s, &talking, &on_hold, &active);
    error = error.category ? error : new_join(s, ret);
    return error.category ? error : services_of_fault(run(on_hold, active, *ret));
}

static struct csta_error transfer_call(struct service *s)
{
    struct call_join *join;
    struct csta_error error = join_calls(s, call_transfer, &join);
    return error.category ? error : answer_join(s, join, join->added);
}

static struct csta_error conference_call(struct service *s)
{
    struct call_join *join;
    struct csta_error error = join_calls(s, call_conference, &join);
    char const *device = s->request->conn.device_id;
    return error.category ? error : answer_join(s, join, device ? device : join->by);
}

static struct csta_error single_step_transfer(struct service *s)
{
    struct call_join *join;
    struct call_conn *conn;
    struct csta_error error = begin_step(s, &conn, &join);
    if (error.category)
        return error;
    if (is_too_long(s))
        return services_operation("invalidParameterValue");
    error = services_of_fault(call_send_to(conn, text_or_empty(s->request->directory_number),
                                           s->request->correlator, join));
    return error.category ? error : answer_join(s, join, join->added);
}

static struct csta_error single_step_conference(struct service *s)
{
    struct call_join *join;
    char const *whom = s->request->directory_number;
    struct line_ref ref;
    struct call_conn *conn;
    struct csta_error error = begin_step(s, &conn, &join);
    if (error.category)
        return error;
    if (!whom || !line_resolve(&s->ex->lines, whom, &ref))
        return services_operation("invalidDestination");
    bool silent = s->request->participation == CSTA_PARTICIPATION_silent;
    error = services_of_fault(call_take_in(conn, ref, silent, join));
    return error.category ? error : answer_join(s, join, join->added);
}

/* --- elsewhere, and digits -------------------------------------------------------------------- */

static struct csta_error deflect_call(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &coming, &conn);
    return error.category
               ? error
               : services_of_fault(call_deflect(conn, text_or_empty(s->request->directory_number)));
}

static struct csta_error directed_pickup(struct service *s)
{
    struct call_conn *conn;
    struct line_ref at;
    struct csta_error error = find(s, &ringing, &conn);
    if (error.category)
        return error;
    error = services_find_device(s, s->request->device, &at);
    return error.category ? error : services_of_fault(call_pick_up(conn, at));
}

static struct csta_error dial_digits(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &dialling, &conn);
    return error.category ? error
                          : services_of_fault(call_dial(conn, text_or_empty(s->request->digits)));
}

static struct csta_error generate_digits(struct service *s)
{
    struct call_conn *conn;
    struct csta_error error = find(s, &talking, &conn);
    if (error.category)
        return error;
    enum call_fault fault = call_send_digits(conn, text_or_empty(s->request->digits));
    return fault == CALL_FAULT_NUMBER ? services_operation("invalidParameterValue")
                                      : services_of_fault(fault);
}

struct services_row const services_call[] = {
    { CSTA_MakeCall, make_call },
    { CSTA_AcceptCall, accept_call },
    { CSTA_AnswerCall, answer_call },
    { CSTA_HoldCall, hold_call },
    { CSTA_RetrieveCall, retrieve_call },
    { CSTA_ClearConnection, clear_connection },
    { CSTA_ClearCall, clear_call },
    { CSTA_AlternateCall, alternate_call },
    { CSTA_ReconnectCall, reconnect_call },
    { CSTA_ConsultationCall, consultation_call },
    { CSTA_TransferCall, transfer_call },
    { CSTA_ConferenceCall, conference_call },
    { CSTA_SingleStepTransferCall, single_step_transfer },
    { CSTA_SingleStepConferenceCall, single_step_conference },
    { CSTA_DeflectCall, deflect_call },
    { CSTA_DirectedPickupCall, directed_pickup },
    { CSTA_DialDigits, dial_digits },
    { CSTA_GenerateDigits, generate_digits },
    { CSTA_NONE, NULL },
};
