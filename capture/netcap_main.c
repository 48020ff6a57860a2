/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint-netcap: opens interfaces, gives up every privilege, and writes the packets to its
 * standard output as pcapng, until a limit, a signal, or nobody reads any more.
 *
 * The one program of the node that holds CAP_NET_RAW, and only until the sockets are open: filters,
 * and packets of strangers, meet a process that may do nothing. It does not look into packets. */
#include "buf.h"
#include "capture_save.h"
#include "config.h"
#include "netcap_device.h"
#include "netcap_options.h"
#include "netcap_privilege.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    OUT_MAX = 16 << 20,
    TURN = 256,
    DRAIN_US = 200000,
    OUTPUT = 0,
    SIGNALS = 1,
    FIRST_DEVICE = 2
};

struct netcap {
    struct netcap_options options;
    struct netcap_privilege privilege;
    struct netcap_device devices[NETCAP_INTERFACES_MAX];
    struct pollfd waits[FIRST_DEVICE + NETCAP_INTERFACES_MAX];
    struct capture_save *save;
    struct buf out;
    struct netcap_device const *turn; /* whose packets come */
    uint64_t packets, bytes, dropped;
    uint64_t started_us;
    time_t end_s; /* of the monotonic clock; 0: none */
    bool is_told; /* to end: by a signal, or by the time */
    bool is_over;
    char fault[NETCAP_FAULT];
};

static char const usage[] =
    "usage: crosspoint-netcap --interface NAME [--interface NAME ...] [--filter EXPRESSION]\n"
    "           [--packets N] [--bytes N] [--seconds N] [--snaplen BYTES] [--buffer KIB]\n"
    "           [--user NAME] [--quiet]\n"
    "       crosspoint-netcap --serve [--user NAME]\n"
    "Writes packets to standard output as pcapng; see crosspoint-netcap(8).\n";

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static time_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* A reader that is gone ends it, in order. */
static int flush(struct netcap *netcap)
{
    size_t done = 0;

    while (done < netcap->out.len) {
        ssize_t n = write(STDOUT_FILENO, netcap->out.data + done, netcap->out.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;

            netcap->is_over = true;
            buf_reset(&netcap->out);
            if (error == EPIPE || error == ECONNRESET)
                return 0;
            (void)snprintf(netcap->fault, sizeof netcap->fault, "standard output: %s",
                           strerror(error));
            return EX_IOERR;
        }
        done += (size_t)n;
    }
    buf_reset(&netcap->out);
    return 0;
}

static void on_packet(u_char *ctx, struct pcap_pkthdr const *about, u_char const *bytes)
{
    struct netcap *netcap = (struct netcap *)(void *)ctx;
    struct netcap_options const *options = &netcap->options;
    struct capture_packet packet = {
        .interface = netcap->turn->name,
        .description = "",
        .link_type = netcap->turn->link_type,
        .time_us = (uint64_t)about->ts.tv_sec * 1000000 + (uint64_t)about->ts.tv_usec,
        .bytes = bytes,
        .len = about->caplen,
        .wire_len = about->len,
    };

    if (netcap->is_over)
        return;
    if (capture_save_packet(netcap->save, &packet, &netcap->out) < 0) {
        netcap->dropped++;
        return;
    }
    netcap->packets++;
    netcap->bytes += about->caplen;
    netcap->is_over = (options->packets && netcap->packets >= options->packets) ||
                      (options->bytes && netcap->bytes >= options->bytes);
}

static int take(struct netcap *netcap, struct netcap_device const *device)
{
    netcap->turn = device;
    if (pcap_dispatch(device->pcap, TURN, on_packet, (u_char *)netcap) >= 0)
        return flush(netcap);
    (void)snprintf(netcap->fault, sizeof netcap->fault, "%.64s: %s", device->name,
                   pcap_geterr(device->pcap));
    netcap->is_over = true;
    return EX_IOERR;
}

static void start_waiting(struct netcap *netcap, int signals)
{
    netcap->waits[OUTPUT] = (struct pollfd){ .fd = STDOUT_FILENO };
    netcap->waits[SIGNALS] = (struct pollfd){ .fd = signals, .events = POLLIN };
    for (unsigned i = 0; i < netcap->options.n; i++)
        netcap->waits[FIRST_DEVICE + i] = (struct pollfd){
            .fd = pcap_get_selectable_fd(netcap->devices[i].pcap),
            .events = POLLIN,
        };
}

/* Until something comes, or the time is over. */
static void wait_for(struct netcap *netcap)
{
    time_t left = netcap->end_s ? netcap->end_s - now_s() : 0;
    int ms = !netcap->end_s ? -1 : left > 0 && left < 3600 ? (int)left * 1000 : 3600000;

    if (netcap->end_s && left <= 0) {
        netcap->is_told = true;
        return;
    }
    for (unsigned i = 0; i < netcap->options.n; i++) {
        int at_most = netcap_device_wait_ms(&netcap->devices[i]);
        if (at_most >= 0 && (ms < 0 || at_most < ms))
            ms = at_most;
    }
    if (poll(netcap->waits, FIRST_DEVICE + netcap->options.n, ms) < 0)
        return;
    netcap->is_told = netcap->waits[SIGNALS].revents;
    if (netcap->waits[OUTPUT].revents & (POLLERR | POLLHUP))
        netcap->is_over = true;
}

static int take_all(struct netcap *netcap)
{
    int code = 0;

    for (unsigned i = 0; i < netcap->options.n && code == 0 && !netcap->is_over; i++)
        if (netcap->waits[FIRST_DEVICE + i].revents ||
            netcap_device_wait_ms(&netcap->devices[i]) >= 0)
            code = take(netcap, &netcap->devices[i]);
    return code;
}

