/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a SUBSCRIBE, in the order in which it is refused. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "subscribe.h"
#include "asker.h"
#include "clock.h"
#include "dialog.h"
#include "event_server.h"
#include "log.h"
#include "message.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_note.h"
#include "presence_refusal.h"
#include "presence_state.h"
#include "profile_conf.h"
#include "rls.h"
#include "subscription.h"
#include "watcher_policy.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Every NOTIFY has the id of Event again. */
enum { LINE_BYTES = 300, INTERVAL_MAX_S = 86400, EVENT_ID_MAX = 200 };

static struct presence_refusal const bad_event = { 489, "Bad Event", M_refused_event,
                                                   EVENT_SERVER_PACKAGES };
static struct presence_refusal const long_id = { 400, "Bad Request", M_refused_event, NULL };
static struct presence_refusal const not_owner = { 403, "Forbidden", M_refused_policy, NULL };
static struct presence_refusal const no_lists = { 421, "Extension Required", M_refused_event,
                                                  "Require: eventlist" };
static struct presence_refusal const forbidden = { 403, "Forbidden", M_refused_policy, NULL };
static struct presence_refusal const stranger = { 403, "Forbidden", M_refused_identity, NULL };
static struct presence_refusal const no_dialog = { 481, "Subscription Does Not Exist",
                                                   M_refused_dialog, NULL };
static struct presence_refusal const bad_cseq = { 500, "CSeq out of order", M_refused_dialog,
                                                  NULL };
static struct presence_refusal const overtaken = { 500, "Another SUBSCRIBE Is Under Way",
                                                   M_refused_dialog, "Retry-After: 1" };
static struct presence_refusal const no_memory = { 500, "Server Internal Error", M_refused_state,
                                                   NULL };
static struct presence_refusal const bad_contact = { 400, "Bad Request", M_refused_dialog, NULL };

/* A SUBSCRIBE while it is checked, and while what it changes is written. */
struct attempt {
    struct event_server *server;
    struct server_transaction *st;
    sip_t const *sip;
    struct origin origin; /* its peer's names do not outlive the answer */
    char user[PRESENCE_ADDRESS_BYTES], watcher[PRESENCE_ADDRESS_BYTES];
    struct subscription_wish wish;
    bool is_list; /* the resource is the contact list of the user */
    struct presentity *presentity;
    struct user_policy_decision decision;
    unsigned judged; /* event_server.judged when it was made */
};

/* --- what it wants ---------------------------------------------------------------------------- */

static bool event_is_right(struct attempt *a)
{
    char const *id = a->sip->sip_event ? a->sip->sip_event->o_id : NULL;

    a->wish.package = event_package_find(asker_package(a->sip));
    if (a->is_list)
        a->wish.package = event_package_list();
    a->wish.event_id = id;
    if (!a->wish.package)
        presence_refusal_send(a->st, &bad_event, "event package is not served");
    else if (id && strlen(id) > EVENT_ID_MAX)
        presence_refusal_send(a->st, &long_id, "id of Event is longer than %d", EVENT_ID_MAX);
    else
        return true;
    return false;
}

static bool names_type(char const *list, char const *type)
{
    static char const every[] = { '*', '/', '*' }, application[] = "application/";
    size_t len, prefix = sizeof application - 1;

    for (; *list; list += len + strcspn(list + len, ",")) {
        list += strspn(list, " \t,");
        len = strcspn(list, " \t;,");
        bool is_any = len == sizeof every && memcmp(list, every, len) == 0;
        bool is_some =
            len == prefix + 1 && list[prefix] == '*' && strncasecmp(list, application, prefix) == 0;
        if (is_any || is_some || (len == strlen(type) && strncasecmp(list, type, len) == 0))
            return true;
    }
    return false;
}

static bool has_accept(sip_t const *sip)
{
    unsigned n;

    (void)asker_header(sip, "Accept", &n);
    return n > 0;
}

/* Without Accept, everybody takes the type of the package (RFC 3856 6.7, 3857 4.5). */
static bool accepts(sip_t const *sip, char const *type, char const *otherwise)
{
    for (sip_unknown_t const *un = sip->sip_unknown; un; un = un->un_next)
        if (un->un_name && un->un_value && strcasecmp(un->un_name, "Accept") == 0 &&
            names_type(un->un_value, type))
            return true;
    return !has_accept(sip) && strcmp(type, otherwise) == 0;
}

static bool accepts_presence(struct attempt *a)
{
    struct pidf_profile const *profile = pidf_profiles();

    while (profile->name && !accepts(a->sip, profile->content_type, EVENT_SERVER_TYPE))
        profile++;
    a->wish.profile = profile;
    return profile->name != NULL;
}

