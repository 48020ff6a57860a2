/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams of a socket that is bound to all addresses: to which of ours one came, and from which
 * one leaves (RFC 3581 §4: a response from where its request went). For transport_udp.c and
 * transport_outbox.c alone. */
#pragma once
#include "net_addr.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum { TRANSPORT_PKTINFO_BYTES = 64 };

/** Control data of one datagram. */
struct transport_pktinfo {
    union {
        char bytes[TRANSPORT_PKTINFO_BYTES];
        struct cmsghdr align;
    };
};

/** From now on the socket says where datagrams come to. 0 or a negative errno. */
int transport_pktinfo_enable(int fd, int family);

/** Makes room for the control data of a datagram that is to be received. */
void transport_pktinfo_prepare(struct msghdr *header, struct transport_pktinfo *info);

/** Puts the host that a received datagram came to into @p local; its port stays. */
void transport_pktinfo_read(struct msghdr *header, struct net_addr *local);

/** Lets a datagram leave from the host of @p source. */
void transport_pktinfo_write(struct msghdr *header, struct transport_pktinfo *info,
                             struct net_addr const *source);
