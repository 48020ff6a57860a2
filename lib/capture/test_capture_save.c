/* SPDX-License-Identifier: Apache-2.0 */
/* Which form a message takes in a file, and on which interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "capture_save.h"
#include "pcapng_write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTERFACE = 1, STATISTICS = 5, PACKET = 6, SECRETS = 10, OUT_MAX = 1 << 22 };

static struct capture_message example(enum tap_protocol protocol, char const *transport)
{
    struct capture_message m = {
        .time_us = UINT64_C(1700000000000000),
        .protocol = protocol,
        .transport = transport,
        .program = "proxy",
        .interface = "at",
        .subject = "",
        .id = "",
        .note = "",
        .bytes = "<a/>",
        .len = 4,
    };

    net_addr_parse(&m.source, "192.0.2.1:5060", 0);
    net_addr_parse(&m.destination, "192.0.2.2:5070", 0);
    return m;
}

static uint32_t little(struct buf const *out, size_t at)
{
    unsigned char const *p = (unsigned char const *)out->data + at;

    return (uint32_t)(p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24);
}

/* Position of the @p number th block of @p type, counted from 0; the blocks must fill @p out. */
static size_t block(struct buf const *out, uint32_t type, size_t number)
{
    size_t found = SIZE_MAX;

    for (size_t at = 0; at < out->len; at += little(out, at + 4)) {
        assert_in_range(little(out, at + 4), 12, out->len - at);
        assert_int_equal(little(out, at + little(out, at + 4) - 4), little(out, at + 4));
        if (little(out, at) == type && number-- == 0)
            found = at;
    }
    return found;
}

static bool holds(struct buf const *out, size_t at, char const *text)
{
    return memmem(out->data + at, little(out, at + 4), text, strlen(text)) != NULL;
}

static struct {
    enum tap_protocol protocol;
    char const *transport;
    unsigned link_type;
    char const *name, *dissector;
} const forms[] = {
    { TAP_SIP, "udp", PCAPNG_LINK_RAW_IP, "proxy at SIP", NULL },
    { TAP_SIP, "tcp", PCAPNG_LINK_RAW_IP, "proxy at SIP", NULL },
    { TAP_SIP, "tls", PCAPNG_LINK_UPPER_PDU, "proxy at SIP upper", "sip" },
    { TAP_CSTA, "tcp", PCAPNG_LINK_UPPER_PDU, "proxy at CSTA upper", "xml" },
    { TAP_XMPP, "tcp", PCAPNG_LINK_UPPER_PDU, "proxy at XMPP upper", "xmpp" },
    { TAP_XMPP, "tls", PCAPNG_LINK_UPPER_PDU, "proxy at XMPP upper", "xmpp" },
};

static void test_forms(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
        struct capture_message m = example(forms[i].protocol, forms[i].transport);
        size_t at;

        buf_reset(&out);
        capture_save_begin(save, "crosspoint", &out);
        assert_int_equal(capture_save_message(save, &m, &out), 0);
        at = block(&out, INTERFACE, 0);
        assert_int_equal(little(&out, at + 8), forms[i].link_type);
        assert_true(holds(&out, at, forms[i].name));
        at = block(&out, PACKET, 0);
        assert_true(holds(&out, at, "<a/>"));
        assert_true(!forms[i].dissector || holds(&out, at, forms[i].dissector));
        capture_save_free(&save);
    }
    buf_fini(&out);
}

/* An interface stands in the file once, before its first packet, and the statistics at the end. */
static void test_interfaces(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_message m = example(TAP_SIP, "udp");
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    capture_save_begin(save, "crosspoint", &out);
    for (int i = 0; i < 6; i++) {
        m.interface = i % 2 ? "b" : "a";
        assert_int_equal(capture_save_message(save, &m, &out), 0);
        assert_int_equal(little(&out, block(&out, PACKET, (size_t)i) + 8), i % 2);
    }
    assert_true(block(&out, INTERFACE, 1) < block(&out, PACKET, 1));
    assert_int_equal(block(&out, INTERFACE, 2), SIZE_MAX);
    capture_save_end(save, 5, 6, 9, &out);
    /* isb_ifrecv and isb_ifdrop follow the two times: 20 + 12 + 12 bytes on */
    assert_int_equal(little(&out, block(&out, STATISTICS, 0) + 48), 3);
    assert_int_equal(little(&out, block(&out, STATISTICS, 0) + 60), 9);
    assert_int_equal(little(&out, block(&out, STATISTICS, 1) + 60), 0);
    capture_save_free(&save);
    buf_fini(&out);
}

