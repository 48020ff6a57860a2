/* SPDX-License-Identifier: Apache-2.0 */
/* See transport_rig.h. */
#include "transport_rig.h"
#include "buf.h"
#include "clock.h"
#include "message.h"
#include "sip_metrics.h"
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void echo(struct transport_rig *rig, struct origin const *from, msg_t *msg)
{
    struct destination to = { .kind = from->kind,
                              .listener = from->listener,
                              .connection = from->connection,
                              .addr = from->peer,
                              .source = from->local };
    msg_t *response = message_response(msg, 200, NULL, "echo");
    struct buf out;

    buf_init(&out, 1 << 20);
    assert_int_equal(message_print(response, &out), 0);
    transport_send(rig->t, &to, out.data, out.len, NULL);
    msg_destroy(response);
    buf_fini(&out);
}

static void on_message(void *ctx, struct origin const *from, msg_t *msg)
{
    struct transport_rig *rig = ctx;

    rig->messages++;
    rig->from = *from;
    snprintf(rig->subject, sizeof rig->subject, "%s", from->tls_subject ? from->tls_subject : "-");
    msg_destroy(rig->last);
    rig->last = msg;
    if (rig->echoes && sip_object(msg)->sip_request)
        echo(rig, from, msg);
    if (rig->frees)
        transport_free(&rig->t);
}

static bool may_answer(void *ctx, struct origin const *from)
{
    struct transport_rig *rig = ctx;

    return !rig->is_quiet && from->kind == TRANSPORT_TCP;
}

static struct transport_handlers const handlers = { .on_message = on_message,
                                                    .may_answer = may_answer };

void transport_rig_init(struct transport_rig *rig)
{
    *rig = (struct transport_rig){ .echoes = true };
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->wheel = wheel_new(clock_now_ms());
    rig->tap = tap_new(100, 1 << 20);
    stack_limits_default(&rig->limits);
    rig->t = transport_new(&rig->loop, rig->wheel, rig->tap, &rig->limits, &handlers, rig);
    assert_non_null(rig->t);
}

void transport_rig_fini(struct transport_rig *rig)
{
    for (size_t i = 0; i < rig->n_fds; i++)
        close(rig->fds[i]);
    transport_forget(&rig->waiter);
    transport_free(&rig->t);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    assert_int_equal(met_get(&sip_metrics, M_connections), 0);
    wheel_free(&rig->wheel);
    tap_free(&rig->tap);
    msg_destroy(rig->last);
}

int transport_rig_setup(void **state)
{
    struct transport_rig *rig = calloc(1, sizeof *rig);
    struct net_addr addr;

    transport_rig_init(rig);
    net_addr_parse(&addr, "127.0.0.1", 0);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_UDP, &addr, NULL), TRANSPORT_RIG_UDP);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_TCP, &addr, "sip.example.test"),
                     TRANSPORT_RIG_TCP);
    *state = rig;
    return 0;
}

int transport_rig_teardown(void **state)
{
    transport_rig_fini(*state);
    free(*state);
    return 0;
}

void transport_rig_turn(struct transport_rig *rig)
{
    uv_run(&rig->loop, UV_RUN_NOWAIT);
    wheel_run(rig->wheel, clock_now_ms());
}

static void on_failed(struct transport_waiter *waiter, int error)
{
    struct transport_rig *rig =
        (struct transport_rig *)((char *)waiter - offsetof(struct transport_rig, waiter));

    assert_false(waiter->linked);
    rig->waiter_error = error;
    rig->waiter_opened = waiter->opened;
    rig->waiter_context = waiter->context;
    snprintf(rig->waiter_name, sizeof rig->waiter_name, "%s",
             waiter->server_name ? waiter->server_name : "");
}

int transport_rig_send(struct transport_rig *rig, struct destination *to, char const *text)
{
    rig->waiter.on_failed = on_failed;
    rig->waiter_error = 0;
    return transport_send(rig->t, to, text, strlen(text), &rig->waiter);
}

int transport_rig_connect(int type, struct net_addr const *to)
{
    int fd = socket(to->sa.sa_family, type, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, &to->sa, net_addr_len(to)), 0);
    return fd;
}

void transport_rig_keep(struct transport_rig *rig, int fd)
{
    assert_true(rig->n_fds < TRANSPORT_RIG_FDS);
    rig->fds[rig->n_fds++] = fd;
}

int transport_rig_client(struct transport_rig *rig, int type, struct net_addr const *to)
{
    int fd = transport_rig_connect(type, to);

    transport_rig_keep(rig, fd);
    return fd;
}

int transport_rig_server(bool listens, struct net_addr *ret)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof any;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    if (listens)
        assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&any, &len), 0);
    net_addr_from(ret, (struct sockaddr *)&any);
    return fd;
}
