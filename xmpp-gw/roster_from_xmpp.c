/* SPDX-License-Identifier: Apache-2.0 */
/* Presence stanzas (RFC 6121 3 and 4): each counts as handled when what it changes is on disk. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "jid.h"
#include "log.h"
#include "roster_internal.h"
#include "roster_watch.h"
#include "roster_watcher.h"
#include "stanza_error.h"
#include "streams.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whose and to whom, as bare JIDs. */
struct arrival {
    struct roster *roster;
    struct xml_tree *stanza;
    struct streams_incoming *in;
    enum roster_event event;
    char user[JID_MAX + 1], jid[JID_MAX + 1];
};

static void leave(struct arrival *a)
{
    streams_handled(a->in);
    xml_tree_free(&a->stanza);
    free(a);
}

static void ignore(struct arrival *a)
{
    xmpp_count(M_xmpp_ignored);
    leave(a);
}

/* RFC 6120 8.3: the other server may try again. */
static void refuse(struct arrival *a, char const *why)
{
    struct stanza_error const error = stanza_error_make(STANZA_ERROR_RESOURCE_CONSTRAINT, why);
    struct xml_tree *answer = stanza_error_answer(xml_tree_root(a->stanza), &error, false);

    xmpp_count(M_presence_refused);
    log_info(NULL, "presence refused from=\"%s\" to=\"%s\" reason=\"%s\"", a->jid, a->user, why);
    if (answer)
        (void)streams_send(a->roster->streams, answer, "", NULL, NULL);
    leave(a);
}

/* --- what is agreed on ------------------------------------------------------------------------ */

static void reply(struct roster_pair *pair, struct roster_step const *step)
{
    static char const *const types[] = {
        [ROSTER_REPLY_SUBSCRIBED] = "subscribed", [ROSTER_REPLY_UNSUBSCRIBED] = "unsubscribed"
    };

    if (step->reply != ROSTER_SILENT)
        roster_send(pair->roster, pair->user, pair->jid, types[step->reply], true);
}

static void on_subscribe(struct roster_pair *pair, struct roster_step const *step)
{
    reply(pair, step);
    if (step->reply == ROSTER_REPLY_SUBSCRIBED)
        roster_watch_tell(pair);
    roster_watch_begin(pair);
}

static void on_unsubscribe(struct roster_pair *pair, struct roster_step const *step)
{
    if (!step->passes)
        return;
    if (roster_state_is_from((enum roster_state)step->from))
        roster_watch_sign_off(pair);
    reply(pair, step);
    roster_watch_end(pair);
}

static void on_unsubscribed(struct roster_pair *pair, struct roster_step const *step)
{
    if (!step->passes)
        return;
    roster_seen_forget(&pair->seen);
    roster_watcher_end_all(pair, "rejected");
}

static void after(void *varrival, struct roster_pair *pair, struct roster_step const *step,
                  int error)
{
    struct arrival *a = varrival;

    if (error == -ECANCELED) {
        leave(a);
        return;
    }
    if (error) {
        refuse(a, "the gateway cannot keep it");
        return;
    }
    if (a->event == ROSTER_EV_IN_SUBSCRIBE)
        on_subscribe(pair, step);
    else if (a->event == ROSTER_EV_IN_UNSUBSCRIBE)
        on_unsubscribe(pair, step);
    else if (a->event == ROSTER_EV_IN_UNSUBSCRIBED)
        on_unsubscribed(pair, step);
    else if (step->passes)
        roster_watcher_tell_all(pair);
    leave(a);
}

static void take_agreement(struct arrival *a)
{
    struct roster *roster = a->roster;
    char const *limit = NULL;
    struct roster_pair *pair = a->event == ROSTER_EV_IN_SUBSCRIBE
                                   ? roster_get(roster, a->user, a->jid, &limit)
                                   : roster_book_find(&roster->book, a->user, a->jid);

    if (pair)
        roster_step(pair, a->event, after, a);
    else if (limit)
        refuse(a, limit);
    else
        ignore(a);
}

/* --- what is shown ---------------------------------------------------------------------------- */

/* The contact may be there again, or is known to be away and sees nothing until it asks. */
static void follow(struct roster_pair *pair)
{
    if (!roster_state_is_from((enum roster_state)pair->state))
        return;
    if (!roster_seen_is_away(&pair->seen))
        roster_watch_begin(pair);
    else
        roster_watch_end(pair);
}

