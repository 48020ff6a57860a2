/* SPDX-License-Identifier: Apache-2.0 */
/* The switch's end of a CSTA link, for tests. */
#include "csta_rig.h"
#include "buf.h"
#include "clock.h"
#include "csta_frame.h"
#include "tap.h"
#include "wheel.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROUNDS = 1000, ROUND_MS = 5, STEP_MS = 250, SYNC_ID = 7777 };

/* --- the driver's host ------------------------------------------------------------------------ */

static void on_up(void *ctx, char const *identity)
{
    struct csta_rig *rig = ctx;

    rig->ups++;
    snprintf(rig->identity, sizeof rig->identity, "%s", identity);
}

static void on_down(void *ctx, char const *reason)
{
    struct csta_rig *rig = ctx;

    rig->downs++;
    snprintf(rig->reason, sizeof rig->reason, "%s", reason);
}

static char const *whose(void *ctx, char const *monitor_xref)
{
    (void)ctx;
    return strcmp(monitor_xref, "m-1") == 0 ? "call-of-m-1" : "";
}

static void on_event(void *ctx, struct csta_msg const *event)
{
    struct csta_rig *rig = ctx;

    rig->events++;
    rig->event = event->type;
    snprintf(rig->event_xref, sizeof rig->event_xref, "%s", event->monitor_xref);
}

static void on_status(void *ctx, enum csta_system_status status)
{
    struct csta_rig *rig = ctx;

    rig->status = status;
}

static void on_beat(void *ctx, uint64_t us)
{
    struct csta_rig *rig = ctx;

    rig->beats++;
    rig->beat_us = us;
}

static void on_fault(void *ctx, enum driver_fault fault, char const *what)
{
    struct csta_rig *rig = ctx;

    assert_true(*what);
    rig->faults[fault]++;
}

/* --- up and down ------------------------------------------------------------------------------ */

