/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes between two loops in two threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip_metrics.h"
#include "steer.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS = 20000, BOX_BYTES = 1 << 20 };

struct reader {
    struct steer *steer;
    unsigned worker;
    uv_loop_t loop;
    unsigned expected, n;
    int error; /* of what it passed on */
};

static void on_letter(void *ctx, enum steer_kind kind, struct origin const *from, char const *bytes,
                      size_t len)
{
    struct reader *reader = ctx;
    unsigned number = 0;
    assert_int_equal(kind, STEER_TO_SEND);
    assert_int_equal(len, sizeof number);
    memcpy(&number, bytes, len);
    /* In order, though some may be missing. */
    assert_true(number >= reader->expected);
    assert_int_equal(from->listener, 7);
    assert_null(from->tls_subject);
    reader->expected = number + 1;
    reader->n++;
    if (number == LETTERS)
        steer_leave(reader->steer, reader->worker);
}

static void *write_letters(void *vreader)
{
    struct reader *to = vreader;
    struct origin const from = { .listener = 7, .tls_subject = "not for others" };
    for (unsigned i = 0; i <= LETTERS; i++) {
        int error;
        do
            error =
                steer_pass(to->steer, to->worker, STEER_TO_SEND, &from, (char const *)&i, sizeof i);
        while (error == -ENOBUFS && i == LETTERS); /* the last one must come through */
        if (error < 0 && error != -ENOBUFS)
            to->error = error;
    }
    return NULL;
}

static void reader_open(struct reader *reader, struct steer *steer, unsigned worker)
{
    *reader = (struct reader){ .steer = steer, .worker = worker };
    assert_int_equal(uv_loop_init(&reader->loop), 0);
    assert_int_equal(steer_join(steer, worker, &reader->loop, on_letter, reader), 0);
}

static void reader_close(struct reader *reader)
{
    uv_run(&reader->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&reader->loop), 0);
}

static void test_order_between_threads(void **state)
{
    struct steer *steer = steer_new(2, BOX_BYTES);
    struct reader reader;
    pthread_t writer;
    (void)state;
    assert_int_equal(steer_workers(steer), 2);
    reader_open(&reader, steer, 1);
    assert_int_equal(pthread_create(&writer, NULL, write_letters, &reader), 0);
    uv_run(&reader.loop, UV_RUN_DEFAULT);
    pthread_join(writer, NULL);
    reader_close(&reader);
    assert_int_equal(reader.error, 0);
    assert_true(reader.n > 0);
    assert_int_equal(reader.expected, LETTERS + 1);
    steer_free(&steer);
}

static void test_full_and_gone(void **state)
{
    struct steer *steer = steer_new(2, 8);
    struct origin const from = { .listener = 7 };
    struct reader reader;
    unsigned number = 1;
    int64_t dropped = met_get(&sip_metrics, M_steer_dropped);
    (void)state;
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, "1234", 4), -ENOTCONN);
    reader_open(&reader, steer, 0);
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, (char const *)&number, 4), 0);
    number++;
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, (char const *)&number, 4), 0);
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, "5678", 4), -ENOBUFS);
    uv_run(&reader.loop, UV_RUN_NOWAIT);
    assert_int_equal(reader.n, 2);
    /* There is room again; what is still in the box goes with it. */
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, (char const *)&number, 4), 0);
    steer_leave(steer, 0);
    steer_leave(steer, 0);
    assert_int_equal(steer_pass(steer, 0, STEER_TO_SEND, &from, "5678", 4), -ENOTCONN);
    reader_close(&reader);
    assert_int_equal(reader.n, 2);
    assert_int_equal(met_get(&sip_metrics, M_steer_dropped), dropped + 3);
    steer_free(&steer);
    steer_free(&steer);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_order_between_threads),
        cmocka_unit_test(test_full_and_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
