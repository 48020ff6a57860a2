/* SPDX-License-Identifier: Apache-2.0 */
/* What a record of the tap costs who writes it, and how fast others read. `bench_tap follow
 * FILE...` does what a live view does: it reads ring files every 50 ms until it is ended. */
#include "capture_taps.h"
#include "clock.h"
#include "tap_reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 2000, BYTES = 4194304, ROUNDS = 400000, POLL_US = 50000, CHUNK = 1000 };

static char const note[] =
    "acl=\"127.0.0.0/8\" rule=\"static_routes\" why=\"the most specific pattern\" "
    "to=\"3555*\" next=\"sip:127.0.0.1:5070\"";

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct tap_record record_like(void)
{
    struct tap_record like = { .direction = TAP_RECEIVED,
                               .transport = "udp",
                               .listener = "udp:127.0.0.1:5060" };

    net_addr_parse(&like.local, "127.0.0.1:5060", 0);
    net_addr_parse(&like.remote, "127.0.0.1:40000", 0);
    return like;
}

/* All messages are somewhere else in memory, as they are in a program. */
static double write_one(struct tap *tap, char const *text, size_t len, size_t places)
{
    struct tap_record const like = record_like();
    double start = cpu_ns();

    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t serial = tap_add(tap, &like, text + i % places * len, len);
        if (i % 4 == 0)
            tap_note(tap, serial, note, sizeof note - 1);
    }
    return (cpu_ns() - start) / ROUNDS;
}

static double read_one(struct tap *tap, char const *path, char const *text, size_t len)
{
    struct tap_record const like = record_like();
    struct tap_reader *reader;
    struct tap_entry entry;
    double ns = 0;
    size_t n = 0;

    if (tap_reader_open(&reader, path) < 0)
        return 0;
    while (n < ROUNDS) {
        for (int i = 0; i < CHUNK; i++)
            tap_add(tap, &like, text, len);
        double start = cpu_ns();
        while (tap_reader_next(reader, &entry) > 0)
            n++;
        ns += cpu_ns() - start;
    }
    tap_reader_free(&reader);
    return ns / (double)n;
}

static int measure(void)
{
    static size_t const lens[] = { 300, 800, 4000 };
    char dir[] = "/tmp/bench-tap-XXXXXX", path[64];
    size_t places = 64;
    char *text = malloc(places * 4000);
    struct tap *tap = tap_new(RECORDS, BYTES);

    if (!text || !tap || !mkdtemp(dir) || tap_keep(tap, dir, "bench") < 0)
        return 1;
    memset(text, 'x', places * 4000);
    snprintf(path, sizeof path, "%s/bench.tap", dir);
    puts("| bytes of a message | ns to write it (a note with every fourth) | ns to read it |");
    puts("|---|---|---|");
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        write_one(tap, text, lens[i], places);
        double ns = write_one(tap, text, lens[i], places);
        printf("| %zu | %.0f | %.0f |\n", lens[i], ns, read_one(tap, path, text, lens[i]));
    }
    tap_free(&tap);
    free(text);
    unlink(path);
    rmdir(dir);
    return 0;
}

static int follow(char const *const *paths, size_t n)
{
    struct capture_source *source = capture_taps_open(&(struct capture_taps_options){
        .programs = paths, .n = n, .follow = true, .from_now = true });
    struct capture_message message;

    while (source && getppid() != 1) {
        while (capture_source_next(source, &message) > 0)
            continue;
        usleep(POLL_US);
    }
    capture_source_free(&source);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "follow") == 0)
        return follow((char const *const *)argv + 2, (size_t)argc - 2);
    return measure();
}
