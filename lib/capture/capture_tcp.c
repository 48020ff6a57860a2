/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, and what happens to one when a segment comes. The bytes of one direction are in
 * capture_half.c. */
#include "capture_tcp.h"
#include "capture_bytes.h"
#include "capture_counts.h"
#include "htab.h"
#include <stdlib.h>

enum { TCP_HEADER = 20 };
enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_ACK = 16 };

/* A sequence number that is so far from the expected one is another connection's. */
static int32_t const far_away = 1 << 24, late_start = 1 << 16;

struct key {
    struct net_addr low, high;
};

struct connection {
    struct htab_entry entry;
    struct connection *older, *newer; /* by use; of those that end: older is the next */
    struct key key;
    struct capture_half halves[2]; /* sent by low, by high */
};

struct capture_tcp {
    struct capture_counts *counts;
    struct capture_tcp_limits limits;
    struct htab table;
    struct connection *oldest, *newest;
    struct connection *active; /* of the last segment */
    struct connection *ending; /* out of the table; freed when all is given */
    size_t bytes;
    uint64_t now_us;
    bool ended;
};

struct segment {
    struct net_addr source, destination;
    uint32_t seq, ack;
    unsigned flags;
    struct capture_span data;
    size_t missing;
};

static bool parse(struct capture_ip const *ip, struct segment *ret)
{
    char const *at = ip->payload.at;
    size_t header;

    if (ip->payload.len < TCP_HEADER)
        return false;
    header = (size_t)(at[12] >> 4 & 15) * 4;
    if (header < TCP_HEADER || header > ip->payload.len)
        return false;
    *ret = (struct segment){ .source = ip->source,
                             .destination = ip->destination,
                             .seq = capture_bytes_be32(at + 4),
                             .ack = capture_bytes_be32(at + 8),
                             .flags = (unsigned char)at[13],
                             .data = { at + header, ip->payload.len - header },
                             .missing = ip->missing };
    net_addr_set_port(&ret->source, capture_bytes_be16(at));
    net_addr_set_port(&ret->destination, capture_bytes_be16(at + 2));
    return true;
}

/* Both directions have one key. Returns the direction. */
static int key_of(struct segment const *segment, struct key *ret)
{
    int swapped = memcmp(&segment->source, &segment->destination, sizeof segment->source) > 0;

    ret->low = swapped ? segment->destination : segment->source;
    ret->high = swapped ? segment->source : segment->destination;
    return swapped;
}

static bool match(struct htab_entry const *entry, void const *key)
{
    struct connection const *connection = (struct connection const *)entry;

    return memcmp(&connection->key, key, sizeof connection->key) == 0;
}

static void unlink_use(struct capture_tcp *tcp, struct connection *connection)
{
    *(connection->older ? &connection->older->newer : &tcp->oldest) = connection->newer;
    *(connection->newer ? &connection->newer->older : &tcp->newest) = connection->older;
    connection->older = connection->newer = NULL;
}

static void link_use(struct capture_tcp *tcp, struct connection *connection)
{
    connection->older = tcp->newest;
    connection->newer = NULL;
    *(tcp->newest ? &tcp->newest->newer : &tcp->oldest) = connection;
    tcp->newest = connection;
}

/* No segment finds it any more; what it holds is given before it goes. */
static void end_connection(struct capture_tcp *tcp, struct connection *connection)
{
    htab_remove(&tcp->table, &connection->entry);
    unlink_use(tcp, connection);
    if (tcp->active == connection)
        tcp->active = NULL;
    for (int i = 0; i < 2; i++)
        capture_half_end(&connection->halves[i]);
    connection->older = tcp->ending;
    tcp->ending = connection;
}

static bool speaks(struct connection const *connection, enum capture_speech speech)
{
    return connection->halves[0].frame.speech == speech ||
           connection->halves[1].frame.speech == speech;
}

static void free_connection(struct capture_tcp *tcp, struct connection *connection)
{
    tcp->counts->n[CAPTURE_STREAM_TLS] += speaks(connection, CAPTURE_SPEECH_TLS);
    tcp->counts->n[CAPTURE_STREAM_OTHER] += speaks(connection, CAPTURE_SPEECH_OTHER);
    for (int i = 0; i < 2; i++)
        capture_half_fini(&connection->halves[i], &tcp->bytes);
    free(connection);
}

static struct connection *new_connection(struct capture_tcp *tcp, struct key const *key,
                                         uint64_t hash)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (!connection)
        return NULL;
    connection->key = *key;
    if (htab_insert(&tcp->table, &connection->entry, hash) < 0) {
        free(connection);
        return NULL;
    }
    link_use(tcp, connection);
    return connection;
}

/* Does @p segment begin another connection between the same ports, or belong to one? */
static bool is_reused(struct connection const *connection, struct segment const *segment,
                      int direction)
{
    struct capture_half const *half = &connection->halves[direction];
    int32_t distance = (int32_t)(segment->seq - half->next);

    if (!half->known)
        return false;
    if (segment->flags & FLAG_SYN)
        /* A capture may have the SYN behind the data that followed it. */
        return half->has_start ? segment->seq != half->start
                               : distance > 0 || distance < -late_start;
    return distance > far_away || distance < -far_away;
}