static void listen_somewhere(struct csta_rig *rig)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof addr;

    rig->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(rig->listen_fd >= 0);
    assert_int_equal(bind(rig->listen_fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(listen(rig->listen_fd, 8), 0);
    assert_int_equal(getsockname(rig->listen_fd, (struct sockaddr *)&addr, &len), 0);
    snprintf(rig->address, sizeof rig->address, "127.0.0.1:%d", ntohs(addr.sin_port));
}

void csta_rig_init(struct csta_rig *rig)
{
    memset(rig, 0, sizeof *rig);
    rig->fd = -1;
    rig->driver = driver_find("csta_tcp");
    assert_non_null(rig->driver);
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->wheel = wheel_new(clock_now_ms());
    rig->tap = tap_new(1000, 1000000);
    rig->home = su_home_new(sizeof *rig->home);
    assert_true(rig->wheel && rig->tap && rig->home);
    listen_somewhere(rig);
    rig->options = (struct driver_options){ .loop = &rig->loop,
                                            .wheel = rig->wheel,
                                            .tap = rig->tap,
                                            .address = rig->address,
                                            .user = "CtiGW",
                                            .password = "x-secret-x",
                                            .heartbeat_s = 30,
                                            .retry_ms = 1000,
                                            .request_ms = 10000,
                                            .half_ms = 20000,
                                            .max_requests = 100 };
}

void csta_rig_fini(struct csta_rig *rig)
{
    rig->driver->close(&rig->conn);
    assert_null(rig->conn);
    csta_rig_hang_up(rig);
    csta_rig_go_deaf(rig);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    wheel_free(&rig->wheel);
    tap_free(&rig->tap);
    su_home_unref(rig->home);
}

void csta_rig_open(struct csta_rig *rig)
{
    static struct driver_host const host = { on_up,   on_down,  on_event, on_status,
                                             on_beat, on_fault, whose };

    rig->conn = rig->driver->open(&rig->options, &host, rig);
    assert_non_null(rig->conn);
    csta_rig_pass(rig, STEP_MS);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void csta_rig_hang_up(struct csta_rig *rig)
{
    close_fd(&rig->fd);
    rig->n_in = 0;
    rig->is_eof = false;
}

void csta_rig_go_deaf(struct csta_rig *rig)
{
    close_fd(&rig->listen_fd);
}

/* --- time ------------------------------------------------------------------------------------- */

void csta_rig_turn(struct csta_rig *rig)
{
    uv_run(&rig->loop, UV_RUN_NOWAIT);
    wheel_run(rig->wheel, clock_now_ms());
}

void csta_rig_pass(struct csta_rig *rig, uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += STEP_MS) {
        clock_advance_ms(ms - passed < STEP_MS ? ms - passed : STEP_MS);
        csta_rig_turn(rig);
    }
}

/* Gives the kernel time to move bytes. */
static void wait_for_bytes(struct csta_rig *rig)
{
    struct pollfd fds[] = { { uv_backend_fd(&rig->loop), POLLIN, 0 },
                            { rig->fd, POLLIN, 0 },
                            { rig->fd < 0 ? rig->listen_fd : -1, POLLIN, 0 } };

    poll(fds, sizeof fds / sizeof *fds, ROUND_MS);
}

void csta_rig_await(struct csta_rig *rig, unsigned const *value, unsigned wanted)
{
    csta_rig_turn(rig);
    for (int i = 0; i < ROUNDS && *value != wanted; i++) {
        wait_for_bytes(rig);
        csta_rig_turn(rig);
    }
    assert_int_equal(*value, wanted);
}

/* --- the link --------------------------------------------------------------------------------- */

void csta_rig_accept(struct csta_rig *rig)
{
    csta_rig_hang_up(rig);
    for (int i = 0; i < ROUNDS && rig->fd < 0; i++) {
        wait_for_bytes(rig);
        csta_rig_turn(rig);
        rig->fd = accept4(rig->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    assert_true(rig->fd >= 0);
}

static void receive(struct csta_rig *rig)
{
    assert_true(rig->n_in < sizeof rig->in);
    ssize_t n = recv(rig->fd, rig->in + rig->n_in, sizeof rig->in - rig->n_in, 0);
    if (n > 0)
        rig->n_in += (size_t)n;
    else if (n == 0 || errno != EAGAIN)
        rig->is_eof = true;
}

void csta_rig_await_eof(struct csta_rig *rig)
{
    for (int i = 0; i < ROUNDS && !rig->is_eof; i++) {
        csta_rig_turn(rig);
        receive(rig);
        if (!rig->is_eof)
            wait_for_bytes(rig);
    }
    assert_true(rig->is_eof);
}

bool csta_rig_peek(struct csta_rig *rig, unsigned *ret_invoke_id, struct csta_msg *ret)
{
    struct csta_frame frame;
    struct csta_fault fault = { 0 };

    receive(rig);
    int used = csta_frame_parse(rig->in, rig->n_in, &frame);
    assert_true(used >= 0);
    if (!used)
        return false;
    assert_int_equal(csta_decode(rig->home, frame.xml, frame.len, ret, &fault), 0);
    *ret_invoke_id = frame.invoke_id;
    rig->n_in -= (size_t)used;
    memmove(rig->in, rig->in + used, rig->n_in);
    return true;
}

static bool is_routine(enum csta_type type)
{
    return type == CSTA_SystemStatus || type == CSTA_ResetApplicationSessionTimer ||
           type == CSTA_GetCSTAFeatures || type == CSTA_SystemRegister ||
           type == CSTA_RequestSystemStatus;
}

static bool peek_past_routine(struct csta_rig *rig, enum csta_type wanted, unsigned *ret_invoke_id,
                              struct csta_msg *ret)
{
    while (csta_rig_peek(rig, ret_invoke_id, ret))
        if (ret->type == wanted || !is_routine(ret->type))
            return true;
    return false;
}

unsigned csta_rig_take(struct csta_rig *rig, enum csta_type type, struct csta_msg *ret)
{
    unsigned invoke_id = 0;
    bool is_there = peek_past_routine(rig, type, &invoke_id, ret);

    for (int i = 0; i < ROUNDS && !is_there && !rig->is_eof; i++) {
        wait_for_bytes(rig);
        csta_rig_turn(rig);
        is_there = peek_past_routine(rig, type, &invoke_id, ret);
    }
    assert_true(is_there);
    assert_string_equal(csta_type_str(ret->type), csta_type_str(type));
    return invoke_id;
}

void csta_rig_send_bytes(struct csta_rig *rig, void const *bytes, size_t len)
{
    assert_int_equal(send(rig->fd, bytes, len, MSG_NOSIGNAL), len);
}

static void send_frame(struct csta_rig *rig, unsigned invoke_id, char const *xml, size_t len)
{
    struct buf frame;

    buf_init(&frame, CSTA_FRAME_MAX);
    assert_int_equal(csta_frame_print(invoke_id, xml, len, &frame), 0);
    csta_rig_send_bytes(rig, frame.data, frame.len);
    buf_fini(&frame);
}

void csta_rig_send_xml(struct csta_rig *rig, unsigned invoke_id, char const *xml)
{
    send_frame(rig, invoke_id, xml, strlen(xml));
}

void csta_rig_send(struct csta_rig *rig, unsigned invoke_id, struct csta_msg const *msg)
{
    struct csta_msg copy = *msg;
    struct buf xml;

    copy.edition = CSTA_ED3;
    buf_init(&xml, CSTA_FRAME_MAX);
    assert_int_equal(csta_encode(&copy, &xml), 0);
    send_frame(rig, invoke_id, xml.data, xml.len);
    buf_fini(&xml);
}

void csta_rig_sync(struct csta_rig *rig)
{
    struct csta_msg msg = { .type = CSTA_SystemStatus, .system_status = CSTA_STATUS_normal };

    csta_rig_send(rig, SYNC_ID, &msg);
    assert_int_equal(csta_rig_take(rig, CSTA_SystemStatusResponse, &msg), SYNC_ID);
}

void csta_rig_start(struct csta_rig *rig, uint32_t duration_s)
{
    struct csta_msg start, yes = { .type = CSTA_StartApplicationSessionPosResponse,
                                   .session_id = "s-1",
                                   .protocol_version = csta_namespace(CSTA_ED3),
                                   .session_duration_s = duration_s };

    csta_rig_accept(rig);
    unsigned id = csta_rig_take(rig, CSTA_StartApplicationSession, &start);
    csta_rig_send(rig, id, &yes);
    csta_rig_await(rig, &rig->ups, rig->ups + 1);
    rig->features_id = csta_rig_take(rig, CSTA_GetCSTAFeatures, &start);
    csta_rig_take(rig, CSTA_SystemRegister, &start);
    assert_true(csta_set_has(&start.request_types, CSTA_SystemStatus));
    rig->status_id = csta_rig_take(rig, CSTA_RequestSystemStatus, &start);
}
