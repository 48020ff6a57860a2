/* SPDX-License-Identifier: Apache-2.0 */
/* All XMPP streams of a program: the domains that are ours, those that may be talked to, who is
 * connected, what waits, what is acknowledged (RFC 6120, XEP-0114, XEP-0220, XEP-0198).
 *
 * A route is a pair of domains, ours and theirs; it owns the stanzas that go there, in order. A
 * stream is a connection that carries one route or several. A domain of ours is either a component
 * of another server, or has streams of its own from server to server.
 *
 * Stanzas are trees whose root, and what belongs to the stanza itself, is in STREAMS_NS, whatever
 * the stream calls it on the wire. Everything is on the loop thread. */
#pragma once
#include "net_addr.h"
#include "stream_limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define STREAMS_NS "jabber:server"

struct resolver;
struct secure_context;
struct streams;
struct streams_incoming;
struct tap;
struct wheel;
struct xml_tree;

enum streams_tls { STREAMS_TLS_REQUIRED, STREAMS_TLS_OPTIONAL };

/** A domain of ours; its name in lower case. */
struct streams_own {
    char const *name;
    struct secure_context *context; /* borrowed; its certificate; NULL: it has no TLS */
    /* Of a component: the server that it belongs to, tried in this order. None: it is a server. */
    struct net_addr const *servers;
    size_t n_servers;
    char const *secret;
};

/** A domain that may be talked to; its name in lower case. */
struct streams_peer {
    char const *name, *ascii; /* with U-labels, and with A-labels */
    char const *const *hosts; /* where it is, see stream_lookup.h; none: as the DNS says */
    size_t n_hosts;
    enum streams_tls tls;
    bool dialback;   /* without a good certificate, it and we may prove ourselves by dialback */
    bool bidi;       /* one stream may carry both ways (XEP-0288) */
    bool direct_tls; /* those hosts begin with TLS (XEP-0368) */
};

struct streams_settings {
    struct streams_own const *own;
    size_t n_own;
    struct streams_peer const *peers;
    size_t n_peers;
    struct resolver *resolver;      /* NULL: all hosts are numeric */
    struct secure_context *context; /* for listeners that begin with TLS; NULL: there are none */
    struct stream_limits limits;
};

/** Why a stanza was not taken over: a stanza error condition (RFC 6120 8.3.3) and a text. Both
 *  static. */
struct streams_error {
    char const *condition, *text;
};

/** What became of a stanza. @p error NULL: its peer has taken it over; else it has not, or nobody
 *  can say. Called exactly once, never inside streams_send(), perhaps inside streams_free(). */
typedef void streams_done_fn(void *ctx, struct streams_error const *error);

struct streams_handlers {
    /* A stanza that came. Its sender may speak for the domain of `from`, and `to` is at a domain of
     * ours; domains are in lower case. The tree is given; streams_handled() must follow. */
    void (*on_stanza)(void *ctx, struct xml_tree *stanza, struct streams_incoming *in);
    /* The route can carry stanzas. */
    void (*on_up)(void *ctx, char const *ours, char const *theirs);
    /* It cannot any more: what is known of people there is not known to hold. */
    void (*on_down)(void *ctx, char const *ours, char const *theirs);
    /* For the tap: the Call-ID that a received stanza belongs to, or NULL. May be NULL. */
    char const *(*whose)(void *ctx, struct xml_tree const *stanza);
};

/** @p settings are borrowed until streams_free(), and so is the rest. NULL when out of memory. */
struct streams *streams_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                            struct streams_settings const *settings,
                            struct streams_handlers const *handlers, void *ctx);

/** Ends all streams; stanzas that are not acknowledged fail. The loop must run once more. */
void streams_free(struct streams **pstreams);

/** Lets servers connect to us at @p addr, whose port is filled in if it was 0. @p direct_tls: the
 *  connection begins with TLS (XEP-0368). 0 or a negative errno. */
int streams_listen(struct streams *streams, struct net_addr *addr, bool direct_tls);

/** Connects our components. */
void streams_start(struct streams *streams);

/** Sends a stanza by the domains of its from and to; the tree is given. @p id: Call-ID for the tap,
 *  "" none. @p done may be NULL: then nobody asks the peer for it either, and it may be lost.
 *  Returns 0, or without @p done being called: -EINVAL its addresses are none, -EACCES the domains
 *  are not ours or may not be talked to, -EMSGSIZE, -ENOBUFS too much waits, -ESHUTDOWN, -ENOMEM.
 */
int streams_send(struct streams *streams, struct xml_tree *stanza, char const *id,
                 streams_done_fn *done, void *ctx);

/** The stanza error for what streams_send() returned. */
struct streams_error streams_refusal(int error);

/** The other side has answered, or will not: the stanza counts as handled. Exactly once for each,
 *  also after its stream has gone, or all of them. */
void streams_handled(struct streams_incoming *in);

/** May @p theirs be talked to from @p ours? Both in lower case. */
bool streams_allow(struct streams const *streams, char const *ours, char const *theirs);

/** The domain of a JID, in lower case; false: there is none, or it is too long. */
enum { STREAMS_DOMAIN_BYTES = 256 };
bool streams_domain(char const *jid, char ret[static STREAMS_DOMAIN_BYTES]);
