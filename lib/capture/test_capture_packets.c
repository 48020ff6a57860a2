/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers, IP, fragments, UDP, HEP3 and upper PDUs: what becomes a message, and what lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_packets.h"
#include "packet_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYE "BYE sip:a@b SIP/2.0\r\n\r\n"

struct packets {
    struct capture_counts counts;
    struct capture_packets *packets;
};

static void start(struct packets *p)
{
    *p = (struct packets){ 0 };
    p->packets = capture_packets_new(&p->counts);
    assert_non_null(p->packets);
}

/* In memory of its own, so that a sanitizer sees one byte too many. True if it is a message. */
static bool add(struct packets *p, unsigned link_type, uint64_t time_us, struct buf const *packet,
                struct capture_message *ret)
{
    static char *copy;
    struct capture_record record = { .number = 1, .time_us = time_us, .link_type = link_type };

    free(copy);
    copy = malloc(packet->len ? packet->len : 1);
    assert_non_null(copy);
    memcpy(copy, buf_text(packet), packet->len);
    record.bytes = copy;
    record.len = packet->len;
    capture_packets_add(p->packets, &record);
    if (capture_packets_next(p->packets, ret)) {
        struct capture_message more;

        assert_false(capture_packets_next(p->packets, &more));
        return true;
    }
    free(copy);
    copy = NULL;
    return false;
}

static void assert_text(struct capture_message const *message, char const *text)
{
    assert_int_equal(message->len, strlen(text));
    assert_memory_equal(message->bytes, text, message->len);
}

struct link {
    unsigned type;
    char const *header;
    size_t len;
    bool v6;
    int count; /* instead of a message, or -1 */
};

#define LINK(type, header, ...)                                                                    \
    {                                                                                              \
        type, header, sizeof header - 1, __VA_ARGS__                                               \
    }
#define MACS "\1\2\3\4\5\6\1\2\3\4\5\6"

static struct link const links[] = {
    LINK(1, MACS "\x08\x00", false, -1),
    LINK(1, MACS "\x86\xdd", true, -1),
    LINK(1, MACS "\x81\x00\x00\x07\x08\x00", false, -1),
    LINK(1, MACS "\x88\xa8\x00\x07\x81\x00\x00\x08\x86\xdd", true, -1),
    LINK(1, MACS "\x91\x00\x00\x07\x81\x00\x00\x08\x08\x00", false, -1),
    LINK(1, MACS "\x88\x64\x11\x00\x00\x01\x00\x10\x00\x21", false, -1),
    LINK(1, MACS "\x88\x64\x11\x00\x00\x01\x00\x10\x00\x57", true, -1),
    LINK(1, MACS "\x88\x64\x11\x00\x00\x01\x00\x10\xc0\x21", false, CAPTURE_NOT_IP),
    LINK(1, MACS "\x08\x06", false, CAPTURE_NOT_IP),
    LINK(113, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\x00", false, -1),
    LINK(113, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x81\x00\x00\x07\x86\xdd", true, -1),
    LINK(276, "\x08\x00\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0", false, -1),
    LINK(276, "\x86\xdd\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0", true, -1),
    LINK(101, "", false, -1),
    LINK(101, "", true, -1),
    LINK(12, "", false, -1),
    LINK(14, "", false, -1),
    LINK(228, "", false, -1),
    LINK(229, "", true, -1),
    LINK(0, "\2\0\0\0", false, -1),
    LINK(0, "\0\0\0\2", false, -1),
    LINK(0, "\x1e\0\0\0", true, -1),
    LINK(0, "\x07\0\0\0", false, CAPTURE_NOT_IP),
    LINK(108, "\0\0\0\2", false, -1),
    LINK(108, "\0\0\0\x18", true, -1),
    LINK(147, "", false, CAPTURE_LINK_UNKNOWN),
};

static void put_link(struct buf *out, struct link const *link)
{
    struct rig_ip const ip = { .v6 = link->v6, .protocol = RIG_UDP };
    struct buf udp;

    buf_reset(out);
    buf_init(&udp, 65536);
    packet_rig_udp(&udp, 0, BYE, strlen(BYE));
    buf_add(out, link->header, link->len);
    packet_rig_ip(out, &ip, udp.data, udp.len);
    buf_fini(&udp);
}

static void test_links(void **state)
{
    struct capture_message message;
    char text[NET_ADDR_TEXT];
    struct packets p;
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        start(&p);
        put_link(&packet, &links[i]);
        /* Padding of a link that has a shortest packet. */
        buf_add(&packet, "\0\0\0\0\0\0", 6);
        assert_int_equal(add(&p, links[i].type, 7, &packet, &message), links[i].count < 0);
        if (links[i].count < 0) {
            assert_text(&message, BYE);
            assert_string_equal(net_addr_print(&message.source, text),
                                links[i].v6 ? "[2001:db8::1]:5060" : "192.0.2.1:5060");
            assert_string_equal(net_addr_print(&message.destination, text),
                                links[i].v6 ? "[2001:db8::2]:5070" : "192.0.2.2:5070");
            assert_int_equal(message.time_us, 7);
        } else {
            assert_int_equal(p.counts.n[links[i].count], 1);
        }
        capture_packets_free(&p.packets);
    }
    buf_fini(&packet);
}

/* Cut anywhere without a word of it, there is no message, and one complaint. */
static void test_short(void **state)
{
    struct capture_message message;
    struct packets p;
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        put_link(&packet, &links[i]);
        for (size_t len = packet.len - 1; links[i].count < 0 && len > 0; len--) {
            start(&p);
            packet.len = len;
            if (add(&p, links[i].type, 7, &packet, &message))
                assert_true(message.cut);
            else
                assert_int_equal(p.counts.n[CAPTURE_LINK_BAD] + p.counts.n[CAPTURE_IP_BAD] +
                                     p.counts.n[CAPTURE_UDP_BAD] + p.counts.n[CAPTURE_UDP_OTHER],
                                 1);
            capture_packets_free(&p.packets);
        }
    }
    buf_fini(&packet);
}

