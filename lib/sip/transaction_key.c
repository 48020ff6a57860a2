/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a message: the fields of RFC 3261 §17.1.3 and §17.2.3, hashed one after the other. */
#include "transaction_key.h"
#include "htab.h"
#include "message.h"
#include "text.h"
#include <string.h>

/* The kinds never meet: each starts its digest with another letter. */
enum { KEY_BRANCH = 'b', KEY_RFC2543 = 'o', KEY_ACK = 'a', KEY_CLIENT = 'c', KEY_STATELESS = 's' };

static void start(struct htab_digest *digest, char kind)
{
    htab_digest_start(digest, (uint64_t)kind);
}

static void add(struct htab_digest *digest, char const *text)
{
    htab_digest_field(digest, text);
}

static void add_number(struct htab_digest *digest, uint32_t number)
{
    htab_digest_add(digest, &number, sizeof number);
}

/* Host names know no case (RFC 3261 §19.1.4). Longer ones than DNS allows keep their case. */
static void add_host(struct htab_digest *digest, char const *host)
{
    char lower[256] TEXT_UNINITIALIZED;
    size_t len = host ? strlen(host) : 0;

    if (!host || len >= sizeof lower) {
        add(digest, host);
        return;
    }
    for (size_t i = 0; i <= len; i++)
        lower[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] + ('a' - 'A') : host[i]);
    add(digest, lower);
}

static void add_sent_by(struct htab_digest *key, sip_via_t const *via)
{
    add_host(key, via->v_host);
    add(key, via->v_port);
}

static void add_uri(struct htab_digest *key, url_t const *url)
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
    struct htab_digest key TEXT_UNINITIALIZED;

    if (message_has_branch(via)) {
        start(&key, KEY_BRANCH);
        add(&key, via->v_branch);
        add_sent_by(&key, via);
        add(&key, method);
        htab_digest_end(&key, ret->word);
        return;
    }
    start(&key, KEY_RFC2543);
    add_uri(&key, request->sip_request->rq_url);
    add(&key, request->sip_to->a_tag);
    add(&key, request->sip_from->a_tag);
    add(&key, request->sip_call_id->i_id);
    add_number(&key, request->sip_cseq->cs_seq);
    add_sent_by(&key, via);
    add(&key, via->v_protocol);
    add(&key, via->v_branch);
    add(&key, method);
    /* A client that starts its CSeq again repeats all these fields in another request while the
     * first is remembered (32 s over UDP); only the body tells them apart. Not for INVITE, which
     * ACK and CANCEL look for with a body of their own. */
    if (strcmp(method, "INVITE") != 0 && request->sip_payload)
        htab_digest_add(&key, request->sip_payload->pl_data, request->sip_payload->pl_len);
    htab_digest_end(&key, ret->word);
}

void transaction_key_ack(sip_t const *message, struct transaction_key *ret)
{
    struct htab_digest key TEXT_UNINITIALIZED;

    start(&key, KEY_ACK);
    add(&key, message->sip_call_id->i_id);
    add(&key, message->sip_from->a_tag);
    add(&key, message->sip_to->a_tag);
    htab_digest_end(&key, ret->word);
}

void transaction_key_client(char const *branch, char const *method, struct transaction_key *ret)
{
    struct htab_digest key TEXT_UNINITIALIZED;

    start(&key, KEY_CLIENT);
    add(&key, branch);
    add(&key, method);
    htab_digest_end(&key, ret->word);
}

void transaction_key_stateless(sip_t const *request, struct transaction_key *ret)
{
    struct htab_digest key TEXT_UNINITIALIZED;

    start(&key, KEY_STATELESS);
    add(&key, request->sip_call_id ? request->sip_call_id->i_id : NULL);
    add(&key, request->sip_from ? request->sip_from->a_tag : NULL);
    htab_digest_end(&key, ret->word);
}
