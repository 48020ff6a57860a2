/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams on their way out of one UDP socket, for transport_udp.c alone.
 *
 * They leave together, one system call for a batch, when their owner flushes: after the datagrams
 * that it received, and before its loop sleeps. What the socket does not take stays, in order,
 * within max_bytes. A datagram that cannot be sent fails alone: it is counted, and its waiter is
 * put on a list for the owner to tell, because a flush may happen inside transport_send(). */
#pragma once
#include "net_addr.h"
#include "transport.h"
#include "transport_pktinfo.h"
#include <stddef.h>
#include <stdint.h>

enum { TRANSPORT_OUTBOX_BATCH = 32, TRANSPORT_OUTBOX_DATAGRAMS = 1024 };

LIST_HEAD(transport_waiters, transport_waiter);

struct transport_outbox {
    int fd;
    uint32_t first, n; /* entries[first] to entries[n - 1] are to be sent */
    size_t used, max_bytes;
    struct transport_outbox_entry *entries;
    char *bytes;
};

/** Empty, for the socket @p fd (borrowed). 0 or -ENOMEM, and then transport_outbox_fini() is still
 *  allowed. */
int transport_outbox_init(struct transport_outbox *box, int fd, size_t max_bytes);

/** Drops what is left; the waiters of that are moved to @p failed, to hear -ECANCELED. */
void transport_outbox_fini(struct transport_outbox *box, struct transport_waiters *failed);

/** Copies a datagram in, to leave from the host of @p source (NULL: of the socket). @p waiter (may
 * be NULL) is linked until the datagram is gone. Returns 0, or -ENOBUFS if there is no room. */
int transport_outbox_add(struct transport_outbox *box, struct net_addr const *to,
                         struct net_addr const *source, void const *bytes, size_t len,
                         struct transport_waiter *waiter);

/** Sends. Waiters of what could not be sent are moved to @p failed with their error. Returns 0 if
 * the box is empty now, or -EAGAIN if the socket wants to be writable first. */
int transport_outbox_flush(struct transport_outbox *box, struct transport_waiters *failed);

/** Datagrams inside. */
static inline uint32_t transport_outbox_count(struct transport_outbox const *box)
{
    return box->n - box->first;
}
