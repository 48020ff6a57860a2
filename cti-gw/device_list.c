/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a user's devices, in messages of bounded length. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "device_list.h"
#include "cti_events.h"
#include "line_uri.h"
#include "log.h"
#include "service.h"
#include "session.h"
#include "token.h"
#include <string.h>

enum { LINES_MAX = 256, PHONES_MAX = 16, SEGMENT = 100, XREF = 12 };

struct list {
    su_home_t *home;
    struct session *session;
    char const *only; /* the number that the client asks about, or NULL */
    struct csta_listed_device *v;
    size_t n;
};

static void add(struct list *list, char const *number, char const *phone)
{
    struct session const *session = list->session;
    char const *kind = number[0] == '+' ? "" : ";phone-context=dialstring";
    bool own = strcmp(number, session->number) == 0 &&
               (!*phone || (session->device && strcmp(phone, session->device) == 0));

    list->v[list->n++] = (struct csta_listed_device){
        .id = own ? session->line_text
                  : su_sprintf(list->home, *phone ? "tel:%s%s;device=%s" : "tel:%s%s%s", number,
                               kind, phone),
        .category = CSTA_CATEGORY_station,
        .model = *phone ? phone : NULL,
    };
}

static void collect(struct list *list)
{
    struct session const *session = list->session;
    struct users const *users = session->gw->directory.users;
    struct device_choice_phone phones[PHONES_MAX];
    char const *numbers[LINES_MAX];
    size_t n = users_numbers(users, session->user, numbers, LINES_MAX);

    list->v = su_zalloc(list->home, (isize_t)(n * PHONES_MAX * sizeof *list->v + 1));
    for (size_t i = 0; list->v && i < n; i++) {
        if (list->only && strcmp(list->only, numbers[i]) != 0)
            continue;
        size_t m = users_phones(users, session->user, numbers[i], "", phones, PHONES_MAX);
        if (m == 0)
            add(list, numbers[i], "");
        for (size_t j = 0; j < m; j++)
            add(list, numbers[i], phones[j].name);
    }
}

/* At least one message, which is the last one. */
static void send_list(struct list const *list, enum csta_edition edition, char const *xref)
{
    struct csta_msg msg = { .type = CSTA_SwitchingFunctionDevices,
                            .edition = edition,
                            .service_xref = xref };
    size_t sent = 0;
    int err = 0;

    while (err == 0 && !msg.last_segment) {
        msg.devices = list->v ? list->v + sent : NULL; /* none: a category of others */
        msg.n_devices = list->n - sent < SEGMENT ? list->n - sent : SEGMENT;
        sent += msg.n_devices;
        msg.segment++;
        msg.last_segment = sent == list->n;
        err = cti_events_send(list->session, &msg);
    }
    if (err < 0)
        log_warn(list->session->id, "list of devices not sent error=%d", err);
}

/* The members of a category that this gateway knows; a client that asks for others gets none. */
static bool is_asked_for(struct csta_msg const *msg)
{
    return msg->requested_category == CSTA_REQUESTED_ABSENT ||
           msg->requested_category == CSTA_REQUESTED_station;
}

void device_list_tell(struct service_request *r)
{
    struct list list = { .home = r->home, .session = r->session };
    enum csta_edition edition = r->msg.edition;
    struct line_uri only;
    char xref[XREF + 1];

    if (r->msg.device && line_uri_parse(r->msg.device, &only) < 0) {
        service_fail(r, CTI_FAULT_DEVICE_UNKNOWN, "");
        return;
    }
    list.only = r->msg.device ? only.number : NULL;
    if (is_asked_for(&r->msg))
        collect(&list);
    TOKEN_FILL(xref);
    service_reply(r, (struct csta_msg){ .service_xref = xref });
    send_list(&list, edition, xref);
}
