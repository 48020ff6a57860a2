/* SPDX-License-Identifier: Apache-2.0 */
/* Links over loopback: framing, each limit closes its own link and counts, others live on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "link.h"
#include "switch_metrics.h"
#include "tap.h"
#include "test_app.h"
#include "wheel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINKS = 3, FRAME_TIMEOUT_MS = 10000, MAX_QUEUE = 1 << 20 };

struct fixture {
    uv_loop_t loop;
    struct wheel *wheel;
    struct tap *tap;
    struct link_server *server;
    struct test_app good, bad;
    unsigned opened, closed;
};

struct peer {
    struct fixture *f;
    struct link *link;
};

static void *on_open(void *ctx, struct link *link)
{
    struct peer *peer = malloc(sizeof *peer);
    *peer = (struct peer){ ctx, link };
    peer->f->opened++;
    return peer;
}

/* Sends back what came; "flood" is answered with more than the queue holds. */
static void on_frame(void *user, struct csta_frame const *frame)
{
    static char big[60000];
    struct peer *peer = user;
    bool flood = frame->len == 5 && memcmp(frame->xml, "flood", 5) == 0;
    int error = 0;
    memset(big, 'x', sizeof big);
    for (int i = 0; flood && error == 0 && i < 1000; i++)
        error = link_send(peer->link, 1, big, sizeof big);
    if (flood)
        assert_int_equal(error, -ENOBUFS);
    else if (frame->len == 6 && memcmp(frame->xml, "finish", 6) == 0) {
        link_send(peer->link, frame->invoke_id, frame->xml, frame->len);
        link_finish(peer->link, "test");
        assert_int_equal(link_send(peer->link, 1, "late", 4), -ENOTCONN);
    } else
        link_send(peer->link, frame->invoke_id, frame->xml, frame->len);
}

static void on_close(void *user)
{
    struct peer *peer = user;
    peer->f->closed++;
    free(peer);
}

static struct link_host const host = { on_open, on_frame, on_close };

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    uv_loop_init(&f->loop);
    f->wheel = wheel_new(clock_now_ms());
    f->tap = tap_new(100, 100000);
    struct link_options options = {
        .loop = &f->loop,
        .wheel = f->wheel,
        .tap = f->tap,
        .max_links = MAX_LINKS,
        .max_write_queue = MAX_QUEUE,
        .frame_timeout_ms = FRAME_TIMEOUT_MS,
    };
    net_addr_parse(&options.listen, "127.0.0.1:0", 0);
    f->server = link_server_new(&options, &host, f);
    assert_non_null(f->server);
    test_app_open(&f->good, &f->loop, f->wheel, link_server_address(f->server));
    test_app_open(&f->bad, &f->loop, f->wheel, link_server_address(f->server));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    link_server_free(&f->server);
    test_app_close(&f->bad);
    test_app_close(&f->good);
    assert_int_equal(f->opened, f->closed);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    assert_int_equal(met_get(&switch_metrics, M_links), 0);
    wheel_free(&f->wheel);
    tap_free(&f->tap);
    free(f);
    return 0;
}

static void expect_echo(struct test_app *app, unsigned invoke_id, char const *xml)
{
    test_app_send(app, invoke_id, xml);
    assert_true(test_app_next(app));
    assert_int_equal(app->invoke_id, invoke_id);
    assert_string_equal(app->xml, xml);
}

static void test_frames(void **state)
{
    struct fixture *f = *state;
    expect_echo(&f->good, 17, "<a/>");
    expect_echo(&f->good, 9998, "<b/>");

    /* two frames and a half in one write, then the rest */
    test_app_send_bytes(&f->good,
                        "\0\0\0\x0a"
                        "0001ab\0\0\0\x0a"
                        "0002cd\0\0",
                        22);
    assert_true(test_app_next(&f->good));
    assert_string_equal(f->good.xml, "ab");
    assert_true(test_app_next(&f->good));
    assert_string_equal(f->good.xml, "cd");
    test_app_send_bytes(&f->good,
                        "\0\x0a"
                        "0003ef",
                        8);
    assert_true(test_app_next(&f->good));
    assert_string_equal(f->good.xml, "ef");
    assert_int_equal(f->good.invoke_id, 3);
}

static struct {
    char const *name, *bytes;
    size_t len;
} const wrong[] = {
    { "length below the header",
      "\0\0\0\x07"
      "0001",
      8 },
    { "format indicator",
      "\0\x01\0\x0c"
      "0001<a/>",
      12 },
    { "invoke id",
      "\0\0\0\x0c"
      "abcd<a/>",
      12 },
    { "not this protocol", "GET / HTTP/1.1\r\n\r\n", 18 },
};

