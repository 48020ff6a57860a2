/* SPDX-License-Identifier: Apache-2.0 */
/* Capture in the foreground: see capture_live.h. */
#include "capture_live.h"
#include "buf.h"
#include "capture_mask.h"
#include "capture_save.h"
#include "capture_taps.h"
#include "cfg.h"
#include "cli.h"
#include "clock.h"
#include "config.h"
#include "filter_options.h"
#include "pcapng_write.h"
#include "program.h"
#include "trace_audit.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SETTLE_MS: a source keeps back what is younger. */
enum { LOOK_MS = 50, SETTLE_MS = 400, PENDING_MAX = 4 << 20, FLUSH_BYTES = 16384 };
enum { MASKED_MAX = 1 << 26, MODE_FILE = 0600 };

struct live {
    struct cli *cli;
    char const *path;
    enum capture_format format;
    unsigned long messages, seconds; /* 0: no limit */
    bool history, unmask;
    struct capture_filter_options wish;
    struct capture_filter *filter;
    int fd;
    uint64_t size, started_us;
    struct capture_source *source;
    struct capture_save *save;
    struct buf pending, masked;
    unsigned long n, dropped;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static int read_number(char const *text, unsigned long *ret)
{
    char *end;

    errno = 0;
    *ret = strtoul(text, &end, 10);
    return errno || *end || *text < '1' || *text > '9' ? EX_USAGE : CLI_OK;
}

static int read_options(struct live *live, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        char const *value = i + 1 < argc ? argv[i + 1] : NULL;
        int code = CLI_OK;

        bool *flag = strcmp(argv[i], "--history") == 0  ? &live->history
                     : strcmp(argv[i], "--unmask") == 0 ? &live->unmask
                                                        : NULL;

        if (flag) {
            *flag = true;
            continue;
        }
        if (!value)
            return EX_USAGE;
        if (strcmp(argv[i], "-w") == 0)
            live->path = value;
        else if (strcmp(argv[i], "--messages") == 0)
            code = read_number(value, &live->messages);
        else if (strcmp(argv[i], "--seconds") == 0)
            code = read_number(value, &live->seconds);
        else if (strcmp(argv[i], "--format") == 0 && strcmp(value, "pcap") == 0)
            live->format = CAPTURE_PCAP;
        else if (strcmp(argv[i], "--format") == 0)
            code = strcmp(value, "pcapng") == 0 ? CLI_OK : EX_USAGE;
        else if (!filter_options_take(&live->wish, argv[i], value))
            code = EX_USAGE;
        if (code)
            return code;
        i++;
    }
    return CLI_OK;
}

static int open_filter(struct live *live)
{
    char fault[CAPTURE_FILTER_FAULT];

    live->wish.programs = tapped_programs;
    live->wish.n_programs = TAPPED_PROGRAMS;
    live->filter = capture_filter_new(&live->wish, fault);
    if (live->filter)
        return CLI_OK;
    cli_complain("%s", fault);
    return EX_USAGE;
}

static int open_source(struct live *live)
{
    char const *programs[PROGRAMS];
    struct capture_taps_options options = {
        .run_dir = cfg_get_node(live->cli->cfg)->run_dir,
        .programs = programs,
        .follow = true,
        .from_now = !live->history,
    };
    size_t denied = 0;

    for (size_t i = 0; i < PROGRAMS; i++)
        if (cli_is_enabled(live->cli, &program_table[i]))
            programs[options.n++] = program_table[i].name;
    live->source = capture_taps_open(&options);
    if (!live->source)
        return EX_SOFTWARE;
    for (size_t i = 0; i < options.n; i++)
        denied += capture_taps_error(live->source, i) == -EACCES;
    if (denied == 0)
        return CLI_OK;
    cli_complain("the taps in %s are for root and the user of the programs only", options.run_dir);
    return EX_NOPERM;
}

static int open_output(struct live *live)
{
    if (strcmp(live->path, "-") == 0)
        live->fd = dup(STDOUT_FILENO);
    else
        live->fd = open(live->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE_FILE);
    if (live->fd < 0) {
        cli_complain("%s: %s", live->path, strerror(errno));
        return EX_CANTCREAT;
    }
    live->save = capture_save_new(live->format, PCAPNG_LINK_RAW_IP);
    if (!live->save)
        return EX_SOFTWARE;
    live->started_us = clock_wall_us();
    capture_save_begin(live->save, PACKAGE_STRING, &live->pending);
    return CLI_OK;
}

