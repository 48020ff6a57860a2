/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet with VLAN tags and PPPoE, both Linux "cooked" headers, raw IP, BSD loopback. */
#include "capture_link.h"
#include "capture_bytes.h"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_OPENBSD = 14,
    LINK_RAW_BSD = 12,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_UPPER_PDU = 252,
    LINK_SLL2 = 276,
};

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_PPPOE = 0x8864,
    TYPE_QINQ = 0x88a8,
    TYPE_OLD_QINQ = 0x9100,
};

enum { TAGS_MAX = 4, PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 };

static bool take(struct capture_span *span, size_t len)
{
    if (span->len < len)
        return false;
    span->at += len;
    span->len -= len;
    return true;
}

static enum capture_link strip_pppoe(struct capture_span *rest)
{
    if (!take(rest, 8))
        return CAPTURE_LINK_SHORT;
    uint16_t protocol = capture_bytes_be16(rest->at - 2);
    return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? CAPTURE_LINK_IP : CAPTURE_LINK_OTHER;
}

/* @p rest stands behind the ether type. */
static enum capture_link strip_type(unsigned type, struct capture_span *rest)
{
    for (int tags = 0; tags <= TAGS_MAX; tags++) {
        switch (type) {
        case TYPE_IPV4:
        case TYPE_IPV6:
            return CAPTURE_LINK_IP;
        case TYPE_PPPOE:
            return strip_pppoe(rest);
        case TYPE_VLAN:
        case TYPE_QINQ:
        case TYPE_OLD_QINQ:
            if (!take(rest, 4))
                return CAPTURE_LINK_SHORT;
            type = capture_bytes_be16(rest->at - 2);
            break;
        default:
            return CAPTURE_LINK_OTHER;
        }
    }
    return CAPTURE_LINK_OTHER;
}

/* A header of @p len bytes with an ether type at @p type_at. */
static enum capture_link strip_header(struct capture_span *rest, size_t len, size_t type_at)
{
    char const *start = rest->at;

    if (!take(rest, len))
        return CAPTURE_LINK_SHORT;
    return strip_type(capture_bytes_be16(start + type_at), rest);
}

/* The address family of the system that captured, in its byte order or in that of the network:
 * AF_INET is 2 everywhere, AF_INET6 is 10, 24, 28 or 30. */
static enum capture_link strip_family(struct capture_span *rest)
{
    char const *start = rest->at;

    if (!take(rest, 4))
        return CAPTURE_LINK_SHORT;
    uint32_t family = capture_bytes_be32(start);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
    case 10:
    case 24:
    case 28:
    case 30:
        return CAPTURE_LINK_IP;
    default:
        return CAPTURE_LINK_OTHER;
    }
}

enum capture_link capture_link_strip(unsigned link_type, struct capture_span packet,
                                     struct capture_span *ret)
{
    *ret = packet;
    switch (link_type) {
    case LINK_ETHERNET:
        return strip_header(ret, 14, 12);
    case LINK_SLL:
        return strip_header(ret, 16, 14);
    case LINK_SLL2:
        return strip_header(ret, 20, 0);
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6:
        return CAPTURE_LINK_IP;
    case LINK_NULL:
    case LINK_LOOP:
        return strip_family(ret);
    case LINK_UPPER_PDU:
        return CAPTURE_LINK_UPPER_PDU;
    default:
        return CAPTURE_LINK_STRANGE;
    }
}
