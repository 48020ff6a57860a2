/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that are watched: whom they are asked of, and what NOTIFY says of them. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "phone_gateway.h"
#include "clock.h"
#include "dialog_info.h"
#include "event_server.h"
#include "gateway_conf.h"
#include "log.h"
#include "message.h"
#include "phone_document.h"
#include "phone_line.h"
#include "pidf.h"
#include "pidf_read.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "published.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct phone_gateway_line *line_of(struct watch *w)
{
    return (struct phone_gateway_line *)w;
}

static struct event_server *server_of(struct watch const *w)
{
    return ((struct phone_gateway_line const *)w)->gateway->server;
}

static void print_contact(struct watch const *w, char ret[static WATCH_CONTACT_BYTES])
{
    event_server_own_contact(server_of(w), ret);
}

static void print_parties(struct watch const *w, char from[static WATCH_URI_BYTES],
                          char to[static WATCH_URI_BYTES])
{
    struct phone_gateway_line const *l = (struct phone_gateway_line const *)w;
    struct gateway_conf const *conf = l->gateway->conf;
    bool is_bare_v6 = strchr(conf->address, ':') && conf->address[0] != '[';
    char port[8] = "";

    if (conf->port)
        (void)snprintf(port, sizeof port, ":%d", (int)conf->port);
    (void)snprintf(from, WATCH_URI_BYTES, "sip:%s@%s", conf->user, server_of(w)->users.domain);
    (void)snprintf(to, WATCH_URI_BYTES, "sip:%s@%s%s%s%s%s%s", l->line->number,
                   is_bare_v6 ? "[" : "", conf->address, is_bare_v6 ? "]" : "", port,
                   *conf->transport ? ";transport=" : "", conf->transport);
}

/* --- what a NOTIFY says ----------------------------------------------------------------------- */

static struct pidf *read_dialogs(struct phone_gateway_line *l, sip_t const *sip,
                                 char const **ret_why, bool *ret_gap)
{
    struct pidf_limits const limits = presence_conf_limits(server_of(&l->watch)->conf);
    sip_payload_t const *body = sip->sip_payload;

    if (strcmp(message_content_type(sip), "application/dialog-info+xml") != 0) {
        *ret_why = "no dialog-info document";
        return NULL;
    }
    if (!l->info && !(l->info = dialog_info_new())) {
        *ret_why = "out of memory";
        return NULL;
    }
    enum dialog_info_result result =
        dialog_info_take(l->info, body->pl_data, body->pl_len, &limits);
    *ret_gap = result == DIALOG_INFO_GAP;
    if (result == DIALOG_INFO_BAD || result == DIALOG_INFO_TOO_MANY ||
        result == DIALOG_INFO_NO_MEMORY) {
        *ret_why = dialog_info_result_text(result);
        return NULL;
    }
    return dialog_info_document(l->info, "pres:line", "line");
}

/* What cannot be read makes the line unknown: what it was before is not what the call manager says.
 */
static bool on_told(struct watch *w, sip_t const *sip)
{
    struct phone_gateway_line *l = line_of(w);
    uint64_t subject;
    struct phone_document_fault fault = { .text = "" };
    char const *why = fault.text;
    bool has_gap = false;
    struct pidf *doc;

    if (!sip->sip_payload || !sip->sip_payload->pl_len)
        return false;
    if (l->gateway->conf->event == GATEWAY_DIALOG)
        doc = read_dialogs(l, sip, &why, &has_gap);
    else
        doc = phone_document_read(server_of(w)->conf, l->line, published_package_find("presence"),
                                  sip, &subject, &fault);
    if (!doc) {
        presence_count(M_gateway_bad_documents);
        log_info(NULL, "NOTIFY of phone not read line=%s reason=\"%s\"", l->line->number, why);
    }
    phone_line_report(server_of(w), l->line, PHONE_GATEWAY, doc);
    return has_gap;
}

static void on_unknown(struct watch *w)
{
    phone_line_report(server_of(w), line_of(w)->line, PHONE_GATEWAY, NULL);
}

static void on_left(struct watch *w)
{
    dialog_info_free(&line_of(w)->info);
}

static struct watch_kind const lines = { .what = "phone",
                                         .subscribes = M_gateway_subscribes,
                                         .failures = M_gateway_failures,
                                         .notifies = M_gateway_notifies,
                                         .print_parties = print_parties,
                                         .print_contact = print_contact,
                                         .on_told = on_told,
                                         .on_unknown = on_unknown,
                                         .on_left = on_left };

/* --- up and down ------------------------------------------------------------------------------ */

static int set_terms(struct phone_gateway *gateway)
{
    struct gateway_conf const *conf = gateway->conf;

    gateway->terms =
        (struct watch_terms){ .kind = &lines,
                              .package = gateway_conf_package(conf),
                              .accept = conf->event == GATEWAY_DIALOG
                                            ? "application/dialog-info+xml"
                                            : EVENT_SERVER_TYPE ", " EVENT_SERVER_CPIM_TYPE,
                              .expires_s = conf->expires,
                              .retry_s = conf->retry,
                              .max_retry_s = conf->max_retry };
    gateway->pace = (struct watch_pace){ clock_now_ms(), conf->rate };
    return watch_terms_set_outbound(&gateway->terms, conf->outbound);
}

int phone_gateway_init(struct phone_gateway *gateway, struct event_server *server)
{
    struct cfg_groups const *groups = &server->conf->gateway;
    struct htab const *known = &server->phones.by_number;

    *gateway = (struct phone_gateway){ .server = server };
    if (groups->n == 0)
        return 0;
    gateway->conf = groups->v;
    gateway->v = calloc(known->n ? known->n : 1, sizeof *gateway->v);
    if (!gateway->v || set_terms(gateway) < 0)
        return -ENOMEM;
    for (struct htab_entry *e = htab_next(known, NULL); e; e = htab_next(known, e)) {
        struct phone_gateway_line *l = &gateway->v[gateway->n++];
        l->gateway = gateway;
        l->line = (struct phone_line *)e;
        l->line->watch = l;
        watch_init(&l->watch, &server->watches, &gateway->terms, &gateway->pace, l->line->number);
    }
    return 0;
}

void phone_gateway_fini(struct phone_gateway *gateway)
{
    for (size_t i = 0; i < gateway->n; i++) {
        watch_fini(&gateway->v[i].watch);
        gateway->v[i].line->watch = NULL;
    }
    free(gateway->v);
    gateway->v = NULL;
    gateway->n = 0;
}

char const *phone_gateway_state_str(struct phone_line const *line)
{
    return line->watch ? watch_state_str(&line->watch->watch) : "";
}
