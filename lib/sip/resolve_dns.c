/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and time of c-ares on a libuv loop. */
#include "resolve_dns.h"
#include <arpa/nameser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { TICK_MS = 100, TIMEOUT_MS = 2000, TRIES = 2 };

struct dns_socket {
    uv_poll_t poll;
    LIST_ENTRY(dns_socket) link;
    struct resolve_dns *dns;
    ares_socket_t fd;
};

struct resolve_dns {
    uv_loop_t *loop;
    ares_channel channel;
    uv_timer_t tick; /* c-ares has no timer of its own */
    LIST_HEAD(, dns_socket) sockets;
};

static void on_tick(uv_timer_t *timer)
{
    struct resolve_dns *dns = timer->data;

    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void on_socket_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct dns_socket *s = poll->data;
    bool both = status < 0;

    ares_process_fd(s->dns->channel, both || events & UV_READABLE ? s->fd : ARES_SOCKET_BAD,
                    both || events & UV_WRITABLE ? s->fd : ARES_SOCKET_BAD);
}

static struct dns_socket *find_socket(struct resolve_dns *dns, ares_socket_t fd)
{
    struct dns_socket *s;

    LIST_FOREACH(s, &dns->sockets, link)
    if (s->fd == fd)
        return s;
    s = calloc(1, sizeof *s);
    if (!s || uv_poll_init(dns->loop, &s->poll, fd) < 0) {
        free(s);
        return NULL;
    }
    s->poll.data = s;
    s->dns = dns;
    s->fd = fd;
    LIST_INSERT_HEAD(&dns->sockets, s, link);
    if (!uv_is_active((uv_handle_t *)&dns->tick))
        uv_timer_start(&dns->tick, on_tick, TICK_MS, TICK_MS);
    return s;
}

/* c-ares says what it waits for on a socket; neither: the socket is going to be closed. */
static void on_state(void *data, ares_socket_t fd, int readable, int writable)
{
    struct resolve_dns *dns = data;
    struct dns_socket *s = find_socket(dns, fd);

    if (!s)
        return;
    if (readable || writable) {
        uv_poll_start(&s->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                      on_poll);
        return;
    }
    LIST_REMOVE(s, link);
    uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, on_socket_closed);
    if (LIST_EMPTY(&dns->sockets))
        uv_timer_stop(&dns->tick);
}

struct resolve_dns *resolve_dns_new(uv_loop_t *loop, char const *servers)
{
    struct resolve_dns *dns = calloc(1, sizeof *dns);
    /* No domains to search: a host of a message from outside is a whole name. */
    struct ares_options options = { .timeout = TIMEOUT_MS,
                                    .tries = TRIES,
                                    .ndomains = 0,
                                    .sock_state_cb = on_state,
                                    .sock_state_cb_data = dns };

    if (!dns)
        return NULL;
    dns->loop = loop;
    if (ares_init_options(&dns->channel, &options,
                          ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS |
                              ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS) {
        free(dns);
        return NULL;
    }
    uv_timer_init(loop, &dns->tick);
    dns->tick.data = dns;
    if (servers && ares_set_servers_ports_csv(dns->channel, servers) != ARES_SUCCESS)
        resolve_dns_free(&dns);
    return dns;
}

static void on_tick_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void resolve_dns_free(struct resolve_dns **pdns)
{
    struct resolve_dns *dns = *pdns;

    *pdns = NULL;
    if (!dns)
        return;
    ares_destroy(dns->channel);
    uv_close((uv_handle_t *)&dns->tick, on_tick_closed);
}

void resolve_dns_query(struct resolve_dns *dns, char const *name, int type, ares_callback fn,
                       void *arg)
{
    ares_query(dns->channel, name, ns_c_in, type, fn, arg);
}

void resolve_dns_host(struct resolve_dns *dns, char const *name, int family,
                      ares_addrinfo_callback fn, void *arg)
{
    struct ares_addrinfo_hints hints = { .ai_family = family, .ai_flags = ARES_AI_NOSORT };

    ares_getaddrinfo(dns->channel, name, NULL, &hints, fn, arg);
}

bool resolve_dns_is_certain(int status)
{
    return status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND ||
           status == ARES_EBADNAME;
}
