/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a message: the fields of RFC 3261 §17.1.3 and §17.2.3, hashed one after the other. */
#include "transaction_key.h"
#include "htab.h"
#include "message.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The kinds never meet: each starts its digest with another letter. */
enum { KEY_BRANCH = 'b', KEY_RFC2543 = 'o', KEY_ACK = 'a', KEY_CLIENT = 'c', KEY_STATELESS = 's' };

static void start(struct transaction_key *key, char kind)
{
    key->word[0] = htab_hash(&kind, 1, 1);
    key->word[1] = htab_hash(&kind, 1, 2);
}

static void add_bytes(struct transaction_key *key, char const *bytes, size_t len)
{
    for (int i = 0; i < 2; i++)
        key->word[i] = htab_hash(bytes, len, key->word[i]);
}

static void add(struct transaction_key *key, char const *text)
{
    /* An absent field differs from an empty one. */
    for (int i = 0; i < 2 && !text; i++)
        key->word[i]++;
    add_bytes(key, text ? text : "", text ? strlen(text) : 0);
}

static void add_number(struct transaction_key *key, uint32_t number)
{
    char text[16];

    snprintf(text, sizeof text, "%lu", (unsigned long)number);
    add(key, text);
}

/* Host names know no case (RFC 3261 §19.1.4). Longer ones than DNS allows keep their case. */
static void add_host(struct transaction_key *key, char const *host)
{
    char lower[256];
    size_t len = host ? strlen(host) : 0;

    if (len >= sizeof lower) {
        add(key, host);
        return;
    }
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)tolower((unsigned char)host[i]);
    lower[len] = '\0';
    add(key, lower);
}

static void add_sent_by(struct transaction_key *key, sip_via_t const *via)
{
    add_host(key, via->v_host);
    add(key, via->v_port);
}

static void add_uri(struct transaction_key *key, url_t const *url)
{
    add(key, url->url_scheme);
    add(key, url->url_user);
    add(key, url->url_password);
    add_host(key, url->url_host);
    add(key, url->url_port);
    add(key, url->url_path);
    add(key, url->url_params);
    add(key, url->url_headers);
}

bool transaction_key_equal(struct transaction_key const *a, struct transaction_key const *b)
{
    return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

void transaction_key_request(sip_t const *request, char const *method, struct transaction_key *ret)
{
    sip_via_t const *via = request->sip_via;

    if (message_has_branch(via)) {
        start(ret, KEY_BRANCH);
        add(ret, via->v_branch);
        add_sent_by(ret, via);
        add(ret, method);
        return;
    }
    start(ret, KEY_RFC2543);
    add_uri(ret, request->sip_request->rq_url);
    add(ret, request->sip_to->a_tag);
    add(ret, request->sip_from->a_tag);
    add(ret, request->sip_call_id->i_id);
    add_number(ret, request->sip_cseq->cs_seq);
    add_sent_by(ret, via);
    add(ret, via->v_protocol);
    add(ret, via->v_branch);
    add(ret, method);
    /* A client that starts its CSeq again repeats all these fields in another request while the
     * first is remembered (32 s over UDP); only the body tells them apart. Not for INVITE, which
     * ACK and CANCEL look for with a body of their own. */
    if (strcmp(method, "INVITE") != 0 && request->sip_payload)
        add_bytes(ret, request->sip_payload->pl_data, request->sip_payload->pl_len);
}

void transaction_key_ack(sip_t const *message, struct transaction_key *ret)
{
    start(ret, KEY_ACK);
    add(ret, message->sip_call_id->i_id);
    add(ret, message->sip_from->a_tag);
    add(ret, message->sip_to->a_tag);
}

void transaction_key_client(char const *branch, char const *method, struct transaction_key *ret)
{
    start(ret, KEY_CLIENT);
    add(ret, branch);
    add(ret, method);
}

void transaction_key_stateless(sip_t const *request, struct transaction_key *ret)
{
    start(ret, KEY_STATELESS);
    add(ret, request->sip_call_id ? request->sip_call_id->i_id : NULL);
    add(ret, request->sip_from ? request->sip_from->a_tag : NULL);
}
