/* SPDX-License-Identifier: Apache-2.0 */
/* Formats of capture files, whole, cut and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_file.h"
#include "packet_rig.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYE "BYE sip:a@b SIP/2.0\r\n\r\n"

enum { TIME_US = 1700000000 };
static uint64_t const time_us = TIME_US * 1000000ull + 654321;

static struct capture_source *open_file(struct rig_file *file)
{
    struct capture_source *source;
    int fd = memfd_create("capture", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, file->bytes.data, file->bytes.len), file->bytes.len);
    lseek(fd, 0, SEEK_SET);
    buf_fini(&file->bytes);
    assert_int_equal(capture_file_open_fd(fd, &source), 0);
    return source;
}

static void assert_message(struct capture_source *source, uint64_t number, char const *interface,
                           char const *note)
{
    struct capture_message message;
    char text[NET_ADDR_TEXT];

    assert_int_equal(capture_source_next(source, &message), 1);
    assert_int_equal(message.number, number);
    assert_int_equal(message.time_us, time_us);
    assert_string_equal(net_addr_print(&message.source, text), "192.0.2.1:5060");
    assert_string_equal(net_addr_print(&message.destination, text), "192.0.2.2:5070");
    assert_string_equal(message.transport, "udp");
    assert_string_equal(message.interface, interface);
    assert_string_equal(message.note, note);
    assert_string_equal(message.program, "");
    assert_int_equal(message.protocol, TAP_SIP);
    assert_false(message.cut);
    assert_int_equal(message.len, strlen(BYE));
    assert_memory_equal(message.bytes, BYE, message.len);
}

static void assert_end(struct capture_source *source)
{
    struct capture_message message;

    assert_int_equal(capture_source_next(source, &message), 0);
    assert_int_equal(capture_source_next(source, &message), 0);
    assert_string_equal(capture_file_error(source), "");
    capture_source_free(&source);
}

static void test_pcap(void **state)
{
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    packet_rig_sip(&packet, BYE);
    for (int variant = 0; variant < 4; variant++) {
        struct rig_file file = { .big = variant & 1, .nanos = variant & 2 };

        packet_rig_pcap(&file, RIG_RAW);
        packet_rig_pcap_packet(&file, time_us, &packet);
        packet_rig_pcap_packet(&file, time_us, &packet);
        struct capture_source *source = open_file(&file);
        assert_message(source, 1, "", "");
        assert_message(source, 2, "", "");
        assert_end(source);
    }
    buf_fini(&packet);
}

/* A section of each byte order, three resolutions, and blocks that are passed over. */
static void add_section(struct rig_file *file, struct buf const *packet)
{
    struct buf options;
    char const shifted = (char)(0x80 | 20), nanos = 9;
    uint64_t const shifted_time =
        (uint64_t)((unsigned __int128)(time_us % 1000000 + 1) * (1 << 20) / 1000000) +
        ((uint64_t)(TIME_US + 5) << 20);

    packet_rig_section(file);
    packet_rig_block(file, 10, "secrets", 7);
    buf_init(&options, 4096);
    packet_rig_option(&options, 2, "lo", 2, file->big);
    packet_rig_interface(file, RIG_RAW, &options);
    buf_reset(&options);
    packet_rig_option(&options, 9, &nanos, 1, file->big);
    packet_rig_number(&options, 14, 2, file->big);
    packet_rig_number(&options, 8, 2, file->big);
    packet_rig_number(&options, (uint64_t)-5, 8, file->big);
    packet_rig_option(&options, 0, NULL, 0, file->big);
    packet_rig_interface(file, RIG_RAW, &options);
    buf_reset(&options);
    packet_rig_option(&options, 9, &shifted, 1, file->big);
    packet_rig_number(&options, 14, 2, file->big);
    packet_rig_number(&options, 8, 2, file->big);
    packet_rig_number(&options, (uint64_t)-5, 8, file->big);
    packet_rig_interface(file, RIG_RAW, &options);
    packet_rig_block(file, 4, "names", 5);
    packet_rig_block(file, 0x80000bad, "own", 3);
    buf_reset(&options);
    packet_rig_option(&options, 1, "route=1", 7, file->big);
    packet_rig_option(&options, 1, "acl=2\0x", 7, file->big);
    packet_rig_number(&options, 2, 2, file->big);
    packet_rig_number(&options, 4, 2, file->big);
    packet_rig_number(&options, 2, 4, file->big);
    packet_rig_packet(file, 0, time_us, packet, &options);
    packet_rig_packet(file, 1, (time_us + 5000000) * 1000 + 7, packet, NULL);
    packet_rig_packet(file, 2, shifted_time, packet, NULL);
    buf_fini(&options);
    packet_rig_block(file, 5, "statistics..", 12);
}

