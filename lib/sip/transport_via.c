/* SPDX-License-Identifier: Apache-2.0 */
/* Where a request really came from, written into its top Via (RFC 3261 18.2.1, RFC 3581 4). */
#include "message.h"
#include "transport_internal.h"
#include <errno.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su_alloc.h>

/* A name never matches: looking it up would take the sender's word, and block. */
static bool says_same_host(sip_via_t const *via, struct net_addr const *peer)
{
    struct net_addr said;

    return via->v_host && net_addr_parse(&said, via->v_host, 0) == 0 &&
           net_addr_same_host(&said, peer);
}

static int set_param(su_home_t *home, sip_via_t *via, char const *name, char const *value)
{
    char *param = su_sprintf(home, "%s=%s", name, value);

    return param && msg_header_replace_param(home, via->v_common, param) >= 0 ? 0 : -ENOMEM;
}

int transport_via_stamp(msg_t *msg, struct net_addr const *peer)
{
    sip_via_t *via = sip_object(msg)->sip_via;
    char host[NET_ADDR_TEXT], port[8];
    int error = 0;

    if (!via)
        return 0;
    bool wants_port = via->v_rport != NULL;
    /* A `received` that the sender wrote itself is overwritten too: answers follow it. */
    if (!wants_port && !via->v_received && says_same_host(via, peer))
        return 0;
    net_addr_print_host(peer, host);
    snprintf(port, sizeof port, "%u", net_addr_port(peer));
    error = set_param(msg_home(msg), via, "received", host);
    if (!error && wants_port)
        error = set_param(msg_home(msg), via, "rport", port);
    message_edited(msg, via);
    return error;
}
