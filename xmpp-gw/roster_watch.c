/* SPDX-License-Identifier: Apache-2.0 */
/* See roster_watch.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "roster_watch.h"
#include "buf.h"
#include "clock.h"
#include "disco.h"
#include "log.h"
#include "message.h"
#include "pidf_read.h"
#include "roster_internal.h"
#include "sip_side.h"
#include "streams.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DOCUMENT_TYPE "application/pidf+xml"

struct roster_watch {
    struct watch watch;
    struct roster *roster;
    struct roster_pair *pair; /* NULL: it was ended, and is among roster.leaving */
    LIST_ENTRY(roster_watch) link;
    char name[];
};

/* --- telling the contact ---------------------------------------------------------------------- */

static void send_resource(struct roster_pair *pair, struct presence_resource const *told)
{
    struct xml_tree *stanza = presence_map_stanza(pair->user, pair->jid, told);

    if (!stanza)
        return;
    if (*told->resource && told->show != PRESENCE_UNAVAILABLE)
        disco_add_caps(stanza, xml_tree_root(stanza), DISCO_NAME);
    xmpp_count(M_presence_to_xmpp);
    (void)streams_send(pair->roster->streams, stanza, "", NULL, NULL);
}

static bool is_there(struct presence_list const *list, char const *resource)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (list->all[i].show != PRESENCE_UNAVAILABLE &&
            (!resource || strcmp(list->all[i].resource, resource) == 0))
            return true;
    return false;
}

/* Each resource that has gone, one by one (RFC 6121 4.5). */
static void send_gone(struct roster_pair *pair, struct presence_list const *before)
{
    for (size_t i = 0; before && i < before->n; i++) {
        struct presence_resource gone = { .resource = before->all[i].resource,
                                          .idle_since_ms = PIDF_TIME_NONE };
        if (before->all[i].show != PRESENCE_UNAVAILABLE && !is_there(pair->told, gone.resource))
            send_resource(pair, &gone);
    }
}

void roster_watch_tell(struct roster_pair *pair)
{
    struct presence_list const *told = pair->told;
    struct presence_resource away = { .resource = "", .idle_since_ms = PIDF_TIME_NONE };

    if (!told)
        return;
    pair->is_asked = false;
    for (size_t i = 0; i < told->n; i++)
        if (told->all[i].show != PRESENCE_UNAVAILABLE)
            send_resource(pair, &told->all[i]);
    if (is_there(told, NULL))
        return;
    away.status = told->n ? told->all[0].status : NULL;
    away.lang = told->n ? told->all[0].lang : NULL;
    send_resource(pair, &away);
}

void roster_watch_sign_off(struct roster_pair *pair)
{
    struct presence_list *before = pair->told;

    pair->told = NULL;
    send_gone(pair, before);
    presence_map_list_free(&before);
}

