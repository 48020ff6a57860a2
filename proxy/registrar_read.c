/* SPDX-License-Identifier: Apache-2.0 */
/* Reading of a REGISTER: contacts with their times and weights, Path, the way back through NAT. */
#include "registrar_read.h"
#include "contact_uri.h"
#include "net_addr.h"
#include "origin.h"
#include "registrar_conf.h"
#include <ctype.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { AGENT_MAX = 128, Q_MAX = 1000 };

struct reading {
    struct registrar_conf const *conf;
    sip_t const *sip;
    struct origin const *origin;
    su_home_t *home;
    struct location_update *update;
    char const *phrase;
};

static enum refusal bad(struct reading *reading, char const *phrase)
{
    reading->phrase = phrase;
    return REFUSAL_register;
}

/* Seconds, cut to what fits; false if it is no number. */
static bool read_delta(char const *text, uint64_t *ret)
{
    uint64_t value = 0;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++)
        if (value < UINT32_MAX)
            value = value * 10 + (uint64_t)(*text - '0');
    *ret = value;
    return !*text;
}

/* RFC 3261 §10.2.1.1: the parameter, the header, or what the registrar likes; a value that is none
 * is as good as absent. */
static uint64_t wanted_expires(struct reading const *reading, sip_contact_t const *contact)
{
    sip_expires_t const *header = reading->sip->sip_expires;
    uint64_t value;
    if (contact->m_expires)
        return read_delta(contact->m_expires, &value) ? value
                                                      : (uint64_t)reading->conf->default_expires;
    if (header && !header->ex_date)
        return header->ex_delta;
    return (uint64_t)reading->conf->default_expires;
}

static enum refusal read_expires(struct reading const *reading, sip_contact_t const *contact,
                                 uint32_t *ret)
{
    uint64_t wanted = wanted_expires(reading, contact);
    if (wanted && wanted < (uint64_t)reading->conf->min_expires)
        return REFUSAL_interval;
    if (wanted > (uint64_t)reading->conf->max_expires)
        wanted = (uint64_t)reading->conf->max_expires;
    *ret = (uint32_t)wanted;
    return REFUSAL_NONE;
}

/* RFC 3261 §25.1 qvalue: 0 or 1 with up to three decimals, in thousandths. */
static bool read_q(char const *text, int *ret)
{
    int weight = 100;
    if (!text) {
        *ret = Q_MAX;
        return true;
    }
    if (*text != '0' && *text != '1')
        return false;
    *ret = *text++ == '1' ? Q_MAX : 0;
    if (*text == '.')
        for (text++; isdigit((unsigned char)*text) && weight > 0; weight /= 10)
            *ret += weight * (*text++ - '0');
    return !*text && *ret <= Q_MAX;
}

/* The phone is behind NAT: it asks for answers to where it sends from (RFC 3581), it reached us
 * directly, and its Contact names an address that it does not send from. */
static char const *way_back(struct reading const *reading, url_t const *contact)
{
    sip_via_t const *via = reading->sip->sip_via;
    struct net_addr named;
    char text[NET_ADDR_TEXT];
    if (!reading->conf->follow_source || !via->v_rport || via->v_next || reading->sip->sip_path ||
        net_addr_parse(&named, contact->url_host, 0) < 0 ||
        net_addr_same_host(&named, &reading->origin->peer))
        return "";
    return su_sprintf(reading->home, "sip:%s;transport=%s",
                      net_addr_print(&reading->origin->peer, text),
                      transport_kind_name(reading->origin->kind));
}

static enum refusal read_contact(struct reading *reading, sip_contact_t const *contact,
                                 struct location_contact *ret)
{
    url_t const *url = contact->m_url;
    if (url->url_type != url_sip && url->url_type != url_sips)
        return bad(reading, "Contact is no SIP URI");
    if (!read_q(contact->m_q, &ret->q))
        return bad(reading, "Contact has a bad q");
    ret->uri = url_as_string(reading->home, url);
    ret->received = way_back(reading, url);
    if (!ret->uri || !ret->received)
        return REFUSAL_memory;
    if (strlen(ret->uri) > CONTACT_URI_MAX)
        return bad(reading, "Contact is too long");
    return read_expires(reading, contact, &ret->expires_s);
}

