/* SPDX-License-Identifier: Apache-2.0 */
/* A MESSAGE becomes a stanza, and is answered by what becomes of that. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "buf.h"
#include "composing.h"
#include "im_bridge.h"
#include "log.h"
#include "message.h"
#include "sip_side.h"
#include "streams.h"
#include "transaction.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include <inttypes.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 200, ADDRESS_BYTES = 4096 };
static int64_t const ntp_s = 2208988800; /* from 1900, as sofia-sip counts, to 1970 */

/* A MESSAGE that the XMPP side has to take over. */
struct crossing {
    struct htab_entry by_id; /* of the stanza */
    struct im_bridge *bridge;
    struct server_transaction *st; /* NULL: it is answered, or its client has given up */
    struct im *im;
};

static void crossing_free(struct crossing *crossing)
{
    if (crossing->st)
        server_transaction_own(crossing->st, NULL, NULL);
    htab_remove(&crossing->bridge->crossings, &crossing->by_id);
    im_map_free(&crossing->im);
    free(crossing);
}

static void on_client_gone(void *owner, struct server_transaction *st)
{
    (void)st;
    ((struct crossing *)owner)->st = NULL;
}

/* --- its answer ------------------------------------------------------------------------------- */

static void refuse(struct server_transaction *st, int status, char const *phrase,
                   char const *header, char const *why)
{
    xmpp_count(M_messages_refused);
    sip_side_refuse_with(st, status, phrase, header, why);
}

/* RFC 3261 21.4.13: whoever hears 415 is told what would do. */
static void refuse_fault(struct server_transaction *st, enum im_fault fault)
{
    int status = im_map_fault_status(fault);
    char header[LINE_BYTES];

    (void)snprintf(header, sizeof header, "Accept: %s", im_map_accept);
    refuse(st, status, stanza_error_phrase(status), status == 415 ? header : NULL,
           im_map_fault_text(fault));
}

static bool is_full(char const *jid)
{
    return strchr(jid, '/') != NULL;
}

/* A new address that has no form in SIP is none. */
static void refuse_by(struct crossing *crossing, struct stanza_error const *error)
{
    struct im_map_options options = im_bridge_options(crossing->bridge);
    struct stanza_error told = *error;
    struct buf contact;

    buf_init(&contact, ADDRESS_BYTES);
    buf_puts(&contact, "Contact: <");
    if (told.address && !address_map_from_xmpp(told.address, &options.xmpp, &contact))
        told.address = NULL;
    buf_puts(&contact, ">");
    struct stanza_error_answer const answer = stanza_error_to_sip(&told, is_full(crossing->im->to));
    refuse(crossing->st, answer.status, answer.phrase, answer.address ? buf_text(&contact) : NULL,
           told.text ? told.text : answer.phrase);
    buf_fini(&contact);
}

static struct stanza_error error_of(struct streams_error const *error)
{
    return stanza_error_make(stanza_error_find(error->condition), error->text);
}

/* RFC 3428 7: 200 means that it has arrived, no more is known of the other side. */
static void on_done(void *ctx, struct streams_error const *error)
{
    struct crossing *crossing = ctx;
    struct im_bridge *bridge = crossing->bridge;
    struct im const *im = crossing->im;
    struct conversation *c;

    if (crossing->st && error) {
        struct stanza_error const stanza = error_of(error);
        refuse_by(crossing, &stanza);
    } else if (crossing->st) {
        c = conversation_get(&bridge->conversations, im->from, im->to);
        if (c && im->state == IM_NO_STATE && im->notice == IM_NO_NOTICE)
            conversation_sent(c, im->id, im->wants);
        xmpp_count(M_messages_to_xmpp);
        server_transaction_refuse(crossing->st, 200, "OK", NULL);
    }
    crossing_free(crossing);
}

/* --- an error that comes before it ------------------------------------------------------------ */

static size_t bare_len(char const *jid)
{
    return strcspn(jid, "/");
}

static bool same_bare(char const *a, char const *b)
{
    return bare_len(a) == bare_len(b) && strncmp(a, b, bare_len(a)) == 0;
}

static bool match(struct htab_entry const *entry, void const *key)
{
    struct im const *notice = key, *im = ((struct crossing const *)entry)->im;

    return strcmp(im->id, notice->notice_id) == 0 && same_bare(im->to, notice->from) &&
           same_bare(im->from, notice->to);
}

static struct crossing *find_crossing(struct im_bridge const *bridge, struct im const *notice)
{
    char const *id = notice->notice_id;

    return id ? (struct crossing *)htab_find(&bridge->crossings, htab_hash(id, strlen(id), 0),
                                             match, notice)
              : NULL;
}