/* The older packet block has a count of losses beside the interface; the simple one has no time. */
static void add_other_packets(struct rig_file *file, struct buf const *packet)
{
    struct buf body;

    buf_init(&body, 65536);
    packet_rig_number(&body, 0, 2, file->big);
    packet_rig_number(&body, 77, 2, file->big);
    packet_rig_number(&body, time_us >> 32, 4, file->big);
    packet_rig_number(&body, time_us, 4, file->big);
    packet_rig_number(&body, packet->len, 4, file->big);
    packet_rig_number(&body, packet->len, 4, file->big);
    buf_add(&body, packet->data, packet->len);
    packet_rig_block(file, 2, body.data, body.len);
    buf_reset(&body);
    packet_rig_number(&body, packet->len, 4, file->big);
    buf_add(&body, packet->data, packet->len);
    packet_rig_block(file, 3, body.data, body.len);
    buf_fini(&body);
}

static void test_pcapng(void **state)
{
    struct rig_file file = { 0 };
    struct capture_source *source;
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    packet_rig_sip(&packet, BYE);
    buf_init(&file.bytes, 1 << 20);
    for (int section = 0; section < 2; section++) {
        file.big = section;
        add_section(&file, &packet);
        add_other_packets(&file, &packet);
    }
    source = open_file(&file);
    for (uint64_t number = 1; number <= 10; number += 5) {
        assert_message(source, number, "lo", "route=1; acl=2");
        assert_message(source, number + 1, "", "");
        assert_message(source, number + 2, "", "");
        assert_message(source, number + 3, "lo", "");
        assert_message(source, number + 4, "lo", "");
    }
    assert_int_equal(capture_file_counts(source)->n[CAPTURE_PACKETS], 10);
    assert_end(source);
    buf_fini(&packet);
}

/* The interfaces of a section are not those of the next. */
static void test_sections(void **state)
{
    char *summary = malloc(RIG_SUMMARY);
    struct rig_file file = { 0 };
    struct capture_counts counts;
    struct buf packet;

    (void)state;
    buf_init(&packet, 65536);
    packet_rig_sip(&packet, BYE);
    buf_init(&file.bytes, 1 << 20);
    for (int i = 0; i < 2; i++) {
        packet_rig_section(&file);
        if (i == 0)
            packet_rig_interface(&file, RIG_RAW, NULL);
        packet_rig_packet(&file, 0, time_us, &packet, NULL);
    }
    packet_rig_read(&file, &counts, summary);
    assert_string_equal(summary,
                        "[" BYE "]!offset 160: a packet of interface 0, which is not there");
    buf_fini(&packet);
    free(summary);
}

static struct rig_file small_file(bool ng)
{
    struct rig_file file = { 0 };
    struct buf packet;

    buf_init(&packet, 65536);
    packet_rig_sip(&packet, BYE);
    if (ng) {
        buf_init(&file.bytes, 1 << 20);
        packet_rig_section(&file);
        packet_rig_interface(&file, RIG_RAW, NULL);
        packet_rig_packet(&file, 0, time_us, &packet, NULL);
        packet_rig_packet(&file, 0, time_us, &packet, NULL);
    } else {
        packet_rig_pcap(&file, RIG_RAW);
        packet_rig_pcap_packet(&file, time_us, &packet);
        packet_rig_pcap_packet(&file, time_us, &packet);
    }
    buf_fini(&packet);
    return file;
}

