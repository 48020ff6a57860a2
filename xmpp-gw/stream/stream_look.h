/* SPDX-License-Identifier: Apache-2.0 */
/* A stream to a server that is only looked at (`crosspoint check domain`): it goes the way of any
 * other, under the same limits, as far as the proof of who we are, notes what it meets, and ends
 * where stanzas would begin. No route has it, nobody may speak by it, and a certificate that is not
 * accepted does not end its handshake, so that the rest is seen, too. */
#pragma once
#include "net_addr.h"
#include "secure_sight.h"
#include "stream_errors.h"
#include <stdbool.h>
#include <stdint.h>

struct stream;
struct stream_look;
struct stream_place;
struct streams;
struct streams_own;
struct streams_peer;
struct xml_element;

/* What a server says that it can, by the features of a stream. */
struct stream_offer {
    bool is_heard;
    bool starttls, starttls_required, external, dialback, dialback_errors, bidi, managed;
    int64_t max_bytes, idle_s; /* XEP-0478; 0: it does not say */
};

enum stream_attempt { STREAM_UNTRIED, STREAM_TRIED, STREAM_ACCEPTED, STREAM_DENIED };

enum { STREAM_SEEN_TEXT = 256 };

struct stream_trial {
    enum stream_attempt is;
    char refusal[STREAM_SEEN_TEXT]; /* of STREAM_DENIED: the peer's word */
};

/* Plain values, but texts that are static. */
struct stream_seen {
    uint64_t begun_us, connected_us, heard_us, secure_us, ended_us; /* 0: never */
    struct net_addr remote, local;
    bool is_direct;
    int connect_error; /* a negative errno, if connected_us is 0 and it is known */

    struct stream_offer plain, secure, proven; /* before TLS, in it, behind our proof by EXTERNAL */
    bool is_tls_begun;
    enum secure_cause tls_cause; /* of a handshake that is not done */
    char const *tls_detail;
    char version[16], cipher[64];
    struct secure_sight sight;
    bool is_certified; /* it has shown a certificate */
    bool is_named;     /* that is for the domain */

    struct stream_trial external, dialback; /* our proofs */

    enum stream_error fault; /* for which we have ended it */
    bool is_error;           /* it has sent a stream error: */
    enum stream_error error;
    char error_text[STREAM_SEEN_TEXT];
    bool is_late;       /* it was silent for too long */
    char const *reason; /* why it ended, for people; static */
};

/** Called exactly once, never inside stream_look_begin(). @p seen is borrowed for the call. */
typedef void stream_look_fn(void *ctx, struct stream_seen const *seen);

/** Begins; nothing is kept of @p peer. Its look belongs to the stream. NULL: a limit is reached, or
 *  memory has run out. */
struct stream_look *stream_look_begin(struct streams *set, struct streams_own const *own,
                                      struct streams_peer const *peer,
                                      struct stream_place const *place, stream_look_fn *fn,
                                      void *ctx);

/** Its time is over: fn is called before this returns. Not from inside fn. */
void stream_look_stop(struct stream_look *look);

/** Nobody wants to know any more: fn will not be called. */
void stream_look_cancel(struct stream_look *look);

/* --- for the stream, which calls these if it has a look --------------------------------------- */

/** How its handshake is watched. */
struct secure_sight *stream_look_sight(struct stream_look *look);

void stream_look_connected(struct stream_look *look);
void stream_look_secured(struct stream_look *look);

/** False: it wants to end here. */
bool stream_look_features(struct stream_look *look, struct xml_element const *features);

/** It shows who we are; then the peer's word on that, @p condition NULL: it takes it. */
void stream_look_proving(struct stream_look *look);
void stream_look_judged(struct stream_look *look, char const *condition);
void stream_look_failed(struct stream_look *look, enum stream_error fault);
void stream_look_error(struct stream_look *look, enum stream_error error, char const *text);

/** It is over: fn is called. */
void stream_look_end(struct stream_look *look);

/** With its stream. Accepts NULL inside. */
void stream_look_free(struct stream_look **plook);
