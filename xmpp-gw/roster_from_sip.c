/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE of SIP users to XMPP users (RFC 8048 4, RFC 6665 4.2.1): it is answered when what it
 * changes is on disk. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "dialog.h"
#include "jid.h"
#include "log.h"
#include "message.h"
#include "roster_internal.h"
#include "roster_watcher.h"
#include "sip_side.h"
#include "streams.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_BYTES = 600, RETRY_AFTER_S = 60 };

/* A SUBSCRIBE that is looked at, or being written. */
struct attempt {
    struct roster *roster;
    struct server_transaction *st; /* NULL: its client has given up */
    struct roster_watcher *watcher;
    struct origin origin;
    uint32_t expires_s;
    char contact[SIP_SIDE_CONTACT];
};

static void refuse(struct attempt *a, int status, char const *phrase, char const *header,
                   char const *why)
{
    xmpp_count(M_presence_refused);
    sip_side_refuse_with(a->st, status, phrase, header, why);
}

static void refuse_busy(struct attempt *a, char const *why)
{
    char header[LINE_BYTES];

    (void)snprintf(header, sizeof header, "Retry-After: %d", RETRY_AFTER_S);
    refuse(a, 480, "Temporarily Unavailable", header, why);
}

/* --- what it wants ---------------------------------------------------------------------------- */

static bool accepts_pidf(sip_t const *sip)
{
    static char const *const fine[] = { "application/pidf+xml", "application/*", "*/*" };
    bool has_any = false;

    for (sip_unknown_t const *un = sip->sip_unknown; un; un = un->un_next) {
        bool is_accept = un->un_name && strcasecmp(un->un_name, "Accept") == 0;
        has_any |= is_accept;
        for (size_t i = 0; is_accept && un->un_value && i < sizeof fine / sizeof *fine; i++)
            if (strcasestr(un->un_value, fine[i]))
                return true;
    }
    return !has_any;
}

static uint32_t expires_of(struct attempt const *a, sip_t const *sip)
{
    struct roster_limits const *limits = a->roster->limits;
    int64_t expires_s = sip->sip_expires ? (int64_t)sip->sip_expires->ex_delta : limits->expires;

    return (uint32_t)(expires_s > limits->max_expires ? limits->max_expires : expires_s);
}

static bool wish_is_right(struct attempt *a, sip_t const *sip)
{
    char const *package = sip->sip_event && sip->sip_event->o_type ? sip->sip_event->o_type : "";
    int64_t min_s = a->roster->limits->min_expires;
    char header[LINE_BYTES];

    a->expires_s = expires_of(a, sip);
    if (!a->roster->conf->presence) {
        refuse(a, 403, "Forbidden", NULL, "xmpp.presence is off");
    } else if (strcasecmp(package, "presence") != 0) {
        refuse(a, 489, "Bad Event", "Allow-Events: presence", "event package is not served");
    } else if (!accepts_pidf(sip)) {
        refuse(a, 406, "Not Acceptable", "Accept: application/pidf+xml",
               "Accept has no type of presence documents");
    } else if (a->expires_s && a->expires_s < min_s) {
        (void)snprintf(header, sizeof header, "Min-Expires: %d", (int)min_s);
        refuse(a, 423, "Interval Too Brief", header, "Expires is below presence_min_expires");
    } else {
        return true;
    }
    return false;
}

static bool read_party(struct attempt *a, url_t const *url, struct jid *ret)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    char const *text = url_as_string(home, url);
    enum address_fault fault = text ? address_map_jid(text, NULL, ret) : ADDRESS_FINE;

    if (!text)
        refuse(a, 500, "Server Internal Error", NULL, "out of memory");
    else if (fault != ADDRESS_FINE)
        refuse(a, address_map_fault_status(fault), "Address Not Usable", NULL,
               address_map_fault_text(fault));
    else if (!*ret->local)
        refuse(a, 404, "Not Found", NULL, "the address is that of a domain");
    su_home_deinit(home);
    return text && fault == ADDRESS_FINE && *ret->local;
}

/* Which pair it is about; NULL after refusing. */
static struct roster_pair *find_pair(struct attempt *a, sip_t const *sip)
{
    struct jid user, jid;
    char user_text[JID_MAX + 1], jid_text[JID_MAX + 1];
    char const *limit;

    if (!read_party(a, sip->sip_from->a_url, &user) ||
        !read_party(a, sip->sip_request->rq_url, &jid))
        return NULL;
    if (!streams_allow(a->roster->streams, user.domain, jid.domain)) {
        refuse(a, 404, "Not Found", NULL, "these domains do not talk to each other");
        return NULL;
    }
    struct roster_pair *pair = roster_get(a->roster, jid_text_bare(&user, user_text),
                                          jid_text_bare(&jid, jid_text), &limit);
    if (!pair)
        refuse_busy(a, limit);
    return pair;
}