/* Cut anywhere, a file gives what was before, and says where it ends. */
static void test_cut(void **state)
{
    char *summary = malloc(RIG_SUMMARY);
    struct capture_counts counts;

    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct rig_file file = small_file(ng);
        size_t ends = 0;

        for (size_t len = 0; len <= file.bytes.len; len++) {
            size_t messages = 0;

            packet_rig_read_part(&file, len, &counts, summary);
            for (char const *at = summary; (at = strstr(at, "[BYE")); at++)
                messages++;
            assert_int_equal(messages, counts.n[CAPTURE_MESSAGES]);
            if (strchr(summary, '!'))
                assert_non_null(strstr(summary, "!offset "));
            else
                ends++;
            if (len == file.bytes.len - 1)
                assert_int_equal(messages, 1);
        }
        /* Behind the header, each interface and each packet. */
        assert_int_equal(ends, ng ? 4 : 3);
        buf_fini(&file.bytes);
    }
    free(summary);
}

struct damage {
    bool ng;
    long at; /* from the end if negative; LONG_MIN: none */
    uint32_t value;
    char const *summary;
};

/* clang-format off */
static struct damage const damages[] = {
    { false, 0, 0x12345678, "!offset 0: the file is neither pcap nor pcapng" },
    { false, 0, 0x00088b1f, "!offset 0: the file is compressed with gzip" },
    { false, 0, 0xa1b2cd34, "!offset 0: pcap with patched headers is not known" },
    { false, 4, 0x00040009, "!offset 0: pcap of version 9, not 2" },
    { false, 32, 0xffffffff, "!offset 24: a packet cannot have 4294967295 bytes" },
    { false, 32, 262145, "!offset 24: a packet cannot have 262145 bytes" },
    { false, 20, 147, "" },
    { true, 8, 0x12345678, "!offset 0: a section without a byte order" },
    { true, 12, 2, "!offset 0: pcapng of version 2, not 1" },
    { true, 4, 24, "!offset 0: a block cannot have 24 bytes" },
    { true, 32, 0, "!offset 28: a block cannot have 0 bytes" },
    { true, 32, 22, "!offset 28: a block cannot have 22 bytes" },
    { true, 32, 0x7ffffffc, "!offset 28: an interface block of 2147483644 bytes" },
    { true, 44, 24, "!offset 28: the two lengths of a block differ" },
    { true, 28, 7, "!offset 48: a packet of interface 0, which is not there" },
    { true, 56, 9, "!offset 48: a packet of interface 9, which is not there" },
    { true, 68, 0xffffffff, "!offset 48: a packet of 4294967295 bytes in a block of 84" },
    { true, 68, 53, "!offset 48: a packet of 53 bytes in a block of 84" },
    /* A block of a kind that nobody knows is passed over, whatever its length. */
    { true, 48, 99, "[" BYE "]" },
    { true, 52, 0x00200000, "!offset 48: the file ends within a block of 2097152 bytes" },
};
/* clang-format on */

static void test_damages(void **state)
{
    char *summary = malloc(RIG_SUMMARY);
    struct capture_counts counts;

    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct rig_file file = small_file(damages[i].ng);

        memcpy(file.bytes.data + damages[i].at, &damages[i].value, 4);
        packet_rig_read(&file, &counts, summary);
        assert_string_equal(summary, damages[i].summary);
    }
    free(summary);
}

/* A packet longer than any that is looked at, where the writer promised such. */
static void test_long(void **state)
{
    char *summary = malloc(RIG_SUMMARY);
    struct rig_file file = { 0 };
    struct capture_counts counts;
    struct buf packet;

    (void)state;
    packet_rig_pcap(&file, RIG_RAW);
    memcpy(file.bytes.data + 16, (uint32_t[]){ 0x7fffffff }, 4);
    buf_init(&packet, 8 << 20);
    buf_reserve(&packet, 3 << 20);
    memset(packet.data, 0, 3 << 20);
    packet.len = 3 << 20;
    packet_rig_pcap_packet(&file, time_us, &packet);
    buf_reset(&packet);
    packet_rig_sip(&packet, BYE);
    packet_rig_pcap_packet(&file, time_us, &packet);
    packet_rig_read(&file, &counts, summary);
    assert_string_equal(summary, "[" BYE "]");
    assert_int_equal(counts.n[CAPTURE_TOO_LONG], 1);
    assert_int_equal(counts.n[CAPTURE_PACKETS], 2);
    capture_counts_print(&counts, summary, RIG_SUMMARY);
    assert_string_equal(summary, "1 packets too long to be looked at");
    buf_fini(&packet);
    free(summary);
}