static struct connection *find(struct capture_tcp *tcp, struct segment const *segment,
                               int *ret_direction)
{
    struct connection *connection;
    struct key key;
    uint64_t hash;

    memset(&key, 0, sizeof key);
    *ret_direction = key_of(segment, &key);
    hash = htab_hash(&key, sizeof key, 0);
    connection = (struct connection *)htab_find(&tcp->table, hash, match, &key);
    if (connection && is_reused(connection, segment, *ret_direction)) {
        end_connection(tcp, connection);
        connection = NULL;
    }
    if (!connection) {
        /* Nothing to remember of one that ends without a word. */
        if (!segment->data.len && !(segment->flags & FLAG_SYN))
            return NULL;
        return new_connection(tcp, &key, hash);
    }
    unlink_use(tcp, connection);
    link_use(tcp, connection);
    return connection;
}

/* Makes room; the one in use stays. What is held goes when it has been given: that is before the
 * next segment, so it is not counted. */
static void forget(struct capture_tcp *tcp)
{
    size_t bytes = tcp->bytes;

    while (tcp->oldest && tcp->oldest != tcp->active &&
           (tcp->table.n > tcp->limits.max_connections || bytes > tcp->limits.max_bytes)) {
        struct capture_half const *halves = tcp->oldest->halves;

        bytes -= capture_half_held(&halves[0]) + capture_half_held(&halves[1]);
        tcp->counts->n[CAPTURE_TCP_FORGOTTEN] += !halves[0].closed || !halves[1].closed;
        end_connection(tcp, tcp->oldest);
    }
}

void capture_tcp_add(struct capture_tcp *tcp, struct capture_stamp const *stamp,
                     struct capture_ip const *ip)
{
    struct connection *connection;
    struct capture_half *half, *back;
    struct segment segment;
    int direction;

    tcp->now_us = stamp->time_us;
    if (!parse(ip, &segment)) {
        tcp->counts->n[CAPTURE_TCP_BAD]++;
        return;
    }
    connection = find(tcp, &segment, &direction);
    tcp->active = connection;
    if (!connection)
        return;
    half = &connection->halves[direction];
    back = &connection->halves[!direction];
    if (segment.flags & FLAG_SYN)
        capture_half_start(half, segment.seq++);
    if (segment.flags & FLAG_ACK)
        capture_half_acked(back, segment.ack);
    capture_half_add(half, segment.seq, segment.data, stamp, &tcp->bytes);
    if (segment.missing)
        capture_half_miss(half, segment.seq + (uint32_t)segment.data.len, segment.missing);
    if (segment.flags & FLAG_FIN)
        capture_half_finish(half, segment.seq + (uint32_t)(segment.data.len + segment.missing));
    if (segment.flags & FLAG_RST) {
        capture_half_end(half);
        capture_half_end(back);
    }
    forget(tcp);
}

void capture_tcp_end(struct capture_tcp *tcp)
{
    tcp->ended = true;
}

static bool next_of(struct capture_tcp *tcp, struct connection *connection,
                    struct capture_tcp_message *ret)
{
    for (int i = 0; i < 2; i++) {
        struct capture_half *half = &connection->halves[i];
        struct capture_half_turn turn = { .now_us = tcp->now_us, .bytes = &tcp->bytes };
        bool got = capture_half_next(half, &turn, &ret->framed);

        tcp->counts->n[CAPTURE_TCP_GAP] += turn.gaps;
        tcp->counts->n[CAPTURE_STREAM_LOST] += turn.losses;
        if (!got)
            continue;
        ret->stamp = half->stamp;
        ret->source = i ? connection->key.high : connection->key.low;
        ret->destination = i ? connection->key.low : connection->key.high;
        return true;
    }
    return false;
}

bool capture_tcp_next(struct capture_tcp *tcp, struct capture_tcp_message *ret)
{
    for (;;) {
        struct connection *ending = tcp->ending;

        if (ending) {
            if (next_of(tcp, ending, ret))
                return true;
            tcp->ending = ending->older;
            free_connection(tcp, ending);
        } else if (tcp->active && next_of(tcp, tcp->active, ret)) {
            return true;
        } else if (tcp->ended && tcp->oldest) {
            end_connection(tcp, tcp->oldest);
        } else {
            return false;
        }
    }
}

struct capture_tcp *capture_tcp_new(struct capture_tcp_limits const *limits,
                                    struct capture_counts *counts)
{
    struct capture_tcp *tcp = calloc(1, sizeof *tcp);

    if (!tcp)
        return NULL;
    tcp->limits = *limits;
    tcp->counts = counts;
    htab_init(&tcp->table);
    return tcp;
}

void capture_tcp_free(struct capture_tcp **ptcp)
{
    struct capture_tcp *tcp = *ptcp;

    if (!tcp)
        return;
    while (tcp->oldest)
        end_connection(tcp, tcp->oldest);
    while (tcp->ending) {
        struct connection *ending = tcp->ending;

        tcp->ending = ending->older;
        free_connection(tcp, ending);
    }
    htab_fini(&tcp->table);
    free(tcp);
    *ptcp = NULL;
}