bool im_bridge_asked(struct im_bridge *bridge, struct im const *notice)
{
    static unsigned const wants[] = { [IM_DELIVERED] = IM_WANTS_DELIVERED,
                                      [IM_DISPLAYED] = IM_WANTS_DISPLAYED,
                                      [IM_FAILED] = IM_WANTS_FAILED };
    struct crossing const *crossing = find_crossing(bridge, notice);
    struct conversation const *c =
        conversation_find(&bridge->conversations, notice->to, notice->from);

    return wants[notice->notice] & (crossing ? crossing->im->wants
                                    : c      ? conversation_wants(c, notice->notice_id)
                                             : 0);
}

bool im_bridge_bounced(struct im_bridge *bridge, struct im const *failure)
{
    struct crossing *crossing = find_crossing(bridge, failure);

    if (!crossing)
        return false;
    if (crossing->st) {
        server_transaction_own(crossing->st, NULL, NULL);
        refuse_by(crossing, &failure->error);
        crossing->st = NULL;
    }
    return true;
}

/* --- what it says ----------------------------------------------------------------------------- */

static char const *uri_text(su_home_t *home, url_t const *url)
{
    char const *text = url_as_string(home, url);

    return text ? text : "";
}

static int64_t date_of(sip_t const *sip)
{
    return sip->sip_date ? ((int64_t)sip->sip_date->d_time - ntp_s) * 1000 : IM_TIME_NONE;
}

/* In memory of @p home, and of the request. */
static struct im_sip read_request(su_home_t *home, sip_t const *sip)
{
    return (struct im_sip){
        .from = uri_text(home, sip->sip_from->a_url),
        .to = uri_text(home, sip->sip_request->rq_url),
        .call_id = sip->sip_call_id->i_id,
        .branch = sip->sip_via ? sip->sip_via->v_branch : NULL,
        .subject = sip->sip_subject ? sip->sip_subject->g_string : NULL,
        .lang = message_unknown(sip, "Content-Language"),
        .content_type =
            sip->sip_content_type
                ? sip_header_as_string(home, (sip_header_t const *)sip->sip_content_type)
                : NULL,
        .body = sip->sip_payload ? sip->sip_payload->pl_data : "",
        .body_len = sip->sip_payload ? sip->sip_payload->pl_len : 0,
        .date_ms = date_of(sip),
        .expires_s = sip->sip_expires ? (int64_t)sip->sip_expires->ex_delta : -1,
    };
}

static enum im_fault read_im(struct im_bridge *bridge, sip_t const *sip, struct im **ret)
{
    struct im_map_options options = im_bridge_options(bridge);
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct im_sip const message = read_request(home, sip);
    enum im_fault fault = im_map_read_sip(&message, &options, ret);

    su_home_deinit(home);
    return fault;
}

/* --- its way ---------------------------------------------------------------------------------- */

static void note_typing(struct im_bridge *bridge, struct im const *im)
{
    struct conversation *c = conversation_get(&bridge->conversations, im->from, im->to);
    struct composing const composing = { .active = true, .refresh_s = im->refresh_s };

    if (c && (im->body || im->state != IM_NO_STATE))
        conversation_types(c, im->state == IM_COMPOSING ? composing_lifetime_s(&composing) : 0);
}

static void cross(struct crossing *crossing)
{
    struct im_bridge *bridge = crossing->bridge;
    struct im_map_options options = im_bridge_options(bridge);
    struct xml_tree *stanza = im_map_stanza(crossing->im, &options);
    sip_t const *sip = sip_object(server_transaction_request(crossing->st));
    int err = stanza
                  ? streams_send(bridge->streams, stanza, sip->sip_call_id->i_id, on_done, crossing)
                  : -ENOMEM;

    if (err == 0) {
        server_transaction_own(crossing->st, crossing, on_client_gone);
        note_typing(bridge, crossing->im);
        return;
    }
    struct streams_error const refusal = streams_refusal(err);
    struct stanza_error const error = error_of(&refusal);
    refuse_by(crossing, &error);
    crossing_free(crossing);
}

void im_bridge_from_sip(struct im_bridge *bridge, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct im *im = NULL;

    if (!bridge->conf->im) {
        refuse(st, 403, "Forbidden", NULL, "xmpp.im is off");
        return;
    }
    enum im_fault fault = read_im(bridge, sip, &im);
    if (fault == IM_EMPTY) {
        server_transaction_refuse(st, 200, "OK", NULL);
        im_map_free(&im);
        return;
    }
    if (fault != IM_FINE) {
        refuse_fault(st, fault);
        return;
    }
    struct crossing *crossing = malloc(sizeof *crossing);
    if (!crossing) {
        im_map_free(&im);
        refuse(st, 500, "Server Internal Error", NULL, "out of memory");
        return;
    }
    *crossing = (struct crossing){ .bridge = bridge, .st = st, .im = im };
    /* Without memory for it, an error that comes at once is not told as one. */
    if (im->id)
        (void)htab_insert(&bridge->crossings, &crossing->by_id,
                          htab_hash(im->id, strlen(im->id), 0));
    cross(crossing);
}
