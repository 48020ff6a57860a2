/* SPDX-License-Identifier: Apache-2.0 */
/* One session of the rcc client: signs in, does the steps of the script, signs out, and says on the
 * report what happened. The state machine is the table in rcc_fsm.c. */
#pragma once
#include "rcc_report.h"
#include "rcc_script.h"
#include "rcc_wire.h"
#include <stdbool.h>

struct rcc_session;
struct wheel;

struct rcc_session_options {
    char const *line; /* line URI, as the client was configured with */
    bool like_client; /* GetCSTAFeatures and MonitorStart back to back */
    unsigned wait_s;  /* limit of a wait, and of any answer */
    unsigned watch_s; /* how long `monitor` lasts, 0: until an interrupt */
    struct rcc_step const *steps;
    int n_steps;
};

/** The callbacks of the wire that belong to a session; their ctx is the session. */
extern struct rcc_wire_handlers const rcc_session_handlers;

/** All arguments are borrowed. @p on_done is called exactly once, from the loop: nothing more is to
 *  be expected, and @p code is the exit code. NULL when out of memory. */
struct rcc_session *rcc_session_new(struct wheel *wheel, struct rcc_session_options const *options,
                                    struct rcc_report const *report,
                                    void (*on_done)(void *ctx, int code), void *ctx);
void rcc_session_free(struct rcc_session **psession);

/** Signs in over @p wire (borrowed). */
void rcc_session_start(struct rcc_session *session, struct rcc_wire *wire);

/** Ctrl-C: ends a watch, else gives up and signs out; a second one does not wait for that. */
void rcc_session_interrupt(struct rcc_session *session);
