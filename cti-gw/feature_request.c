/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a SUBSCRIBE, in the order in which it is refused. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "feature_request.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_refusal.h"
#include "dialog.h"
#include "feature_body.h"
#include "feature_subscription.h"
#include "gateway.h"
#include "line_uri.h"
#include "log.h"
#include "message.h"
#include "number_rules.h"
#include "policy.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { URI_BYTES = 300, LINE_BYTES = 300, POLL_S = 2 };

static struct cti_refusal const bad_event = { 489, "Bad Event", M_feature_refused,
                                              "Allow-Events: as-feature-event" };
static struct cti_refusal const bad_type = { 415, "Unsupported Media Type", M_feature_refused,
                                             "Accept: " FEATURE_SUBSCRIPTION_TYPE };
static struct cti_refusal const bad_body = { 400, "Bad Request", M_feature_refused, NULL };
static struct cti_refusal const bad_phone = { 403, "Forbidden", M_feature_refused, NULL };
static struct cti_refusal const no_line = { 404, "Not Found", M_feature_refused, NULL };
static struct cti_refusal const no_dialog = { 481, "Subscription Does Not Exist", M_refused_dialog,
                                              NULL };
static struct cti_refusal const bad_cseq = { 500, "CSeq out of order", M_refused_dialog, NULL };

/* A SUBSCRIBE while it is checked. */
struct attempt {
    struct gateway *gw;
    struct server_transaction *st;
    sip_t const *sip;
    struct origin origin; /* its peer's names do not outlive the answer */
    su_home_t *home;
    char const *number;
    struct users_person const *person; /* whose From it is, NULL: a phone's own name */
    struct csta_msg wish;              /* SetDoNotDisturb, SetForwarding; CSTA_NONE: no body */
    uint32_t expires_s;
};

/* --- who, and which line ---------------------------------------------------------------------- */

static bool is_proxy(struct cti_conf const *conf, struct net_addr const *peer)
{
    struct net_cidr block;

    for (size_t i = 0; i < conf->proxies.n; i++)
        if (net_cidr_parse(&block, conf->proxies.v[i]) == 0 && net_cidr_contains(&block, peer))
            return true;
    return false;
}

static struct users_person const *person_of(struct attempt const *a, url_t const *url)
{
    char uri[URI_BYTES];

    (void)snprintf(uri, sizeof uri, "sip:%s@%s", url->url_user ? url->url_user : "",
                   url->url_host ? url->url_host : "");
    return users_find(a->gw->directory.users, uri, NULL);
}

/* The number in @p url, or the only line of the user that it names; NULL: neither. */
static char const *line_of(struct attempt const *a, url_t const *url)
{
    struct users const *users = a->gw->directory.users;
    struct users_person const *person = person_of(a, url);
    struct line_uri uri;
    char const *numbers[2];

    if (url->url_user && line_uri_parse(url->url_user, &uri) == 0 &&
        users_have_line(users, uri.number))
        return su_strdup(a->home, uri.number);
    if (person && users_numbers(users, person->id, numbers, 2) == 1)
        return numbers[0];
    return NULL;
}

static bool is_own_phone(struct attempt const *a, url_t const *from)
{
    struct line_uri uri;

    if (!from->url_user)
        return false;
    return (line_uri_parse(from->url_user, &uri) == 0 && strcmp(uri.number, a->number) == 0) ||
           users_stands_on(a->gw->directory.users, a->number, from->url_user);
}

static bool phone_is_right(struct attempt *a)
{
    url_t const *from = a->sip->sip_from->a_url;

    if (!is_proxy(a->gw->conf, &server_transaction_origin(a->st)->peer)) {
        cti_refusal_send(a->st, &bad_phone, "came through none of cti.proxies");
        return false;
    }
    a->number = line_of(a, a->sip->sip_to->a_url);
    if (!a->number) {
        cti_refusal_send(a->st, &no_line, "To names no line");
        return false;
    }
    if (is_own_phone(a, from))
        return true;
    a->person = person_of(a, from);
    if (a->person && a->person->rcc &&
        users_may_control(a->gw->directory.users, a->person->id, a->number))
        return true;
    cti_refusal_send(a->st, &bad_phone, "line %s is not a line of %s", a->number,
                     from->url_user ? from->url_user : "");
    return false;
}

/* --- what it wants ---------------------------------------------------------------------------- */

static bool event_is_right(struct attempt const *a)
{
    sip_event_t const *event = a->sip->sip_event;

    if (event && event->o_type && strcasecmp(event->o_type, "as-feature-event") == 0)
        return true;
    cti_refusal_send(a->st, &bad_event, "event package is not served");
    return false;
}

