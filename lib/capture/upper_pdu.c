/* SPDX-License-Identifier: Apache-2.0 */
/* Upper PDU records: see upper_pdu.h. The tags are those of wsutil/exported_pdu_tlvs.h. */
#include "upper_pdu.h"
#include "buf.h"
#include "byte_order.h"
#include <string.h>

enum {
    TAG_END = 0,
    TAG_DISSECTOR = 12,
    TAG_IPV4_SOURCE = 20,
    TAG_IPV4_DESTINATION = 21,
    TAG_IPV6_SOURCE = 22,
    TAG_IPV6_DESTINATION = 23,
    TAG_PORT_TYPE = 24,
    TAG_SOURCE_PORT = 25,
    TAG_DESTINATION_PORT = 26
};
enum { PORT_TCP = 2, PORT_UDP = 3 };

static void tag(struct buf *out, unsigned code, void const *value, size_t len)
{
    static char const zeros[4];

    byte_order_big(out, code, 2);
    byte_order_big(out, len + (-len & 3), 2);
    buf_add(out, value, len);
    buf_add(out, zeros, -len & 3);
}

static void tag_number(struct buf *out, unsigned code, uint32_t value)
{
    byte_order_big(out, code, 2);
    byte_order_big(out, 4, 2);
    byte_order_big(out, value, 4);
}

static void tag_address(struct buf *out, unsigned code_v4, unsigned code_v6,
                        struct net_addr const *addr)
{
    if (addr->sa.sa_family == AF_INET)
        tag(out, code_v4, &addr->in.sin_addr, sizeof addr->in.sin_addr);
    else if (addr->sa.sa_family == AF_INET6)
        tag(out, code_v6, &addr->in6.sin6_addr, sizeof addr->in6.sin6_addr);
}

void upper_pdu_write(struct buf *out, struct capture_message const *message)
{
    static char const *const dissectors[] = {
        [TAP_SIP] = "sip",
        [TAP_CSTA] = "xml",
        [TAP_XMPP] = "xmpp",
    };
    char const *dissector = dissectors[message->protocol];

    tag(out, TAG_DISSECTOR, dissector, strlen(dissector));
    tag_address(out, TAG_IPV4_SOURCE, TAG_IPV6_SOURCE, &message->source);
    tag_address(out, TAG_IPV4_DESTINATION, TAG_IPV6_DESTINATION, &message->destination);
    tag_number(out, TAG_PORT_TYPE, strcmp(message->transport, "udp") == 0 ? PORT_UDP : PORT_TCP);
    tag_number(out, TAG_SOURCE_PORT, net_addr_port(&message->source));
    tag_number(out, TAG_DESTINATION_PORT, net_addr_port(&message->destination));
    tag(out, TAG_END, NULL, 0);
    buf_add(out, message->bytes, message->len);
}