/* Whole blocks, or none of them if it is a file. */
static int flush(struct live *live)
{
    size_t done = 0;

    while (done < live->pending.len) {
        ssize_t n = write(live->fd, live->pending.data + done, live->pending.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            /* Fails on a pipe, where what is written is written. */
            int cut = ftruncate(live->fd, (off_t)live->size);

            /* Whoever reads the pipe has seen enough. */
            if (cut == 0 || error != EPIPE)
                cli_complain("%s: %s", live->path, strerror(error));
            return error == EPIPE ? CLI_FAILED : EX_IOERR;
        }
        done += (size_t)n;
    }
    live->size += done;
    buf_reset(&live->pending);
    return CLI_OK;
}

static bool is_over(struct live const *live, uint64_t end_ms)
{
    return (live->messages && live->n >= live->messages) || clock_now_ms() >= end_ms;
}

/* Filtered as it is masked: what is not shown cannot be found either. */
static void take_message(struct live *live, struct capture_message *message)
{
    bool is_sound = live->unmask || capture_mask_message(message, &live->masked) == 0;

    if (!capture_filter_match(live->filter, message, NULL))
        return;
    if (is_sound && capture_save_message(live->save, message, &live->pending) == 0)
        live->n++;
    else
        live->dropped++;
}

/* What has come until now. */
static int take(struct live *live, uint64_t end_ms)
{
    struct capture_message message;
    int rc = 1;

    while (!is_over(live, end_ms) && (rc = capture_source_next(live->source, &message)) == 1) {
        take_message(live, &message);
        if (!buf_ok(&live->pending))
            return EX_SOFTWARE;
        if (live->pending.len >= FLUSH_BYTES) {
            int code = flush(live);

            if (code)
                return code;
        }
    }
    if (rc >= 0)
        return flush(live);
    cli_complain("taps: %s", strerror(-rc));
    return CLI_FAILED;
}

static int run(struct live *live)
{
    uint64_t end_ms = live->seconds ? clock_now_ms() + live->seconds * 1000 : UINT64_MAX;
    int code = CLI_OK;

    while (code == CLI_OK && !is_over(live, end_ms)) {
        code = take(live, end_ms);
        if (stopped && end_ms > clock_now_ms() + SETTLE_MS)
            end_ms = clock_now_ms() + SETTLE_MS;
        (void)poll(NULL, 0, LOOK_MS);
    }
    if (code)
        return code;
    capture_save_end(live->save, live->started_us, clock_wall_us(),
                     live->dropped + capture_source_lost(live->source), &live->pending);
    return flush(live);
}

int capture_live(struct cli *cli, int argc, char **argv)
{
    struct live live = { .cli = cli, .format = CAPTURE_PCAPNG, .fd = -1 };
    struct sigaction action = { .sa_handler = on_signal };
    int code = read_options(&live, argc, argv);

    if (code || !live.path) {
        cli_complain("usage: crosspoint capture -w FILE [--format pcapng|pcap] [--messages N] "
                     "[--seconds N] [--history] [--unmask] [--user U] [--call-id ID] [--method M] "
                     "[--service S] [--peer P] [--text T] [--filter E]");
        return EX_USAGE;
    }
    buf_init(&live.pending, PENDING_MAX);
    buf_init(&live.masked, MASKED_MAX);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    code = open_filter(&live);
    if (code == CLI_OK)
        code = cli_load(cli);
    if (code == CLI_OK && live.unmask)
        code = trace_audit(cli, "unmasked capture");
    if (code == CLI_OK)
        code = open_source(&live);
    if (code == CLI_OK)
        code = open_output(&live);
    if (code == CLI_OK) {
        code = run(&live);
        fprintf(stderr, "%s: %lu messages\n", live.path, live.n);
    }
    if (live.fd >= 0)
        close(live.fd);
    capture_source_free(&live.source);
    capture_save_free(&live.save);
    capture_filter_free(&live.filter);
    buf_fini(&live.pending);
    buf_fini(&live.masked);
    return code;
}