static void take_presence(struct arrival *a)
{
    struct roster_pair *pair = roster_book_find(&a->roster->book, a->user, a->jid);
    struct presence_resource told;

    if (!pair || !roster_state_is_to((enum roster_state)pair->state) ||
        !presence_map_read_stanza(xml_tree_root(a->stanza), &told)) {
        ignore(a);
        return;
    }
    int err = roster_seen_take(&pair->seen, &told, (size_t)a->roster->limits->max_resources);
    if (err < 0)
        log_info(NULL, "resource not taken user=\"%s\" jid=\"%s\" reason=\"%s\"", a->user, a->jid,
                 strerror(-err));
    xmpp_count(M_presence_to_sip);
    roster_watcher_tell_all(pair);
    follow(pair);
    leave(a);
}

/* RFC 6121 4.3.2. */
static void take_probe(struct arrival *a)
{
    struct roster_pair *pair = roster_book_find(&a->roster->book, a->user, a->jid);
    enum roster_state state = pair ? (enum roster_state)pair->state : ROSTER_NONE;

    xmpp_count(M_presence_probes);
    if (roster_state_is_from(state) && pair->told) {
        roster_watch_tell(pair);
    } else if (roster_state_is_from(state)) {
        pair->is_asked = true;
        roster_watch_begin(pair);
    } else if (!roster_state_is_in(state)) {
        roster_send(a->roster, a->user, a->jid, "unsubscribed", false);
    }
    leave(a);
}

/* Our probe, or what else we said, came back. */
static void take_error(struct arrival *a)
{
    struct roster_pair *pair = roster_book_find(&a->roster->book, a->user, a->jid);
    struct stanza_error error;

    if (!pair || !stanza_error_read(xml_tree_root(a->stanza), &error)) {
        ignore(a);
        return;
    }
    xmpp_count(M_presence_stanzas_failed);
    log_info(NULL, "presence refused by user=\"%s\" jid=\"%s\" error=%s reason=\"%s\"", a->user,
             a->jid, stanza_error_name(error.condition), error.text ? error.text : "");
    if (pair->seen.is_known) {
        roster_seen_forget(&pair->seen);
        roster_watcher_tell_all(pair);
    }
    leave(a);
}

/* --- a stanza --------------------------------------------------------------------------------- */

static bool read_bare(char const *text, char ret[static JID_MAX + 1])
{
    struct jid jid;

    if (!text || jid_parse(text, &jid) != JID_FINE || !*jid.local)
        return false;
    jid_text_bare(&jid, ret);
    return true;
}

static void dispatch(struct arrival *a, char const *type)
{
    static struct {
        char const *type;
        enum roster_event event;
    } const agreements[] = { { "subscribe", ROSTER_EV_IN_SUBSCRIBE },
                             { "subscribed", ROSTER_EV_IN_SUBSCRIBED },
                             { "unsubscribe", ROSTER_EV_IN_UNSUBSCRIBE },
                             { "unsubscribed", ROSTER_EV_IN_UNSUBSCRIBED } };

    for (size_t i = 0; i < sizeof agreements / sizeof *agreements; i++)
        if (strcmp(agreements[i].type, type) == 0) {
            a->event = agreements[i].event;
            take_agreement(a);
            return;
        }
    if (!*type || strcmp(type, "unavailable") == 0)
        take_presence(a);
    else if (strcmp(type, "probe") == 0)
        take_probe(a);
    else if (strcmp(type, "error") == 0)
        take_error(a);
    else
        ignore(a);
}

void roster_from_xmpp(struct roster *roster, struct xml_tree *presence, struct streams_incoming *in)
{
    struct xml_element const *root = xml_tree_root(presence);
    char const *type = xml_element_attribute(root, "type");
    struct arrival *a = malloc(sizeof *a);

    if (!a) {
        streams_handled(in);
        xml_tree_free(&presence);
        return;
    }
    a->roster = roster;
    a->stanza = presence;
    a->in = in;
    if (roster->conf->presence && read_bare(xml_element_attribute(root, "to"), a->user) &&
        read_bare(xml_element_attribute(root, "from"), a->jid))
        dispatch(a, type ? type : "");
    else
        ignore(a);
}
