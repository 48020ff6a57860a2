/* SPDX-License-Identifier: Apache-2.0 */
/* Streams cut into messages: SIP by Content-Length (RFC 3261 18.3), CSTA by the 8-byte header of
 * ECMA-323 annex G or, without that, by depth, XMPP by depth, HEP3 by its length. What a stream
 * speaks is told by its content, never by a port. Where bytes are missing or make no sense, the
 * next beginning is looked for. */
#pragma once
#include "capture_header.h"
#include "capture_stanza.h"

enum { CAPTURE_MESSAGE_MAX = 1 << 18 };

enum capture_speech {
    CAPTURE_SPEECH_NEW, /* nothing known yet */
    CAPTURE_SPEECH_SIP,
    CAPTURE_SPEECH_CSTA,
    CAPTURE_SPEECH_CSTA_BARE, /* documents without frames, as packet_make.c writes them */
    CAPTURE_SPEECH_XMPP,
    CAPTURE_SPEECH_HEP,
    CAPTURE_SPEECH_TLS,
    CAPTURE_SPEECH_OTHER, /* something else, so far */
};

/* One direction of a connection; all zero at its start. */
struct capture_frame {
    enum capture_speech speech;
    bool lost;      /* looks for the next beginning */
    size_t scanned; /* of the head of a SIP message */
    size_t needed;  /* bytes of the message; 0 if not yet known */
    bool clipped;   /* says to be longer than anything may be */
    struct capture_stanza stanza;
};

struct capture_framed {
    enum capture_speech speech;  /* never NEW, TLS or OTHER */
    struct capture_span message; /* of CSTA the document */
    bool cut;
    size_t taken;    /* bytes of the stream that are done with, message included */
    unsigned losses; /* so often what came was not what should have come */
};

/** Looks at the @p len bytes that are there. True: a message; else only `taken` is set in @p ret.
 *  The caller drops what was taken before it calls again with what is left and what has come.
 *  @p ends: nothing continues these bytes, a message that is not whole is given as it is. */
bool capture_frame_next(struct capture_frame *frame, char const *bytes, size_t len, bool ends,
                        struct capture_framed *ret);

/** Bytes are missing before those that come next. */
void capture_frame_lose(struct capture_frame *frame);

/** The protocol that a whole message of @p bytes is of: SIP, CSTA_BARE, CSTA, XMPP, HEP, or OTHER.
 */
enum capture_speech capture_frame_speech(char const *bytes, size_t len);
