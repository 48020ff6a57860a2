/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the client side of the link tests. It polls its socket and turns the server's loop by hand,
 * so that no thread is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "test_app.h"
#include "wheel.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS = 3000, QUIET_TURNS = 5 };

static void turn(struct test_app *app)
{
    uv_run(app->loop, UV_RUN_NOWAIT);
    wheel_run(app->wheel, clock_now_ms() + WHEEL_TICK_MS);
}

void test_app_settle(struct test_app *app)
{
    struct pollfd wait = { .fd = uv_backend_fd(app->loop), .events = POLLIN };

    /* The kernel need not hand over at once what was sent. */
    for (int i = 0, quiet = 0; i < TURNS && quiet < QUIET_TURNS; i++) {
        turn(app);
        quiet = poll(&wait, 1, 1) == 0 ? quiet + 1 : 0;
    }
}

void test_app_open(struct test_app *app, uv_loop_t *loop, struct wheel *wheel,
                   struct net_addr const *address)
{
    app->loop = loop;
    app->wheel = wheel;
    buf_init(&app->in, 4 * CSTA_FRAME_MAX);
    app->fd = socket(address->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(app->fd >= 0);
    assert_int_equal(connect(app->fd, &address->sa, net_addr_len(address)), 0);
    assert_int_equal(fcntl(app->fd, F_SETFL, O_NONBLOCK), 0);
    test_app_settle(app);
}

void test_app_close(struct test_app *app)
{
    close(app->fd);
    buf_fini(&app->in);
    test_app_settle(app);
}

void test_app_send_bytes(struct test_app *app, void const *bytes, size_t len)
{
    char const *p = bytes;
    for (int i = 0; len > 0 && i < TURNS; i++) {
        ssize_t n = send(app->fd, p, len, MSG_NOSIGNAL);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        }
        turn(app);
    }
    assert_int_equal(len, 0);
}

void test_app_send(struct test_app *app, unsigned invoke_id, char const *xml)
{
    struct buf frame;
    buf_init(&frame, CSTA_FRAME_MAX);
    assert_int_equal(csta_frame_print(invoke_id, xml, strlen(xml), &frame), 0);
    test_app_send_bytes(app, frame.data, frame.len);
    buf_fini(&frame);
}

/* Reads what is there. Returns false at the end of the connection. */
static bool receive(struct test_app *app)
{
    char bytes[4096];
    struct pollfd wait = { .fd = app->fd, .events = POLLIN };
    turn(app);
    if (poll(&wait, 1, 1) <= 0)
        return true;
    ssize_t n = recv(app->fd, bytes, sizeof bytes, 0);
    if (n > 0)
        buf_add(&app->in, bytes, (size_t)n);
    return n > 0 || (n < 0 && errno == EAGAIN);
}

bool test_app_next(struct test_app *app)
{
    for (int i = 0; i < TURNS; i++) {
        struct csta_frame frame;
        int size = app->in.len ? csta_frame_parse(app->in.data, app->in.len, &frame) : 0;
        assert_true(size >= 0);
        if (size > 0) {
            memcpy(app->xml, frame.xml, frame.len);
            app->xml[frame.len] = '\0';
            app->invoke_id = frame.invoke_id;
            buf_consume(&app->in, (size_t)size);
            return true;
        }
        if (!receive(app))
            return false;
    }
    return false;
}

bool test_app_is_closed(struct test_app *app)
{
    for (int i = 0; i < TURNS; i++) {
        if (!receive(app))
            return true;
        buf_reset(&app->in);
    }
    return false;
}
