/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering under load: see transport_gather.h. */
#include "transport_gather.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* The load is judged anew so often. */
enum { JUDGE_US = 8000 };

struct transport_gather {
    struct transport_load load;
    uv_prepare_t before;
    uv_check_t after;
    int open; /* handles */
};

uint64_t transport_load_wait(struct transport_load *load, uint64_t now_us)
{
    uint64_t counted_us = now_us - load->since_us, busy_us = now_us - load->woken_us;

    if (counted_us >= JUDGE_US) {
        load->is_heavy = load->messages * load->wait_us >= 2 * counted_us;
        load->messages = 0;
        load->since_us = now_us;
    }
    return load->is_heavy && busy_us < load->wait_us ? load->wait_us - busy_us : 0;
}

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void before_poll(uv_prepare_t *before)
{
    struct transport_gather *gather = before->data;
    uint64_t wait_us = transport_load_wait(&gather->load, now_us());
    struct timespec const wait = { .tv_nsec = (long)wait_us * 1000 };

    if (wait_us)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL);
}

static void after_poll(uv_check_t *after)
{
    struct transport_gather *gather = after->data;

    gather->load.woken_us = now_us();
}

struct transport_gather *transport_gather_new(uv_loop_t *loop, int64_t wait_us)
{
    struct transport_gather *gather = calloc(1, sizeof *gather);

    if (!gather)
        return NULL;
    gather->load.wait_us = (uint64_t)wait_us;
    uv_prepare_init(loop, &gather->before);
    uv_check_init(loop, &gather->after);
    gather->before.data = gather->after.data = gather;
    gather->open = 2;
    uv_prepare_start(&gather->before, before_poll);
    uv_check_start(&gather->after, after_poll);
    return gather;
}

static void on_closed(uv_handle_t *handle)
{
    struct transport_gather *gather = handle->data;

    if (--gather->open == 0)
        free(gather);
}

void transport_gather_free(struct transport_gather **pgather)
{
    struct transport_gather *gather = *pgather;

    *pgather = NULL;
    if (!gather)
        return;
    uv_close((uv_handle_t *)&gather->before, on_closed);
    uv_close((uv_handle_t *)&gather->after, on_closed);
}

void transport_gather_count(struct transport_gather *gather)
{
    gather->load.messages++;
}
