/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a PUBLISH in the order of RFC 3903 6; only when all are passed does anything change. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "publish.h"
#include "asker.h"
#include "event_server.h"
#include "log.h"
#include "message.h"
#include "pidf_read.h"
#include "presence_conf.h"
#include "presence_note.h"
#include "presence_refusal.h"
#include "presence_state.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 80 };

static struct presence_refusal const bad_event = { 489, "Bad Event", M_refused_event,
                                                   "Allow-Events: presence, dialog" };
static struct presence_refusal const not_the_user = { 403, "Forbidden", M_refused_identity, NULL };
static struct presence_refusal const no_partner = { 403, "Forbidden", M_refused_partner, NULL };
static struct presence_refusal const no_match = { 412, "Conditional Request Failed",
                                                  M_refused_condition, NULL };
static struct presence_refusal const bad_body = { 400, "Bad Request", M_refused_body, NULL };
static struct presence_refusal const too_large = { 413, "Request Entity Too Large", M_refused_size,
                                                   NULL };

static struct presence_refusal const overtaken = { 500, "Another PUBLISH Is Under Way",
                                                   M_refused_condition, "Retry-After: 1" };
static struct presence_refusal const no_memory = { 500, "Server Internal Error", M_refused_state,
                                                   NULL };

/* A PUBLISH while it is checked, and while what it changes is written. */
struct attempt {
    struct event_server *server;
    struct server_transaction *st;
    sip_t const *sip;
    char user[PRESENCE_ADDRESS_BYTES], publisher[PRESENCE_ADDRESS_BYTES];
    bool by_partner; /* another network, or an application, says it of our user */
    struct published_package const *package;
    struct publication *old;       /* that it names by its tag, or NULL */
    struct published *content;     /* NULL: it has no body; owned */
    struct presentity *presentity; /* of a new one, held; or NULL */
    struct publication_id id;      /* as it is to be */
    uint32_t expires_s;
};

static bool event_is_right(struct attempt *a)
{
    a->package = published_package_find(asker_package(a->sip));
    if (a->package && (!a->by_partner || a->package->kind == COMPOSE_DEVICE))
        return true;
    presence_refusal_send(a->st, &bad_event, "event package is not served");
    return false;
}

static bool publisher_is_right(struct attempt *a)
{
    if (!asker_identity(a->server, a->st, a->publisher))
        return false;
    if (a->by_partner && a->sip->sip_route) {
        presence_refusal_send(a->st, &no_partner, "the sender has chosen the way to us");
        return false;
    }
    if (a->by_partner || strcmp(a->publisher, a->user) == 0)
        return true;
    presence_refusal_send(a->st, &not_the_user, "%s may not publish for %s", a->publisher, a->user);
    return false;
}

/* RFC 3903 6 step 3: one tag at most, and one that is in force, of this user. */
static bool condition_is_right(struct attempt *a)
{
    char const *etag;

    if (!asker_condition(a->st, &etag))
        return false;
    if (!etag)
        return true;
    if ((a->old = publication_find(a->server, etag)) && a->old->wait)
        presence_refusal_send(a->st, &overtaken, "the last PUBLISH is being written");
    else if (a->old && a->old->by_partner == a->by_partner &&
             strcmp(a->old->presentity->address, a->user) == 0 &&
             published_package_of(a->old->content) == a->package)
        return true;
    else
        presence_refusal_send(a->st, &no_match, "no publication of %s has that tag", a->user);
    return false;
}

static void refuse_body(struct attempt const *a, struct published_fault const *fault)
{
    if (fault->kind == PUBLISHED_NO_MEMORY)
        presence_refusal_send(a->st, &no_memory, "out of memory");
    else
        presence_refusal_send(a->st, fault->kind == PUBLISHED_TOO_MUCH ? &too_large : &bad_body,
                              "%s", fault->text);
}

static bool body_is_right(struct attempt *a)
{
    struct presence_conf const *conf = a->server->conf;
    sip_payload_t const *body = a->sip->sip_payload;
    struct pidf_limits const limits = presence_conf_limits(conf);
    struct published_fault fault;

    if (!asker_has_body(a->sip))
        return true;
    if (!published_package_has(a->package, message_content_type(a->sip))) {
        struct presence_refusal const bad_type = { 415, "Unsupported Media Type", M_refused_event,
                                                   a->package->accept };
        presence_refusal_send(a->st, &bad_type, "not a document of package %s", a->package->name);
        return false;
    }
    if (body->pl_len > limits.max_bytes) {
        presence_refusal_send(a->st, &too_large, "the document is larger than max_body_bytes");
        return false;
    }
    a->content = published_parse(a->package, a->user, body->pl_data, body->pl_len, &limits, &fault);
    if (!a->content)
        refuse_body(a, &fault);
    return a->content != NULL;
}

void publish_answer(struct server_transaction *st, char const *etag, uint32_t expires_s)
{
    msg_t *ok =
        message_response(server_transaction_request(st), 200, "OK", server_transaction_to_tag(st));
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "SIP-ETag: %s", etag);
    int err = ok ? message_add(ok, line) : -1;
    (void)snprintf(line, sizeof line, "Expires: %u", (unsigned)expires_s);
    if (ok && (err < 0 || message_add(ok, line) < 0)) {
        msg_destroy(ok);
        ok = NULL;
    }
    server_transaction_respond(st, ok);
}

