/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 and IPv6 headers. */
#include "capture_ip.h"
#include "capture_bytes.h"

enum { V4_HEADER = 20, V6_HEADER = 40, EXTENSIONS_MAX = 16 };
enum { MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff };
enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_IPV4 = 4,
    NEXT_IPV6 = 41,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AUTHENTICATION = 51,
    NEXT_OPTIONS = 60,
    NEXT_MOBILITY = 135,
};
enum { TUNNELS_MAX = 2 };

/* What is mapped is folded, as everywhere. */
void capture_ip_set_host(struct net_addr *ret, char const *bytes, size_t len)
{
    uint16_t port = net_addr_port(ret);

    if (len == 4) {
        *ret = (struct net_addr){ .in = { .sin_family = AF_INET } };
        memcpy(&ret->in.sin_addr, bytes, 4);
    } else if (len == 16) {
        struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

        memcpy(&in6.sin6_addr, bytes, 16);
        net_addr_from(ret, (struct sockaddr const *)&in6);
    }
    net_addr_set_port(ret, port);
}

/* In place of a length: 0 is what a card that segments itself leaves in the header of the packets
 * of its own host. */
static size_t const unsaid = SIZE_MAX;

/* What a header says of the length, of which less may have been captured. */
static void limit(struct capture_ip *ret, char const *at, size_t there, size_t said)
{
    ret->payload = (struct capture_span){ at, said < there ? said : there };
    if (said == unsaid)
        return;
    ret->missing = said > there ? said - there : 0;
    ret->cut = ret->missing > 0;
}

static bool parse_v4(struct capture_span packet, struct capture_ip *ret)
{
    size_t header, total;
    unsigned fragment;

    if (packet.len < V4_HEADER)
        return false;
    header = (size_t)(packet.at[0] & 15) * 4;
    total = capture_bytes_be16(packet.at + 2);
    if (header < V4_HEADER || header > packet.len || (total && total < header))
        return false;
    fragment = capture_bytes_be16(packet.at + 6);
    capture_ip_set_host(&ret->source, packet.at + 12, 4);
    capture_ip_set_host(&ret->destination, packet.at + 16, 4);
    ret->protocol = (unsigned char)packet.at[9];
    ret->more = fragment & MORE_FRAGMENTS;
    ret->offset = (fragment & FRAGMENT_OFFSET) * 8;
    ret->is_fragment = ret->more || ret->offset;
    ret->id = capture_bytes_be16(packet.at + 4);
    limit(ret, packet.at + header, packet.len - header, total ? total - header : unsaid);
    return true;
}

/* One extension header. 1: there was one; 0: the payload begins; -1: it lies. */
static int strip_extension(struct capture_ip *ret)
{
    struct capture_span *rest = &ret->payload;
    size_t len = 8;

    switch (ret->protocol) {
    case NEXT_HOP_BY_HOP:
    case NEXT_ROUTING:
    case NEXT_OPTIONS:
    case NEXT_MOBILITY:
        if (rest->len >= 2)
            len = ((size_t)(unsigned char)rest->at[1] + 1) * 8;
        break;
    case NEXT_AUTHENTICATION:
        if (rest->len >= 2)
            len = ((size_t)(unsigned char)rest->at[1] + 2) * 4;
        break;
    case NEXT_FRAGMENT:
        if (rest->len < len)
            return -1;
        ret->offset = capture_bytes_be16(rest->at + 2) & 0xfff8;
        ret->more = rest->at[3] & 1;
        ret->is_fragment = ret->more || ret->offset;
        ret->id = capture_bytes_be32(rest->at + 4);
        break;
    default:
        return 0;
    }
    if (rest->len < len)
        return -1;
    /* Of a fragment but the first, what follows is not a header. */
    bool ends = ret->protocol == NEXT_FRAGMENT && ret->offset;
    ret->protocol = (unsigned char)rest->at[0];
    *rest = (struct capture_span){ rest->at + len, rest->len - len };
    return ends ? 0 : 1;
}

static bool parse_v6(struct capture_span packet, struct capture_ip *ret)
{
    int more = 1;
    size_t said;

    if (packet.len < V6_HEADER)
        return false;
    capture_ip_set_host(&ret->source, packet.at + 8, 16);
    capture_ip_set_host(&ret->destination, packet.at + 24, 16);
    ret->protocol = (unsigned char)packet.at[6];
    said = capture_bytes_be16(packet.at + 4);
    limit(ret, packet.at + V6_HEADER, packet.len - V6_HEADER, said ? said : unsaid);
    for (int i = 0; i < EXTENSIONS_MAX && more > 0 && !ret->is_fragment; i++)
        more = strip_extension(ret);
    return more >= 0;
}

bool capture_ip_parse(struct capture_span packet, bool cut, struct capture_ip *ret)
{
    for (int tunnels = 0; tunnels <= TUNNELS_MAX; tunnels++) {
        bool known;

        *ret = (struct capture_ip){ .cut = cut };
        switch (packet.len ? packet.at[0] >> 4 & 15 : 0) {
        case 4:
            known = parse_v4(packet, ret);
            break;
        case 6:
            known = parse_v6(packet, ret);
            break;
        default:
            return false;
        }
        if (!known)
            return false;
        if (ret->is_fragment || (ret->protocol != NEXT_IPV4 && ret->protocol != NEXT_IPV6))
            return true;
        packet = ret->payload;
        cut = ret->cut;
    }
    return true;
}