/* What was on the wire does not matter where IP says how long it is; where it does not, it does. */
static void test_length(void **state)
{
    struct capture_record record = { .number = 1, .link_type = RIG_RAW, .cut = true };
    struct link const link = { .type = RIG_RAW, .header = "" };
    struct capture_message message;
    struct packets p;
    struct buf packet;

    (void)state;
    start(&p);
    buf_init(&packet, 65536);
    put_link(&packet, &link);
    for (int is_zero = 0; is_zero < 2; is_zero++) {
        if (is_zero)
            memset(packet.data + 2, 0, 2);
        record.bytes = packet.data;
        record.len = packet.len;
        capture_packets_add(p.packets, &record);
        assert_true(capture_packets_next(p.packets, &message));
        assert_int_equal(message.cut, is_zero);
        assert_false(capture_packets_next(p.packets, &message));
    }
    /* UDP has the last word. */
    packet.data[25] = 8 + 22;
    capture_packets_add(p.packets, &record);
    assert_true(capture_packets_next(p.packets, &message));
    assert_int_equal(message.len, 22);
    capture_packets_free(&p.packets);
    buf_fini(&packet);
}

struct lie {
    bool v6;
    size_t at;
    unsigned char value;
    enum capture_count count;
};

static struct lie const lies[] = {
    { false, 0, 0x44, CAPTURE_IP_BAD },   { false, 0, 0x4f, CAPTURE_IP_BAD },
    { false, 0, 0x75, CAPTURE_IP_BAD },   { false, 3, 19, CAPTURE_IP_BAD },
    { false, 3, 20, CAPTURE_UDP_BAD },    { false, 3, 27, CAPTURE_UDP_BAD },
    { false, 9, 1, CAPTURE_NOT_UDP_TCP }, { false, 25, 7, CAPTURE_UDP_BAD },
    { false, 25, 200, CAPTURE_UDP_BAD },  { false, 28, 0x80, CAPTURE_UDP_OTHER },
    { true, 5, 7, CAPTURE_UDP_BAD },      { true, 6, 43, CAPTURE_IP_BAD },
    { true, 6, 50, CAPTURE_NOT_UDP_TCP }, { true, 45, 1, CAPTURE_UDP_BAD },
};

