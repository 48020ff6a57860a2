/* SPDX-License-Identifier: Apache-2.0 */
/* Packets for messages: lengths, checksums, and the sequence numbers of connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "packet_make.h"
#include <stdlib.h>
#include <string.h>

enum { SYN = 0x02, PUSH_ACK = 0x18, OUT_MAX = 1 << 17 };

static unsigned big(struct buf const *out, size_t at, unsigned n)
{
    unsigned value = 0;

    for (unsigned i = 0; i < n; i++)
        value = value << 8 | (unsigned char)out->data[at + i];
    return value;
}

static struct capture_message message(char const *transport, char const *from, char const *to,
                                      char const *bytes, size_t len)
{
    struct capture_message m = { .transport = transport, .bytes = bytes, .len = len };

    assert_int_equal(net_addr_parse(&m.source, from, 0), 0);
    assert_int_equal(net_addr_parse(&m.destination, to, 0), 0);
    return m;
}

/* RFC 1071 the slow way, as a reader checks it: everything with its checksum gives ones. */
static unsigned check(struct buf const *out, size_t from, size_t to, unsigned start)
{
    unsigned long total = start;

    for (size_t i = from; i < to; i++)
        total += (unsigned long)(unsigned char)out->data[i] << ((i - from) % 2 ? 0 : 8);
    while (total > 0xffff)
        total = (total & 0xffff) + (total >> 16);
    return (unsigned)total;
}

static void check_sums(struct buf const *out, unsigned protocol)
{
    bool v6 = (unsigned char)out->data[0] >> 4 == 6;
    size_t header = v6 ? 40 : 20, addresses = v6 ? 8 : 12;
    unsigned pseudo;

    if (!v6)
        assert_int_equal(check(out, 0, 20, 0), 0xffff);
    assert_int_equal(v6 ? 40 + big(out, 4, 2) : big(out, 2, 2), out->len);
    assert_int_equal(big(out, v6 ? 6 : 9, 1), protocol);
    pseudo = check(out, addresses, header, protocol + (unsigned)(out->len - header));
    assert_int_equal(check(out, header, out->len, pseudo), 0xffff);
}

static struct {
    char const *transport, *from, *to;
    size_t len;
} const sums[] = {
    { "udp", "192.0.2.1:5060", "192.0.2.2:5062", 1 },
    { "udp", "192.0.2.1:5060", "192.0.2.2:5062", 65507 },
    { "udp", "[2001:db8::1]:5060", "[2001:db8::2]:5062", 333 },
    { "tcp", "192.0.2.1:5060", "192.0.2.2:5062", 700 },
    { "tls", "[2001:db8::1]:5060", "[2001:db8::2]:5062", 701 },
};

static void test_checksums(void **state)
{
    char *bytes = malloc(OUT_MAX);
    struct buf out;
    (void)state;

    memset(bytes, 0xfe, OUT_MAX);
    buf_init(&out, OUT_MAX);
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        struct packet_make *make = packet_make_new(8);
        struct capture_message m =
            message(sums[i].transport, sums[i].from, sums[i].to, bytes, sums[i].len);

        assert_true(packet_make_can(&m));
        assert_int_equal(packet_make_begin(make, &m), 0);
        assert_true(packet_make_next(make, &out));
        check_sums(&out, strcmp(sums[i].transport, "udp") == 0 ? 17 : 6);
        assert_memory_equal(out.data + out.len - sums[i].len, bytes, sums[i].len);
        assert_false(packet_make_next(make, &out));
        packet_make_free(&make);
    }
    buf_fini(&out);
    free(bytes);
}

/* RFC 768: a sum of zero would say that there is none. */
static void test_udp_checksum_is_never_zero(void **state)
{
    struct packet_make *make = packet_make_new(1);
    char bytes[2] = { 0 };
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    for (unsigned value = 0; value < 65536; value++) {
        struct capture_message m = message("udp", "192.0.2.1:1", "192.0.2.2:2", bytes, 2);

        bytes[0] = (char)(value >> 8);
        bytes[1] = (char)value;
        packet_make_begin(make, &m);
        packet_make_next(make, &out);
        assert_int_not_equal(big(&out, 26, 2), 0);
    }
    buf_fini(&out);
    packet_make_free(&make);
}

static struct {
    char const *transport, *from, *to;
    size_t len;
    bool can;
} const limits[] = {
    { "udp", "192.0.2.1:1", "192.0.2.2:2", 65507, true },
    { "udp", "192.0.2.1:1", "192.0.2.2:2", 65508, false },
    { "tcp", "192.0.2.1:1", "192.0.2.2:2", 655080, true },
    { "tcp", "192.0.2.1:1", "[2001:db8::2]:2", 1, false },
};

