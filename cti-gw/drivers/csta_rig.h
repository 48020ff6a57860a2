/* SPDX-License-Identifier: Apache-2.0 */
/* A rig for tests of the csta_tcp driver: one connection of the driver, and the switch's end of its
 * link as a raw socket on 127.0.0.1 that the test serves message by message.
 *
 * Time passes only by csta_rig_pass(). Waiting is for the kernel alone, and bounded; every function
 * ends the test when it does not get what it wants. */
#pragma once
#include "csta.h"
#include "driver.h"
#include <stdbool.h>

enum { CSTA_RIG_BYTES = 1 << 20 };

struct csta_rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct tap *tap;
    struct driver const *driver;
    struct driver_options options; /* set what the test wants before csta_rig_open() */
    struct driver_conn *conn;
    su_home_t *home; /* strings of messages taken */
    int listen_fd, fd;
    char address[32];
    char in[CSTA_RIG_BYTES];
    size_t n_in;
    bool is_eof;

    /* what the driver told its host; asked whose a monitor is, it says "call-of-m-1" of "m-1" */
    unsigned features_id, status_id;
    unsigned ups, downs, events, beats, faults[DRIVER_FAULTS];
    uint64_t beat_us;
    char identity[32], reason[64], event_xref[32];
    enum csta_type event;
    enum csta_system_status status;
};

/** Listens, and fills options with what tests have in common. */
void csta_rig_init(struct csta_rig *rig);
void csta_rig_fini(struct csta_rig *rig);

/** Opens the driver's connection, which starts to connect. */
void csta_rig_open(struct csta_rig *rig);

/** Takes the driver's link. */
void csta_rig_accept(struct csta_rig *rig);

/** Closes the switch's end. */
void csta_rig_hang_up(struct csta_rig *rig);

/** Stops to listen: the next attempt to connect is refused. */
void csta_rig_go_deaf(struct csta_rig *rig);

/** One turn of loop and wheel. */
void csta_rig_turn(struct csta_rig *rig);

/** Moves the clock, a quarter of a second after the other. */
void csta_rig_pass(struct csta_rig *rig, uint64_t ms);

/** Turns until *@p value is @p wanted. */
void csta_rig_await(struct csta_rig *rig, unsigned const *value, unsigned wanted);

/** Turns until the driver has closed its end. */
void csta_rig_await_eof(struct csta_rig *rig);

/** The next message of the driver, past heartbeats and session resets that are not asked for; it
 * has to be a @p type. Returns its invoke ID. */
unsigned csta_rig_take(struct csta_rig *rig, enum csta_type type, struct csta_msg *ret);

/** True and the next message, if one is there already. */
bool csta_rig_peek(struct csta_rig *rig, unsigned *ret_invoke_id, struct csta_msg *ret);

void csta_rig_send(struct csta_rig *rig, unsigned invoke_id, struct csta_msg const *msg);
void csta_rig_send_xml(struct csta_rig *rig, unsigned invoke_id, char const *xml);
void csta_rig_send_bytes(struct csta_rig *rig, void const *bytes, size_t len);

/** Returns when the driver has seen everything that was sent so far (it is asked for its system
 *  status), and drops nothing: other messages must have been taken before. */
void csta_rig_sync(struct csta_rig *rig);

/** Accepts, and starts the session with @p duration_s (0: not told). The driver's GetCSTAFeatures
 * is not answered; its invoke ID is in features_id. */
void csta_rig_start(struct csta_rig *rig, uint32_t duration_s);
