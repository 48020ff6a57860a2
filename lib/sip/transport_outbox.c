/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams on their way out: one array of entries, one of bytes; both are filled from the front
 * and start anew when all is sent. */
#define LOG_SUBSYSTEM LOG_SIP
#include "transport_outbox.h"
#include "sip_metrics.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct transport_outbox_entry {
    struct net_addr to;
    struct net_addr source; /* no family: that of the socket */
    uint32_t len;
    size_t offset;
    struct transport_waiters waiter; /* one or none */
};

int transport_outbox_init(struct transport_outbox *box, int fd, size_t max_bytes)
{
    *box = (struct transport_outbox){ .fd = fd, .max_bytes = max_bytes };
    box->entries = calloc(TRANSPORT_OUTBOX_DATAGRAMS, sizeof *box->entries);
    box->bytes = malloc(max_bytes);
    return box->entries && box->bytes ? 0 : -ENOMEM;
}

static void fail(struct transport_outbox_entry *entry, struct transport_waiters *failed, int error)
{
    struct transport_waiter *waiter = LIST_FIRST(&entry->waiter);

    if (!waiter)
        return;
    LIST_REMOVE(waiter, link);
    waiter->error = error;
    LIST_INSERT_HEAD(failed, waiter, link);
}

void transport_outbox_fini(struct transport_outbox *box, struct transport_waiters *failed)
{
    for (; box->entries && box->first < box->n; box->first++)
        fail(&box->entries[box->first], failed, -ECANCELED);
    free(box->entries);
    free(box->bytes);
    *box = (struct transport_outbox){ .fd = -1 };
}

/* Moves what is inside to the front of both arrays. */
static void compact(struct transport_outbox *box)
{
    struct transport_outbox_entry *entries = box->entries;
    uint32_t n = transport_outbox_count(box);
    size_t offset = entries[box->first].offset;

    memmove(box->bytes, box->bytes + offset, box->used - offset);
    box->used -= offset;
    for (uint32_t i = 0; i < n; i++) {
        struct transport_outbox_entry *from = &entries[box->first + i];
        struct transport_waiter *waiter = LIST_FIRST(&from->waiter);
        entries[i] = *from;
        entries[i].offset -= offset;
        LIST_INIT(&entries[i].waiter);
        if (waiter) {
            LIST_REMOVE(waiter, link);
            LIST_INSERT_HEAD(&entries[i].waiter, waiter, link);
        }
    }
    box->first = 0;
    box->n = n;
}

static bool has_room(struct transport_outbox const *box, size_t len)
{
    return box->n < TRANSPORT_OUTBOX_DATAGRAMS && len <= box->max_bytes - box->used;
}

int transport_outbox_add(struct transport_outbox *box, struct net_addr const *to,
                         struct net_addr const *source, void const *bytes, size_t len,
                         struct transport_waiter *waiter)
{
    if (!has_room(box, len) && box->first)
        compact(box);
    if (!has_room(box, len))
        return -ENOBUFS;
    struct transport_outbox_entry *entry = &box->entries[box->n++];
    entry->to = *to;
    if (source)
        entry->source = *source;
    else
        entry->source.sa.sa_family = AF_UNSPEC;
    entry->len = (uint32_t)len;
    entry->offset = box->used;
    LIST_INIT(&entry->waiter);
    memcpy(box->bytes + box->used, bytes, len);
    box->used += len;
    if (waiter) {
        transport_forget(waiter);
        LIST_INSERT_HEAD(&entry->waiter, waiter, link);
        waiter->linked = true;
    }
    return 0;
}

/* Gives the socket a batch. Returns how many it took, or a negative errno for the first. */
static int send_batch(struct transport_outbox *box)
{
    struct mmsghdr headers[TRANSPORT_OUTBOX_BATCH] TEXT_UNINITIALIZED;
    struct iovec iovecs[TRANSPORT_OUTBOX_BATCH] TEXT_UNINITIALIZED;
    struct transport_pktinfo infos[TRANSPORT_OUTBOX_BATCH] TEXT_UNINITIALIZED;
    uint32_t n = transport_outbox_count(box);

    n = n < TRANSPORT_OUTBOX_BATCH ? n : TRANSPORT_OUTBOX_BATCH;
    for (uint32_t i = 0; i < n; i++) {
        struct transport_outbox_entry *entry = &box->entries[box->first + i];
        iovecs[i] = (struct iovec){ box->bytes + entry->offset, entry->len };
        headers[i].msg_hdr = (struct msghdr){ .msg_name = &entry->to,
                                              .msg_namelen = net_addr_len(&entry->to),
                                              .msg_iov = &iovecs[i],
                                              .msg_iovlen = 1 };
        if (entry->source.sa.sa_family != AF_UNSPEC)
            transport_pktinfo_write(&headers[i].msg_hdr, &infos[i], &entry->source);
    }
    int sent = sendmmsg(box->fd, headers, n, MSG_DONTWAIT);
    return sent < 0 ? -errno : sent;
}

static void sent_one(struct transport_outbox *box)
{
    struct transport_waiter *waiter = LIST_FIRST(&box->entries[box->first++].waiter);

    if (waiter)
        transport_forget(waiter);
}

int transport_outbox_flush(struct transport_outbox *box, struct transport_waiters *failed)
{
    while (transport_outbox_count(box)) {
        int sent = send_batch(box);
        if (sent == -EAGAIN || sent == -EWOULDBLOCK)
            return -EAGAIN;
        if (sent < 0) {
            met_inc(&sip_metrics, M_send_errors);
            fail(&box->entries[box->first++], failed, sent);
        }
        for (int i = 0; i < sent; i++)
            sent_one(box);
    }
    box->first = box->n = 0;
    box->used = 0;
    return 0;
}