/* By the list of the administrator, as far as the watcher takes it. */
static void choose_profile(struct attempt *a)
{
    sip_user_agent_t const *agent = a->sip->sip_user_agent;
    struct cfg_groups const *entries = &a->server->conf->profiles;
    struct profile_conf const *v = entries->v;

    for (size_t i = 0; a->wish.profile && i < entries->n; i++) {
        struct pidf_profile const *profile = profile_conf_profile(&v[i]);
        if (profile_conf_is_about(&v[i], a->watcher, agent ? agent->g_string : NULL) &&
            accepts(a->sip, profile->content_type, profile->content_type)) {
            a->wish.profile = profile;
            return;
        }
    }
}

/* RFC 4662 4.4. */
static bool accepts_list(struct attempt *a)
{
    static char const rlmi[] = "application/rlmi+xml";

    return accepts_presence(a) && accepts(a->sip, RLS_TYPE, RLS_TYPE) &&
           accepts(a->sip, rlmi, rlmi);
}

static bool accepts_package(struct attempt *a)
{
    char const *type = a->wish.package->document;

    if (a->is_list)
        return accepts_list(a);
    return event_package_is_presence(a->wish.package) ? accepts_presence(a)
                                                      : accepts(a->sip, type, type);
}

/* RFC 4662 4.2: without the option tag, nobody understands what we would tell. */
static bool support_is_right(struct attempt *a)
{
    sip_supported_t const *supported = a->sip->sip_supported;

    if (!a->is_list || sip_has_feature(supported, "eventlist"))
        return true;
    presence_refusal_send(a->st, &no_lists, "%s is a list, and Supported lacks eventlist", a->user);
    return false;
}

static bool accept_is_right(struct attempt *a)
{
    char header[LINE_BYTES];
    struct presence_refusal const bad_accept = { 406, "Not Acceptable", M_refused_event, header };

    (void)snprintf(header, sizeof header, "Accept: %s", a->wish.package->document);
    if (accepts_package(a))
        return true;
    presence_refusal_send(a->st, &bad_accept, "Accept has no type of %s documents",
                          a->wish.package->name);
    return false;
}

/* RFC 3857 4.4: who watches a user is told to nobody else. */
static bool watcher_is_right(struct attempt *a)
{
    if (!asker_identity(a->server, a->st, a->watcher))
        return false;
    if (!a->wish.package->is_private || strcmp(a->watcher, a->user) == 0)
        return true;
    presence_refusal_send(a->st, &not_owner, "%s is only for %s", a->wish.package->name, a->user);
    return false;
}

static bool expires_is_right(struct attempt *a)
{
    struct presence_conf const *conf = a->server->conf;

    a->wish.expires_s = asker_expires(a->sip, conf->expires, conf->max_expires);
    if (a->wish.expires_s == 0 || a->wish.expires_s >= conf->min_expires)
        return true;
    presence_refusal_too_brief(a->st, conf->min_expires, a->wish.expires_s);
    return false;
}

/* RFC 6446 4: min-interval of Event; ours is the least. */
static uint32_t interval_of(struct attempt const *a)
{
    static char const name[] = "min-interval=";
    msg_param_t const *params = a->sip->sip_event->o_params;
    long interval_s = (long)a->server->conf->notify_interval;

    for (; params && *params; params++)
        if (strncasecmp(*params, name, sizeof name - 1) == 0) {
            long wanted = strtol(*params + sizeof name - 1, NULL, 10);
            interval_s = wanted > INTERVAL_MAX_S ? INTERVAL_MAX_S
                         : wanted > interval_s   ? wanted
                                                 : interval_s;
        }
    return (uint32_t)interval_s;
}

/* RFC 5839 5.1: the state that the watcher knows. 0: it does not say, or nothing of ours. */
static uint64_t known_tag_of(struct attempt const *a)
{
    unsigned n;
    char const *text = asker_header(a->sip, "Suppress-If-Match", &n);

    if (!text || !event_package_is_presence(a->wish.package))
        return 0;
    if (strcmp(text, "*") == 0)
        return SUBSCRIPTION_ANY_TAG;
    return strlen(text) == 16 ? strtoull(text, NULL, 16) : 0;
}

static bool wish_is_right(struct attempt *a)
{
    if (!event_is_right(a) || !support_is_right(a) || !accept_is_right(a) || !watcher_is_right(a) ||
        !expires_is_right(a))
        return false;
    choose_profile(a);
    a->wish.watcher = a->watcher;
    a->wish.interval_s = interval_of(a);
    a->wish.known_tag = known_tag_of(a);
    return true;
}

/* --- limits ----------------------------------------------------------------------------------- */

