/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams read from one UDP socket, a batch with one system call, for transport_udp.c alone.
 *
 * Nearly all are small, so each place has a few kilobytes side by side with the next, which stay in
 * the caches of the processor, and a large rest elsewhere, whose pages cost nothing until a large
 * datagram comes. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    TRANSPORT_INBOX_BATCH = 32,
    TRANSPORT_INBOX_SMALL = 2048 + 64, /* no power of two: those share the same lines of a cache */
    TRANSPORT_INBOX_LARGE = 65536,
};

struct transport_inbox;

/** For the socket @p fd (borrowed), or NULL when out of memory. @p with_pktinfo: the headers have
 * the control data that transport_pktinfo_read() wants. */
struct transport_inbox *transport_inbox_new(int fd, bool with_pktinfo);
void transport_inbox_free(struct transport_inbox **pbox);

/** Reads what waits, at most a batch. Returns how many datagrams came, 0 if none. */
int transport_inbox_read(struct transport_inbox *box);

/** The i-th of them, until the next read. */
char const *transport_inbox_bytes(struct transport_inbox *box, int i, size_t *ret_len);

/** Its source and control data: msg_name is a struct net_addr. */
struct msghdr *transport_inbox_header(struct transport_inbox *box, int i);
