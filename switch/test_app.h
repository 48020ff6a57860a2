/* SPDX-License-Identifier: Apache-2.0 */
/* The tests' CSTA application: a socket towards a link server that runs in the same thread. */
#pragma once
#include "buf.h"
#include "csta_frame.h"
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct wheel;

struct test_app {
    int fd;
    uv_loop_t *loop;
    struct wheel *wheel;
    struct buf in;
    char xml[CSTA_FRAME_MAX + 1]; /* of the last frame */
    unsigned invoke_id;
};

void test_app_open(struct test_app *app, uv_loop_t *loop, struct wheel *wheel,
                   struct net_addr const *address);
void test_app_close(struct test_app *app);

void test_app_send_bytes(struct test_app *app, void const *bytes, size_t len);
void test_app_send(struct test_app *app, unsigned invoke_id, char const *xml);

/** Waits (real time, a few seconds at most) for the next frame into xml and invoke_id. */
bool test_app_next(struct test_app *app);

/** Waits for the end of the connection; whatever still comes is dropped. */
bool test_app_is_closed(struct test_app *app);

/** Runs the loop and the wheel until both are quiet. */
void test_app_settle(struct test_app *app);
