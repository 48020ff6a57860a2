/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message came from, fixed at the moment of receipt (DESIGN: "struct origin"). A plain
 * value; everything later (ACL, routing, explain) reads it and never the socket. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stdint.h>

struct secure_identity;

enum transport_kind { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_TLS, TRANSPORT_KINDS };

struct origin {
    enum transport_kind kind;
    uint16_t listener;     /* index given by transport_listen(); of an outgoing connection, the
                              listener it was opened for */
    uint64_t connection;   /* stream connection, unique in the process; 0 for UDP */
    struct net_addr peer;  /* source address of the packet or connection */
    struct net_addr local; /* our address */
    /* Who the peer has proved to be by certificate, NULL if it has not: the name selected by the
     * TLS context, else the CN. Owned by `identity`, or by who made the origin by hand. */
    char const *tls_subject;
    /* All its names; borrowed from the connection. There also if we opened the connection: then the
     * peer is whom we looked for, which makes its requests no better than those of others. */
    struct secure_identity *identity;
    bool is_opened;      /* by us, not accepted */
    uint64_t tap_serial; /* of the message in the tap, for tap_note(); 0: none */
};

/** Has the peer proved to be @p name: tls_subject, or another name of its certificate? */
bool origin_is_subject(struct origin const *origin, char const *name);

/** "udp", "tcp", "tls". */
char const *transport_kind_name(enum transport_kind kind);
