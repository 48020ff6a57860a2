/* SPDX-License-Identifier: Apache-2.0 */
/* PUBLISH of lines: checks in the order of RFC 3903 6; what they come to is trunk_publication.c. */
#include "trunk.h"
#include "asker.h"
#include "event_server.h"
#include "message.h"
#include "phone_document.h"
#include "pidf.h"
#include "presence_conf.h"
#include "presence_note.h"
#include "presence_refusal.h"
#include "publish.h"
#include "published.h"
#include "trunk_publication.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <string.h>
#include <strings.h>

static struct presence_refusal const no_trunk = { 403, "Forbidden", M_refused_trunk, NULL };
static struct presence_refusal const no_line = { 404, "Not Found", M_refused_user, NULL };
static struct presence_refusal const bad_event = { 489, "Bad Event", M_refused_event,
                                                   "Allow-Events: presence, dialog" };
static struct presence_refusal const no_match = { 412, "Conditional Request Failed",
                                                  M_refused_condition, NULL };
static struct presence_refusal const no_memory = { 500, "Server Internal Error", M_refused_state,
                                                   NULL };

/* A PUBLISH while it is checked. */
struct attempt {
    struct event_server *server;
    struct server_transaction *st;
    sip_t const *sip;
    char address[PRESENCE_ADDRESS_BYTES]; /* of the Request-URI */
    char publisher[PRESENCE_ADDRESS_BYTES];
    struct phone_line *line;
    struct published_package const *package;
    struct pidf *doc;              /* NULL: it has none */
    uint64_t subject;              /* of doc */
    struct trunk_publication *old; /* that it names by its tag, or NULL */
    uint32_t expires_s;
};

/* --- who and what ----------------------------------------------------------------------------- */

static bool is_by_trunk(struct event_server const *server, struct server_transaction *st)
{
    return event_server_entry(server, st) == EVENT_SERVER_TRUNK;
}

/* The line whose number is the user part of @p address. */
static struct phone_line *line_of(struct event_server const *server, char const *address)
{
    char number[PRESENCE_ADDRESS_BYTES];
    size_t len = strcspn(address, "@");

    memcpy(number, address, len);
    number[len] = '\0';
    return phone_lines_find(&server->phones, number);
}

bool trunk_concerns(struct event_server *server, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    char address[PRESENCE_ADDRESS_BYTES];

    if (is_by_trunk(server, st))
        return true;
    return presence_address_of(sip->sip_request->rq_url, address) == 0 &&
           !event_server_has_user(server, address) && line_of(server, address);
}

static bool is_own_host(struct event_server const *server, char const *host)
{
    struct cfg_strings const *hosts = &server->conf->trunk_hosts;
    bool is_own = own_users_are_of(&server->users, host);

    for (size_t i = 0; !is_own && i < hosts->n; i++)
        is_own = strcasecmp(hosts->v[i], host) == 0;
    return is_own;
}

static bool sender_is_right(struct attempt *a)
{
    if (!is_by_trunk(a->server, a->st))
        presence_refusal_send(a->st, &no_trunk, "phones are published by the trunk only");
    else if (!asker_identity(a->server, a->st, a->publisher))
        return false;
    else if (a->sip->sip_route)
        presence_refusal_send(a->st, &no_trunk, "the sender has chosen the way to the trunk");
    else
        return true;
    return false;
}

/* At the name of a cluster is who is at our own domain. */
static bool is_of_user(struct attempt const *a)
{
    char user[PRESENCE_ADDRESS_BYTES], own[PRESENCE_ADDRESS_BYTES];
    size_t len = strcspn(a->address, "@");

    memcpy(user, a->address, len);
    user[len] = '\0';
    return phone_line_is_of(a->line, a->address) ||
           (own_users_address(&a->server->users, user, own) == 0 && phone_line_is_of(a->line, own));
}

