/* SPDX-License-Identifier: Apache-2.0 */
/* Every block of pcapng, of classic pcap and of upper PDU records, byte by byte. tshark and
 * capinfos read whole files in tests/interop/capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hex_rig.h"
#include "pcap_write.h"
#include "pcapng_write.h"
#include "upper_pdu.h"
#include <string.h>

static void write_section(struct buf *out)
{
    pcapng_write_section(out, "x86", NULL, "crosspoint");
}

static void write_interface(struct buf *out)
{
    pcapng_write_interface(out, "proxy", "", PCAPNG_LINK_UPPER_PDU);
}

static void write_packet(struct buf *out)
{
    pcapng_write_packet(out, &(struct pcapng_packet){ .interface = 1,
                                                      .time_us = 0x0005ddf012345678,
                                                      .direction = PCAPNG_OUTBOUND,
                                                      .comment = "a\nb\xff\xc3\xa9",
                                                      .bytes = "12345",
                                                      .len = 5 });
}

static void write_cut_packet(struct buf *out)
{
    pcapng_write_packet(out, &(struct pcapng_packet){ .bytes = "1234", .len = 4, .wire_len = 9 });
}

static void write_secrets(struct buf *out)
{
    pcapng_write_secrets(out, "KEY 1\n", 6);
}

static void write_statistics(struct buf *out)
{
    pcapng_write_statistics(out, &(struct pcapng_statistics){ 2, 1, UINT64_C(1) << 32, 7, 3 });
}

static void write_pcap(struct buf *out)
{
    pcap_write_header(out, PCAPNG_LINK_RAW_IP);
    pcap_write_packet(out, 1000002, "abc", 3, 3);
    pcap_write_packet(out, 0, "abc", 3, 8);
}

static void write_upper_v4(struct buf *out)
{
    struct capture_message message = { .protocol = TAP_CSTA, .transport = "tcp" };

    message.bytes = "<a/>";
    message.len = 4;
    net_addr_parse(&message.source, "192.0.2.1:2750", 0);
    net_addr_parse(&message.destination, "192.0.2.2:65535", 0);
    upper_pdu_write(out, &message);
}

static void write_upper_v6(struct buf *out)
{
    struct capture_message message = { .protocol = TAP_XMPP, .transport = "udp" };

    message.bytes = "";
    net_addr_parse(&message.source, "[2001:db8::1]:1", 0);
    net_addr_parse(&message.destination, "[2001:db8::2]:2", 0);
    upper_pdu_write(out, &message);
}

/* clang-format off */
static struct {
    char const *name;
    void (*write)(struct buf *out);
    char const *bytes;
} const rows[] = {
    { "section", write_section,
      "0a 0d 0d 0a 38 00 00 00\n"
      "4d 3c 2b 1a 01 00 00 00\n"
      "ff ff ff ff ff ff ff ff\n"
      "02 00 03 00 78 38 36 00\n"
      "04 00 0a 00 63 72 6f 73\n"
      "73 70 6f 69 6e 74 00 00\n"
      "00 00 00 00 38 00 00 00\n" },
    { "interface", write_interface,
      "01 00 00 00 2c 00 00 00\n"
      "fc 00 00 00 00 00 04 00\n"
      "02 00 05 00 70 72 6f 78\n"
      "79 00 00 00 09 00 01 00\n"
      "06 00 00 00 00 00 00 00\n"
      "2c 00 00 00\n" },
    { "packet", write_packet,
      "06 00 00 00 44 00 00 00\n"
      "01 00 00 00 f0 dd 05 00\n"
      "78 56 34 12 05 00 00 00\n"
      "05 00 00 00 31 32 33 34\n"
      "35 00 00 00 01 00 0c 00\n"
      "61 5c 78 30 61 62 5c 78\n"
      "66 66 c3 a9 02 00 04 00\n"
      "02 00 00 00 00 00 00 00\n"
      "44 00 00 00\n" },
    { "cut packet", write_cut_packet,
      "06 00 00 00 28 00 00 00\n"
      "00 00 00 00 00 00 00 00\n"
      "00 00 00 00 04 00 00 00\n"
      "09 00 00 00 31 32 33 34\n"
      "00 00 00 00 28 00 00 00\n" },
    { "secrets", write_secrets,
      "0a 00 00 00 1c 00 00 00\n"
      "4b 53 4c 54 06 00 00 00\n"
      "4b 45 59 20 31 0a 00 00\n"
      "1c 00 00 00\n" },
    { "statistics", write_statistics,
      "05 00 00 00 4c 00 00 00\n"
      "02 00 00 00 01 00 00 00\n"
      "00 00 00 00 02 00 08 00\n"
      "00 00 00 00 01 00 00 00\n"
      "03 00 08 00 01 00 00 00\n"
      "00 00 00 00 04 00 08 00\n"
      "07 00 00 00 00 00 00 00\n"
      "05 00 08 00 03 00 00 00\n"
      "00 00 00 00 00 00 00 00\n"
      "4c 00 00 00\n" },
    { "pcap", write_pcap,
      "d4 c3 b2 a1 02 00 04 00\n"
      "00 00 00 00 00 00 00 00\n"
      "00 00 04 00 65 00 00 00\n"
      "01 00 00 00 02 00 00 00\n"
      "03 00 00 00 03 00 00 00\n"
      "61 62 63 00 00 00 00 00\n"
      "00 00 00 03 00 00 00 08\n"
      "00 00 00 61 62 63\n" },
    { "upper PDU of IPv4", write_upper_v4,
      "00 0c 00 04 78 6d 6c 00\n"
      "00 14 00 04 c0 00 02 01\n"
      "00 15 00 04 c0 00 02 02\n"
      "00 18 00 04 00 00 00 02\n"
      "00 19 00 04 00 00 0a be\n"
      "00 1a 00 04 00 00 ff ff\n"
      "00 00 00 00 3c 61 2f 3e\n" },
    { "upper PDU of IPv6", write_upper_v6,
      "00 0c 00 04 78 6d 70 70\n"
      "00 16 00 10 20 01 0d b8\n"
      "00 00 00 00 00 00 00 00\n"
      "00 00 00 01 00 17 00 10\n"
      "20 01 0d b8 00 00 00 00\n"
      "00 00 00 00 00 00 00 02\n"
      "00 18 00 04 00 00 00 03\n"
      "00 19 00 04 00 00 00 01\n"
      "00 1a 00 04 00 00 00 02\n"
      "00 00 00 00\n" },
};
/* clang-format on */

