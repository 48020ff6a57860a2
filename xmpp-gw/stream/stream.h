/* SPDX-License-Identifier: Apache-2.0 */
/* One XMPP stream: a connection, its XML, and how far it has come. Inner part of streams.c.
 *
 * A stream ends by itself or by stream_fail(), stream_end(), stream_drop(); it is freed when its
 * socket is closed, so its memory is good for the rest of any callback. */
#pragma once
#include "dialback.h"
#include "stream_ack.h"
#include "stream_errors.h"
#include "stream_fsm.h"
#include "stream_wire.h"
#include "streams.h"
#include <sys/queue.h>

#define STREAM_NS_STREAMS      "http://etherx.jabber.org/streams"
#define STREAM_NS_ERRORS       "urn:ietf:params:xml:ns:xmpp-streams"
#define STREAM_NS_TLS          "urn:ietf:params:xml:ns:xmpp-tls"
#define STREAM_NS_SASL         "urn:ietf:params:xml:ns:xmpp-sasl"
#define STREAM_NS_DIALBACK     DIALBACK_NS
#define STREAM_NS_BIDI         "urn:xmpp:bidi"
#define STREAM_NS_BIDI_FEATURE "urn:xmpp:features:bidi"
#define STREAM_NS_COMPONENT    "jabber:component:accept"

struct stream_look;
struct stream_place;
struct stream_query;
struct stream_route;
struct xml_element;
struct xml_push;

enum stream_managed { STREAM_UNMANAGED, STREAM_ENABLING, STREAM_MANAGED };
enum stream_role { STREAM_COMPONENT, STREAM_OUT, STREAM_IN };
_Static_assert(STREAM_EV_HEADER_OUT - STREAM_EV_HEADER_COMPONENT == STREAM_OUT &&
                   STREAM_EV_HEADER_IN - STREAM_EV_HEADER_COMPONENT == STREAM_IN,
               "a header's event is the first plus the role");

/* A stanza of this stream that is not handled yet. */
struct streams_incoming {
    TAILQ_ENTRY(streams_incoming) link;
    struct stream *stream; /* NULL: it has gone */
    bool is_handled;
};

/* By this stream the peer may speak for `theirs` to `ours`. */
struct stream_proof {
    SLIST_ENTRY(stream_proof) link;
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];
};

struct stream {
    struct stream_wire wire;
    LIST_ENTRY(stream) link;
    struct streams *set;
    enum stream_role role;
    uint8_t state;
    char tag[24]; /* in logs */
    struct xml_push *xml;
    /* Of the first pair; peer and own are NULL on a stream to us until its header is read. */
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];
    struct streams_own const *own;
    struct streams_peer const *peer;
    char id[64]; /* of the stream, by the side that was connected to */
    bool is_direct, is_header_sent, was_ready;
    bool is_authentic;            /* by EXTERNAL, that one of us that connected */
    bool is_dialed;               /* the same by dialback */
    bool is_bidi;                 /* both send by it, once it is ready (XEP-0288) */
    bool may_manage;              /* the peer offers XEP-0198 */
    bool owes_ack;                /* it has asked, and stanzas are not handled yet ... */
    bool asks_again;              /* ... and again since then */
    size_t n_uncounted;           /* that came before XEP-0198 began, and are not handled yet */
    uint32_t owes_at;             /* it gets its answer when so many are */
    struct wheel_timer ack_timer; /* or when it has waited too long */
    enum stream_managed managed;
    struct stream_ack ack;
    struct stream_query *query;        /* that it asks, and nothing else; owned */
    LIST_HEAD(, stream_query) queries; /* that others ask because of it */
    bool wants_restart;                /* of the parser, once it has returned */
    bool wants_tls;                    /* behind that */
    char const *reason;                /* why it ends; static */
    struct wheel_timer timer, minder;
    uint64_t heard_ms, said_ms, stanza_ms;
    uint64_t probed_ms;                /* since when a question of the minder is open; 0: none is */
    LIST_HEAD(, stream_route) carried; /* routes that send by it */
    SLIST_HEAD(, stream_proof) proofs;
    size_t n_proofs;
    TAILQ_HEAD(, streams_incoming) incoming;
    size_t n_incoming;
    bool is_full;       /* of those: it is not read */
    bool is_slow;       /* that it is read more slowly has been logged */
    uint64_t tokens_us; /* when what it has sent would be over at its rate */
    struct wheel_timer brake;
    struct stream_route *opener; /* that it was opened for, until it is ready; NULL */
    struct stream_look *look;    /* it is only looked at; owned; NULL */
};

/* With STREAM_EV_FAULT. */
struct stream_fault {
    enum stream_error condition;
    char const *text; /* static; may be NULL */
};

/** A stream of ours to @p place; @p peer NULL: a component of @p own. NULL: it could not begin. */
struct stream *stream_connect(struct streams *set, struct streams_own const *own,
                              struct streams_peer const *peer, struct stream_place const *place);

/** Takes the connection that waits at @p server. NULL: that went wrong. */
struct stream *stream_accept(struct streams *set, uv_stream_t *server, bool is_direct);

void stream_step(struct stream *stream, enum stream_event event, void *arg);

/** Ends it with a stream error; @p text is static and may be NULL. */
void stream_fail(struct stream *stream, enum stream_error condition, char const *text);

/** Ends it in order; closes it without a word. @p reason is static. */
void stream_end(struct stream *stream, char const *reason);
void stream_drop(struct stream *stream, char const *reason);

/** Sends what belongs to the stream itself. */
void stream_say(struct stream *stream, char const *xml);

/** The same, but the tap gets @p shown. */
void stream_say_masked(struct stream *stream, char const *xml, char const *shown);

/** Sends a stanza. @p id: its Call-ID; @p receipt: see stream_ack.h. 0 or a negative errno: it has
 *  not gone. */
int stream_send(struct stream *stream, char const *xml, size_t len, char const *id, void *receipt);

/** Is there room for more stanzas? */
bool stream_has_room(struct stream const *stream);

/** TLS begins, with @p bytes that came already. */
void stream_secure(struct stream *stream, char const *bytes, size_t len);

/** Our header, and what follows it if it ends at once. */
void stream_send_header(struct stream *stream);

/** Judges a stanza that came and gives it to whom it is for; @p tree is given. */
void stream_take_stanza(struct stream *stream, struct xml_tree *tree);

/** The peer may speak for @p theirs to @p ours from now on. False: too many pairs. */
bool stream_prove(struct stream *stream, char const *ours, char const *theirs);
bool stream_is_proven(struct stream const *stream, char const *ours, char const *theirs);

/** What came by a stream goes on being handled without it. */
void stream_forget_incoming(struct stream *stream);

char const *stream_role_str(enum stream_role role);

/* stream_end.c: its last words, in an action, to a peer that took too long; @p text as above. */
void stream_end_late(struct stream *stream, char const *text);

/* stream_negotiate.c: a child of the root that is no stanza. */
void stream_take_header(struct stream *stream, struct xml_element const *header);
void stream_take_nonza(struct stream *stream, struct xml_element const *element);
