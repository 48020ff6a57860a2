/* SPDX-License-Identifier: Apache-2.0 */
/* Turning a driver's event into the client's INFO. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "cti_events.h"
#include "buf.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_monitor.h"
#include "device_echo.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "session.h"
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

static int send_event(struct cti_monitor *monitor, struct csta_msg const *event, su_home_t *home)
{
    struct csta_msg copy = *event;
    struct device_echo echo = { .number = monitor->number, .text = monitor->device, .home = home };
    struct buf xml;

    copy.edition = monitor->edition;
    copy.monitor_xref = monitor->xref;
    device_echo_apply(&echo, &copy);
    buf_init(&xml, EVENT_BYTES);
    int err = csta_encode(&copy, &xml);
    if (err == 0)
        err = buf_ok(&xml) ? send_info(monitor->session, &xml) : -ENOMEM;
    buf_fini(&xml);
    return err;
}

void cti_events_take(struct gateway *gw, unsigned index, struct csta_msg const *event)
{
    struct cti_monitor *monitor =
        event->monitor_xref ? cti_monitor_of_event(gw, index, event->monitor_xref) : NULL;

    if (!monitor || !session_is_open(monitor->session)) {
        log_debug(NULL, "event for no monitor type=%s", csta_type_str(event->type));
        return;
    }
    struct session *session = monitor->session;
    su_home_t *home = su_home_new(sizeof *home);
    int err = -ENOBUFS;

    if (session->n_sent < (unsigned)gw->conf->max_unanswered_events)
        err = home ? send_event(monitor, event, home) : -ENOMEM;
    if (err < 0) {
        cti_count(M_events_dropped);
        log_warn(session->id, "event dropped type=%s unanswered=%u error=%d",
                 csta_type_str(event->type), session->n_sent, err);
    } else {
        cti_count(M_events);
        log_debug(session->id, "event sent type=%s", csta_type_str(event->type));
    }
    su_home_unref(home);
}