static void test_lies(void **state)
{
    struct capture_message message;
    struct packets p;
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct link const link = { .type = RIG_RAW, .header = "", .v6 = lies[i].v6 };

        start(&p);
        put_link(&packet, &link);
        packet.data[lies[i].at] = (char)lies[i].value;
        assert_false(add(&p, RIG_RAW, 7, &packet, &message));
        assert_int_equal(p.counts.n[lies[i].count], 1);
        capture_packets_free(&p.packets);
    }
    buf_fini(&packet);
}

/* Hop-by-hop, routing, options and authentication in front of UDP; IPv4 in IPv6. */
static void test_extensions(void **state)
{
    static char const chain[] =
        "\x2b\0\0\0\0\0\0\0\x3c\0\0\0\0\0\0\0\x33\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\x04\1\0\0\0\0\0\0\0\0\0\0";
    struct rig_ip const outer = { .v6 = true, .protocol = 0 };
    struct link const link = { .type = RIG_RAW, .header = chain, .len = sizeof chain - 1 };
    struct capture_message message;
    struct buf inner, packet;
    struct packets p;
    char text[NET_ADDR_TEXT];

    (void)state;
    start(&p);
    buf_init(&inner, 65536);
    buf_init(&packet, 65536);
    put_link(&inner, &link);
    packet_rig_ip(&packet, &outer, inner.data, inner.len);
    assert_true(add(&p, RIG_RAW, 7, &packet, &message));
    assert_text(&message, BYE);
    assert_string_equal(net_addr_print(&message.source, text), "192.0.2.1:5060");
    buf_fini(&inner);
    buf_fini(&packet);
    capture_packets_free(&p.packets);
}

struct fragment {
    unsigned offset, len; /* len 0: ends the list */
    bool more, other_id, damaged;
    unsigned time_s;
};

struct pieces {
    struct fragment list[8];
    bool is_message;
    enum capture_count count;
    uint64_t counted;
};

/* The whole is 8 + 100 bytes. */
#define F(fragment_offset, fragment_len, has_more, ...)                                            \
    {                                                                                              \
        .offset = fragment_offset, .len = fragment_len, .more = has_more, __VA_ARGS__              \
    }

/* clang-format off */
static struct pieces const pieces[] = {
    { { F(0, 48, true), F(48, 60, false) }, true, CAPTURE_FRAGMENT_LOST, 0 },
    { { F(48, 60, false), F(0, 48, true) }, true, CAPTURE_FRAGMENT_LOST, 0 },
    { { F(96, 12, false), F(16, 32, true), F(0, 24, true), F(40, 56, true) },
      true, CAPTURE_FRAGMENT_BAD, 0 },
    { { F(0, 48, true), F(0, 48, true), F(48, 60, false) }, true, CAPTURE_FRAGMENT_BAD, 0 },
    { { F(0, 48, true), F(40, 16, true, .damaged = true), F(56, 52, false) },
      false, CAPTURE_FRAGMENT_BAD, 1 },
    { { F(0, 48, true), F(48, 60, false, .other_id = true) }, false, CAPTURE_FRAGMENT_LOST, 2 },
    { { F(0, 48, true), F(48, 60, false, .time_s = 29) }, true, CAPTURE_FRAGMENT_LOST, 0 },
    { { F(0, 48, true), F(48, 60, false, .time_s = 31) }, false, CAPTURE_FRAGMENT_LOST, 2 },
    { { F(0, 48, true), F(64, 32, false), F(96, 12, false) }, false, CAPTURE_FRAGMENT_BAD, 1 },
    { { F(48, 48, false), F(64, 48, true) }, false, CAPTURE_FRAGMENT_BAD, 1 },
    { { F(64, 48, true), F(48, 48, false) }, false, CAPTURE_FRAGMENT_BAD, 1 },
    { { F(0, 45, true) }, false, CAPTURE_FRAGMENT_BAD, 1 },
    { { F(65528, 60, false) }, false, CAPTURE_FRAGMENT_BAD, 1 },
};
/* clang-format on */

static void put_fragment(struct buf *packet, struct fragment const *fragment, bool v6)
{
    struct rig_ip const ip = { .v6 = v6,
                               .protocol = RIG_UDP,
                               .id = fragment->other_id ? 8 : 7,
                               .offset = fragment->offset,
                               .more = fragment->more };
    char whole[65600] = "", text[101];
    struct buf udp;

    snprintf(text, sizeof text, "%-100s", BYE);
    buf_init(&udp, 65536);
    packet_rig_udp(&udp, 0, text, 100);
    memcpy(whole, udp.data, udp.len);
    if (fragment->damaged)
        whole[fragment->offset] ^= 1;
    buf_fini(&udp);
    buf_reset(packet);
    packet_rig_ip(packet, &ip, whole + fragment->offset, fragment->len);
}

