/* SPDX-License-Identifier: Apache-2.0 */
/* Turning a driver's event into the client's INFO. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "cti_events.h"
#include "buf.h"
#include "cti_conf.h"
#include "cti_features.h"
#include "cti_metrics.h"
#include "cti_monitor.h"
#include "device_echo.h"
#include "device_ring.h"
#include "device_state.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "session.h"
#include "system_status.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>

enum { EVENT_BYTES = 65536 };

/* INFO with @p xml as its CSTA body, sent in the session. */
static int send_info(struct session *session, struct buf const *xml)
{
    msg_t *info = dialog_request(session->dialog, sip_method_info, "INFO");

    if (!info)
        return -ENOMEM;
    if (message_add(info, "Content-Disposition: signal;handling=required") < 0 ||
        message_set_body(info, "application/csta+xml", buf_text(xml), xml->len) < 0) {
        msg_destroy(info);
        return -ENOMEM;
    }
    return session_send(session, info);
}

int cti_events_send(struct session *session, struct csta_msg const *msg)
{
    struct buf xml;

    buf_init(&xml, EVENT_BYTES);
    int err = csta_encode(msg, &xml);
    if (err == 0)
        err = buf_ok(&xml) ? send_info(session, &xml) : -ENOMEM;
    buf_fini(&xml);
    return err;
}

static int send_event(struct cti_monitor *monitor, struct csta_msg const *event, su_home_t *home)
{
    struct csta_msg copy = *event;
    struct device_echo echo = { .number = monitor->number,
                                .text = monitor->device,
                                .home = home,
                                .rules = monitor->session->gw->outbound };

    copy.edition = monitor->edition;
    copy.monitor_xref = monitor->xref;
    device_echo_apply(&echo, &copy);
    cti_features_permit(monitor->session, &copy);
    return cti_events_send(monitor->session, &copy);
}

/* The client hears that something is missing before it hears more, and can ask for a snapshot. */
static void tell_loss(struct session *session)
{
    if (session->events_lost)
        system_status_send(session, CSTA_STATUS_messagesLost);
    session->events_lost = false;
}

static int deliver(struct cti_monitor *monitor, struct csta_msg const *event)
{
    struct session *session = monitor->session;
    su_home_t *home = su_home_new(sizeof *home);
    int err = home ? 0 : -ENOMEM;

    if (session->n_sent >= (unsigned)session->gw->conf->max_unanswered_events)
        err = -ENOBUFS;
    if (err == 0) {
        tell_loss(session);
        err = send_event(monitor, event, home);
    }
    su_home_unref(home);
    return err;
}

static void pass_on(struct cti_monitor *monitor, struct csta_msg const *event)
{
    struct session *session = monitor->session;

    if (csta_set_has(&monitor->filter, event->type)) {
        cti_count(M_events_filtered);
        return;
    }
    int err = deliver(monitor, event);
    if (err < 0) {
        session->events_lost = true;
        cti_count(M_events_dropped);
        log_warn(session->id, "event dropped type=%s unanswered=%u error=%d",
                 csta_type_str(event->type), session->n_sent, err);
    } else {
        cti_count(M_events);
        log_debug(session->id, "event sent type=%s", csta_type_str(event->type));
    }
}

struct session *cti_events_session(struct gateway *gw, unsigned index, char const *xref)
{
    struct cti_monitor *monitor = cti_monitor_of_event(gw, index, xref);

    return monitor ? monitor->session : device_ring_session(gw, index, xref);
}

void cti_events_take(struct gateway *gw, unsigned index, struct csta_msg const *event)
{
    struct cti_monitor *monitor =
        event->monitor_xref ? cti_monitor_of_event(gw, index, event->monitor_xref) : NULL;

    if (device_ring_take(gw, index, event))
        return;
    if (!monitor || !session_is_open(monitor->session)) {
        provider_fault(gw->provider, index, DRIVER_FAULT_EVENT, csta_type_str(event->type));
        return;
    }
    device_state_take(gw, monitor->number, monitor->session->device, event);
    pass_on(monitor, event);
    /* The last one of a monitor of a call, which ends with it. */
    if (event->type == CSTA_CallClearedEvent)
        cti_monitor_free(&monitor);
}