static bool there_is_room(struct attempt const *a)
{
    struct event_server const *server = a->server;
    struct presence_conf const *conf = server->conf;
    char const *domain = presence_address_domain(a->watcher), *full = NULL;

    if (server->is_stopping)
        full = "the server stops";
    else if (server->subscriptions.n >= (size_t)conf->max_subscriptions)
        full = "max_subscriptions is reached";
    else if (tally_of(&server->watchers, a->watcher) >= (size_t)conf->max_subscriptions_per_watcher)
        full = "max_subscriptions_per_watcher is reached";
    else if (!own_users_are_of(&server->users, domain) &&
             tally_of(&server->domains, domain) >= (size_t)conf->max_subscriptions_per_domain)
        full = "max_subscriptions_per_domain is reached";
    if (full)
        presence_refusal_busy(a->st, conf->retry_after, full);
    return !full;
}

/* --- answers ---------------------------------------------------------------------------------- */

static int answer(struct attempt const *a, int status, char const *phrase)
{
    msg_t *ok = message_response(server_transaction_request(a->st), status, phrase,
                                 server_transaction_to_tag(a->st));
    char contact[EVENT_SERVER_CONTACT_BYTES], line[LINE_BYTES];

    event_server_contact(a->server, a->st, contact);
    (void)snprintf(line, sizeof line, "Contact: %s", contact);
    int err = ok ? message_add(ok, line) : -1;
    (void)snprintf(line, sizeof line, "Expires: %u", (unsigned)a->wish.expires_s);
    if (ok && (err < 0 || message_add(ok, line) < 0)) {
        msg_destroy(ok);
        ok = NULL;
    }
    if (ok && a->is_list)
        message_add(ok, "Require: eventlist");
    return server_transaction_respond(a->st, ok);
}

static void note(struct attempt const *a, char const *what,
                 struct user_policy_decision const *decision)
{
    presence_note(a->st, what, a->user, a->watcher, decision->rule->name);
    log_info(a->sip->sip_call_id->i_id,
             "%s user=\"%s\" watcher=\"%s\" expires=%u verdict=%s rule=%s", what, a->user,
             a->watcher, (unsigned)a->wish.expires_s, user_policy_verdict_str(decision->verdict),
             decision->rule->name);
}

/* Guide part 2, 5.2. A fetch is over before it counts. */
static void grant_adhoc(struct attempt *a)
{
    uint64_t ttl_s = (uint64_t)a->server->conf->adhoc_ttl;

    a->wish.is_adhoc = a->wish.expires_s > 0 && event_package_is_presence(a->wish.package) &&
                       watcher_policy_is_adhoc(a->server, a->user, a->watcher);
    if (!a->wish.is_adhoc || !ttl_s)
        return;
    a->wish.adhoc_end_ms = clock_now_ms() + ttl_s * 1000;
    if (a->wish.expires_s > ttl_s)
        a->wish.expires_s = (uint32_t)ttl_s;
}

/* It is on disk, or never will be. */
static void on_begun(void *vattempt, struct presence_state_change const *change)
{
    struct attempt *a = vattempt;
    struct subscription *s = change->subscription;
    bool is_right = s && change->st && !change->error;

    if (!is_right && change->st && change->error != -ECANCELED)
        presence_state_refuse(a->server, change->st, change->error);
    if (is_right) {
        note(a, "subscription", &a->decision);
        answer(a, 200, "OK");
        subscription_start(s, a->decision);
        if (a->judged != a->server->judged)
            event_server_judge(a->server, s);
    } else if (s) {
        subscription_free(&s);
        presentity_release(a->presentity);
    }
    free(a);
}

/* These return whether @p a is given away. */
static bool start(struct attempt *a, struct presentity *presentity)
{
    a->decision = watcher_policy_decide(presentity, a->watcher, a->wish.expires_s > 0);
    a->judged = a->server->judged;
    a->presentity = presentity;
    if (a->decision.verdict == USER_POLICY_REFUSE) {
        presence_refusal_send(a->st, &forbidden, "rule %s refuses %s", a->decision.rule->name,
                              a->watcher);
        presentity_release(presentity);
        return false;
    }
    grant_adhoc(a);
    struct subscription *s = subscription_new(presentity, a->st, &a->wish);
    if (!s) {
        presence_refusal_send(a->st, &bad_contact, "SUBSCRIBE makes no dialog (Contact?)");
        presentity_release(presentity);
        return false;
    }
    presence_state_put_subscription(s, a->wish.expires_s, a->st, on_begun, a);
    return true;
}

static bool resource_is_right(struct attempt *a)
{
    a->is_list = strcasecmp(asker_package(a->sip), "presence") == 0 &&
                 rls_is_list(a->server, a->sip->sip_request->rq_url, a->user);
    return a->is_list || asker_user(a->server, a->st, a->user);
}

static bool take_new(struct attempt *a)
{
    struct presentity *presentity;

    if (!resource_is_right(a) || !wish_is_right(a) || !there_is_room(a))
        return false;
    presentity = presentity_get(a->server, a->user);
    if (presentity)
        return start(a, presentity);
    presence_refusal_busy(a->st, a->server->conf->retry_after, "max_presentities is reached");
    return false;
}

