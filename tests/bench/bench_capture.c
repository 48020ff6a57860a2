/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a capture file is read: every message is taken out and named, as a ladder does.
 *
 *   bench_capture make FILE MESSAGES      calls of six messages over UDP, on Ethernet
 *   bench_capture make-tcp FILE MESSAGES  the same over TCP, ten calls in a connection
 *   bench_capture sparse FILE GIB         a file of so many GiB, of which the disk holds little
 *   bench_capture read FILE               one line of JSON: messages, CPU seconds, peak memory */
#include "capture_file.h"
#include "capture_look.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ETHERNET = 14, IP = 20, UDP = 8, TCP = 20, CALL = 6, CALLS = 10 };

static void fail(char const *what)
{
    perror(what);
    exit(1);
}

static void put(unsigned char *at, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
}

static void write_header(FILE *f)
{
    uint32_t const header[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1 };

    if (fwrite(header, sizeof header, 1, f) != 1)
        fail("write");
}

static void write_packet(FILE *f, uint64_t time_us, void const *bytes, uint32_t len)
{
    uint32_t const header[] = { (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), len,
                                len };

    if (fwrite(header, sizeof header, 1, f) != 1 || fwrite(bytes, len, 1, f) != 1)
        fail("write");
}

/* Message @p step of call @p call: INVITE, 180, 200, ACK, BYE, 200, as sipp sends them. */
static size_t print_message(char *text, size_t size, unsigned call, int step)
{
    static char const *const starts[CALL] = {
        "INVITE sip:service@192.0.2.2:5060 SIP/2.0",
        "SIP/2.0 180 Ringing",
        "SIP/2.0 200 OK",
        "ACK sip:service@192.0.2.2:5060 SIP/2.0",
        "BYE sip:service@192.0.2.2:5060 SIP/2.0",
        "SIP/2.0 200 OK",
    };
    static char const *const methods[CALL] = { "INVITE", "INVITE", "INVITE", "ACK", "BYE", "BYE" };
    bool has_sdp = step == 0 || step == 2;
    char const *sdp = "v=0\r\no=user1 53655765 2353687637 IN IP4 192.0.2.1\r\ns=-\r\n"
                      "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n"
                      "a=rtpmap:0 PCMU/8000\r\n";

    return (size_t)snprintf(
        text, size,
        "%s\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-%u-1-%d\r\n"
        "From: sipp <sip:sipp@192.0.2.1:5060>;tag=%uSIPpTag001\r\n"
        "To: service <sip:service@192.0.2.2:5060>%s\r\nCall-ID: %u-1@192.0.2.1\r\n"
        "CSeq: %d %s\r\nContact: <sip:sipp@192.0.2.1:5060;transport=UDP>\r\nMax-Forwards: 70\r\n"
        "Subject: Performance Test\r\n%sContent-Length: %zu\r\n\r\n%s",
        starts[step], call, step, call, step ? ";tag=7SIPpTag011" : "", call, step < 4 ? 1 : 2,
        methods[step], has_sdp ? "Content-Type: application/sdp\r\n" : "",
        has_sdp ? strlen(sdp) : 0, has_sdp ? sdp : "");
}

/* Headers in front of @p len bytes of text; returns their length. */
static size_t put_headers(unsigned char *packet, bool back, bool tcp, unsigned connection,
                          uint32_t seq, size_t len)
{
    size_t transport = tcp ? TCP : UDP;
    unsigned char *ip = packet + ETHERNET, *at = ip + IP;

    memset(packet, 0, ETHERNET + IP + transport);
    put(packet + 12, 0x0800, 2);
    put(ip, 0x4500, 2);
    put(ip + 2, (uint32_t)(IP + transport + len), 2);
    put(ip + 8, 0x4000u | (tcp ? 6 : 17), 2);
    put(ip + 12, 0xc0000201u + back, 4);
    put(ip + 16, 0xc0000202u - back, 4);
    put(at + (back ? 2 : 0), tcp ? 10000 + connection % 50000 : 5060, 2);
    put(at + (back ? 0 : 2), 5060, 2);
    if (tcp) {
        put(at + 4, seq, 4);
        put(at + 12, 0x5018, 2);
    } else {
        put(at + 4, (uint32_t)(UDP + len), 2);
    }
    return ETHERNET + IP + transport;
}

static void make(char const *path, unsigned messages, bool tcp)
{
    unsigned char packet[2048];
    char text[1500];
    uint32_t seq[2] = { 0, 0 };
    FILE *f = fopen(path, "wb");

    if (!f)
        fail(path);
    write_header(f);
    for (unsigned i = 0; i < messages; i++) {
        unsigned call = i / CALL, connection = call / CALLS;
        int step = (int)(i % CALL);
        bool back = step == 1 || step == 2 || step == 5;
        size_t len = print_message(text, sizeof text, call, step), header;

        /* A new connection begins where a message does; its numbers are far from the last one's. */
        if (i % (CALL * CALLS) == 0)
            seq[0] = seq[1] = connection * 0x30000001u;
        header = put_headers(packet, back, tcp, connection, seq[back], len);
        seq[back] += (uint32_t)len;
        memcpy(packet + header, text, len);
        write_packet(f, 1700000000000000ull + i * 100, packet, (uint32_t)(header + len));
    }
    if (fclose(f))
        fail(path);
}

/* Packets of 64 KiB that are holes in the file, and a message behind every thousand of them. */
static void make_sparse(char const *path, unsigned gib)
{
    uint32_t const header[] = { 1700000000, 0, 65536, 65536 };
    unsigned char packet[2048];
    char text[1500];
    FILE *f = fopen(path, "wb");

    if (!f)
        fail(path);
    write_header(f);
    for (unsigned i = 0; i < gib * 16384; i++) {
        if (fwrite(header, sizeof header, 1, f) != 1 || fseek(f, 65536, SEEK_CUR) < 0)
            fail(path);
        /* The last one is no hole: the file would end before it. */
        if (i % 1000 && i + 1 < gib * 16384)
            continue;
        size_t len = print_message(text, sizeof text, i, 0);
        size_t head = put_headers(packet, false, false, 0, 0, len);
        memcpy(packet + head, text, len);
        write_packet(f, 1700000000000000ull, packet, (uint32_t)(head + len));
    }
    if (fclose(f))
        fail(path);
}

/* Peak memory in KiB; that of getrusage() is inherited through exec(). */
static long peak_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

static int read_file(char const *path)
{
    struct capture_source *source;
    struct capture_message message;
    struct capture_look look;
    struct rusage usage;
    uint64_t named = 0;
    int got;

    if (capture_file_open(path, &source) < 0)
        fail(path);
    while ((got = capture_source_next(source, &message)) > 0) {
        capture_look(&message, &look);
        named += look.call_id.len > 0;
    }
    if (got < 0)
        fprintf(stderr, "%s: %s\n", path, capture_file_error(source));
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"messages\": %llu, \"named\": %llu, \"cpu_s\": %.3f, \"peak_kib\": %ld}\n",
           (unsigned long long)capture_file_counts(source)->n[CAPTURE_MESSAGES],
           (unsigned long long)named,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           peak_kib());
    capture_source_free(&source);
    return got < 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_file(argv[2]);
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        make(argv[2], (unsigned)strtoul(argv[3], NULL, 10), false);
    else if (argc == 4 && strcmp(argv[1], "make-tcp") == 0)
        make(argv[2], (unsigned)strtoul(argv[3], NULL, 10), true);
    else if (argc == 4 && strcmp(argv[1], "sparse") == 0)
        make_sparse(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
    else
        return 64;
    return 0;
}
