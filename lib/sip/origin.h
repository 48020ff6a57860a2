/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message came from, fixed at the moment of receipt (DESIGN: "struct origin"). A plain
 * value; everything later (ACL, routing, explain) reads it and never the socket. */
#pragma once
#include "net_addr.h"
#include <stdint.h>

enum transport_kind { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_KINDS };

struct origin {
    enum transport_kind kind;
    uint16_t listener;       /* index given by transport_listen(); of an outgoing connection, the
                                listener it was opened for */
    uint64_t connection;     /* stream connection, unique in the process; 0 for UDP */
    struct net_addr peer;    /* source address of the packet or connection */
    struct net_addr local;   /* our address */
    char const *tls_subject; /* verified peer identity, NULL without TLS; owned by the connection */
};

/** "udp", "tcp", "tls". */
char const *transport_kind_name(enum transport_kind kind);
