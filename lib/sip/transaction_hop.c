/* SPDX-License-Identifier: Apache-2.0 */
/* The two requests that belong to a sent INVITE hop by hop: ACK of a rejection, and CANCEL. Both
 * take everything from the INVITE as it was printed, so nothing else of it has to be kept. */
#include "message.h"
#include "transaction_machine.h"
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>

static int add(msg_t *msg, void *header)
{
    return header ? sip_header_insert(msg, sip_object(msg), header) : -1;
}

static int add_copy(msg_t *msg, void const *header)
{
    return header ? sip_add_dup(msg, sip_object(msg), header) : 0;
}

/* RFC 3261 §17.1.1.3 and §9.1 name the same fields; they differ in the method and in To. */
static int fill(msg_t *msg, sip_t const *invite, sip_to_t const *to, sip_method_t method,
                char const *name)
{
    su_home_t *home = msg_home(msg);
    sip_via_t via = *invite->sip_via;
    url_string_t const *uri = (url_string_t const *)invite->sip_request->rq_url;

    via.v_next = NULL; /* the top Via alone */
    if (add(msg, sip_request_create(home, method, name, uri, NULL)) < 0 ||
        add_copy(msg, &via) < 0 || add_copy(msg, invite->sip_route) < 0 ||
        add_copy(msg, invite->sip_from) < 0 || add_copy(msg, to) < 0 ||
        add_copy(msg, invite->sip_call_id) < 0 ||
        add(msg, sip_cseq_create(home, invite->sip_cseq->cs_seq, method, name)) < 0 ||
        message_add(msg, "Max-Forwards: 70") < 0)
        return -1;
    return message_set_body(msg, NULL, NULL, 0);
}

static msg_t *make(char const *wire, size_t wire_len, sip_t const *response, sip_method_t method,
                   char const *name)
{
    msg_t *invite = message_parse(wire, wire_len);
    msg_t *msg = msg_create(message_class(), MSG_DO_EXTRACT_COPY);

    if (!invite || !msg)
        goto fail;
    sip_t const *sip = sip_object(invite);
    if (fill(msg, sip, response ? response->sip_to : sip->sip_to, method, name) < 0)
        goto fail;
    msg_destroy(invite);
    return msg;

fail:
    msg_destroy(msg);
    msg_destroy(invite);
    return NULL;
}

msg_t *transaction_hop_ack(char const *wire, size_t wire_len, sip_t const *response)
{
    return make(wire, wire_len, response, SIP_METHOD_ACK);
}

msg_t *transaction_hop_cancel(char const *wire, size_t wire_len)
{
    return make(wire, wire_len, NULL, SIP_METHOD_CANCEL);
}
