/* SPDX-License-Identifier: Apache-2.0 */
/* A CTI driver: how the gateway reaches one kind of call control system.
 *
 * The vtable has one slot per CSTA service and up-calls that carry CSTA events; what a driver
 * leaves NULL is not advertised in GetCSTAFeatures and is refused with serviceNotSupported. Device
 * strings in requests are directory numbers or device names as the switch knows them (lines.c has
 * resolved the client's line URI); the gateway puts the client's own string back into what it
 * sends.
 *
 * One driver_conn per configured address. All calls and up-calls are on the loop thread; an up-call
 * never happens inside a call. A request is answered exactly once, also when the connection dies or
 * is closed (CSTAErrorCode systemResourceAvailibility), so that who asked can let go. */
#pragma once
#include "csta.h"
#include <uv.h>

struct driver_conn;
struct tap;
struct wheel;

/** Answer to one request: its response or a CSTAErrorCode; borrowed for the call. */
typedef void driver_reply_fn(void *ctx, struct csta_msg const *reply);

/** Sends one service request; @p request is borrowed for the call. Returns 0 or a negative errno
 *  (then @p reply is not called). */
typedef int driver_service_fn(struct driver_conn *conn, struct csta_msg const *request,
                              driver_reply_fn *reply, void *ctx);

/** What a connection tells the gateway. */
struct driver_host {
    /* Application session established. @p identity is new each time the link was rebuilt. */
    void (*on_up)(void *ctx, char const *identity);
    /* Link or session lost; @p reason is a static text. Monitors made over it are gone. */
    void (*on_down)(void *ctx, char const *reason);
    /* An event for a monitor; borrowed for the call. */
    void (*on_event)(void *ctx, struct csta_msg const *event);
    /* The switch says how it is; also if that is nothing new. */
    void (*on_status)(void *ctx, enum csta_system_status status);
};

struct driver_options {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct tap *tap;
    char const *address; /* "127.0.0.1:2750" */
    char const *user, *password;
    int64_t heartbeat_s;  /* a link silent for two of these is dead */
    int64_t retry_ms;     /* between attempts to connect */
    int64_t request_ms;   /* limit for one answer */
    int64_t max_requests; /* unanswered at one time; more: performanceManagement */
};

struct driver {
    char const *name; /* as in the configuration: "csta_tcp" */
    char const *help;
    /* Starts connecting and keeps trying; @p options' strings are borrowed for the life of the
     * connection. NULL when out of memory or the address is wrong. */
    struct driver_conn *(*open)(struct driver_options const *options,
                                struct driver_host const *host, void *ctx);
    /* Ends the session politely if it can, answers what still waits, and frees; no up-call is made,
     * and no reply after it. What the replies ask then is refused. */
    void (*close)(struct driver_conn **pconn);
    driver_service_fn *service[CSTA_TYPES]; /* indexed by the request's csta_type */
    struct csta_set events;                 /* events it can deliver */
    /* Takes off @p set, which has all of the above, what the system at the other end has said it
     * cannot do. NULL: nothing. */
    void (*narrow)(struct driver_conn const *conn, struct csta_set *set);
};

/** Driver by name, NULL if there is none; drivers.def lists them. */
struct driver const *driver_find(char const *name);
