/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that SUBSCRIBE and PUBLISH have in common: see asker.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "asker.h"
#include "event_server.h"
#include "message.h"
#include "net_addr.h"
#include "presence_conf.h"
#include "presence_refusal.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <strings.h>

enum { HEADER_BYTES = 200 };

static struct presence_refusal const no_user = { 404, "Not Found", M_refused_user, NULL };
static struct presence_refusal const stranger = { 403, "Forbidden", M_refused_identity, NULL };
static struct presence_refusal const bad_condition = { 400, "Bad Request", M_refused_condition,
                                                       NULL };

bool asker_serves(struct server_transaction *st)
{
    static char const *const served[] = { "eventlist", NULL };
    static struct presence_refusal const coded = { 415, "Unsupported Media Type",
                                                   M_refused_extension,
                                                   "Accept-Encoding: identity" };
    sip_t const *sip = sip_object(server_transaction_request(st));
    char header[HEADER_BYTES];
    struct presence_refusal const bad_extension = { 420, "Bad Extension", M_refused_extension,
                                                    header };

    if (message_unsupported(sip->sip_require, served, header, sizeof header))
        presence_refusal_send(st, &bad_extension, "Require names what is not served");
    else if (message_coding(sip))
        presence_refusal_send(st, &coded, "the body is coded");
    else
        return true;
    return false;
}

char const *asker_package(sip_t const *request)
{
    sip_event_t const *event = request->sip_event;

    return event && event->o_type ? event->o_type : "";
}

char const *asker_header(sip_t const *request, char const *name, unsigned *ret_n)
{
    char const *value = NULL;

    *ret_n = 0;
    for (sip_unknown_t const *un = request->sip_unknown; un; un = un->un_next)
        if (un->un_name && strcasecmp(un->un_name, name) == 0) {
            value = un->un_value ? un->un_value : "";
            (*ret_n)++;
        }
    return *ret_n == 1 ? value : NULL;
}

bool asker_user(struct event_server *server, struct server_transaction *st,
                char ret[static PRESENCE_ADDRESS_BYTES])
{
    sip_t const *sip = sip_object(server_transaction_request(st));

    if (presence_address_of(sip->sip_request->rq_url, ret) < 0)
        presence_refusal_send(st, &no_user, "the Request-URI is no address of a user");
    else if (!event_server_has_user(server, ret))
        presence_refusal_send(st, &no_user, "%s is no user here", ret);
    else
        return true;
    return false;
}

static bool is_proxy(struct presence_conf const *conf, struct net_addr const *peer)
{
    struct net_cidr block;

    for (size_t i = 0; i < conf->proxies.n; i++)
        if (net_cidr_parse(&block, conf->proxies.v[i]) == 0 && net_cidr_contains(&block, peer))
            return true;
    return false;
}

/* RFC 3325 9.1: one or two values, one of which is a SIP URI. */
static int asserted(sip_t const *sip, char ret[static PRESENCE_ADDRESS_BYTES])
{
    char const *text = message_unknown(sip, "P-Asserted-Identity");
    int err = -1;

    if (!text)
        return presence_address_of(sip->sip_from->a_url, ret);
    su_home_t *home = su_home_new(sizeof *home);
    /* A Contact is a list of the same name-addr. */
    sip_contact_t const *one = home ? sip_contact_make(home, text) : NULL;
    for (; one && err < 0; one = one->m_next)
        err = presence_address_of(one->m_url, ret);
    su_home_unref(home);
    return err;
}

bool asker_identity(struct event_server *server, struct server_transaction *st,
                    char ret[static PRESENCE_ADDRESS_BYTES])
{
    sip_t const *sip = sip_object(server_transaction_request(st));

    if (!is_proxy(server->conf, &server_transaction_origin(st)->peer))
        presence_refusal_send(st, &stranger, "came through none of presence.proxies");
    else if (asserted(sip, ret) < 0)
        presence_refusal_send(st, &stranger, "From names no user of any domain");
    else
        return true;
    return false;
}

uint32_t asker_expires(sip_t const *request, int64_t otherwise, int64_t max)
{
    uint64_t wanted = request->sip_expires ? request->sip_expires->ex_delta : (uint64_t)otherwise;

    return (uint32_t)(wanted < (uint64_t)max ? wanted : (uint64_t)max);
}

bool asker_has_body(sip_t const *request)
{
    return request->sip_payload && request->sip_payload->pl_len;
}

bool asker_condition(struct server_transaction *st, char const **ret_etag)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    unsigned n;

    *ret_etag = asker_header(sip, "SIP-If-Match", &n);
    if (n > 1)
        presence_refusal_send(st, &bad_condition, "more than one SIP-If-Match");
    else if (n == 0 && !asker_has_body(sip))
        presence_refusal_send(st, &bad_condition, "neither SIP-If-Match nor a document");
    else
        return true;
    return false;
}

bool asker_publish_expires(struct event_server *server, struct server_transaction *st,
                           int64_t min_s, uint32_t *ret_s)
{
    struct presence_conf const *conf = server->conf;

    *ret_s = asker_expires(sip_object(server_transaction_request(st)), conf->publish_expires,
                           conf->max_publish_expires);
    if (*ret_s == 0 || *ret_s >= min_s)
        return true;
    presence_refusal_too_brief(st, min_s, *ret_s);
    return false;
}
