/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the transports, for transport*.c alone.
 *
 * transport.c owns the listeners and the picking among them; each kind of transport is one table of
 * functions (struct transport_ops). Streams share transport_stream.c: the connection table, limits,
 * framing, timers and waiters (also transport_table.c and transport_receive.c); sockets are
 * moved by transport_socket.c; what TCP and TLS do differently is a struct stream_io. */
#pragma once
#include "buf.h"
#include "htab.h"
#include "secure_set.h"
#include "steer.h"
#include "steer_place.h"
#include "tap.h"
#include "transport.h"
#include "transport_frame.h"
#include "transport_gather.h"
#include "transport_outbox.h"
#include "transport_refused.h"
#include "wheel.h"
#include <uv.h>

enum {
    TRANSPORT_MAX_LISTENERS = 64,
    TRANSPORT_READ_BYTES = 65536,
    TRANSPORT_OFFER_BYTES = 32768, /* so many are offered to the socket before the turn ends */
    TRANSPORT_BACKLOG = 4096
};

/* The largest TLS record holds so much (RFC 8446 §5.1). */
enum { TRANSPORT_PLAIN_BYTES = 16384 };

struct connection;
struct listener;
struct log_sources;
struct secure_link;

TAILQ_HEAD(connection_list, connection);

struct transport_ops {
    /* Opens the socket at listener->addr and writes the bound port there. 0 or a negative errno. */
    int (*open)(struct listener *listener);
    /* Closes it; the listener must not be used after this. */
    void (*close)(struct listener *listener);
    /* As transport_send(). */
    int (*send)(struct transport *t, struct destination *to, void const *bytes, size_t len,
                struct transport_waiter *waiter);
    /* Sends what is queued at the listener; streams have none of that. Called from the loop. */
    void (*flush)(struct listener *listener);
    struct stream_io const *io; /* streams only */
};

extern struct transport_ops const transport_udp_ops;
extern struct transport_ops const transport_tcp_ops;
extern struct transport_ops const transport_tls_ops;

struct listener {
    struct transport *transport;
    struct transport_ops const *ops;
    uint16_t index;
    enum transport_kind kind;
    struct net_addr addr;
    char host[256]; /* for Via */
    char name[TRANSPORT_NAME_BYTES];
    char shown[TAP_LISTENER + 1];   /* in the tap: its name, else transport and address */
    void *socket;                   /* of the ops */
    struct secure_context *context; /* TLS only; a reference */
    bool is_default;                /* it is the one that nobody named */
    bool carries_many;              /* its connections do, for many clients */
};

struct transport {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct tap *tap;
    struct stack_limits const *limits;
    struct transport_handlers const *handlers;
    void *ctx;
    struct listener *listeners[TRANSPORT_MAX_LISTENERS];
    uint16_t n_listeners;
    struct htab by_id, by_addr, by_host;
    struct htab remotes; /* connections of other workers that we have sent on */
    struct connection_list connections, dirty, dying;
    size_t n_connections;
    uint64_t next_connection;
    struct transport_waiters failed; /* of datagrams, to be told from the loop */
    struct transport_refused refused;
    struct transport_gather *gather;
    uv_idle_t *idle; /* runs while something is dirty, dying or failed, or datagrams wait */
    char *read_bytes;
    char *plain_bytes;
    struct secure_set contexts;
    struct log_sources *tls_log;
    unsigned refs; /* the owner, open handles, running callbacks */
    bool closing;
    struct steer *steer; /* borrowed; NULL: this is the only worker */
    unsigned worker;
};

/* What a kind of stream makes of its socket (transport_socket.c moves the bytes): TCP hands them on
 * as they are, TLS puts itself between. */
struct stream_io {
    /* Before anything else, of a connection to @p to, or (NULL) of an accepted one; may be NULL. 0
     * or a negative errno. */
    int (*prepare)(struct connection *conn, struct destination const *to);
    /* The socket that was opened for conn is connected; ends in transport_stream_connected() or
     * _kill(). */
    void (*connected)(struct connection *conn);
    /* An accepted connection is in the tables. */
    void (*accepted)(struct connection *conn);
    void (*received)(struct connection *conn, char const *bytes, size_t len);
    /* The socket has failed, or came to its end (UV_EOF). Kills the connection. */
    void (*lost)(struct connection *conn, int error);
    /* Sends conn->out; called from the loop, never from transport_send(). */
    void (*flush)(struct connection *conn);
    /* Last words, while the socket is still there; may be NULL. */
    void (*goodbye)(struct connection *conn);
};

/* A stream connection. Killed = out of the tables, waiters being told, socket being closed; the
 * memory goes with the last reference. */
struct connection {
    struct transport *transport;
    struct stream_io const *io;
    TAILQ_ENTRY(connection) link; /* in connections, or in dying */
    TAILQ_ENTRY(connection) dirty_link;
    struct htab_entry by_id, by_addr;
    struct steer_place place;
    uint64_t users;           /* other workers that have sent on it, a bit each */
    struct stream_host *host; /* accepted connections only */
    uint64_t id;
    enum transport_kind kind;
    uint16_t listener;
    struct net_addr peer, local;
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct wheel_timer timer;
    struct secure_link *secure; /* TLS only; owned */
    struct transport_waiters waiters;
    struct transport_frame frame;
    struct buf in;        /* begin of a message */
    struct buf out;       /* not yet given to the socket */
    size_t out_in_flight; /* given to libuv, not yet written */
    uint64_t active_ms;
    unsigned refs;
    int error; /* why it was killed */
    bool is_open, is_dirty, is_half, is_last, is_dead;
    bool is_client; /* accepted, and its peer has registered over it (transport_vouch()) */
    bool was_open;  /* it has been open, if only for a moment */
    bool is_listed; /* in the tables and counted */
    bool is_socket; /* `tcp` must be closed */
    char tag[24];   /* object id in the log */
};

