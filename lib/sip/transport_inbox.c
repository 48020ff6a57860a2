/* SPDX-License-Identifier: Apache-2.0 */
/* Reading datagrams: each goes into two pieces of memory, and is put together if it needs both. */
#include "transport_inbox.h"
#include "transport_pktinfo.h"
#include <stdlib.h>
#include <string.h>

struct transport_inbox {
    int fd;
    bool with_pktinfo;
    int n_used; /* places whose header the last read has changed */
    struct mmsghdr headers[TRANSPORT_INBOX_BATCH];
    struct iovec pieces[TRANSPORT_INBOX_BATCH][2];
    struct net_addr sources[TRANSPORT_INBOX_BATCH];
    struct transport_pktinfo infos[TRANSPORT_INBOX_BATCH];
    char small[TRANSPORT_INBOX_BATCH][TRANSPORT_INBOX_SMALL];
    char large[TRANSPORT_INBOX_BATCH][TRANSPORT_INBOX_LARGE];
};

struct transport_inbox *transport_inbox_new(int fd, bool with_pktinfo)
{
    /* Not zeroed: the pages of `large` must stay untouched. */
    struct transport_inbox *box = malloc(sizeof *box);

    if (!box)
        return NULL;
    box->fd = fd;
    box->with_pktinfo = with_pktinfo;
    box->n_used = TRANSPORT_INBOX_BATCH;
    memset(box->headers, 0, sizeof box->headers);
    for (int i = 0; i < TRANSPORT_INBOX_BATCH; i++) {
        /* The rest goes where it will stand when the begin is put before it. */
        box->pieces[i][0] = (struct iovec){ box->small[i], TRANSPORT_INBOX_SMALL };
        box->pieces[i][1] = (struct iovec){ box->large[i] + TRANSPORT_INBOX_SMALL,
                                            TRANSPORT_INBOX_LARGE - TRANSPORT_INBOX_SMALL };
        box->headers[i].msg_hdr = (struct msghdr){ .msg_name = &box->sources[i],
                                                   .msg_iov = box->pieces[i],
                                                   .msg_iovlen = 2 };
    }
    return box;
}

void transport_inbox_free(struct transport_inbox **pbox)
{
    free(*pbox);
    *pbox = NULL;
}

int transport_inbox_read(struct transport_inbox *box)
{
    for (int i = 0; i < box->n_used; i++) {
        box->headers[i].msg_hdr.msg_namelen = sizeof box->sources[i];
        if (box->with_pktinfo)
            transport_pktinfo_prepare(&box->headers[i].msg_hdr, &box->infos[i]);
    }
    int n = recvmmsg(box->fd, box->headers, TRANSPORT_INBOX_BATCH, MSG_DONTWAIT, NULL);
    box->n_used = n > 0 ? n : 0;
    return box->n_used;
}

char const *transport_inbox_bytes(struct transport_inbox *box, int i, size_t *ret_len)
{
    *ret_len = box->headers[i].msg_len;
    if (*ret_len <= TRANSPORT_INBOX_SMALL)
        return box->small[i];
    memcpy(box->large[i], box->small[i], TRANSPORT_INBOX_SMALL);
    return box->large[i];
}

struct msghdr *transport_inbox_header(struct transport_inbox *box, int i)
{
    return &box->headers[i].msg_hdr;
}