/* A file that comes byte by byte through a pipe which does not wait. */
static void read_by_bytes(struct rig_file *file)
{
    struct capture_message message;
    struct capture_source *source;
    unsigned n = 0;
    int fds[2];

    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    assert_int_equal(capture_file_open_fd(fds[0], &source), 0);
    for (size_t i = 0; i < file->bytes.len; i++) {
        assert_int_equal(capture_source_next(source, &message), 0);
        assert_int_equal(write(fds[1], file->bytes.data + i, 1), 1);
        while (capture_source_next(source, &message) == 1) {
            assert_int_equal(message.number, ++n);
            assert_int_equal(message.len, strlen(BYE));
            assert_memory_equal(message.bytes, BYE, message.len);
        }
        assert_false(capture_file_has_ended(source));
    }
    assert_int_equal(n, 2);
    assert_int_equal(capture_file_counts(source)->n[CAPTURE_PACKETS], 2);
    close(fds[1]);
    assert_end(source);
    buf_fini(&file->bytes);
}

static void test_slow_pipe(void **state)
{
    struct buf packet;

    (void)state;
    buf_init(&packet, 4096);
    packet_rig_sip(&packet, BYE);
    for (int big = 0; big < 2; big++) {
        struct rig_file file = { .big = big };

        packet_rig_pcap(&file, RIG_RAW);
        packet_rig_pcap_packet(&file, time_us, &packet);
        packet_rig_pcap_packet(&file, time_us, &packet);
        read_by_bytes(&file);
        file = (struct rig_file){ .big = big };
        buf_init(&file.bytes, 1 << 20);
        packet_rig_section(&file);
        packet_rig_interface(&file, RIG_RAW, NULL);
        packet_rig_packet(&file, 0, time_us, &packet, NULL);
        packet_rig_packet(&file, 0, time_us, &packet, NULL);
        read_by_bytes(&file);
    }
    buf_fini(&packet);
}

/* What is longer than any packet cannot be passed over while it comes. */
static void test_slow_pipe_with_too_long(void **state)
{
    struct capture_message message;
    struct capture_source *source;
    struct rig_file file = { .big = false };
    int fds[2];

    (void)state;
    buf_init(&file.bytes, 1 << 20);
    packet_rig_section(&file);
    packet_rig_number(&file.bytes, 6 /* packet */, 4, false);
    packet_rig_number(&file.bytes, 2 << 20, 4, false);
    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    assert_int_equal(write(fds[1], file.bytes.data, file.bytes.len), file.bytes.len);
    assert_int_equal(capture_file_open_fd(fds[0], &source), 0);
    assert_int_equal(capture_source_next(source, &message), -EIO);
    assert_true(capture_file_has_ended(source));
    assert_non_null(strstr(capture_file_error(source), "cannot be read"));
    capture_source_free(&source);
    close(fds[1]);
    buf_fini(&file.bytes);
}

static void test_no_file(void **state)
{
    struct capture_source *source;
    char *summary = malloc(RIG_SUMMARY);
    struct capture_counts counts;
    struct rig_file file = { 0 };

    (void)state;
    assert_int_equal(capture_file_open("/nonexistent/x", &source), -ENOENT);
    assert_null(source);
    assert_int_equal(capture_file_open("/", &source), 0);
    struct capture_message message;
    assert_int_equal(capture_source_next(source, &message), -EIO);
    assert_string_equal(capture_file_error(source), "offset 0: cannot be read: Is a directory");
    capture_source_free(&source);
    buf_init(&file.bytes, 8);
    packet_rig_read(&file, &counts, summary);
    assert_string_equal(summary, "!offset 0: the file is empty");
    free(summary);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_pcap),      cmocka_unit_test(test_pcapng),
        cmocka_unit_test(test_sections),  cmocka_unit_test(test_cut),
        cmocka_unit_test(test_damages),   cmocka_unit_test(test_long),
        cmocka_unit_test(test_slow_pipe), cmocka_unit_test(test_slow_pipe_with_too_long),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