static bool is_same_text(char const *a, char const *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(struct presence_list const *a, struct presence_list const *b)
{
    if (!a || !b || a->n != b->n)
        return a == b;
    for (size_t i = 0; i < a->n; i++) {
        struct presence_resource const *x = &a->all[i], *y = &b->all[i];
        if (strcmp(x->resource, y->resource) != 0 || x->show != y->show ||
            x->priority != y->priority || x->idle_since_ms != y->idle_since_ms ||
            !is_same_text(x->status, y->status) || !is_same_text(x->lang, y->lang))
            return false;
    }
    return true;
}

/* Takes @p told; NULL: nothing is known. XMPP has no word for that but unavailable. */
static void set_told(struct roster_pair *pair, struct presence_list *told)
{
    struct presence_list *before = pair->told;
    bool is_news = !is_same(before, told) || pair->is_asked;

    pair->told = told;
    if (is_there(told, NULL) || !told)
        pair->gone_ms = 0;
    else if (is_there(before, NULL))
        pair->gone_ms = clock_now_ms();
    if (is_news && roster_state_is_from((enum roster_state)pair->state)) {
        send_gone(pair, before);
        if (!told && pair->is_asked)
            roster_send(pair->roster, pair->user, pair->jid, "unavailable", false);
        roster_watch_tell(pair);
        pair->is_asked = false;
    }
    presence_map_list_free(&before);
}

/* --- what SIP says ---------------------------------------------------------------------------- */

static struct presence_list *read_document(struct roster_watch *rw, sip_t const *sip)
{
    struct pidf_fault fault = { .text = "another type" };
    struct presence_list *list = NULL;
    struct pidf *doc = NULL;

    if (!sip->sip_payload || !sip->sip_payload->pl_len)
        return NULL;
    if (strcmp(message_content_type(sip), DOCUMENT_TYPE) == 0 &&
        pidf_read(sip->sip_payload->pl_data, sip->sip_payload->pl_len, &pidf_limits_default, &doc,
                  &fault) == 0 &&
        presence_map_list(&rw->roster->map, doc, &list) < 0)
        (void)snprintf(fault.text, sizeof fault.text, "cannot be understood");
    pidf_free(&doc);
    if (list)
        return list;
    xmpp_count(M_presence_bad_documents);
    log_info(sip->sip_call_id->i_id, "NOTIFY not read of=\"%s\" reason=\"%s\"", rw->name,
             fault.text);
    return NULL;
}

static void after_approval(void *ctx, struct roster_pair *pair, struct roster_step const *step,
                           int error)
{
    (void)ctx;
    if (error || !step->passes)
        return;
    roster_send(pair->roster, pair->user, pair->jid, "subscribed", true);
    pair->is_asked = false;
    roster_watch_tell(pair);
}

/* RFC 8048 5.2: until the user has agreed the contact hears nothing. */
static bool on_told(struct watch *w, sip_t const *sip)
{
    struct roster_watch *rw = (struct roster_watch *)w;
    struct roster_pair *pair = rw->pair;

    if (strcasecmp(sip->sip_subscription_state->ss_substate, "active") != 0) {
        set_told(pair, NULL);
        return false;
    }
    set_told(pair, read_document(rw, sip));
    if (roster_state_is_in((enum roster_state)pair->state))
        roster_step(pair, ROSTER_EV_OUT_SUBSCRIBED, after_approval, NULL);
    return false;
}

/* --- what SIP refuses ------------------------------------------------------------------------- */

static void drop(struct roster_watch *rw)
{
    watch_fini(&rw->watch);
    if (rw->pair)
        rw->pair->watch = NULL;
    else
        LIST_REMOVE(rw, link);
    free(rw);
    xmpp_gauge(M_presence_watches, -1);
}

static void after_refusal(void *ctx, struct roster_pair *pair, struct roster_step const *step,
                          int error)
{
    (void)ctx;
    if (error)
        return;
    roster_watch_sign_off(pair);
    if (step->passes)
        roster_send(pair->roster, pair->user, pair->jid, "unsubscribed", true);
}

static void after_silence(void *ctx, struct roster_pair *pair, struct roster_step const *step,
                          int error)
{
    (void)ctx;
    (void)pair;
    (void)step;
    (void)error;
}

/* RFC 6121 8.5.1: to ask for somebody who is not there is not answered, lest names be tried. */
static bool is_nobody(struct roster_watch const *rw)
{
    int status = rw->watch.status;

    return !roster_state_is_from((enum roster_state)rw->pair->state) &&
           (status == 404 || status == 410 || status == 604);
}

static void on_unknown(struct watch *w)
{
    struct roster_watch *rw = (struct roster_watch *)w;
    struct roster_pair *pair = rw->pair;
    roster_after_fn *after = watch_is_stopped(w) ? after_refusal : after_silence;

    if (!watch_is_stopped(w) && !is_nobody(rw)) {
        set_told(pair, NULL);
        return;
    }
    log_info(NULL, "presence not granted user=\"%s\" jid=\"%s\" status=%u reason=%s", pair->user,
             pair->jid, (unsigned)w->status, w->reason ? w->reason : "");
    drop(rw);
    roster_step(pair, ROSTER_EV_OUT_UNSUBSCRIBED, after, NULL);
}

/* --- coming and going ------------------------------------------------------------------------- */

static void print_uri(char const *jid, char ret[static WATCH_URI_BYTES])
{
    struct buf uri;

    buf_init(&uri, WATCH_URI_BYTES - 1);
    (void)roster_uri(jid, &uri);
    (void)snprintf(ret, WATCH_URI_BYTES, "%s", buf_text(&uri));
    buf_fini(&uri);
}

static void print_parties(struct watch const *w, char from[static WATCH_URI_BYTES],
                          char to[static WATCH_URI_BYTES])
{
    struct roster_pair const *pair = ((struct roster_watch const *)w)->pair;

    print_uri(pair->jid, from);
    print_uri(pair->user, to);
}

static void print_contact(struct watch const *w, char ret[static WATCH_CONTACT_BYTES])
{
    struct roster_watch const *rw = (struct roster_watch const *)w;
    char uri[WATCH_URI_BYTES];

    print_uri(rw->pair->jid, uri);
    sip_side_contact(rw->roster->sip, 0, uri, ret);
}

static void on_gone(struct watch *w)
{
    drop((struct roster_watch *)w);
}

static struct watch_kind const kind = { .what = "xmpp",
                                        .subscribes = M_presence_subscribes,
                                        .failures = M_presence_subscribe_failures,
                                        .notifies = M_presence_notified,
                                        .takes_refusals = true,
                                        .print_parties = print_parties,
                                        .print_contact = print_contact,
                                        .on_told = on_told,
                                        .on_unknown = on_unknown,
                                        .on_gone = on_gone };

int roster_watch_terms(struct roster *roster)
{
    struct roster_limits const *limits = roster->limits;

    roster->pace = (struct watch_pace){ clock_now_ms(), limits->rate };
    roster->terms = (struct watch_terms){ .kind = &kind,
                                          .package = "presence",
                                          .accept = DOCUMENT_TYPE,
                                          .expires_s = limits->expires,
                                          .retry_s = limits->retry,
                                          .max_retry_s = limits->max_retry };
    return watch_terms_set_outbound(&roster->terms, roster->conf->outbound);
}

void roster_watch_begin(struct roster_pair *pair)
{
    size_t size = strlen(pair->user) + strlen(pair->jid) + sizeof " for ";
    struct roster_watch *rw = pair->watch ? NULL : calloc(1, sizeof *rw + size);

    if (!rw)
        return;
    rw->roster = pair->roster;
    rw->pair = pair;
    (void)snprintf(rw->name, size, "%s for %s", pair->user, pair->jid);
    pair->watch = rw;
    watch_init(&rw->watch, &pair->roster->watches, &pair->roster->terms, &pair->roster->pace,
               rw->name);
    xmpp_gauge(M_presence_watches, 1);
}

void roster_watch_end(struct roster_pair *pair)
{
    struct roster_watch *rw = pair->watch;

    presence_map_list_free(&pair->told);
    pair->gone_ms = 0;
    if (!rw)
        return;
    pair->watch = NULL;
    rw->pair = NULL;
    LIST_INSERT_HEAD(&pair->roster->leaving, rw, link);
    watch_end(&rw->watch);
}

void roster_watch_fini(struct roster *roster)
{
    struct roster_watch *rw;

    while ((rw = LIST_FIRST(&roster->leaving)))
        drop(rw);
}

char const *roster_watch_state_str(struct roster_pair const *pair)
{
    return pair->watch ? watch_state_str(&pair->watch->watch) : "";
}
