/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the services about the switch itself: its status, features and devices. */
#include "services_parts.h"
#include "switch_conf.h"

enum { DEVICES_PER_MESSAGE = 200 };

static struct csta_error request_system_status(struct service *s)
{
    s->reply->system_status = s->ex->status;
    return services_ok;
}

static struct csta_error system_status(struct service *s)
{
    (void)s;
    return services_ok;
}

/* One registration for each session; a further one takes its place. */
static struct csta_error system_register(struct service *s)
{
    struct services_registration *registration = s->client->registration;
    call_id_next(&s->ex->service_ids, registration->id);
    registration->muted = s->request->muted_statuses;
    s->reply->register_id = registration->id;
    s->reply->muted_statuses = registration->muted;
    return services_ok;
}

static struct csta_error get_features(struct service *s)
{
    static enum csta_type const events[] = {
        CSTA_ServiceInitiatedEvent, CSTA_OriginatedEvent,   CSTA_DigitsDialedEvent,
        CSTA_NetworkReachedEvent,   CSTA_QueuedEvent,       CSTA_DeliveredEvent,
        CSTA_EstablishedEvent,      CSTA_HeldEvent,         CSTA_RetrievedEvent,
        CSTA_DivertedEvent,         CSTA_TransferedEvent,   CSTA_ConferencedEvent,
        CSTA_FailedEvent,           CSTA_CallClearedEvent,  CSTA_ConnectionClearedEvent,
        CSTA_ForwardingEvent,       CSTA_DoNotDisturbEvent, CSTA_MessageWaitingEvent,
        CSTA_BackInServiceEvent,    CSTA_OutOfServiceEvent,
    };
    struct csta_set *features = &s->reply->features;
    services_add_all(features);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        csta_set_add(features, events[i]);
    if (!s->ex->conf->offered_events || !s->ex->conf->accept_timeout_s)
        csta_set_remove(features, CSTA_AcceptCall);
    if (s->ex->conf->offered_events)
        csta_set_add(features, CSTA_OfferedEvent);
    if (s->ex->conf->hookswitch_events)
        csta_set_add(features, CSTA_HookswitchEvent);
    return services_ok;
}

/* --- devices ---------------------------------------------------------------------------------- */

/* The messages of one answer, each sent when it is full. */
struct listing {
    struct service *s;
    struct csta_listed_device devices[DEVICES_PER_MESSAGE];
    struct csta_msg message;
};

static void send_segment(struct listing *listing, bool last)
{
    struct csta_msg *message = &listing->message;
    message->last_segment = last;
    listing->s->client->tell(listing->s->client->ctx, message);
    message->segment++;
    message->n_devices = 0;
}

static void list_device(struct listing *listing, char const *id, enum csta_device_category category)
{
    struct csta_msg *message = &listing->message;
    if (message->n_devices == DEVICES_PER_MESSAGE)
        send_segment(listing, false);
    listing->devices[message->n_devices++] =
        (struct csta_listed_device){ .id = id, .category = category };
}

static bool wants(struct service const *s, enum csta_requested_category category)
{
    enum csta_requested_category wanted = s->request->requested_category;
    return wanted == CSTA_REQUESTED_ABSENT || wanted == category;
}

static void list_all(struct service *s, struct listing *listing)
{
    struct line const *line;
    TAILQ_FOREACH(line, &s->ex->lines.all, link)
    {
        if (wants(s, CSTA_REQUESTED_station))
            list_device(listing, line->number, CSTA_CATEGORY_station);
    }
    for (size_t i = 0; i < s->ex->lines.n_trunks; i++)
        if (wants(s, CSTA_REQUESTED_networkInterface))
            list_device(listing, s->ex->lines.trunks[i].name, CSTA_CATEGORY_networkInterface);
}

static struct csta_error get_devices(struct service *s)
{
    char *xref = su_alloc(s->home, CALL_ID_TEXT);
    struct listing *listing = su_zalloc(s->home, sizeof *listing);
    struct line_ref ref;
    if (!xref || !listing)
        return services_no_resources("resourceBusy");
    if (s->request->device) {
        struct csta_error error = services_find_device(s, s->request->device, &ref);
        if (error.category)
            return error;
    }
    call_id_next(&s->ex->service_ids, xref);
    s->reply->service_xref = xref;
    listing->s = s;
    listing->message = (struct csta_msg){
        .type = CSTA_SwitchingFunctionDevices,
        .edition = s->request->edition,
        .service_xref = xref,
        .segment = 1,
        .devices = listing->devices,
    };
    if (s->request->device)
        list_device(listing, ref.line->number, CSTA_CATEGORY_station);
    else
        list_all(s, listing);
    send_segment(listing, true);
    return services_ok;
}

struct services_row const services_system[] = {
    { CSTA_RequestSystemStatus, request_system_status },
    { CSTA_SystemStatus, system_status },
    { CSTA_SystemRegister, system_register },
    { CSTA_GetCSTAFeatures, get_features },
    { CSTA_GetSwitchingFunctionDevices, get_devices },
    { CSTA_NONE, NULL },
};