static void test_fragments(void **state)
{
    struct capture_message message;
    struct packets p;
    struct buf packet;

    (void)state;
    buf_init(&packet, 1 << 20);
    for (size_t i = 0; i < 2 * sizeof pieces / sizeof pieces[0]; i++) {
        struct pieces const *row = &pieces[i / 2];
        bool is_message = false;

        start(&p);
        for (struct fragment const *f = row->list; f->len; f++) {
            assert_false(is_message);
            put_fragment(&packet, f, i % 2);
            is_message = add(&p, RIG_RAW, 1000000 + f->time_s * 1000000ull, &packet, &message);
        }
        assert_int_equal(is_message, row->is_message);
        if (is_message) {
            assert_int_equal(message.len, 100);
            assert_memory_equal(message.bytes, BYE, strlen(BYE));
        }
        capture_packets_end(p.packets);
        assert_false(capture_packets_next(p.packets, &message));
        assert_int_equal(p.counts.n[row->count], row->counted);
        capture_packets_free(&p.packets);
    }
    buf_fini(&packet);
}

/* First fragments of packets that never end: the oldest make room. */
static void test_fragment_flood(void **state)
{
    struct capture_message message;
    struct packets p;
    struct buf packet;

    (void)state;
    start(&p);
    buf_init(&packet, 65536);
    for (unsigned id = 0; id < 1000; id++) {
        struct rig_ip const ip = { .protocol = RIG_UDP, .id = id, .more = true };

        buf_reset(&packet);
        packet_rig_ip(&packet, &ip, "12345678", 8);
        assert_false(add(&p, RIG_RAW, 1000000 + id, &packet, &message));
    }
    assert_int_equal(p.counts.n[CAPTURE_FRAGMENT_LOST], 1000 - 256);
    /* The latest are there: this one is whole now, if not UDP. */
    struct rig_ip const last = { .protocol = RIG_UDP, .id = 800, .offset = 8 };
    buf_reset(&packet);
    packet_rig_ip(&packet, &last, "12345678", 8);
    assert_false(add(&p, RIG_RAW, 1002000, &packet, &message));
    assert_int_equal(p.counts.n[CAPTURE_UDP_BAD], 1);
    capture_packets_free(&p.packets);
    buf_fini(&packet);
}

static void chunk(struct buf *out, unsigned type, char const *value, size_t len)
{
    packet_rig_number(out, type, 4, true);
    packet_rig_number(out, 6 + len, 2, true);
    buf_add(out, value, len);
}

/* Offset of the length of the last chunk. */
static size_t put_hep(struct buf *packet, char const *payload)
{
    struct rig_ip const ip = { .protocol = RIG_UDP };
    struct buf hep, udp;
    size_t at;

    buf_init(&hep, 65536);
    buf_init(&udp, 65536);
    buf_add(&hep, "HEP3\0\0", 6);
    chunk(&hep, 7, "\x12\x34", 2);
    chunk(&hep, 1, "\2", 1);
    chunk(&hep, 2, "\6", 1);
    chunk(&hep, 3, "\x0a\0\0\1", 4);
    chunk(&hep, 4, "\x0a\0\0\2", 4);
    chunk(&hep, 8, "\x13\xc4", 2);
    chunk(&hep, 9, "\0\0\0\5", 4);
    chunk(&hep, 10, "\0\0\0\6", 4);
    chunk(&hep, 17, "call-7", 6);
    at = hep.len + 4;
    chunk(&hep, 15, payload, strlen(payload));
    hep.data[4] = (char)(hep.len >> 8);
    hep.data[5] = (char)hep.len;
    packet_rig_udp(&udp, 0, hep.data, hep.len);
    buf_reset(packet);
    packet_rig_ip(packet, &ip, udp.data, udp.len);
    buf_fini(&hep);
    buf_fini(&udp);
    return 28 + at;
}