/* What came before it was told to end: the kernel hands it over within the time that it gathers.
 * Signals wait still, so they are left out. */
static int drain(struct netcap *netcap)
{
    uint64_t const end_us = now_us() + DRAIN_US;
    uint64_t left_us = DRAIN_US;
    int code = 0;

    while (code == 0 && !netcap->is_over && left_us > 0 && left_us <= DRAIN_US) {
        if (poll(netcap->waits + FIRST_DEVICE, netcap->options.n, (int)(left_us / 1000) + 1) > 0)
            code = take_all(netcap);
        left_us = end_us - now_us();
    }
    return code;
}

static int run(struct netcap *netcap)
{
    int code = flush(netcap);

    while (code == 0 && !netcap->is_over && !netcap->is_told) {
        wait_for(netcap);
        if (!netcap->is_over && !netcap->is_told)
            code = take_all(netcap);
    }
    return code == 0 && !netcap->is_over ? drain(netcap) : code;
}

/* What the kernel had no room for stands in the file, and is told. */
static void tell(struct netcap *netcap)
{
    for (unsigned i = 0; i < netcap->options.n; i++) {
        struct pcap_stat count = { 0 };

        if (pcap_stats(netcap->devices[i].pcap, &count) < 0)
            continue;
        netcap->dropped += count.ps_drop;
        if (count.ps_drop || !netcap->options.quiet)
            fprintf(stderr,
                    "crosspoint-netcap: %s: %u packets passed the filter, %u were dropped\n",
                    netcap->devices[i].name, count.ps_recv, count.ps_drop);
    }
    if (!netcap->options.quiet)
        fprintf(stderr, "crosspoint-netcap: %llu packets written\n",
                (unsigned long long)netcap->packets);
    capture_save_end(netcap->save, netcap->started_us, now_us(), netcap->dropped, &netcap->out);
    (void)flush(netcap);
}

/* With privilege. */
static int open_all(struct netcap *netcap)
{
    struct netcap_options const *options = &netcap->options;
    int code = 0;

    for (unsigned i = 0; i < options->n && code == 0; i++)
        code =
            netcap_device_open(&netcap->devices[i], options->interfaces[i], options, netcap->fault);
    return code;
}

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Without privilege. */
static int prepare(struct netcap *netcap)
{
    int code = 0, signals, error;

    for (unsigned i = 0; i < netcap->options.n && code == 0; i++)
        code = netcap_device_filter(&netcap->devices[i], netcap->options.filter, netcap->fault);
    if (code)
        return code;
    signals = open_signals();
    start_waiting(netcap, signals);
    error = signals < 0 ? -errno : netcap_privilege_close(FIRST_DEVICE + netcap->options.n);
    netcap->save = capture_save_new(CAPTURE_PCAPNG, 0);
    if (error < 0 || !netcap->save) {
        (void)snprintf(netcap->fault, sizeof netcap->fault, "cannot start: %s",
                       strerror(error < 0 ? -error : ENOMEM));
        return EX_OSERR;
    }
    netcap->started_us = now_us();
    netcap->end_s = netcap->options.seconds ? now_s() + (time_t)netcap->options.seconds : 0;
    capture_save_begin(netcap->save, PACKAGE_STRING, &netcap->out);
    return 0;
}

static int start(struct netcap *netcap)
{
    int code = open_all(netcap), error;

    if (code)
        return code;
    error = netcap_privilege_drop(&netcap->privilege);
    if (error < 0) {
        (void)snprintf(netcap->fault, sizeof netcap->fault, "privileges not dropped: %s",
                       strerror(-error));
        return EX_OSERR;
    }
    return prepare(netcap);
}

/* Whoever made the request reads nothing but what stands on the way of the packets. */
static void complain(struct netcap const *netcap, bool serves)
{
    fprintf(stderr, "crosspoint-netcap: %s\n", netcap->fault);
    if (serves)
        printf("%s\n", netcap->fault);
    fflush(stdout);
}

static int capture(struct netcap *netcap, bool serves)
{
    int code = start(netcap);

    if (code) {
        complain(netcap, serves);
        return code;
    }
    code = run(netcap);
    if (code)
        complain(netcap, false);
    tell(netcap);
    return code;
}

int main(int argc, char **argv)
{
    struct netcap *netcap = calloc(1, sizeof *netcap);
    char request[NETCAP_REQUEST_MAX];
    int code = EX_USAGE;
    bool serves;

    if (!netcap)
        return EX_OSERR;
    buf_init(&netcap->out, OUT_MAX);
    int rc = netcap_options_parse(&netcap->options, argc - 1, argv + 1, netcap->fault);
    serves = netcap->options.serve;
    if (rc == 0 && netcap->options.help) {
        fputs(usage, stdout);
        code = 0;
        goto out;
    }
    if (rc == 0 && isatty(STDOUT_FILENO)) {
        (void)snprintf(netcap->fault, sizeof netcap->fault, "packets are not for a terminal");
        rc = -1;
    }
    if (rc == 0 && serves)
        rc = netcap_options_read(&netcap->options, STDIN_FILENO, request, netcap->fault);
    if (rc == 0 && netcap_privilege_find(&netcap->privilege, netcap->options.user) < 0) {
        (void)snprintf(netcap->fault, sizeof netcap->fault, "--user: \"%.64s\" is nobody, or root",
                       netcap->options.user);
        rc = -1;
    }
    if (rc < 0)
        complain(netcap, serves);
    else
        code = capture(netcap, serves);
out:
    for (unsigned i = 0; i < NETCAP_INTERFACES_MAX; i++)
        netcap_device_close(&netcap->devices[i]);
    capture_save_free(&netcap->save);
    buf_fini(&netcap->out);
    free(netcap);
    return code;
}