/* --- in the dialog ---------------------------------------------------------------------------- */

/* RFC 5839: the NOTIFY would tell what the watcher knows. */
static bool is_known(struct subscription const *s, uint64_t known_tag)
{
    return known_tag && (known_tag == SUBSCRIPTION_ANY_TAG || known_tag == subscription_tag(s));
}

/* RFC 6665 4.1.2.1 and 6446 5: each SUBSCRIBE says anew what it takes, and how often. */
static void exchange_terms(struct attempt *a, struct subscription *s)
{
    struct pidf_profile const *profile = s->profile;
    uint32_t interval_s = s->interval_ms / 1000;

    s->profile = a->wish.profile;
    s->interval_ms = a->wish.interval_s * 1000;
    a->wish.profile = profile;
    a->wish.interval_s = interval_s;
}

static void go_on(struct attempt *a, struct subscription *s)
{
    struct user_policy_decision decision = watcher_policy_decide(s->presentity, s->watcher, false);
    bool is_quiet = is_known(s, a->wish.known_tag) && decision.verdict == s->decision.verdict;

    note(a, a->wish.expires_s ? "subscription refreshed" : "subscription ended", &decision);
    answer(a, is_quiet ? 204 : 200, is_quiet ? "No Notification" : "OK");
    if (a->wish.expires_s)
        subscription_hold(s, a->wish.expires_s, &a->origin);
    if (is_quiet)
        presence_count(M_notifies_suppressed);
    else
        s->is_full = true; /* RFC 4662 4.5, 3857 4.6: also when it ends by that */
    if (is_quiet && !a->wish.expires_s)
        subscription_leave(&s);
    else if (!a->wish.expires_s)
        subscription_end(s, "timeout");
    else if (!is_quiet)
        subscription_refresh(s, decision);
}

static void on_gone_on(void *vattempt, struct presence_state_change const *change)
{
    struct attempt *a = vattempt;
    struct subscription *s = change->subscription;

    if (s && change->error)
        exchange_terms(a, s);
    if (!change->st || change->error == -ECANCELED)
        ; /* nobody is there to be answered, or the server ends */
    else if (change->error)
        presence_state_refuse(a->server, change->st, change->error);
    else if (!s || s->reason)
        presence_refusal_send(change->st, &no_dialog, "the subscription has ended meanwhile");
    else
        go_on(a, s);
    free(a);
}

static bool dialog_is_right(struct attempt *a, struct subscription const *s)
{
    int status = s && !s->reason ? 0 : 481;

    if (!status && s->wait) {
        presence_refusal_send(a->st, &overtaken, "the last SUBSCRIBE is being written");
        return false;
    }
    if (!status)
        status = dialog_accept(s->dialog, a->sip);
    if (status == 500)
        presence_refusal_send(a->st, &bad_cseq, "CSeq %u is out of order",
                              a->sip->sip_cseq->cs_seq);
    else if (status)
        presence_refusal_send(a->st, &no_dialog, "no such subscription");
    return !status;
}

static bool take_in_dialog(struct attempt *a)
{
    struct subscription *s = subscription_find(a->server, a->sip);

    if (!dialog_is_right(a, s))
        return false;
    memcpy(a->user, s->presentity->address, strlen(s->presentity->address) + 1);
    a->is_list = s->list != NULL;
    if (!wish_is_right(a))
        return false;
    if (strcmp(a->watcher, s->watcher) != 0)
        presence_refusal_send(a->st, &stranger, "the subscription is of %s", s->watcher);
    else if (a->wish.package != s->package)
        presence_refusal_send(a->st, &no_dialog, "the subscription is to %s", s->package->name);
    else if (strcmp(a->wish.event_id ? a->wish.event_id : "", s->event_id ? s->event_id : "") != 0)
        presence_refusal_send(a->st, &no_dialog, "the subscription has another id of Event");
    else {
        if (!has_accept(a->sip))
            a->wish.profile = s->profile;
        exchange_terms(a, s);
        a->wish.expires_s = subscription_grant(s, a->wish.expires_s);
        presence_state_put_subscription(s, a->wish.expires_s, a->st, on_gone_on, a);
        return true;
    }
    return false;
}

void subscribe_take(struct event_server *server, struct server_transaction *st)
{
    struct attempt *a = malloc(sizeof *a);

    if (!a) {
        presence_refusal_send(st, &no_memory, "out of memory");
        return;
    }
    *a = (struct attempt){ .server = server,
                           .st = st,
                           .sip = sip_object(server_transaction_request(st)),
                           .origin = *server_transaction_origin(st) };
    if (!(a->sip->sip_to->a_tag ? take_in_dialog(a) : take_new(a)))
        free(a);
}
