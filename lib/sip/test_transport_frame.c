/* SPDX-License-Identifier: Apache-2.0 */
/* Framing: each stream is read whole, split at every byte, and byte by byte, with one outcome. */
#include "transport_frame.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_MESSAGE = 200 };

#define A     "A a SIP/2.0\r\n"
#define EMPTY A "Content-Length: 0\r\n\r\n"
#define BODY  A "Content-Length: 3\r\n\r\nabc"

/* What comes out is written one letter per frame: M message, B blank, P ping, L last, F fault; a
 * dot at the end: wants more. */
#define STREAM(bytes, out)                                                                         \
    {                                                                                              \
        bytes, out                                                                                 \
    }
static struct {
    char const *bytes, *out;
} const streams[] = {
    STREAM("", "."),
    STREAM(EMPTY, "M."),
    STREAM(BODY, "M."),
    STREAM(EMPTY BODY EMPTY, "MMM."),
    STREAM(BODY BODY "A a", "MM."),
    STREAM("\r\n" EMPTY, "BM."),
    STREAM("\r\n\r\n", "P."),
    STREAM("\r\n\r\n" EMPTY "\r\n\r\n\r\n\r\n", "PMPP."),
    STREAM("\r\n\r\n\r\n" EMPTY, "PBM."),
    STREAM("\n\n" EMPTY, "BBM."),
    STREAM("\rA a\n\n", "BL"),
    STREAM(A "l:3\r\n\r\nabc" EMPTY, "MM."),
    STREAM(A "L :\t 3 \r\n\r\nabc" EMPTY, "MM."),
    STREAM(A "CONTENT-length  :3\r\n\r\nabc" EMPTY, "MM."),
    STREAM(A "Content-Length:\r\n  3\r\n\r\nabc" EMPTY, "MM."),
    STREAM(A "Content-Length: 003\r\n\r\nabc" EMPTY, "MM."),
    STREAM("A a\nl: 3\nX: y\n\nabc" EMPTY, "MM."),
    STREAM(A "l: 3\r\nContent-Length: 3\r\n\r\nabc" EMPTY, "MM."),
    STREAM(A "l: 3\r\nContent-Length: 0\r\n\r\n" EMPTY, "L"),
    STREAM(A "X: y\r\n\r\n" EMPTY, "L"),
    STREAM(A "Content-Lengthy: 3\r\n\r\n" EMPTY, "L"),
    STREAM(A "Language: 3\r\n\r\n" EMPTY, "L"),
    STREAM(A "X: y\r\n l: 3\r\n\r\n" EMPTY, "L"),
    STREAM(A "l: -1\r\n\r\n", "L"),
    STREAM(A "l: \r\n\r\n", "L"),
    STREAM(A "l: 3 3\r\n\r\n", "L"),
    STREAM(A "l: 0x3\r\n\r\n", "L"),
    STREAM(A "l: 4294967296\r\n\r\n", "L"),
    STREAM(A "l: 18446744073709551619\r\n\r\n", "L"),
    STREAM(A "l: 4294967295\r\n\r\n", "L"),
    STREAM(A "l: 201\r\n\r\n", "L"),
    STREAM("\x16\x03\x01", "F"),
    STREAM(" A a", "F"),
};

/* Feeds @p len bytes in pieces: up to @p first, then up to @p step more at a time. */
static void run(char const *bytes, size_t len, size_t first, size_t step, char *out)
{
    struct transport_frame frame = { 0 };
    size_t start = 0, seen = first, n;

    for (;;) {
        switch (transport_frame_next(&frame, bytes + start, seen - start, MAX_MESSAGE, &n)) {
        case TRANSPORT_FRAME_MORE:
            if (seen == len) {
                memcpy(out, ".", 2);
                return;
            }
            seen = seen + step < len ? seen + step : len;
            continue;
        case TRANSPORT_FRAME_MESSAGE:
            *out++ = 'M';
            break;
        case TRANSPORT_FRAME_BLANK:
            *out++ = 'B';
            break;
        case TRANSPORT_FRAME_PING:
            *out++ = 'P';
            break;
        case TRANSPORT_FRAME_LAST:
            memcpy(out, "L", 2);
            assert_non_null(frame.fault);
            return;
        case TRANSPORT_FRAME_FAULT:
            memcpy(out, "F", 2);
            assert_non_null(frame.fault);
            return;
        }
        assert_in_range(n, 1, seen - start);
        start += n;
    }
}

static void test_streams(void **state)
{
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        size_t len = strlen(streams[i].bytes);
        run(streams[i].bytes, len, 0, 1, out);
        if (strcmp(out, streams[i].out) != 0)
            fail_msg("stream %zu byte by byte: %s instead of %s", i, out, streams[i].out);
        for (size_t split = 0; split <= len; split++) {
            run(streams[i].bytes, len, split, len, out);
            if (strcmp(out, streams[i].out) != 0)
                fail_msg("stream %zu split at %zu: %s instead of %s", i, split, out,
                         streams[i].out);
        }
    }
}

static void test_limits(void **state)
{
    char text[400], out[64];

    (void)state;
    /* exactly MAX_MESSAGE bytes are allowed, with or without a body */
    for (size_t extra = 0; extra < 2; extra++) {
        size_t header = strlen(A "l: 100\r\n\r\n"), body = MAX_MESSAGE - header + extra;
        int n = snprintf(text, sizeof text, A "l: %zu\r\n\r\n%0*d", body, (int)body, 0);
        run(text, (size_t)n, 0, 1, out);
        assert_string_equal(out, extra ? "L" : "M.");
        n = snprintf(text, sizeof text, A "l: 0\r\nX: %0*d\r\n\r\n",
                     (int)(MAX_MESSAGE - strlen(A "l: 0\r\nX: \r\n\r\n") + extra), 0);
        run(text, (size_t)n, 0, 1, out);
        assert_string_equal(out, extra ? "F" : "M.");
    }
}

/* A header without end: each byte is looked at once, so a megabyte in single bytes is quick. */
static void test_single_bytes_are_linear(void **state)
{
    size_t const size = 60000, rounds = 20;
    char *text = malloc(size);
    struct transport_frame frame;
    size_t n;

    (void)state;
    memset(text, 'a', size);
    for (size_t round = 0; round < rounds; round++) {
        frame = (struct transport_frame){ 0 };
        for (size_t len = 1; len <= size; len++)
            assert_int_equal(transport_frame_next(&frame, text, len, size, &n),
                             TRANSPORT_FRAME_MORE);
        assert_int_equal(frame.scanned, size);
    }
    free(text);
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_single_bytes_are_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
