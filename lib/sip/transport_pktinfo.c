/* SPDX-License-Identifier: Apache-2.0 */
/* Control data of datagrams: see transport_pktinfo.h. */
#include "transport_pktinfo.h"
#include <errno.h>
#include <string.h>

_Static_assert(CMSG_SPACE(sizeof(struct in6_pktinfo)) <= TRANSPORT_PKTINFO_BYTES &&
                   CMSG_SPACE(sizeof(struct in_pktinfo)) <= TRANSPORT_PKTINFO_BYTES,
               "room for either family");

int transport_pktinfo_enable(int fd, int family)
{
    int on = 1;
    int error = family == AF_INET6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on)
                                   : setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);

    return error < 0 ? -errno : 0;
}

void transport_pktinfo_prepare(struct msghdr *header, struct transport_pktinfo *info)
{
    header->msg_control = info->bytes;
    header->msg_controllen = sizeof info->bytes;
}

void transport_pktinfo_read(struct msghdr *header, struct net_addr *local)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            /* Of a broadcast the address of the interface, which can be sent from. */
            local->in.sin_addr = info.ipi_spec_dst;
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
                continue;
            local->in6.sin6_addr = info.ipi6_addr;
            if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
                local->in6.sin6_scope_id = info.ipi6_ifindex;
        }
    }
}

void transport_pktinfo_write(struct msghdr *header, struct transport_pktinfo *info,
                             struct net_addr const *source)
{
    struct cmsghdr *c = &info->align;
    size_t len;

    memset(info, 0, sizeof *info);
    if (source->sa.sa_family == AF_INET6) {
        struct in6_pktinfo from = { .ipi6_addr = source->in6.sin6_addr,
                                    .ipi6_ifindex = source->in6.sin6_scope_id };
        len = sizeof from;
        c->cmsg_level = IPPROTO_IPV6;
        c->cmsg_type = IPV6_PKTINFO;
        memcpy(CMSG_DATA(c), &from, len);
    } else {
        struct in_pktinfo from = { .ipi_spec_dst = source->in.sin_addr };
        len = sizeof from;
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_PKTINFO;
        memcpy(CMSG_DATA(c), &from, len);
    }
    c->cmsg_len = CMSG_LEN(len);
    header->msg_control = info->bytes;
    header->msg_controllen = CMSG_SPACE(len);
}