static void test_blocks(void **state)
{
    struct buf out, text;
    (void)state;

    buf_init(&out, 4096);
    buf_init(&text, 16384);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&out);
        rows[i].write(&out);
        assert_true(buf_ok(&out));
        assert_string_equal(hex_rig_print(&out, &text), rows[i].bytes);
    }
    buf_fini(&text);
    buf_fini(&out);
}

/* A buffer that is full is no reason to write elsewhere. */
static void test_full_buffer(void **state)
{
    struct buf out;
    (void)state;

    for (size_t max = 0; max < 64; max++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            buf_init(&out, max);
            rows[i].write(&out);
            assert_true(!buf_ok(&out) || out.len <= max);
            buf_fini(&out);
        }
}

static struct {
    char const *text, *written;
} const comments[] = {
    { "plain", "plain" },
    { "tab\tnul", "tab\\x09nul" },
    { "\x7f", "\\x7f" },
    { "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
    { "\xc0\x80", "\\xc0\\x80" },          /* overlong */
    { "\xe0\x80\x80", "\\xe0\\x80\\x80" }, /* overlong */
    { "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
    { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
    { "\xe2\x82", "\\xe2\\x82" }, /* ends too early */
    { "\xc3", "\\xc3" },
};

static void test_comments_are_utf8(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof comments / sizeof *comments; i++) {
        size_t len = strlen(comments[i].written);

        buf_reset(&out);
        pcapng_write_packet(&out,
                            &(struct pcapng_packet){ .bytes = "", .comment = comments[i].text });
        assert_int_equal((unsigned char)out.data[30], len);
        assert_memory_equal(out.data + 32, comments[i].written, len);
    }
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_full_buffer),
        cmocka_unit_test(test_comments_are_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
