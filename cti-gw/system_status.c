/* SPDX-License-Identifier: Apache-2.0 */
/* The system services of a session. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "system_status.h"
#include "cti_events.h"
#include "log.h"
#include "service.h"
#include "session.h"
#include "token.h"

void system_status_tell(struct service_request *r)
{
    struct session *session = r->session;

    service_reply(r, (struct csta_msg){ .system_status = provider_status(session->gw->provider,
                                                                         session->connection) });
}

void system_status_hear(struct service_request *r)
{
    if (r->msg.system_status != CSTA_STATUS_normal)
        log_info(r->session->id, "client says system_status=%s",
                 csta_system_status_str(r->msg.system_status));
    service_reply(r, (struct csta_msg){ 0 });
}

/* A session has one registration; the next one takes its place. */
void system_status_register(struct service_request *r)
{
    struct session *session = r->session;

    TOKEN_FILL(session->register_id);
    session->wants_status = csta_set_has(&r->msg.request_types, CSTA_SystemStatus);
    session->muted_statuses = r->msg.muted_statuses;
    service_reply(r, (struct csta_msg){ .register_id = session->register_id,
                                        .muted_statuses = session->muted_statuses });
}

static bool is_wanted(struct session const *session, enum csta_system_status status)
{
    if (session->wants_status)
        return !csta_set_has(&session->muted_statuses, (enum csta_type)status);
    return status == CSTA_STATUS_disabled || status == CSTA_STATUS_partiallyDisabled ||
           status == CSTA_STATUS_messagesLost;
}

void system_status_send(struct session *session, enum csta_system_status status)
{
    struct csta_msg msg = { .type = CSTA_SystemStatus,
                            .edition = session->edition,
                            .register_id = session->wants_status ? session->register_id : NULL,
                            .system_status = status };

    if (!is_wanted(session, status))
        return;
    if (cti_events_send(session, &msg) < 0)
        log_warn(session->id, "system status not sent system_status=%s",
                 csta_system_status_str(status));
}

void system_status_spread(struct gateway *gw, unsigned index, enum csta_system_status status)
{
    struct session *session;

    log_info(NULL, "switch says connection=%u system_status=%s", index,
             csta_system_status_str(status));
    LIST_FOREACH(session, &gw->all, link)
    if (session->connection == index && session_is_open(session))
        system_status_send(session, status);
}