static void test_wrong_frames(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t before = met_get(&switch_metrics, M_frames_wrong);
        struct test_app app;
        print_message("# %s\n", wrong[i].name);
        test_app_open(&app, &f->loop, f->wheel, link_server_address(f->server));
        test_app_send_bytes(&app, wrong[i].bytes, wrong[i].len);
        assert_true(test_app_is_closed(&app));
        assert_int_equal(met_get(&switch_metrics, M_frames_wrong), before + 1);
        test_app_close(&app);
        expect_echo(&f->good, 1, "<a/>");
    }
}

static void test_half_frame(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_frames_slow);
    test_app_send_bytes(&f->bad,
                        "\0\0\x01\0"
                        "0001<",
                        9);
    test_app_settle(&f->bad);
    clock_advance_ms(FRAME_TIMEOUT_MS - 100);
    test_app_send_bytes(&f->bad, "a", 1); /* one more byte buys no time */
    test_app_settle(&f->bad);
    assert_int_equal(met_get(&switch_metrics, M_frames_slow), before);
    clock_advance_ms(200);
    assert_true(test_app_is_closed(&f->bad));
    assert_int_equal(met_get(&switch_metrics, M_frames_slow), before + 1);

    /* a link without half a frame may be silent */
    expect_echo(&f->good, 1, "<a/>");
    clock_advance_ms(10 * FRAME_TIMEOUT_MS);
    expect_echo(&f->good, 2, "<a/>");
}

static void test_peer_that_does_not_read(void **state)
{
    struct fixture *f = *state;
    int64_t before = met_get(&switch_metrics, M_queue_overflows);
    test_app_send(&f->bad, 1, "flood");
    assert_true(test_app_is_closed(&f->bad));
    assert_int_equal(met_get(&switch_metrics, M_queue_overflows), before + 1);
    expect_echo(&f->good, 1, "<a/>");
}

static void test_too_many_links(void **state)
{
    struct fixture *f = *state;
    struct test_app third, fourth;
    int64_t before = met_get(&switch_metrics, M_links_refused);
    test_app_open(&third, &f->loop, f->wheel, link_server_address(f->server));
    expect_echo(&third, 1, "<a/>");
    test_app_open(&fourth, &f->loop, f->wheel, link_server_address(f->server));
    assert_true(test_app_is_closed(&fourth));
    assert_int_equal(met_get(&switch_metrics, M_links_refused), before + 1);
    test_app_close(&fourth);
    test_app_close(&third);

    test_app_open(&third, &f->loop, f->wheel, link_server_address(f->server));
    expect_echo(&third, 1, "<a/>");
    test_app_close(&third);
}

static void test_finish_sends_first(void **state)
{
    struct fixture *f = *state;
    expect_echo(&f->bad, 5, "finish");
    assert_true(test_app_is_closed(&f->bad));
    expect_echo(&f->good, 1, "<a/>");
}

static struct {
    char const *sent, *tapped;
} const masked[] = {
    { "<a/>", "<a/>" },
    { "<l><password>secret</password><b/></l>", "<l><password>***</password><b/></l>" },
    { "<x:password q=\"1\">s&lt;t</x:password>", "<x:password q=\"1\">***</x:password>" },
    { "<password>secret", "<password>***" },
    { "<password", "<password" },
    { "<password/><b>1</b>", "<password/>***</b>" },
    { "<password>a</password><password>b</password>",
      "<password>***</password><password>***</password>" },
};

static void test_tap_hides_passwords(void **state)
{
    struct fixture *f = *state;
    uint64_t serial = 0;
    char listener[NET_ADDR_TEXT + 4] = "tcp:";
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
        expect_echo(&f->good, 1, masked[i].sent);
        for (enum tap_direction d = TAP_RECEIVED; d <= TAP_SENT; d++) {
            struct tap_record const *record = tap_next(f->tap, serial);
            assert_non_null(record);
            assert_int_equal(record->direction, d);
            assert_int_equal(record->protocol, TAP_CSTA);
            net_addr_print(&record->local, listener + 4);
            assert_string_equal(record->listener, listener);
            assert_int_equal(record->len, strlen(masked[i].tapped));
            print_message("# %.*s\n", (int)record->len, record->bytes);
            assert_memory_equal(record->bytes, masked[i].tapped, record->len);
            serial = record->serial;
        }
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_frame, setup, teardown),
        cmocka_unit_test_setup_teardown(test_peer_that_does_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finish_sends_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tap_hides_passwords, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