static void test_hep(void **state)
{
    struct capture_message message;
    char text[NET_ADDR_TEXT];
    struct packets p;
    struct buf packet;
    size_t at;

    (void)state;
    start(&p);
    buf_init(&packet, 65536);
    put_hep(&packet, "<message/>");
    assert_true(add(&p, RIG_RAW, 7, &packet, &message));
    assert_int_equal(message.protocol, TAP_XMPP);
    at = put_hep(&packet, "<MakeCall/>");
    assert_true(add(&p, RIG_RAW, 7, &packet, &message));
    assert_int_equal(message.protocol, TAP_CSTA);
    at = put_hep(&packet, BYE);
    assert_true(add(&p, RIG_RAW, 7, &packet, &message));
    assert_text(&message, BYE);
    assert_int_equal(message.protocol, TAP_SIP);
    assert_string_equal(net_addr_print(&message.source, text), "10.0.0.1:4660");
    assert_string_equal(net_addr_print(&message.destination, text), "10.0.0.2:5060");
    assert_string_equal(message.id, "call-7");
    assert_string_equal(message.transport, "tcp");
    assert_int_equal(message.time_us, 5000006);
    /* The last chunk says more than there is, or less than its own header, or nothing. */
    for (int i = 0; i < 3; i++) {
        packet.data[at + 1] = (char)(i == 2 ? 0 : i ? 5 : strlen(BYE) + 7);
        assert_false(add(&p, RIG_RAW, 7, &packet, &message));
        assert_int_equal(p.counts.n[CAPTURE_HEP_BAD], i + 1);
    }
    capture_packets_free(&p.packets);
    buf_fini(&packet);
}

struct upper {
    char const *name, *text;
    int protocol; /* -1: not a message */
};

static struct upper const uppers[] = {
    { "sip", BYE, TAP_SIP },
    { "xml", "<MakeCall/>", TAP_CSTA },
    { "xmpp", "<iq/>", TAP_XMPP },
    { "http", "GET /", -1 },
    { "sip", "", -1 },
};

static void test_upper(void **state)
{
    struct capture_message message;
    char text[NET_ADDR_TEXT];
    struct packets p;
    struct buf packet;

    (void)state;
    start(&p);
    buf_init(&packet, 65536);
    for (size_t i = 0; i < sizeof uppers / sizeof uppers[0]; i++) {
        size_t len = strlen(uppers[i].name);

        buf_reset(&packet);
        packet_rig_number(&packet, 12 << 16 | 8, 4, true);
        buf_add(&packet, uppers[i].name, len);
        buf_add(&packet, "\0\0\0\0\0\0\0\0", 8 - len);
        buf_add(&packet, "\0\x18\0\4\0\0\0\3\0\x19\0\4\0\0\x13\xc4\0\x1a\0\4\0\0\x13\xc5", 24);
        buf_add(&packet, "\0\x14\0\4\xc0\0\2\1\0\x15\0\4\xc0\0\2\2\0\0\0\0", 20);
        buf_add(&packet, uppers[i].text, strlen(uppers[i].text));
        assert_int_equal(add(&p, RIG_UPPER_PDU, 7, &packet, &message), uppers[i].protocol >= 0);
        if (uppers[i].protocol < 0)
            continue;
        assert_text(&message, uppers[i].text);
        assert_int_equal(message.protocol, uppers[i].protocol);
        assert_string_equal(message.transport, "udp");
        assert_string_equal(net_addr_print(&message.source, text), "192.0.2.1:5060");
        assert_string_equal(net_addr_print(&message.destination, text), "192.0.2.2:5061");
    }
    assert_int_equal(p.counts.n[CAPTURE_UPPER_OTHER], 2);
    packet.data[3] = (char)200;
    assert_false(add(&p, RIG_UPPER_PDU, 7, &packet, &message));
    assert_int_equal(p.counts.n[CAPTURE_UPPER_OTHER], 3);
    capture_packets_free(&p.packets);
    buf_fini(&packet);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_links),          cmocka_unit_test(test_short),
        cmocka_unit_test(test_length),         cmocka_unit_test(test_lies),
        cmocka_unit_test(test_extensions),     cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_fragment_flood), cmocka_unit_test(test_hep),
        cmocka_unit_test(test_upper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