static bool policy_is_kept(struct attempt const *a)
{
    struct policy policy = { 0 };

    if (a->person)
        policy = policy_of(&a->gw->conf->policies, a->person->id, &a->person->groups);
    if (policy_allows(&policy, a->wish.type))
        return true;
    cti_refusal_send(a->st, &bad_phone, "%s is taken from user %s by a policy",
                     csta_type_str(a->wish.type), a->person->id);
    return false;
}

/* A phone writes what it dials, or a URI. */
static void translate_number(struct attempt *a)
{
    char dialled[NUMBER_RULES_TEXT];
    struct line_uri uri;

    if (!a->wish.directory_number)
        return;
    if (number_rules_apply(a->gw->inbound, a->wish.directory_number, dialled) >= 0)
        a->wish.directory_number = su_strdup(a->home, dialled);
    if (a->wish.directory_number && line_uri_parse(a->wish.directory_number, &uri) == 0)
        a->wish.directory_number = su_strdup(a->home, uri.number);
}

static bool wish_is_right(struct attempt *a)
{
    sip_payload_t const *body = a->sip->sip_payload;
    struct csta_fault fault;

    if (!body || !body->pl_len)
        return true;
    if (strcmp(message_content_type(a->sip), FEATURE_SUBSCRIPTION_TYPE) != 0) {
        cti_refusal_send(a->st, &bad_type, "SUBSCRIBE with a body of another type");
        return false;
    }
    size_t len;
    char const *xml = feature_body_utf8(a->home, body->pl_data, body->pl_len, &len);
    if (!xml) {
        server_transaction_refuse(a->st, 500, "Server Internal Error", NULL);
        return false;
    }
    if (csta_decode(a->home, xml, len, &a->wish, &fault) < 0) {
        cti_refusal_send(a->st, &bad_body, "%s", fault.text);
        return false;
    }
    if (a->wish.type != CSTA_SetDoNotDisturb && a->wish.type != CSTA_SetForwarding) {
        cti_refusal_send(a->st, &bad_body, "%s is nothing that a phone may set",
                         csta_type_str(a->wish.type));
        return false;
    }
    translate_number(a);
    return policy_is_kept(a);
}

/* Zero ends it, or is one look (RFC 6665 4.4.3). */
static bool expires_is_right(struct attempt *a)
{
    struct cti_conf const *conf = a->gw->conf;
    uint64_t wanted =
        a->sip->sip_expires ? a->sip->sip_expires->ex_delta : (uint64_t)conf->feature_expires;
    char min_expires[40];
    struct cti_refusal too_brief = { 423, "Interval Too Brief", M_feature_refused, min_expires };

    if (wanted && wanted < (uint64_t)conf->min_feature_expires) {
        (void)snprintf(min_expires, sizeof min_expires, "Min-Expires: %d",
                       (int)conf->min_feature_expires);
        cti_refusal_send(a->st, &too_brief, "%u s are too short", (unsigned)wanted);
        return false;
    }
    a->expires_s =
        (uint32_t)(wanted < (uint64_t)conf->feature_expires ? wanted
                                                            : (uint64_t)conf->feature_expires);
    return true;
}

/* --- serving ---------------------------------------------------------------------------------- */

static void refuse_for_now(struct attempt *a, char const *why)
{
    char retry_after[40];
    struct cti_refusal const busy = { 503, "Service Unavailable", M_feature_refused, retry_after };

    (void)snprintf(retry_after, sizeof retry_after, "Retry-After: %d",
                   (int)a->gw->conf->retry_after);
    cti_refusal_send(a->st, &busy, "%s", why);
}

static bool there_is_room(struct attempt *a)
{
    if (a->gw->features.by_tag.n < (size_t)a->gw->conf->max_feature_subscriptions)
        return true;
    refuse_for_now(a, "max_feature_subscriptions is reached");
    return false;
}

static void print_contact(struct attempt const *a, char ret[static LINE_BYTES])
{
    struct transport *t = stack_transport(a->gw->stack);
    struct origin const *from = server_transaction_origin(a->st);
    char const *host = transport_listener_host(t, from->listener);
    bool is_v6 = strchr(host, ':') && host[0] != '[';

    (void)snprintf(ret, LINE_BYTES, "<sip:cti@%s%s%s:%u;transport=%s>", is_v6 ? "[" : "", host,
                   is_v6 ? "]" : "", net_addr_port(transport_listener_addr(t, from->listener)),
                   transport_kind_name(from->kind));
}

