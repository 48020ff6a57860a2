/* SPDX-License-Identifier: Apache-2.0 */
/* Tags and lengths of 16 bits, big-endian (Wireshark, wsutil/exported_pdu_tlvs.h). */
#include "capture_upper.h"
#include "capture_bytes.h"
#include "capture_ip.h"

enum {
    TAG_END = 0,
    TAG_DISSECTOR = 12,
    TAG_SOURCE_V4 = 20,
    TAG_DESTINATION_V4 = 21,
    TAG_SOURCE_V6 = 22,
    TAG_DESTINATION_V6 = 23,
    TAG_PORT_TYPE = 24,
    TAG_SOURCE_PORT = 25,
    TAG_DESTINATION_PORT = 26,
};
enum { PORT_UDP = 3 };

static uint32_t number(struct capture_span value)
{
    return value.len >= 4 ? capture_bytes_be32(value.at) : 0;
}

static void read_tag(unsigned tag, struct capture_span value, struct capture_upper *ret)
{
    switch (tag) {
    case TAG_DISSECTOR:
        /* Padded with NUL. */
        ret->name = (struct capture_span){ value.at, strnlen(value.at, value.len) };
        break;
    case TAG_SOURCE_V4:
    case TAG_SOURCE_V6:
        capture_ip_set_host(&ret->source, value.at, value.len);
        break;
    case TAG_DESTINATION_V4:
    case TAG_DESTINATION_V6:
        capture_ip_set_host(&ret->destination, value.at, value.len);
        break;
    case TAG_PORT_TYPE:
        ret->is_datagram = number(value) == PORT_UDP;
        break;
    case TAG_SOURCE_PORT:
        net_addr_set_port(&ret->source, (uint16_t)number(value));
        break;
    case TAG_DESTINATION_PORT:
        net_addr_set_port(&ret->destination, (uint16_t)number(value));
        break;
    default:
        break;
    }
}

bool capture_upper_parse(struct capture_span packet, struct capture_upper *ret)
{
    *ret = (struct capture_upper){ .source.sa.sa_family = AF_INET,
                                   .destination.sa.sa_family = AF_INET };
    while (packet.len >= 4) {
        unsigned tag = capture_bytes_be16(packet.at);
        size_t len = capture_bytes_be16(packet.at + 2);

        if (len > packet.len - 4)
            return false;
        read_tag(tag, (struct capture_span){ packet.at + 4, len }, ret);
        packet = (struct capture_span){ packet.at + 4 + len, packet.len - 4 - len };
        if (tag == TAG_END) {
            ret->payload = packet;
            return true;
        }
    }
    return false;
}