static void test_comment_and_direction(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_message m = example(TAP_SIP, "tls");
    struct buf out;
    size_t at;
    (void)state;

    buf_init(&out, OUT_MAX);
    m.sent = true;
    m.note = "route=cti acl=\"ours\"";
    m.subject = "cn.example";
    m.id = "call-1";
    assert_int_equal(capture_save_message(save, &m, &out), 0);
    at = block(&out, PACKET, 0);
    assert_true(holds(&out, at, "route=cti acl=\"ours\"; peer cn.example; id call-1"));
    assert_non_null(memmem(out.data + at, out.len - at, "\2\0\4\0\2\0\0\0", 8));
    m.id = "";
    m.bytes = "OPTIONS sip:a SIP/2.0\r\nCall-ID: call-2\r\n\r\n";
    m.len = strlen(m.bytes);
    assert_int_equal(capture_save_message(save, &m, &out), 0);
    assert_true(holds(&out, block(&out, PACKET, 1), "peer cn.example; id call-2"));
    capture_save_free(&save);
    buf_fini(&out);
}

/* More listeners than a file names: none is lost, and none is read with another's link type. */
static void test_too_many_interfaces(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_message m = example(TAP_SIP, "udp"), upper = example(TAP_CSTA, "tcp");
    struct buf out;
    char name[16];
    (void)state;

    buf_init(&out, OUT_MAX);
    m.interface = name;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(capture_save_message(save, &m, &out), 0);
    }
    assert_int_equal(capture_save_message(save, &upper, &out), 0);
    for (size_t i = 0; i <= 1000; i++) {
        size_t interface = little(&out, block(&out, PACKET, i) + 8);

        assert_int_equal(little(&out, block(&out, INTERFACE, interface) + 8),
                         i < 1000 ? PCAPNG_LINK_RAW_IP : PCAPNG_LINK_UPPER_PDU);
    }
    assert_int_equal(block(&out, INTERFACE, 129), SIZE_MAX);
    capture_save_free(&save);
    buf_fini(&out);
}

/* Classic pcap has one link type: all that has addresses is a packet, and only that. */
static void test_pcap(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAP, PCAPNG_LINK_RAW_IP);
    struct capture_message m = example(TAP_SIP, "tls"), nowhere = m;
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    capture_save_begin(save, "crosspoint", &out);
    assert_int_equal(out.len, 24);
    assert_int_equal(little(&out, 20), PCAPNG_LINK_RAW_IP);
    assert_int_equal(capture_save_message(save, &m, &out), 0);
    assert_int_equal(out.len, 24 + 16 + 44);
    memset(&nowhere.source, 0, sizeof nowhere.source);
    assert_int_equal(capture_save_message(save, &nowhere, &out), -EAFNOSUPPORT);
    capture_save_secrets(save, "KEY\n", 4, &out);
    capture_save_end(save, 1, 2, 3, &out);
    assert_int_equal(out.len, 24 + 16 + 44);
    capture_save_free(&save);
    buf_fini(&out);
}

static void test_what_does_not_fit(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_message m = example(TAP_CSTA, "tcp");
    char *bytes = calloc(1, PCAPNG_SNAP_LENGTH);
    struct buf out, small;
    (void)state;

    buf_init(&out, OUT_MAX);
    buf_init(&small, 64);
    m.bytes = bytes;
    m.len = PCAPNG_SNAP_LENGTH;
    assert_int_equal(capture_save_message(save, &m, &out), -EMSGSIZE);
    assert_int_equal(out.len, 0);
    m.len = 1000;
    assert_int_equal(capture_save_message(save, &m, &small), -ENOMEM);
    buf_fini(&small);
    buf_fini(&out);
    free(bytes);
    capture_save_free(&save);
}

/* As an interface gives them; and secrets before the packets that they serve. */
static void test_packets_and_secrets(void **state)
{
    struct capture_save *save = capture_save_new(CAPTURE_PCAPNG, 0);
    struct capture_packet packet = { "eth0", "", 1, 7, "abcd", 4, 60 };
    struct buf out;
    (void)state;

    buf_init(&out, OUT_MAX);
    capture_save_secrets(save, "KEY\n", 4, &out);
    assert_int_equal(capture_save_packet(save, &packet, &out), 0);
    assert_true(block(&out, SECRETS, 0) < block(&out, PACKET, 0));
    assert_int_equal(little(&out, block(&out, INTERFACE, 0) + 8), 1);
    assert_int_equal(little(&out, block(&out, PACKET, 0) + 24), 60);
    capture_save_free(&save);
    save = capture_save_new(CAPTURE_PCAP, 1);
    assert_int_equal(capture_save_packet(save, &packet, &out), 0);
    packet.link_type = 113;
    assert_int_equal(capture_save_packet(save, &packet, &out), -EAFNOSUPPORT);
    capture_save_free(&save);
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_comment_and_direction),
        cmocka_unit_test(test_too_many_interfaces),
        cmocka_unit_test(test_pcap),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_packets_and_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
