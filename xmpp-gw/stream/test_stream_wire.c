/* SPDX-License-Identifier: Apache-2.0 */
/* When bytes leave a wire: together, and none is left behind at its end. */
#include "clock.h"
#include "stream_limits.h"
#include "stream_wire.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct rig {
    uv_loop_t loop;
    struct stream_limits limits;
    struct stream_wires *all;
    struct stream_wire wire;
    int listener, peer;
    bool is_open, is_closed;
    unsigned n_drained;
};

static struct rig *of(struct stream_wire *wire)
{
    return (struct rig *)((char *)wire - offsetof(struct rig, wire));
}

static void on_open(struct stream_wire *wire)
{
    of(wire)->is_open = true;
}

static void on_secure(struct stream_wire *wire)
{
    (void)wire;
}

static void on_bytes(struct stream_wire *wire, char const *bytes, size_t len)
{
    (void)wire;
    (void)bytes;
    (void)len;
}

static void on_drain(struct stream_wire *wire)
{
    of(wire)->n_drained++;
}

static void on_lost(struct stream_wire *wire, char const *reason)
{
    (void)wire;
    fail_msg("lost: %s", reason);
}

static void on_closed(struct stream_wire *wire)
{
    of(wire)->is_closed = true;
}

static int set_up(void **state)
{
    static struct stream_wire_handlers const handlers = { on_open,  on_secure, on_bytes,
                                                          on_drain, on_lost,   on_closed };
    struct rig *rig = calloc(1, sizeof *rig);
    struct net_addr addr;
    socklen_t len = sizeof addr.in;

    assert_int_equal(uv_loop_init(&rig->loop), 0);
    stream_limits_default(&rig->limits);
    rig->all = calloc(1, sizeof *rig->all);
    stream_wires_init(rig->all, &rig->loop, wheel_new(clock_now_ms()), &rig->limits);
    rig->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(net_addr_parse(&addr, "127.0.0.1:0", 0), 0);
    assert_int_equal(bind(rig->listener, &addr.sa, len), 0);
    assert_int_equal(listen(rig->listener, 1), 0);
    assert_int_equal(getsockname(rig->listener, &addr.sa, &len), 0);
    assert_int_equal(stream_wire_connect(&rig->wire, rig->all, &addr, &handlers), 0);
    while (!rig->is_open)
        uv_run(&rig->loop, UV_RUN_ONCE);
    rig->peer = accept(rig->listener, NULL, NULL);
    *state = rig;
    return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
    (void)handle;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;

    stream_wire_close(&rig->wire);
    stream_wires_close(rig->all, on_handle_closed, NULL);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_true(rig->is_closed);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    wheel_free(&rig->all->wheel);
    close(rig->peer);
    close(rig->listener);
    free(rig->all);
    free(rig);
    return 0;
}

static void check_came(struct rig *rig, char const *wanted)
{
    char text[32] = "";
    ssize_t n = recv(rig->peer, text, sizeof text - 1, MSG_DONTWAIT);

    assert_int_equal(n, *wanted ? (ssize_t)strlen(wanted) : -1);
    assert_string_equal(text, wanted);
}

static void send_text(struct rig *rig, char const *text)
{
    assert_int_equal(stream_wire_send(&rig->wire, text, strlen(text)), 0);
}

static void test_together(void **state)
{
    struct rig *rig = *state;
    unsigned before = rig->n_drained;

    send_text(rig, "<a/>");
    send_text(rig, "<b/>");
    check_came(rig, "");
    assert_int_equal(stream_wire_queued(&rig->wire), 8);
    uv_run(&rig->loop, UV_RUN_NOWAIT);
    check_came(rig, "<a/><b/>");
    assert_int_equal(stream_wire_queued(&rig->wire), 0);
    assert_int_equal(rig->n_drained, before + 1);
}

static void test_last_words(void **state)
{
    struct rig *rig = *state;

    send_text(rig, "<c/>");
    stream_wire_close(&rig->wire);
    check_came(rig, "<c/>");
}

/* More than the socket takes goes on when the peer reads, in order. */
static void test_more_than_fits(void **state)
{
    enum { PIECE = 65536, PIECES = 15 };
    struct rig *rig = *state;
    char *piece = calloc(1, PIECE);
    size_t got = 0;
    int size = 4096;

    assert_int_equal(setsockopt(rig->peer, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
    for (char i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i, PIECE);
        assert_int_equal(stream_wire_send(&rig->wire, piece, PIECE), 0);
    }
    while (got < PIECE * PIECES) {
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        ssize_t n = recv(rig->peer, piece, PIECE, MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(piece[i], 'a' + (char)((got + (size_t)i) / PIECE));
        got += n > 0 ? (size_t)n : 0;
    }
    free(piece);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_last_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_more_than_fits, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