/* --- transport.c --- */
void transport_ref(struct transport *t);
void transport_unref(struct transport *t);

/* Parses one message, fills in Via, taps it and hands it up. Returns 0, or -EBADMSG if it is not
 * SIP. @p flags are set on the message. Nothing of the caller may be trusted to live after it
 * unless it holds a reference. */
int transport_deliver(struct transport *t, struct origin const *from, void const *bytes, size_t len,
                      unsigned flags);
/* Has the work list looked at before the loop sleeps. */
void transport_wake(struct transport *t);

/* transport_deliver() for a message that is known to be this worker's. */
int transport_accept(struct transport *t, struct origin const *from, void const *bytes, size_t len,
                     unsigned flags);

/* --- transport_tap.c --- */
/* What the tap calls @p listener, once its address or name is known. */
void transport_tap_name(struct listener *listener);
/* Adds a message to the tap; of a received one the serial goes to @p from. */
void transport_tap_received(struct transport *t, struct origin *from, void const *bytes,
                            size_t len);
void transport_tap_sent(struct transport *t, struct origin const *way, void const *bytes,
                        size_t len);

/* --- transport_share.c --- */
/* Lets other workers bind the same port, before bind(). 0 or a negative errno: somebody else has
 * it. Does nothing for a single worker. */
int transport_share_port(struct transport const *t, int fd, struct net_addr const *addr, int type);
/* Passes a message on if it is another worker's; false: it is ours. */
bool transport_share_pass(struct transport *t, struct origin const *from, char const *bytes,
                          size_t len);
/* Has another worker send it, if one has an accepted connection from there: over TLS, one of a
 * client that has registered. */
bool transport_share_send(struct transport *t, struct destination const *to, void const *bytes,
                          size_t len, struct transport_waiter *waiter);
/* Tells the others about an accepted connection, if they may use it, and that it is gone. */
void transport_share_note(struct connection *conn);
void transport_share_forget(struct connection *conn);
void transport_share_end(struct transport *t);

/* --- transport_remote.c --- */
/* Has @p waiter told when another worker's connection to @p way->peer is gone. */
void transport_remote_wait(struct transport *t, struct origin const *way,
                           struct transport_waiter *waiter);
void transport_remote_gone(struct transport *t, struct origin const *way, int error);
void transport_remote_end_all(struct transport *t);

/* --- transport_via.c --- */
/* RFC 3261 18.2.1 and RFC 3581: received and rport of a request's top Via. */
int transport_via_stamp(msg_t *msg, struct net_addr const *peer);

/* --- transport_table.c --- */
struct connection *transport_table_find(struct transport const *t, struct destination const *to);
/* Is @p to an address that a client may have registered from, and no name that must be proved? */
bool transport_table_is_of_client(struct destination const *to);
/* Is there room for one more connection, of this peer? 0 or a negative errno, counted and logged.
 * The second counts conn->peer until transport_table_remove(). */
int transport_table_admit(struct transport const *t);
int transport_table_admit_host(struct connection *conn);
int transport_table_add(struct connection *conn);
void transport_table_remove(struct connection *conn);

/* --- transport_receive.c --- */
/* Takes an accepted connection into the tables. Negative errno: the limits forbid it, kill it. */
int transport_stream_accepted(struct connection *conn);
void transport_stream_received(struct connection *conn, char const *bytes, size_t len);
/* A connection whose peer has all to say yet: the first byte must come in silent_ms. */
void transport_stream_arm_silent(struct connection *conn);

/* --- transport_socket.c --- */
/* The ops of a stream listener: accepts connections for listener->ops->io. */
int transport_socket_open(struct listener *listener);
void transport_socket_close_listener(struct listener *listener);
/* Begins to connect to conn->peer; ends in io->connected() or transport_stream_kill(). */
int transport_socket_connect(struct connection *conn, struct listener const *from);
/* Empties @p bytes: writes what the socket takes, the rest later. A failure kills conn. */
void transport_socket_write(struct connection *conn, struct buf *bytes);
void transport_socket_stop_reading(struct connection *conn);
/* Ends in transport_stream_closed(). */
void transport_socket_close(struct connection *conn);

/* --- transport_stream.c --- */
/* As transport_send(), for the kind that @p io serves. */
int transport_stream_send(struct transport *t, struct stream_io const *io, struct destination *to,
                          void const *bytes, size_t len, struct transport_waiter *waiter);
/* New connection with one reference, dropped by transport_stream_closed() once is_socket is set;
 * not yet in the tables. NULL: out of memory. */
struct connection *transport_stream_new(struct listener const *listener,
                                        struct stream_io const *io);
void transport_stream_connected(struct connection *conn);
/* Queues bytes; an overflow kills the connection. 0 or a negative errno. */
int transport_stream_queue(struct connection *conn, void const *bytes, size_t len);
/* The socket took @p len bytes that were in flight. */
void transport_stream_written(struct connection *conn, size_t len);
/* Takes the connection out and closes it; its waiters hear @p error from the loop. Twice does no
 * harm. */
void transport_stream_kill(struct connection *conn, int error);
void transport_stream_closed(struct connection *conn);
void transport_stream_arm_idle(struct connection *conn);
struct origin transport_stream_origin(struct connection const *conn);
/* Writes what is dirty, tells the waiters of what is dying. */
void transport_stream_work(struct transport *t);
void transport_stream_kill_all(struct transport *t);
void transport_stream_ref(struct connection *conn);
void transport_stream_unref(struct connection *conn);

static inline struct connection *transport_timer_owner(struct wheel_timer *timer)
{
    return (struct connection *)((char *)timer - offsetof(struct connection, timer));
}
