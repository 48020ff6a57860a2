/* SPDX-License-Identifier: Apache-2.0 */
/* IP packets: headers of IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers, and what is
 * behind them. Fragments are put together by capture_fragment.h. */
#pragma once
#include "capture_header.h"
#include "net_addr.h"

enum { CAPTURE_IP_TCP = 6, CAPTURE_IP_UDP = 17 };

struct capture_ip {
    struct net_addr source, destination; /* without port */
    unsigned protocol;                   /* of the payload; of a fragment that of the whole */
    struct capture_span payload;
    bool cut;       /* the capture has not all of the payload */
    size_t missing; /* so many bytes at least */
    bool is_fragment, more;
    uint32_t offset, id; /* of a fragment */
};

/** Sets the host of @p ret, whose port stays, from 4 or 16 bytes; other lengths set nothing. */
void capture_ip_set_host(struct net_addr *ret, char const *bytes, size_t len);

/** Reads the headers at @p packet; bytes behind the packet (padding) are left out. False if a
 *  length in them cannot be. @p cut: the capture has not all of it. */
bool capture_ip_parse(struct capture_span packet, bool cut, struct capture_ip *ret);
