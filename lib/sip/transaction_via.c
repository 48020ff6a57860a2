/* SPDX-License-Identifier: Apache-2.0 */
/* Branches, and the way of a response. */
#include "transaction_via.h"
#include "text.h"
#include "token.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void transaction_branch_make(char ret[static TRANSACTION_BRANCH_SIZE], unsigned worker,
                             char const *loop_hash)
{
    char token[20 + 1];

    struct text line;

    TOKEN_FILL(token);
    text_begin(&line, ret, TRANSACTION_BRANCH_SIZE);
    text_puts(&line, "z9hG4bK");
    text_hex(&line, worker & 0xffff, 1);
    text_puts(&line, ".");
    if (loop_hash)
        text_add(&line, loop_hash, strnlen(loop_hash, TRANSACTION_LOOP_MAX));
    text_puts(&line, ".");
    text_puts(&line, token);
}

static uint16_t sent_by_port(sip_via_t const *via, enum transport_kind kind)
{
    unsigned long port = via->v_port ? strtoul(via->v_port, NULL, 10) : 0;

    if (port == 0 || port > UINT16_MAX)
        return kind == TRANSPORT_TLS ? 5061 : 5060;
    return (uint16_t)port;
}

int transaction_via_print(struct transport const *transport, uint16_t listener, char const *branch,
                          char ret[static TRANSACTION_VIA_SIZE])
{
    static char const *const names[TRANSPORT_KINDS] = { "UDP", "TCP", "TLS" };
    enum transport_kind kind = transport_listener_kind(transport, listener);
    char const *host = transport_listener_host(transport, listener);
    bool bare_ipv6 = strchr(host, ':') && host[0] != '[';
    struct text line;

    text_begin(&line, ret, TRANSACTION_VIA_SIZE);
    text_puts(&line, "Via: SIP/2.0/");
    text_puts(&line, names[kind]);
    text_puts(&line, bare_ipv6 ? " [" : " ");
    text_puts(&line, host);
    text_puts(&line, bare_ipv6 ? "]:" : ":");
    text_number(&line, net_addr_port(transport_listener_addr(transport, listener)), 1);
    text_puts(&line, kind == TRANSPORT_UDP ? ";rport;branch=" : ";branch=");
    text_puts(&line, branch);
    return line.cut ? -EMSGSIZE : 0;
}

void transaction_response_route(sip_via_t const *via, struct origin const *from,
                                struct destination *ret)
{
    struct net_addr maddr;

    *ret = (struct destination){ .kind = from->kind,
                                 .listener = from->listener,
                                 .connection = from->connection,
                                 .addr = from->peer,
                                 .source = from->local };
    if (!via)
        return;
    uint16_t port = sent_by_port(via, from->kind);
    if (from->kind != TRANSPORT_UDP) {
        /* Only for the case that the connection is gone: RFC 3261 §18.2.2, first point. */
        net_addr_set_port(&ret->addr, port);
        return;
    }
    if (via->v_maddr && net_addr_parse(&maddr, via->v_maddr, port) == 0)
        ret->addr = maddr;
    else if (!via->v_rport)
        net_addr_set_port(&ret->addr, port);
}
