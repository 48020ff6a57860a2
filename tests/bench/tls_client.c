/* SPDX-License-Identifier: Apache-2.0 */
/* tls_client HOST PORT COUNT PARALLEL [resume] [ask] [keep] [tls1.2] [cert FILE]: makes COUNT TLS
 * connections, PARALLEL of them at a time, and prints how long it took as one line of JSON.
 *
 * resume: all but the first offer its session. ask: each sends OPTIONS and waits for the answer.
 * keep: all stay open until standard input ends. cert: a PEM file with certificate and key to show.
 * One thread; the certificate of the server is not judged, for the cost of the server counts. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, SOURCES = 32 };

struct load {
    SSL_CTX *ctx;
    SSL_SESSION *session; /* offered, if there is one */
    struct sockaddr_in to;
    unsigned long wanted, parallel, begun, ended, done, resumed;
    int epoll;
    bool resume, ask, keep;
};

struct client {
    struct load *load;
    SSL *ssl;
    int fd;
    bool is_open;
};

static char const request[] =
    "OPTIONS sip:example.test SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;rport;branch=z9hG4bK%lu\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:example.test>\r\n"
    "Call-ID: %lu@bench\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static void die(char const *what)
{
    fprintf(stderr, "tls_client: %s: %s\n", what, strerror(errno));
    ERR_print_errors_fp(stderr);
    exit(1);
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Many addresses of our own, so that ports never run out. */
static int connect_from(struct load *load)
{
    struct sockaddr_in from = { .sin_family = AF_INET };
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        die("socket");
    from.sin_addr.s_addr = htonl(0x7f000101 + (uint32_t)(load->begun % SOURCES));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
        die("bind");
    if (connect(fd, (struct sockaddr *)&load->to, sizeof load->to) < 0 && errno != EINPROGRESS)
        die("connect");
    return fd;
}

static void begin(struct load *load)
{
    struct client *client = calloc(1, sizeof *client);

    if (!client)
        die("client");
    client->load = load;
    client->fd = connect_from(load);
    client->ssl = SSL_new(load->ctx);
    if (!client->ssl || SSL_set_fd(client->ssl, client->fd) != 1)
        die("SSL");
    if (load->session)
        SSL_set_session(client->ssl, load->session);
    SSL_set_connect_state(client->ssl);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client };
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        die("epoll_ctl");
    load->begun++;
}

static void finish(struct client *client, bool is_good)
{
    struct load *load = client->load;

    load->ended++;
    load->done += is_good;
    load->resumed += is_good && SSL_session_reused(client->ssl);
    if (load->keep && is_good) {
        epoll_ctl(load->epoll, EPOLL_CTL_DEL, client->fd, NULL);
        return; /* and stays open to the end of the process */
    }
    if (is_good && load->resume && !load->session)
        load->session = SSL_get1_session(client->ssl);
    if (is_good)
        SSL_shutdown(client->ssl);
    else
        ERR_print_errors_fp(stderr);
    SSL_free(client->ssl);
    close(client->fd);
    free(client);
}

/* Whether to wait for more; else it has failed. */
static bool must_wait(struct client *client, int rc)
{
    int error = SSL_get_error(client->ssl, rc);

    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static void go_on(struct client *client)
{
    struct load *load = client->load;
    char text[4096];
    int rc;

    ERR_clear_error();
    if (!client->is_open) {
        rc = SSL_do_handshake(client->ssl);
        if (rc != 1) {
            if (!must_wait(client, rc))
                finish(client, false);
            return;
        }
        client->is_open = true;
        if (!load->ask) {
            finish(client, true);
            return;
        }
        int len = snprintf(text, sizeof text, request, load->done + load->begun * 1000, load->done);
        SSL_write(client->ssl, text, len);
    }
    rc = SSL_read(client->ssl, text, sizeof text);
    if (rc > 0)
        finish(client, true);
    else if (!must_wait(client, rc))
        finish(client, false);
}

static void run(struct load *load, unsigned long until)
{
    struct epoll_event events[EVENTS];

    while (load->ended < until) {
        while (load->begun < until && load->begun - load->ended < load->parallel)
            begin(load);
        int n = epoll_wait(load->epoll, events, EVENTS, 10000);
        if (n == 0)
            die("nothing happens");
        for (int i = 0; i < n; i++)
            go_on(events[i].data.ptr);
    }
}

static void set_up(struct load *load, int argc, char **argv)
{
    load->ctx = SSL_CTX_new(TLS_client_method());
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->to.sin_family = AF_INET;
    load->to.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
    load->wanted = strtoul(argv[3], NULL, 10);
    load->parallel = strtoul(argv[4], NULL, 10);
    if (!load->ctx || load->epoll < 0 || inet_pton(AF_INET, argv[1], &load->to.sin_addr) != 1)
        die("HOST PORT COUNT PARALLEL");
    /* With one, OpenSSL makes a session of TLS 1.3 useless once it was used. */
    SSL_CTX_set_session_cache_mode(load->ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(load->ctx, SSL_MODE_RELEASE_BUFFERS);
    for (int i = 5; i < argc; i++) {
        load->resume |= strcmp(argv[i], "resume") == 0;
        load->ask |= strcmp(argv[i], "ask") == 0;
        load->keep |= strcmp(argv[i], "keep") == 0;
        if (strcmp(argv[i], "tls1.2") == 0)
            SSL_CTX_set_max_proto_version(load->ctx, TLS1_2_VERSION);
        if (strcmp(argv[i], "cert") != 0 || i + 1 == argc)
            continue;
        i++;
        if (SSL_CTX_use_certificate_chain_file(load->ctx, argv[i]) != 1 ||
            SSL_CTX_use_PrivateKey_file(load->ctx, argv[i], SSL_FILETYPE_PEM) != 1)
            die(argv[i]);
    }
}

/* The first connection brings the session; it asks, for TLS 1.3 sends tickets after the handshake.
 */
static void fetch_session(struct load *load)
{
    bool ask = load->ask;

    load->ask = true;
    run(load, 1);
    load->ask = ask;
    load->begun = load->ended = load->done = load->resumed = 0;
}

int main(int argc, char **argv)
{
    struct load load = { 0 };
    struct rlimit files;

    if (argc < 5) {
        fprintf(stderr, "usage: see the head of tls_client.c\n");
        return 64;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    set_up(&load, argc, argv);
    if (load.resume)
        fetch_session(&load);
    double started = now_s();
    run(&load, load.wanted);
    printf("{\"seconds\": %.6f, \"done\": %lu, \"resumed\": %lu}\n", now_s() - started, load.done,
           load.resumed);
    fflush(stdout);
    if (load.keep) {
        char byte;
        while (read(STDIN_FILENO, &byte, 1) > 0)
            continue;
    }
    SSL_SESSION_free(load.session);
    SSL_CTX_free(load.ctx);
    return load.done == load.wanted ? 0 : 1;
}
