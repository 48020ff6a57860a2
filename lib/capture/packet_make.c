/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of IP, UDP and TCP: see packet_make.h. */
#include "packet_make.h"
#include "buf.h"
#include "byte_order.h"
#include "capture_bytes.h"
#include "htab.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, UDP_HEADER = 8, TCP_HEADER = 20 };
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, HOPS = 64, DO_NOT_FRAGMENT = 0x4000 };
enum { FLAG_SYN = 0x02, FLAG_PUSH = 0x08, FLAG_ACK = 0x10, WINDOW = 65535 };
enum { IP_MAX = 65535, TCP_SEGMENT_MAX = IP_MAX - IPV4_HEADER - TCP_HEADER };

struct connection {
    struct htab_entry entry;
    TAILQ_ENTRY(connection) by_use;
    struct net_addr ends[2];
    uint32_t next[2]; /* sequence number of what the end sends next */
    bool forgotten;   /* perhaps known before: to begin with SYN */
};

struct packet_make {
    struct htab connections;
    TAILQ_HEAD(, connection) by_use; /* the least recently used first */
    size_t max;
    uint32_t highest; /* above all numbers of connections that were forgotten; 0: none was */
    uint16_t ip_id;
    struct capture_message const *message;
    struct connection *connection; /* NULL: UDP */
    int sender;                    /* index of ends */
    size_t done;
};

struct packet_make *packet_make_new(size_t max_connections)
{
    struct packet_make *make = calloc(1, sizeof *make);

    if (!make)
        return NULL;
    htab_init(&make->connections);
    TAILQ_INIT(&make->by_use);
    make->max = max_connections;
    return make;
}

static void forget(struct packet_make *make, struct connection *connection)
{
    for (int i = 0; i < 2; i++)
        if (connection->next[i] > make->highest)
            make->highest = connection->next[i];
    htab_remove(&make->connections, &connection->entry);
    TAILQ_REMOVE(&make->by_use, connection, by_use);
    free(connection);
}

void packet_make_free(struct packet_make **pmake)
{
    struct packet_make *make = *pmake;

    *pmake = NULL;
    if (!make)
        return;
    while (!TAILQ_EMPTY(&make->by_use))
        forget(make, TAILQ_FIRST(&make->by_use));
    htab_fini(&make->connections);
    free(make);
}

static bool is_udp(struct capture_message const *message)
{
    return strcmp(message->transport, "udp") == 0;
}

static bool is_ipv6(struct capture_message const *message)
{
    return message->source.sa.sa_family == AF_INET6;
}

bool packet_make_can(struct capture_message const *message)
{
    sa_family_t family = message->source.sa.sa_family;

    if ((family != AF_INET && family != AF_INET6) || message->destination.sa.sa_family != family)
        return false;
    return !is_udp(message) || message->len <= IP_MAX - IPV4_HEADER - UDP_HEADER;
}

/* Address and port alone: sockaddr_in6 has more. */
static uint64_t hash_address(struct net_addr const *addr, uint64_t seed)
{
    uint16_t port = net_addr_port(addr);

    seed = htab_hash(&port, sizeof port, seed);
    if (addr->sa.sa_family == AF_INET)
        return htab_hash(&addr->in.sin_addr, sizeof addr->in.sin_addr, seed);
    return htab_hash(&addr->in6.sin6_addr, sizeof addr->in6.sin6_addr, seed);
}

static bool is_connection(struct htab_entry const *entry, void const *key)
{
    struct connection const *connection = (struct connection const *)entry;
    struct net_addr const *const *ends = key;

    return (net_addr_equal(&connection->ends[0], ends[0]) &&
            net_addr_equal(&connection->ends[1], ends[1])) ||
           (net_addr_equal(&connection->ends[0], ends[1]) &&
            net_addr_equal(&connection->ends[1], ends[0]));
}

static struct connection *connection_new(struct packet_make *make,
                                         struct capture_message const *message, uint64_t hash)
{
    struct connection *connection;

    if (make->connections.n >= make->max)
        forget(make, TAILQ_FIRST(&make->by_use));
    connection = calloc(1, sizeof *connection);
    if (!connection || htab_insert(&make->connections, &connection->entry, hash) < 0) {
        free(connection);
        return NULL;
    }
    connection->ends[0] = message->source;
    connection->ends[1] = message->destination;
    connection->forgotten = make->highest != 0;
    connection->next[0] = connection->next[1] = make->highest + 1;
    TAILQ_INSERT_TAIL(&make->by_use, connection, by_use);
    return connection;
}

int packet_make_begin(struct packet_make *make, struct capture_message const *message)
{
    struct net_addr const *ends[2] = { &message->source, &message->destination };
    uint64_t hash;
    struct connection *connection;

    make->message = message;
    make->connection = NULL;
    make->done = 0;
    if (is_udp(message))
        return 0;
    /* The same for both directions. */
    hash = hash_address(ends[0], 0) ^ hash_address(ends[1], 0);
    connection = (struct connection *)htab_find(&make->connections, hash, is_connection, ends);
    if (connection) {
        TAILQ_REMOVE(&make->by_use, connection, by_use);
        TAILQ_INSERT_TAIL(&make->by_use, connection, by_use);
    } else {
        connection = connection_new(make, message, hash);
        if (!connection)
            return -ENOMEM;
    }
    make->connection = connection;
    make->sender = !net_addr_equal(&connection->ends[0], ends[0]);
    return 0;
}

