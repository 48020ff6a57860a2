/* SPDX-License-Identifier: Apache-2.0 */
/* TCP as captures show it: segments in any order, twice, overlapping, missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "packet_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { STEPS = 12 };

/* Messages of 29 bytes, so that sequence numbers can be told by heart. */
#define A "A sip:a SIP/2.0\r\nl: 4\r\n\r\naa\r\n"
#define B "B sip:b SIP/2.0\r\nl: 4\r\n\r\nbb\r\n"
#define C "C sip:c SIP/2.0\r\nl: 4\r\n\r\ncc\r\n"
_Static_assert(sizeof A == 30, "29 bytes");

struct step {
    char const *text; /* NULL after the last step */
    uint32_t seq;
    unsigned flags;
    int side;
    unsigned time_ms; /* since the last step */
    size_t from, len; /* part of the text; len 0: all behind */
};

struct connection {
    char const *name;
    struct step steps[STEPS];
    char const *messages;
    char const *complaint;
};

#define S(step_text, step_seq, step_flags, ...)                                                    \
    {                                                                                              \
        .text = step_text, .seq = step_seq, .flags = step_flags, __VA_ARGS__                       \
    }

/* clang-format off */
static struct connection const connections[] = {
    { "whole",
      { S("", 99, SYN), S("", 999, SYN | ACK, .side = 1), S(A, 100, ACK),
        S(B, 1000, ACK, .side = 1), S(C, 129, ACK), S("", 158, FIN), S("", 1029, FIN, .side = 1) },
      "[" A "][" B "][" C "]", "" },
    { "several in one segment, one in several",
      { S(A B C, 100, ACK, .len = 40), S(A B C, 140, ACK, .from = 40, .len = 1),
        S(A B C, 141, ACK, .from = 41) },
      "[" A "][" B "][" C "]", "" },
    { "out of order",
      { S("", 99, SYN), S(A B, 120, ACK, .from = 20, .len = 30), S(A B, 150, ACK, .from = 50),
        S(A B, 100, ACK, .len = 20) },
      "[" A "][" B "]", "" },
    { "retransmitted, in part, before and behind",
      { S(A B, 100, ACK, .len = 30), S(A B, 100, ACK, .len = 30), S(A B, 90, ACK, .len = 12),
        S(A B, 110, ACK, .from = 10), S(A B, 100, ACK), S(A B, 157, ACK, .from = 57) },
      "[" A "][" B "]", "" },
    { "the same segment waits twice, a longer one, too",
      { S("", 99, SYN), S(A B, 120, ACK, .from = 20, .len = 5),
        S(A B, 120, ACK, .from = 20, .len = 5), S(A B, 120, ACK, .from = 20),
        S(A B, 110, ACK, .from = 10, .len = 15), S(A B, 100, ACK, .len = 12) },
      "[" A "][" B "]", "" },
    { "keep-alive of TCP, pings of SIP",
      { S(A, 100, ACK), S("x", 128, ACK), S("\r\n\r\n", 129, ACK), S("\r\n", 133, ACK),
        S(B, 135, ACK) },
      "[" A "][" B "]", "" },
    { "sequence numbers wrap",
      { S("", 0xfffffff0, SYN), S(A B, 0xfffffff1, ACK, .len = 20),
        S(A B, 0xfffffff1 + 30, ACK, .from = 30), S(A B, 5, ACK, .from = 20, .len = 10) },
      "[" A "][" B "]", "" },
    { "a hole, given up after three seconds",
      { S("", 99, SYN), S(A B C, 100, ACK, .len = 32), S(A B C, 140, ACK, .from = 40, .len = 30),
        S("", 999, 0, .side = 1, .time_ms = 3100), S(A B C, 132, ACK, .from = 32, .len = 8),
        S(A B C, 170, ACK, .from = 70) },
      "[" A "][B s]~[" C "]",
      "1 gaps in TCP connections, 1 messages that are not complete" },
    { "a hole at a message, known from the receiver's acknowledgement",
      { S("", 99, SYN), S(A, 100, ACK), S(C, 158, ACK),
        S("", 1000, ACK, .side = 1, .time_ms = 60), S(B, 129, ACK) },
      "[" A "][" C "]", "1 gaps in TCP connections" },
    { "a hole that is filled in time",
      { S("", 99, SYN), S(B, 129, ACK), S("", 999, 0, .side = 1, .time_ms = 2900), S(A, 100, ACK) },
      "[" A "][" B "]", "" },
    { "a hole at the end of the capture",
      { S("", 99, SYN), S(A, 100, ACK), S(C, 158, ACK) },
      "[" A "][" C "]", "1 gaps in TCP connections" },
    { "from the middle of a message",
      { S(A B, 100, ACK, .from = 26), S(C, 132, ACK) },
      "[" B "][" C "]", "" },
    { "an end within a message",
      { S(A B, 100, ACK, .len = 49), S("", 149, FIN) },
      "[" A "][B sip:b SIP/2.0\r\nl: ]~", "1 messages that are not complete" },
    { "the end before the last segment",
      { S("", 99, SYN), S("", 158, FIN), S(A B, 100, ACK), S(C, 158, ACK) },
      "[" A "][" B "]", "" },
    { "reset",
      { S(A B, 100, ACK, .len = 49), S("", 999, RST, .side = 1), S(A B, 149, ACK, .from = 49) },
      "[" A "][B sip:b SIP/2.0\r\nl: ]~", "1 messages that are not complete" },
    { "ports used again: a new start, and a number far away",
      { S("", 99, SYN), S(A B, 100, ACK, .len = 35), S("", 9999, SYN), S(B, 10000, ACK),
        S(C, 0x70000000, ACK) },
      "[" A "][B sip:]~[" B "][" C "]",
      "1 messages that are not complete" },
    { "the start comes late, or once more",
      { S(A, 100, ACK), S("", 99, SYN), S("", 99, SYN), S(B, 129, ACK) },
      "[" A "][" B "]", "" },
    { "data with the start",
      { S(A, 99, SYN), S(B, 129, ACK) }, "[" A "][" B "]", "" },
};
/* clang-format on */