/* --- its answer ------------------------------------------------------------------------------- */

static void answer(struct attempt const *a)
{
    msg_t *ok = message_response(server_transaction_request(a->st), 200, "OK",
                                 server_transaction_to_tag(a->st));
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "Contact: %s", a->contact);
    int err = ok ? message_add(ok, line) : -ENOMEM;
    (void)snprintf(line, sizeof line, "Expires: %u", (unsigned)a->expires_s);
    if (ok && (err < 0 || message_add(ok, line) < 0)) {
        msg_destroy(ok);
        ok = NULL;
    }
    (void)server_transaction_respond(a->st, ok);
}

static void on_client_gone(void *vattempt, struct server_transaction *st)
{
    (void)st;
    ((struct attempt *)vattempt)->st = NULL;
}

/* The contact is asked again by each new subscription, as long as it has not answered. */
static void after(void *vattempt, struct roster_pair *pair, struct roster_step const *step,
                  int error)
{
    struct attempt *a = vattempt;
    bool is_agreed = roster_state_is_to((enum roster_state)pair->state);

    (void)step;
    if (a->st)
        server_transaction_own(a->st, NULL, NULL);
    if (error && error != -ECANCELED && a->st)
        refuse(a, 500, "Server Internal Error", NULL, "the subscription cannot be kept");
    if (error || !a->st) {
        roster_watcher_free(&a->watcher);
        free(a);
        return;
    }
    log_info(sip_object(server_transaction_request(a->st))->sip_call_id->i_id,
             "subscription user=\"%s\" jid=\"%s\" expires=%u state=%s", pair->user, pair->jid,
             (unsigned)a->expires_s, roster_state_name((enum roster_state)pair->state));
    answer(a);
    if (is_agreed ? !pair->seen.is_known : !a->watcher->is_fetch)
        roster_ask(pair);
    roster_watcher_hold(a->watcher, a->expires_s, &a->origin);
    free(a);
}

/* --- new ones, and those that go on ----------------------------------------------------------- */

/* A fetch asks the contact for nothing. Returns whether @p a is given away. */
static bool take_new(struct attempt *a, sip_t const *sip)
{
    struct roster *roster = a->roster;
    struct roster_pair *pair;

    if (!wish_is_right(a, sip))
        return false;
    if (roster->watchers.n >= (size_t)roster->limits->max_watchers) {
        refuse_busy(a, "presence_max_watchers is reached");
        return false;
    }
    if (!(pair = find_pair(a, sip)))
        return false;
    pair->n_busy++;
    a->watcher = roster_watcher_new(pair, a->st, a->contact);
    pair->n_busy--;
    if (!a->watcher) {
        refuse(a, 400, "Bad Request", NULL, "SUBSCRIBE makes no dialog (Contact?)");
        roster_settle(pair);
        return false;
    }
    a->watcher->is_fetch = a->expires_s == 0;
    server_transaction_own(a->st, a, on_client_gone);
    if (a->watcher->is_fetch) {
        struct roster_step const none = { .from = pair->state, .to = pair->state };
        pair->n_busy++;
        after(a, pair, &none, 0);
        pair->n_busy--;
        roster_settle(pair);
    } else {
        roster_step(pair, ROSTER_EV_OUT_SUBSCRIBE, after, a);
    }
    return true;
}

static void take_in_dialog(struct attempt *a, sip_t const *sip)
{
    struct roster_watcher *w = roster_watcher_find(a->roster, sip);
    int status = w && !w->reason ? dialog_accept(w->dialog, sip) : 481;

    if (status == 481)
        refuse(a, 481, "Subscription Does Not Exist", NULL, "no such subscription");
    else if (status)
        refuse(a, status, "CSeq out of order", NULL, "CSeq is out of order");
    else if (wish_is_right(a, sip)) {
        answer(a);
        w->is_fetch = false;
        w->told_ms = 0;
        roster_watcher_hold(w, a->expires_s, &a->origin);
    }
}

void roster_from_sip(struct roster *roster, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct attempt *a = malloc(sizeof *a);
    su_home_t home[1] = { SU_HOME_INIT(home) };

    if (!a) {
        sip_side_refuse(st, 500, "Server Internal Error", "out of memory");
        return;
    }
    *a = (struct attempt){ .roster = roster, .st = st, .origin = *server_transaction_origin(st) };
    char const *uri = url_as_string(home, sip->sip_request->rq_url);
    sip_side_contact(roster->sip, a->origin.listener, uri ? uri : "sip:xmpp", a->contact);
    su_home_deinit(home);
    bool is_new = !sip->sip_to->a_tag; /* the answer takes the request away */
    if (!is_new)
        take_in_dialog(a, sip);
    if (!is_new || !take_new(a, sip))
        free(a);
}

void roster_notified(struct roster *roster, struct server_transaction *st)
{
    watch_notify(&roster->watches, st);
}