/* RFC 3261 §10.3 step 6. */
static enum refusal read_star(struct reading *reading)
{
    sip_t const *sip = reading->sip;
    if (sip->sip_contact->m_next)
        return bad(reading, "Contact: * does not stand alone");
    if (!sip->sip_expires || sip->sip_expires->ex_date || sip->sip_expires->ex_delta)
        return bad(reading, "Contact: * without Expires: 0");
    reading->update->clear = true;
    return REFUSAL_NONE;
}

static enum refusal read_contacts(struct reading *reading)
{
    size_t n = 0;
    for (sip_contact_t const *c = reading->sip->sip_contact; c; c = c->m_next) {
        if (c->m_url->url_type == url_any)
            return read_star(reading);
        n++;
    }
    if (n > (size_t)reading->conf->max_contacts)
        return REFUSAL_contacts;
    struct location_contact *list = su_zalloc(reading->home, (isize_t)((n + 1) * sizeof *list));
    if (!list)
        return REFUSAL_memory;
    reading->update->contacts = list;
    for (sip_contact_t const *c = reading->sip->sip_contact; c; c = c->m_next) {
        enum refusal refusal = read_contact(reading, c, &list[reading->update->n_contacts++]);
        if (refusal)
            return refusal;
    }
    return REFUSAL_NONE;
}

/* All values of Path as one. */
static enum refusal read_path(struct reading *reading)
{
    char const *all = "";
    for (sip_path_t const *path = reading->sip->sip_path; path && all; path = path->r_next) {
        char const *one = sip_header_as_string(reading->home, (sip_header_t const *)path);
        all = one ? su_sprintf(reading->home, "%s%s%s", all, *all ? ", " : "", one) : NULL;
    }
    reading->update->path = all;
    return all ? REFUSAL_NONE : REFUSAL_memory;
}

static enum refusal read_agent(struct reading *reading)
{
    sip_user_agent_t const *agent = reading->sip->sip_user_agent;
    reading->update->user_agent =
        agent && agent->g_string ? su_strndup(reading->home, agent->g_string, AGENT_MAX) : "";
    return reading->update->user_agent ? REFUSAL_NONE : REFUSAL_memory;
}

static enum refusal check_size(struct reading *reading)
{
    struct location_update const *update = reading->update;
    size_t shared = strlen(update->path) + strlen(update->call_id) + strlen(update->user_agent);
    for (size_t i = 0; i < update->n_contacts; i++)
        if (shared + strlen(update->contacts[i].uri) + strlen(update->contacts[i].received) >
            (size_t)reading->conf->max_binding_bytes)
            return bad(reading, "Contact, Path and Call-ID are too long");
    return REFUSAL_NONE;
}

enum refusal registrar_read(struct registrar_conf const *conf, sip_t const *sip,
                            struct origin const *origin, su_home_t *home,
                            struct location_update *ret, char const **ret_phrase)
{
    struct reading reading = {
        .conf = conf, .sip = sip, .origin = origin, .home = home, .update = ret
    };
    *ret = (struct location_update){
        .call_id = sip->sip_call_id->i_id,
        .cseq = sip->sip_cseq->cs_seq,
        .limits = { (size_t)conf->max_contacts, (size_t)conf->max_registrations },
    };
    enum refusal refusal = read_path(&reading);
    if (!refusal)
        refusal = read_agent(&reading);
    if (!refusal)
        refusal = read_contacts(&reading);
    if (!refusal)
        refusal = check_size(&reading);
    *ret_phrase = reading.phrase;
    return refusal;
}
