/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP side of the rcc client: one dialog with the gateway through the proxy, CSTA in INVITE and
 * INFO, events answered with 200, the session kept alive by UPDATE. What is asked and when is
 * rcc_session.c's business. */
#pragma once
#include "csta.h"
#include "rcc_report.h"
#include "rcc_secure.h"
#include <stdbool.h>
#include <uv.h>

struct rcc_wire;
struct wheel;

struct rcc_wire_options {
    char const *user;   /* SIP URI of the user: From */
    char const *server; /* SIP URI of the line at the gateway: To and Request-URI */
    char const *proxy;  /* SIP URI: next hop of the INVITE */
    char const *local;  /* our host for Via and Contact: "127.0.0.1" */
    struct rcc_secure_options secure;
    unsigned expires_s; /* Session-Expires to ask for, 0: none, as real clients do */
    bool like_client;   /* never answer events, as a known client does */
};

/** Callbacks come from the loop, never inside a call below. */
struct rcc_wire_handlers {
    /* Answer to a request, CSTA_NONE: to BYE. One of @p answer and @p failure is NULL; an answer
     * of a service that has no content may be of type CSTA_NONE. */
    void (*on_answer)(void *ctx, enum csta_type service, struct csta_msg const *answer,
                      struct rcc_failure const *failure);
    /* An event, or a SystemStatus of the gateway. */
    void (*on_event)(void *ctx, struct csta_msg const *event);
    /* The gateway sent BYE; @p reason may be "". */
    void (*on_end)(void *ctx, char const *reason);
    /* The session could not be refreshed. */
    void (*on_lost)(void *ctx, struct rcc_failure const *failure);
};

/** Opens the sockets. All arguments are borrowed for its life. NULL with the reason in @p why. */
struct rcc_wire *rcc_wire_new(uv_loop_t *loop, struct wheel *wheel,
                              struct rcc_wire_options const *options,
                              struct rcc_wire_handlers const *handlers, void *ctx, char *why,
                              size_t size);
/** Closes all; the loop must run once more. */
void rcc_wire_free(struct rcc_wire **pwire);

/** Sends INVITE with @p request. Returns 0 or a negative errno (then no answer follows). */
int rcc_wire_invite(struct rcc_wire *wire, struct csta_msg const *request);
void rcc_wire_cancel(struct rcc_wire *wire);

/** Sends @p request in INFO. */
int rcc_wire_ask(struct rcc_wire *wire, struct csta_msg const *request);
int rcc_wire_bye(struct rcc_wire *wire);

/** No answer follows for anything sent so far; refreshing stops. */
void rcc_wire_forget(struct rcc_wire *wire);

/** Seconds that the gateway granted the session, 0: for ever. After the answer to the INVITE. */
unsigned rcc_wire_session_s(struct rcc_wire const *wire);