static void test_what_can_be_a_packet(void **state)
{
    struct capture_message nowhere = { .transport = "tcp" };
    (void)state;

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct capture_message m =
            message(limits[i].transport, limits[i].from, limits[i].to, NULL, limits[i].len);
        assert_int_equal(packet_make_can(&m), limits[i].can);
    }
    assert_false(packet_make_can(&nowhere));
}

static void expect_tcp(struct packet_make *make, struct buf *out, unsigned flags, unsigned seq,
                       unsigned ack)
{
    assert_true(packet_make_next(make, out));
    check_sums(out, 6);
    assert_int_equal(big(out, 33, 1), flags);
    assert_int_equal(big(out, 24, 4), seq);
    assert_int_equal(big(out, 28, 4), ack);
}

static void test_sequence_goes_on(void **state)
{
    struct packet_make *make = packet_make_new(8);
    struct capture_message a = message("tcp", "192.0.2.1:1", "192.0.2.2:2", "0123456789", 10);
    struct capture_message b = message("tcp", "192.0.2.2:2", "192.0.2.1:1", "0123", 4);
    struct capture_message other = message("tcp", "192.0.2.1:1", "192.0.2.2:3", "01", 2);
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    packet_make_begin(make, &a);
    expect_tcp(make, &out, PUSH_ACK, 1, 1);
    packet_make_begin(make, &b);
    expect_tcp(make, &out, PUSH_ACK, 1, 11);
    packet_make_begin(make, &other);
    expect_tcp(make, &out, PUSH_ACK, 1, 1);
    packet_make_begin(make, &a);
    expect_tcp(make, &out, PUSH_ACK, 11, 5);
    assert_false(packet_make_next(make, &out));
    buf_fini(&out);
    packet_make_free(&make);
}

static void test_long_message_becomes_several_packets(void **state)
{
    struct packet_make *make = packet_make_new(8);
    char *bytes = malloc(150000);
    struct capture_message m = message("tcp", "192.0.2.1:1", "192.0.2.2:2", bytes, 150000);
    struct buf out;
    unsigned seq = 1;
    size_t done = 0;
    (void)state;

    for (size_t i = 0; i < 150000; i++)
        bytes[i] = (char)(i * 7);
    buf_init(&out, OUT_MAX);
    packet_make_begin(make, &m);
    for (int i = 0; i < 3; i++) {
        expect_tcp(make, &out, PUSH_ACK, seq, 1);
        assert_memory_equal(out.data + 40, bytes + done, out.len - 40);
        seq += (unsigned)out.len - 40;
        done += out.len - 40;
    }
    assert_false(packet_make_next(make, &out));
    assert_int_equal(done, 150000);
    buf_fini(&out);
    free(bytes);
    packet_make_free(&make);
}

/* With two places the third connection drops the one that was used least recently; its numbers must
 * not come again as if they were repeated. */
static void test_forgotten_connection_begins_anew(void **state)
{
    struct packet_make *make = packet_make_new(2);
    struct capture_message a = message("tcp", "192.0.2.1:1", "192.0.2.2:2", "0123456789", 10);
    struct capture_message b = message("tcp", "192.0.2.1:1", "192.0.2.2:3", "01", 2);
    struct capture_message c = message("tcp", "192.0.2.1:1", "192.0.2.2:4", "0123", 4);
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    packet_make_begin(make, &b);
    expect_tcp(make, &out, PUSH_ACK, 1, 1);
    packet_make_begin(make, &a);
    expect_tcp(make, &out, PUSH_ACK, 1, 1);
    packet_make_begin(make, &b);
    expect_tcp(make, &out, PUSH_ACK, 3, 1);
    packet_make_begin(make, &c); /* a goes */
    expect_tcp(make, &out, SYN, 12, 0);
    expect_tcp(make, &out, PUSH_ACK, 13, 12);
    packet_make_begin(make, &b); /* still there */
    expect_tcp(make, &out, PUSH_ACK, 5, 1);
    packet_make_begin(make, &a); /* c goes */
    expect_tcp(make, &out, SYN, 18, 0);
    expect_tcp(make, &out, PUSH_ACK, 19, 18);
    assert_false(packet_make_next(make, &out));
    buf_fini(&out);
    packet_make_free(&make);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_checksums),
        cmocka_unit_test(test_udp_checksum_is_never_zero),
        cmocka_unit_test(test_what_can_be_a_packet),
        cmocka_unit_test(test_sequence_goes_on),
        cmocka_unit_test(test_long_message_becomes_several_packets),
        cmocka_unit_test(test_forgotten_connection_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