/* --- headers --------------------------------------------------------------------------------- */

/* RFC 1071, over 16-bit words in network order. */
static uint32_t sum(uint32_t start, void const *bytes, size_t len)
{
    char const *p = bytes;
    uint64_t total = start;

    for (size_t i = 0; i + 1 < len; i += 2)
        total += capture_bytes_be16(p + i);
    if (len & 1)
        total += (uint32_t)(unsigned char)p[len - 1] << 8;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

static void set_checksum(struct buf *out, size_t at, uint32_t total)
{
    if (!buf_ok(out))
        return;
    out->data[at] = (char)(~total >> 8);
    out->data[at + 1] = (char)~total;
}

static void add_addresses(struct buf *out, struct capture_message const *message)
{
    if (is_ipv6(message)) {
        buf_add(out, &message->source.in6.sin6_addr, sizeof message->source.in6.sin6_addr);
        buf_add(out, &message->destination.in6.sin6_addr, sizeof message->source.in6.sin6_addr);
        return;
    }
    buf_add(out, &message->source.in.sin_addr, sizeof message->source.in.sin_addr);
    buf_add(out, &message->destination.in.sin_addr, sizeof message->source.in.sin_addr);
}

static void add_ip(struct packet_make *make, struct buf *out, unsigned protocol, size_t len)
{
    if (is_ipv6(make->message)) {
        byte_order_big(out, 0x60000000, 4);
        byte_order_big(out, len, 2);
        byte_order_big(out, protocol, 1);
        byte_order_big(out, HOPS, 1);
        add_addresses(out, make->message);
        return;
    }
    byte_order_big(out, 0x4500, 2);
    byte_order_big(out, IPV4_HEADER + len, 2);
    byte_order_big(out, make->ip_id++, 2);
    byte_order_big(out, DO_NOT_FRAGMENT, 2);
    byte_order_big(out, HOPS, 1);
    byte_order_big(out, protocol, 1);
    byte_order_big(out, 0, 2);
    add_addresses(out, make->message);
    if (buf_ok(out))
        set_checksum(out, 10, sum(0, out->data, IPV4_HEADER));
}

/* Of the segment from @p start to the end of @p out; the field lies @p at bytes in it. */
static void add_checksum(struct packet_make const *make, struct buf *out, unsigned protocol,
                         size_t start, size_t at)
{
    size_t addresses = is_ipv6(make->message) ? 32 : 8;
    uint32_t total;

    if (!buf_ok(out))
        return;
    total = sum(protocol + (uint32_t)(out->len - start), out->data + start - addresses, addresses);
    total = sum(total, out->data + start, out->len - start);
    /* RFC 768: a checksum of zero is sent as all ones. */
    if (protocol == PROTOCOL_UDP && total == 0xffff)
        total = 0;
    set_checksum(out, start + at, total);
}

static void add_ports(struct buf *out, struct capture_message const *message)
{
    byte_order_big(out, net_addr_port(&message->source), 2);
    byte_order_big(out, net_addr_port(&message->destination), 2);
}

static void add_udp(struct packet_make *make, struct buf *out)
{
    struct capture_message const *message = make->message;
    size_t start;

    add_ip(make, out, PROTOCOL_UDP, UDP_HEADER + message->len);
    start = out->len;
    add_ports(out, message);
    byte_order_big(out, UDP_HEADER + message->len, 2);
    byte_order_big(out, 0, 2);
    buf_add(out, message->bytes, message->len);
    add_checksum(make, out, PROTOCOL_UDP, start, 6);
    make->done = message->len;
}

static void add_tcp(struct packet_make *make, struct buf *out, unsigned flags, size_t len)
{
    struct connection *connection = make->connection;
    uint32_t *next = &connection->next[make->sender];
    uint32_t peer = flags & FLAG_ACK ? connection->next[!make->sender] : 0;
    size_t start;

    add_ip(make, out, PROTOCOL_TCP, TCP_HEADER + len);
    start = out->len;
    add_ports(out, make->message);
    byte_order_big(out, *next, 4);
    byte_order_big(out, peer, 4);
    byte_order_big(out, TCP_HEADER / 4 << 12 | flags, 2);
    byte_order_big(out, WINDOW, 2);
    byte_order_big(out, 0, 4); /* checksum and urgent pointer */
    buf_add(out, make->message->bytes + make->done, len);
    add_checksum(make, out, PROTOCOL_TCP, start, 16);
    *next += (uint32_t)len + (flags & FLAG_SYN ? 1 : 0);
    make->done += len;
}

bool packet_make_next(struct packet_make *make, struct buf *out)
{
    struct connection *connection = make->connection;
    size_t left;

    buf_reset(out);
    if (make->done >= make->message->len)
        return false;
    if (!connection) {
        add_udp(make, out);
        return true;
    }
    if (connection->forgotten) {
        connection->forgotten = false;
        add_tcp(make, out, FLAG_SYN, 0);
        return true;
    }
    left = make->message->len - make->done;
    add_tcp(make, out, FLAG_PUSH | FLAG_ACK, left < TCP_SEGMENT_MAX ? left : TCP_SEGMENT_MAX);
    return true;
}