static void note(struct attempt const *a, char const *what)
{
    presence_note(a->st, what, a->user, a->publisher, NULL);
    log_info(a->sip->sip_call_id->i_id, "%s user=\"%s\" expires=%u", what, a->user,
             (unsigned)a->expires_s);
}

static void attempt_free(struct attempt *a)
{
    struct presentity *held = a->presentity;
    bool by_partner = a->by_partner;

    published_free(&a->content);
    free(a);
    if (!held)
        return;
    held->n_coming[by_partner]--;
    held->n_holds--;
    presentity_release(held);
}

/* RFC 3903 6 step 6: its tag is never used again, but the answer has one. */
static void end(struct attempt *a)
{
    char etag[PUBLICATION_ETAG + 1];

    memcpy(etag, a->old->etag, sizeof etag);
    note(a, "publication removed");
    publish_answer(a->st, etag, a->expires_s);
    presence_count(M_publications_removed);
    publication_end(&a->old);
}

static void renew(struct attempt *a)
{
    bool is_new = a->content != NULL;
    int err = publication_renew(a->old, a->content, &a->id, a->expires_s);

    a->content = NULL;
    if (err < 0) {
        presence_refusal_send(a->st, &no_memory, "out of memory");
        return;
    }
    presence_count(M_publishes);
    note(a, is_new ? "publication changed" : "publication refreshed");
    publish_answer(a->st, a->old->etag, a->expires_s);
    if (is_new)
        presentity_changed(a->old->presentity);
}

/* Partners do not take the room of the user's own clients; what is being written takes it already.
 */
static bool has_room(struct presentity const *presentity, bool by_partner)
{
    struct publication const *p;
    int64_t n = presentity->n_coming[by_partner];

    LIST_FOREACH(p, &presentity->publications, link)
    {
        n += p->by_partner == by_partner;
    }
    return n < presentity->server->conf->max_publications;
}

static void start(struct attempt *a)
{
    struct publication *fresh = publication_new(a->presentity, a->content, &a->id, a->expires_s);

    a->content = NULL;
    if (!fresh) {
        presence_refusal_send(a->st, &no_memory, "out of memory");
        return;
    }
    presence_count(M_publishes);
    note(a, a->by_partner ? "publication of a partner" : "publication");
    publish_answer(a->st, fresh->etag, a->expires_s);
    presentity_changed(a->presentity);
    if (a->expires_s == 0)
        publication_end(&fresh);
}

/* It is on disk, or never will be. */
static void on_written(void *vattempt, struct presence_state_change const *change)
{
    struct attempt *a = vattempt;

    if (!change->st || change->error == -ECANCELED)
        ; /* nobody is there to be answered, or the server ends */
    else if (change->error)
        presence_state_refuse(a->server, change->st, change->error);
    else if (!a->old)
        start(a);
    else if (a->expires_s)
        renew(a);
    else
        end(a);
    attempt_free(a);
}

static bool there_is_room(struct attempt *a)
{
    struct event_server *server = a->server;
    struct presentity *presentity = presentity_get(server, a->user);
    char const *full = NULL;

    if (!presentity)
        full = "max_presentities is reached";
    else if (!has_room(presentity, a->by_partner))
        full = "max_publications is reached";
    if (full) {
        presence_refusal_busy(a->st, server->conf->retry_after, full);
        return false;
    }
    a->presentity = presentity;
    presentity->n_coming[a->by_partner]++;
    presentity->n_holds++;
    return true;
}

/* A new one keeps its name, and what says the same has said it since then. */
static void make_id(struct attempt *a)
{
    publication_id_make(&a->id);
    a->id.by_partner = a->by_partner;
    if (!a->old)
        return;
    memcpy(a->id.name, a->old->name, sizeof a->id.name);
    if (!a->content || published_equal(a->content, a->old->content))
        a->id.changed_ms = a->old->changed_ms;
}

static void write_first(struct attempt *a)
{
    sip_payload_t const *body = a->content ? a->sip->sip_payload : NULL;
    char *text = body ? strndup(body->pl_data, body->pl_len) : NULL;
    struct presence_state_publication const row = { .user = a->user,
                                                    .name = a->id.name,
                                                    .etag = a->id.etag,
                                                    .package = a->package->name,
                                                    .body = text,
                                                    .by_partner = a->id.by_partner,
                                                    .changed_ms = a->id.changed_ms,
                                                    .expires_s = a->expires_s };
    struct presence_state_change const no_text = { .st = a->st, .error = -ENOMEM };

    if (body && !text)
        on_written(a, &no_text);
    else
        presence_state_put_publication(a->server, a->old, &row, a->st, on_written, a);
    free(text);
}

void publish_take(struct event_server *server, struct server_transaction *st)
{
    struct attempt *a = malloc(sizeof *a);

    if (!a) {
        presence_refusal_send(st, &no_memory, "out of memory");
        return;
    }
    *a = (struct attempt){ .server = server,
                           .st = st,
                           .sip = sip_object(server_transaction_request(st)),
                           .by_partner = event_server_entry(server, st) == EVENT_SERVER_PARTNER };
    if (!asker_user(server, st, a->user) || !event_is_right(a) || !publisher_is_right(a) ||
        !condition_is_right(a) ||
        !asker_publish_expires(server, st, server->conf->min_publish_expires, &a->expires_s) ||
        !body_is_right(a) || (!a->old && !there_is_room(a))) {
        attempt_free(a);
        return;
    }
    make_id(a);
    write_first(a);
}