static msg_t *make_ok(struct attempt const *a, char const *contact)
{
    msg_t *ok = message_response(server_transaction_request(a->st), 200, "OK",
                                 server_transaction_to_tag(a->st));
    char line[LINE_BYTES + 20];

    (void)snprintf(line, sizeof line, "Contact: %s", contact);
    int err = ok ? message_add(ok, line) : -1;
    (void)snprintf(line, sizeof line, "Expires: %u", (unsigned)a->expires_s);
    if (ok && (err < 0 || message_add(ok, line) < 0)) {
        msg_destroy(ok);
        ok = NULL;
    }
    return ok;
}

static void set(struct attempt const *a, struct feature_subscription *s)
{
    int err = 0;

    if (a->wish.type) {
        cti_count(M_feature_sets);
        log_info(NULL, "phone sets feature=%s on=%d line=%s", csta_type_str(a->wish.type),
                 a->wish.on, a->number);
        err = feature_line_set(s->line, a->wish);
    }
    if (err < 0) {
        cti_count(M_feature_set_errors);
        log_info(NULL, "phone's wish refused line=%s error=%d", a->number, err);
    }
}

/* The NOTIFY that each SUBSCRIBE asks for is what is known; a new line tells it when it knows, and
 * what the phone sets now is told by its event. */
static void serve(struct attempt const *a, struct feature_subscription *s, uint16_t parts)
{
    uint32_t expires_s = a->expires_s ? a->expires_s : POLL_S;

    feature_subscription_refresh(s, expires_s, &a->origin);
    set(a, s);
    parts &= (uint16_t)(s->line->state.known & ~feature_state_part(&a->wish));
    if (parts)
        feature_subscription_tell(s, parts);
}

static void start(struct attempt *a)
{
    struct feature_line *line = feature_line_get(a->gw, a->number);
    char contact[LINE_BYTES];

    if (!line) {
        refuse_for_now(a, "no CTI connection is up");
        return;
    }
    print_contact(a, contact);
    struct feature_subscription *s = feature_subscription_new(line, a->st, contact);
    msg_t *ok = s ? make_ok(a, contact) : NULL;
    if (!ok) {
        feature_subscription_free(&s);
        feature_line_release(line);
        cti_refusal_send(a->st, &bad_body, "SUBSCRIBE makes no dialog (Contact?), or no memory");
        return;
    }
    log_info(NULL, "phone subscribed line=%s from=\"%s\" expires=%u", a->number,
             a->sip->sip_from->a_url->url_user ? a->sip->sip_from->a_url->url_user : "",
             (unsigned)a->expires_s);
    server_transaction_respond(a->st, ok);
    serve(a, s, UINT16_MAX);
}

static void go_on(struct attempt *a, struct feature_subscription *s)
{
    char contact[LINE_BYTES];

    print_contact(a, contact);
    msg_t *ok = make_ok(a, contact);
    if (!ok) {
        server_transaction_refuse(a->st, 500, "Server Internal Error", NULL);
        return;
    }
    server_transaction_respond(a->st, ok);
    if (a->expires_s)
        serve(a, s, a->wish.type ? 0 : UINT16_MAX);
    else {
        set(a, s);
        feature_subscription_end(s, "timeout");
    }
}

static void take_in_dialog(struct attempt *a)
{
    struct feature_subscription *s = feature_subscription_find(a->gw, a->sip);
    int status = s && s->line ? dialog_accept(s->dialog, a->sip) : 481;

    if (status == 500)
        cti_refusal_send(a->st, &bad_cseq, "CSeq %u is out of order", a->sip->sip_cseq->cs_seq);
    else if (status)
        cti_refusal_send(a->st, &no_dialog, "no such subscription");
    else if (event_is_right(a) && phone_is_right(a) && wish_is_right(a) && expires_is_right(a))
        go_on(a, s);
}

void feature_request_take(struct gateway *gw, struct server_transaction *st)
{
    struct attempt a = { .gw = gw,
                         .st = st,
                         .sip = sip_object(server_transaction_request(st)),
                         .origin = *server_transaction_origin(st),
                         .home = su_home_new(sizeof(su_home_t)) };

    if (!a.home)
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
    else if (a.sip->sip_to->a_tag)
        take_in_dialog(&a);
    else if (event_is_right(&a) && phone_is_right(&a) && wish_is_right(&a) &&
             expires_is_right(&a) && there_is_room(&a))
        start(&a);
    su_home_unref(a.home);
}
