/* SPDX-License-Identifier: Apache-2.0 */
/* HEP3 chunks: see hep.h. Numbers of the "HEP/EEP3 network protocol specification", rev. 36. */
#include "hep.h"
#include "buf.h"
#include "byte_order.h"
#include <errno.h>
#include <string.h>

enum {
    CHUNK_FAMILY = 1,
    CHUNK_PROTOCOL = 2,
    CHUNK_IPV4_SOURCE = 3,
    CHUNK_IPV4_DESTINATION = 4,
    CHUNK_IPV6_SOURCE = 5,
    CHUNK_IPV6_DESTINATION = 6,
    CHUNK_SOURCE_PORT = 7,
    CHUNK_DESTINATION_PORT = 8,
    CHUNK_SECONDS = 9,
    CHUNK_MICROSECONDS = 10,
    CHUNK_TYPE = 11,
    CHUNK_ID = 12,
    CHUNK_KEY = 14,
    CHUNK_PAYLOAD = 15,
    CHUNK_CORRELATION = 17
};
enum { HEADER = 6, CHUNK_HEADER = 6, SECOND_US = 1000000 };
enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 10, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
/* CSTA has no number: 100 is text of any kind, which Homer shows beside the messages that have the
 * same correlation. */
enum { TYPE_SIP = 1, TYPE_XMPP = 2, TYPE_TEXT = 100 };

static void chunk(struct buf *out, unsigned type, void const *value, size_t len)
{
    byte_order_big(out, 0, 2); /* vendor: generic chunks */
    byte_order_big(out, type, 2);
    byte_order_big(out, CHUNK_HEADER + len, 2);
    buf_add(out, value, len);
}

static void chunk_number(struct buf *out, unsigned type, uint64_t value, unsigned bytes)
{
    byte_order_big(out, 0, 2);
    byte_order_big(out, type, 2);
    byte_order_big(out, CHUNK_HEADER + bytes, 2);
    byte_order_big(out, value, bytes);
}

static void chunk_text(struct buf *out, unsigned type, char const *text)
{
    if (*text)
        chunk(out, type, text, strlen(text));
}

static void add_addresses(struct buf *out, struct capture_message const *message)
{
    struct net_addr const *from = &message->source, *to = &message->destination;

    if (from->sa.sa_family == AF_INET) {
        chunk(out, CHUNK_IPV4_SOURCE, &from->in.sin_addr, sizeof from->in.sin_addr);
        chunk(out, CHUNK_IPV4_DESTINATION, &to->in.sin_addr, sizeof to->in.sin_addr);
    } else {
        chunk(out, CHUNK_IPV6_SOURCE, &from->in6.sin6_addr, sizeof from->in6.sin6_addr);
        chunk(out, CHUNK_IPV6_DESTINATION, &to->in6.sin6_addr, sizeof to->in6.sin6_addr);
    }
    chunk_number(out, CHUNK_SOURCE_PORT, net_addr_port(from), 2);
    chunk_number(out, CHUNK_DESTINATION_PORT, net_addr_port(to), 2);
}

static unsigned type_of(enum tap_protocol protocol)
{
    return protocol == TAP_SIP ? TYPE_SIP : protocol == TAP_XMPP ? TYPE_XMPP : TYPE_TEXT;
}

/* Behind the head, whose length is set when it is known. */
static void add_chunks(struct buf *out, struct capture_message const *message, uint32_t id,
                       char const *password, char const *correlation)
{
    bool is_udp = strcmp(message->transport, "udp") == 0;

    chunk_number(out, CHUNK_FAMILY,
                 message->source.sa.sa_family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6, 1);
    chunk_number(out, CHUNK_PROTOCOL, is_udp ? PROTOCOL_UDP : PROTOCOL_TCP, 1);
    add_addresses(out, message);
    chunk_number(out, CHUNK_SECONDS, message->time_us / SECOND_US, 4);
    chunk_number(out, CHUNK_MICROSECONDS, message->time_us % SECOND_US, 4);
    chunk_number(out, CHUNK_TYPE, type_of(message->protocol), 1);
    chunk_number(out, CHUNK_ID, id, 4);
    chunk_text(out, CHUNK_KEY, password);
    chunk_text(out, CHUNK_CORRELATION, correlation);
    chunk(out, CHUNK_PAYLOAD, message->bytes, message->len);
}

int hep_write(struct buf *out, struct capture_message const *message, uint32_t id,
              char const *password, char const *correlation, size_t max)
{
    sa_family_t family = message->source.sa.sa_family;
    size_t start = out->len, len;

    if ((family != AF_INET && family != AF_INET6) || message->destination.sa.sa_family != family)
        return -EAFNOSUPPORT;
    if (message->len > max)
        return -EMSGSIZE;
    buf_add(out, "HEP3\0\0", HEADER);
    add_chunks(out, message, id, password, correlation);
    if (!buf_ok(out))
        return -ENOMEM;
    len = out->len - start;
    if (len > max || len > HEP_MAX) {
        out->len = start;
        out->data[start] = '\0';
        return -EMSGSIZE;
    }
    out->data[start + 4] = (char)(len >> 8);
    out->data[start + 5] = (char)len;
    return 0;
}
