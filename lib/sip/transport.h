/* SPDX-License-Identifier: Apache-2.0 */
/* SIP transports of one worker: UDP, TCP and TLS sockets on a libuv loop (RFC 3261 §18, RFC 3581).
 *
 * Hands complete, parsed messages up with their origin; Via received/rport of a request are already
 * filled in. Bounds everything by struct stack_limits: connections in total and per address, bytes
 * and time of half a message, silent connections, write queue. What breaks a rule is counted (sip
 * metrics), logged once, and costs at most its own connection. Each message passes the tap.
 *
 * TLS: a listener accepts under a context, a destination is connected to under one and by the name
 * that was asked for; that name is verified (RFC 5922). What fails comes as a secure_cause_error()
 * where other failures have an errno. The process must ignore SIGPIPE (lib/svc does).
 *
 * CRLF keep-alives are answered (RFC 5626 §3.5.1 pong on streams). Callbacks run on the loop thread
 * and never inside transport_send(). */
#pragma once
#include "origin.h"
#include "stack_limits.h"
#include <sofia-sip/msg_types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

struct secure_context;
struct secure_set;
struct steer;
struct tap;
struct transport;
struct wheel;

enum { TRANSPORT_AUTO_LISTENER = 0xffff, TRANSPORT_NAME_BYTES = 65 };

/** Where to send. With `connection` set and alive it is used; else a connection to `addr` is reused
 *  or opened. */
struct destination {
    enum transport_kind kind;
    uint16_t listener;   /* source listener, or TRANSPORT_AUTO_LISTENER */
    uint64_t connection; /* 0: any */
    struct net_addr addr;
    struct net_addr source; /* of a datagram from a listener on all addresses; no family: any */
    bool no_switch; /* UDP, however large a request is (RFC 3261 18.1.1): somebody has chosen it */
    /* TLS, borrowed for the call that takes the destination: the context, NULL = the default; and
     * the host of the URI that led here. Without a name only `connection` is used. */
    struct secure_context *context;
    char const *server_name;
};

/** Embedded in whoever must hear that a connection died under its message, or that its datagram
 *  could not be sent. Zero it before use; unlink with transport_forget(). */
struct transport_waiter {
    LIST_ENTRY(transport_waiter) link;
    void (*on_failed)(struct transport_waiter *waiter, int error);
    int error;
    bool linked;
    bool reused; /* of transport_send(): it went to a connection of ours that was open before */
    bool opened; /* of on_failed(): the connection had been open, the message may have arrived */
    /* TLS, of on_failed() of a reused connection: what a new one in its place is opened with, NULL
     * if it cannot be. Borrowed for the call. */
    struct secure_context *context;
    char const *server_name;
};

struct transport_handlers {
    /* @p msg is given: the handler owns it. It parsed, but may still be semantically wrong. */
    void (*on_message)(void *ctx, struct origin const *from, msg_t *msg);
    /* Whether a keep-alive of @p from gets its answer; NULL: yes. */
    bool (*may_answer)(void *ctx, struct origin const *from);
};

/** New, without sockets. @p tap may be NULL. @p limits is borrowed. NULL when out of memory. */
struct transport *transport_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                                struct stack_limits const *limits,
                                struct transport_handlers const *handlers, void *ctx);

/** Closes all sockets and clears *@p pt; waiters hear -ECANCELED. The loop must run once more. */
void transport_free(struct transport **pt);

/** Makes @p t the transport of @p worker, one of those that @p steer (borrowed) connects: its
 *  listeners share their ports with those of the others, and what belongs to another is passed on.
 *  Before the first listener; all workers must open the same ones in the same order. Returns 0 or a
 *  negative errno. */
int transport_share(struct transport *t, struct steer *steer, unsigned worker);

/** Opens a listener. A port of 0 asks for a
 * free one. @p advertised: host for Via, Record-Route and Contact, NULL = the bound address.
 * Returns its index (0, 1, ...) or a negative errno. */
int transport_listen(struct transport *t, enum transport_kind kind, struct net_addr const *addr,
                     char const *advertised);

/** Gives the TLS contexts (references are kept), in place of those that were there before, for
 * every connection from now on. A listener takes the one of the same name, or stays with its own if
 *  there is none that can accept; connections stay with theirs. */
void transport_use_contexts(struct transport *t, struct secure_set const *contexts);

/** As transport_listen(), for TLS under the context called @p name, NULL = the default. Also
 *  -ENOENT: there is no such context; -ENOKEY: it has no certificate. */
int transport_listen_tls(struct transport *t, struct net_addr const *addr, char const *advertised,
                         char const *name);

/** Bound address of a listener (port filled in), and the host that it advertises. Borrowed. */
struct net_addr const *transport_listener_addr(struct transport const *t, uint16_t listener);
char const *transport_listener_host(struct transport const *t, uint16_t listener);
enum transport_kind transport_listener_kind(struct transport const *t, uint16_t listener);
uint16_t transport_listeners(struct transport const *t);

/** Name by which the configuration speaks of a listener, "" if it has none. Names are given once,
 *  before the listener is used; 0 or -EINVAL (too long). */
int transport_name_listener(struct transport *t, uint16_t listener, char const *name);
char const *transport_listener_name(struct transport const *t, uint16_t listener);

/** Connections that come to this listener carry what many clients send, as those do that we open:
 *  they hold shared_queue_bytes instead of write_queue_bytes. Before the first of them comes. */
void transport_carries_many(struct transport *t, uint16_t listener);

/** Name of the TLS context that a listener accepts under, "" if it is no TLS listener. */
char const *transport_listener_context(struct transport const *t, uint16_t listener);

/** The listener called @p name, or -ENOENT. */
int transport_find_listener(struct transport const *t, char const *name);

/** First listener of @p kind whose family fits @p peer, preferring `prefer` if it fits; negative
 *  errno when there is none. */
int transport_pick_listener(struct transport const *t, enum transport_kind kind,
                            struct net_addr const *peer, uint16_t prefer);

/** Queues one whole message (copied); it leaves before the loop sleeps. Streams: the connection
 *  used is written to @p to->connection, and @p waiter (may be NULL) is told if it dies before
 *  transport_forget(). Datagrams: @p waiter is told if the socket refuses it, and unlinked when it
 *  is sent. TLS: `context` and `server_name` of @p to are forgotten. Returns 0 or a negative errno
 *  (-EMSGSIZE, -ENOBUFS queue full, -ENOTCONN when only `connection` was allowed and is gone,
 *  -ENOKEY no context to connect under). */
int transport_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                   struct transport_waiter *waiter);

/** Unlinks @p waiter; harmless when it is not linked. */
void transport_forget(struct transport_waiter *waiter);

/** Notes in the tap what was decided about the message that came from @p from: words for people, as
 *  key=value. Any thread of the process may. */
void transport_note(struct transport *t, struct origin const *from, char const *text, size_t len);

/** Did the peer at @p addr take no connection lately? Those that do are known when they have. */
bool transport_is_refused(struct transport const *t, enum transport_kind kind,
                          struct net_addr const *addr);

/** The client has registered over this connection that it opened to us: what is to go to its very
 *  address may take it from now on, by any worker, though over TLS a client has proved no name. (A
 *  TCP connection may be so used from the start.) Nothing happens if it is none of these. */
void transport_vouch(struct transport *t, uint64_t connection);

/** Is the stream connection with this number still there? */
bool transport_has_connection(struct transport const *t, uint64_t connection);

/** Open stream connections now. */
size_t transport_connections(struct transport const *t);
