/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of HEP3: vendor, type and length (header included) of 16 bits each, then the value. */
#include "capture_hep.h"
#include "capture_bytes.h"
#include "capture_ip.h"

enum { HEADER = 6, CHUNK_HEADER = 6 };
enum {
    CHUNK_PROTOCOL = 2,
    CHUNK_SOURCE_V4 = 3,
    CHUNK_DESTINATION_V4 = 4,
    CHUNK_SOURCE_V6 = 5,
    CHUNK_DESTINATION_V6 = 6,
    CHUNK_SOURCE_PORT = 7,
    CHUNK_DESTINATION_PORT = 8,
    CHUNK_SECONDS = 9,
    CHUNK_MICROSECONDS = 10,
    CHUNK_PAYLOAD = 15,
    CHUNK_ID = 17,
};

static uint32_t number(struct capture_span value)
{
    switch (value.len) {
    case 1:
        return (unsigned char)value.at[0];
    case 2:
        return capture_bytes_be16(value.at);
    case 4:
        return capture_bytes_be32(value.at);
    default:
        return 0;
    }
}

static void set_id(struct capture_hep *ret, struct capture_span value)
{
    size_t len = value.len < sizeof ret->id - 1 ? value.len : sizeof ret->id - 1;

    memcpy(ret->id, value.at, len);
    ret->id[len] = '\0';
}

static void read_chunk(unsigned type, struct capture_span value, struct capture_hep *ret)
{
    switch (type) {
    case CHUNK_PROTOCOL:
        ret->protocol = number(value);
        break;
    case CHUNK_SOURCE_V4:
    case CHUNK_SOURCE_V6:
        capture_ip_set_host(&ret->source, value.at, value.len);
        break;
    case CHUNK_DESTINATION_V4:
    case CHUNK_DESTINATION_V6:
        capture_ip_set_host(&ret->destination, value.at, value.len);
        break;
    case CHUNK_SOURCE_PORT:
        net_addr_set_port(&ret->source, (uint16_t)number(value));
        break;
    case CHUNK_DESTINATION_PORT:
        net_addr_set_port(&ret->destination, (uint16_t)number(value));
        break;
    case CHUNK_SECONDS:
        ret->time_us += (uint64_t)number(value) * 1000000;
        break;
    case CHUNK_MICROSECONDS:
        ret->time_us += number(value);
        break;
    case CHUNK_PAYLOAD:
        ret->payload = value;
        break;
    case CHUNK_ID:
        set_id(ret, value);
        break;
    default:
        break;
    }
}

bool capture_hep_parse(struct capture_span packet, struct capture_hep *ret)
{
    size_t at = HEADER, total;

    *ret =
        (struct capture_hep){ .source.sa.sa_family = AF_INET, .destination.sa.sa_family = AF_INET };
    if (packet.len < HEADER || memcmp(packet.at, "HEP3", 4) != 0)
        return false;
    total = capture_bytes_be16(packet.at + 4);
    if (total > packet.len || total < HEADER)
        return false;
    while (at < total) {
        size_t len;

        if (total - at < CHUNK_HEADER)
            return false;
        len = capture_bytes_be16(packet.at + at + 4);
        if (len < CHUNK_HEADER || len > total - at)
            return false;
        if (capture_bytes_be16(packet.at + at) == 0)
            read_chunk(capture_bytes_be16(packet.at + at + 2),
                       (struct capture_span){ packet.at + at + CHUNK_HEADER, len - CHUNK_HEADER },
                       ret);
        at += len;
    }
    return ret->payload.len > 0;
}