static void add_step(struct rig_file *file, struct step const *step, uint64_t time_us)
{
    struct rig_ip const ip = { .side = step->side, .protocol = RIG_TCP };
    size_t len = step->len ? step->len : strlen(step->text) - step->from;
    struct buf tcp, packet;

    buf_init(&tcp, 65536);
    buf_init(&packet, 65536);
    packet_rig_tcp(&tcp, step->side, step->seq, step->flags, step->text + step->from, len);
    /* The acknowledgement, where it matters: all of what the other side sent here. */
    if (step->side && step->flags == ACK)
        memcpy(tcp.data + 8, "\0\0\0\xbb", 4);
    packet_rig_ip(&packet, &ip, tcp.data, tcp.len);
    packet_rig_pcap_packet(file, time_us, &packet);
    buf_fini(&tcp);
    buf_fini(&packet);
}

static void test_connections(void **state)
{
    char *summary = malloc(RIG_SUMMARY);

    (void)state;
    for (size_t i = 0; i < sizeof connections / sizeof connections[0]; i++) {
        struct rig_file file = { 0 };
        struct capture_counts counts;
        uint64_t time_us = 1000000;

        packet_rig_pcap(&file, RIG_RAW);
        for (struct step const *step = connections[i].steps; step->text; step++)
            add_step(&file, step, time_us += 1000 + step->time_ms * 1000ull);
        packet_rig_read(&file, &counts, summary);
        if (strcmp(summary, connections[i].messages) != 0)
            print_message("# %s\n", connections[i].name);
        assert_string_equal(summary, connections[i].messages);
        assert_string_equal(capture_counts_print(&counts, summary, RIG_SUMMARY),
                            connections[i].complaint);
    }
    free(summary);
}

/* A packet of which the capture has only the first bytes, as with a snap length. */
static void test_snap(void **state)
{
    char *summary = malloc(RIG_SUMMARY);
    struct rig_file file = { 0 };
    struct capture_counts counts;
    struct step const steps[] = { S(A B, 100, ACK), S(C, 158, ACK) };

    (void)state;
    packet_rig_pcap(&file, RIG_RAW);
    add_step(&file, &steps[0], 1000);
    /* 20 bytes less in the file than on the wire. */
    size_t header = file.bytes.len - 40 - 58 - 16;
    file.bytes.len -= 20;
    memcpy(file.bytes.data + header + 8, (uint32_t[]){ 40 + 58 - 20 }, 4);
    add_step(&file, &steps[1], 2000);
    packet_rig_read(&file, &counts, summary);
    assert_string_equal(summary, "[" A "][B sip:b S]~[" C "]");
    assert_int_equal(counts.n[CAPTURE_TCP_GAP], 0);
    free(summary);
}

/* Many connections that never end, with @p len bytes of @p text in each. */
static struct capture_counts read_many(unsigned many, char const *text, size_t len)
{
    char *summary = malloc(RIG_SUMMARY);
    struct rig_file file = { 0 };
    struct capture_counts counts;
    struct step const step = S(text, 100, ACK, .len = len);

    packet_rig_pcap(&file, RIG_RAW);
    for (unsigned i = 0; i < many; i++) {
        add_step(&file, &step, 1000 + i);
        file.bytes.data[file.bytes.len - len - 20] = (char)(i >> 8);
        file.bytes.data[file.bytes.len - len - 19] = (char)i;
    }
    packet_rig_read(&file, &counts, summary);
    assert_int_equal(counts.n[CAPTURE_MESSAGES], many);
    free(summary);
    return counts;
}

/* The latest are remembered, bounded in number and in bytes. */
static void test_many(void **state)
{
    struct capture_counts counts = read_many(20000, A, strlen(A));
    char *text = malloc(40001);

    (void)state;
    assert_int_equal(counts.n[CAPTURE_MESSAGES_CUT], 0);
    assert_int_equal(counts.n[CAPTURE_TCP_FORGOTTEN], 20000 - 16384);
    memset(text, 'x', 40000);
    text[40000] = '\0';
    memcpy(text, A, 20);
    counts = read_many(1200, text, 40000);
    assert_int_equal(counts.n[CAPTURE_MESSAGES_CUT], 1200);
    /* 64 KiB of memory for each, 64 MiB for all. */
    assert_int_equal(counts.n[CAPTURE_TCP_FORGOTTEN], 1200 - 1024);
    free(text);
}

/* A header that reaches behind its packet, and one that is too short. */
static void test_lies(void **state)
{
    static unsigned char const offsets[] = { 0x40, 0xf0, 0x00 };
    char *summary = malloc(RIG_SUMMARY);

    (void)state;
    for (size_t i = 0; i < sizeof offsets; i++) {
        struct rig_file file = { 0 };
        struct capture_counts counts;
        struct step const step = S(A, 100, ACK);

        packet_rig_pcap(&file, RIG_RAW);
        add_step(&file, &step, 1000);
        file.bytes.data[file.bytes.len - 29 - 20 + 12] = (char)offsets[i];
        packet_rig_read(&file, &counts, summary);
        assert_string_equal(summary, "");
        assert_int_equal(counts.n[CAPTURE_TCP_BAD], 1);
    }
    free(summary);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_snap),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_lies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