/* The Request-URI names the line, or one of its users while From names the line. */
static bool line_is_right(struct attempt *a)
{
    if (presence_address_of(a->sip->sip_request->rq_url, a->address) < 0)
        presence_refusal_send(a->st, &no_line, "the Request-URI is no address of a line");
    else if (!is_own_host(a->server, presence_address_domain(a->address)))
        presence_refusal_send(a->st, &no_trunk, "%s is at no host of trunk_hosts", a->address);
    else if ((a->line = line_of(a->server, a->address)))
        return true;
    else if ((a->line = line_of(a->server, a->publisher)) && is_of_user(a))
        return true;
    else
        presence_refusal_send(a->st, &no_line, "neither %s nor %s is in phone_lines", a->address,
                              a->publisher);
    return false;
}

static bool event_is_right(struct attempt *a)
{
    a->package = published_package_find(asker_package(a->sip));
    if (a->package)
        return true;
    presence_refusal_send(a->st, &bad_event, "event package is not served");
    return false;
}

static bool condition_is_right(struct attempt *a)
{
    char const *etag;

    if (!asker_condition(a->st, &etag))
        return false;
    if (!etag || (a->old = trunk_publication_find(a->line, a->package, etag)))
        return true;
    presence_refusal_send(a->st, &no_match, "line %s has no publication with that tag",
                          a->line->number);
    return false;
}

static bool body_is_right(struct attempt *a)
{
    struct presence_refusal const refusals[] = {
        [PHONE_DOCUMENT_TYPE] = { 415, "Unsupported Media Type", M_refused_event,
                                  a->package->accept },
        [PHONE_DOCUMENT_SIZE] = { 413, "Request Entity Too Large", M_refused_size, NULL },
        [PHONE_DOCUMENT_WRONG] = { 400, "Bad Request", M_refused_body, NULL },
        [PHONE_DOCUMENT_MEMORY] = { 500, "Server Internal Error", M_refused_body, NULL },
    };
    struct phone_document_fault fault;

    if (!asker_has_body(a->sip))
        return true;
    a->doc = phone_document_read(a->server->conf, a->line, a->package, a->sip, &a->subject, &fault);
    if (!a->doc)
        presence_refusal_send(a->st, &refusals[fault.kind], "%s", fault.text);
    return a->doc != NULL;
}

/* --- the publication -------------------------------------------------------------------------- */

static bool room_is_right(struct attempt *a)
{
    struct presence_conf const *conf = a->server->conf;

    if (a->old || trunk_publication_beside(a->line, a->package, a->subject) <
                      (unsigned)conf->max_publications)
        return true;
    presence_refusal_busy(a->st, conf->retry_after, "max_publications is reached");
    return false;
}

/* The publisher has its answer before watchers are told. */
static void take_in(struct attempt *a)
{
    bool is_new = a->doc != NULL;
    struct trunk_publication *p =
        a->old ? a->old : trunk_publication_new(a->server, a->line, a->package);

    if (!p) {
        presence_refusal_send(a->st, &no_memory, "out of memory");
        return;
    }
    presence_count(M_trunk_publishes);
    presence_note(a->st, "phone", a->line->number, a->publisher, NULL);
    trunk_publication_hold(p, a->expires_s);
    if (is_new)
        trunk_publication_say(p, a->doc, a->subject);
    a->doc = NULL;
    publish_answer(a->st, p->etag, a->expires_s);
    if (a->expires_s == 0)
        trunk_publication_end(&p);
    else if (is_new)
        trunk_publication_tell(a->server, a->line);
}

void trunk_take(struct event_server *server, struct server_transaction *st)
{
    struct attempt a = { .server = server,
                         .st = st,
                         .sip = sip_object(server_transaction_request(st)) };

    if (sender_is_right(&a) && line_is_right(&a) && event_is_right(&a) && condition_is_right(&a) &&
        asker_publish_expires(server, st, server->conf->min_trunk_expires, &a.expires_s) &&
        body_is_right(&a) && room_is_right(&a))
        take_in(&a);
    pidf_free(&a.doc);
}
