/* SPDX-License-Identifier: Apache-2.0 */
/* What a message is, at a glance: method, status, Call-ID, parties, CSTA service, stanza. Spans
 * into the bytes of the message, no allocation, no parser that could refuse: a message of any
 * quality gets a name. */
#pragma once
#include "capture_header.h"
#include "capture_message.h"

enum { CAPTURE_LABEL = 80, CAPTURE_PARTY = 40 };

enum capture_kind {
    CAPTURE_OTHER,   /* a stanza or event that is no answer; or nothing we know: `name` is empty */
    CAPTURE_REQUEST, /* SIP request, CSTA request, iq get or set */
    CAPTURE_ANSWER,  /* SIP response, CSTA response or error, iq result or error */
};

struct capture_party {
    struct capture_span user, host; /* of a tel: URI the number is the user */
};

struct capture_look {
    enum capture_kind kind;
    unsigned status;             /* of a SIP response, else 0 */
    struct capture_span method;  /* of the SIP request, of a response that of its CSeq */
    struct capture_span cseq;    /* the number */
    struct capture_span call_id; /* of SIP; of a stanza its id */
    struct capture_party from, to;
    unsigned vias; /* Via lines: 1 at the one who began */
    struct capture_span content_type;
    struct capture_span body; /* of SIP */
    struct capture_span name; /* CSTA: root element without prefix, also of a SIP body;
                                 XMPP: the stanza, "/stream:stream" at the end of a stream */
    struct capture_span type; /* of a stanza */
    struct capture_span line; /* first line */
};

void capture_look(struct capture_message const *message, struct capture_look *ret);

/** Who sent it, as far as it says: From of a request, To of its response. */
struct capture_party const *capture_look_sender(struct capture_look const *look);
struct capture_party const *capture_look_receiver(struct capture_look const *look);

/** What to call it: "INVITE RequestSystemStatus", "200 MakeCall", "HeldEvent", "iq get". Printable
 *  ASCII whatever the message holds. Returns @p text. */
char const *capture_look_print(struct capture_look const *look, char text[static CAPTURE_LABEL]);

/** "user@host", "" if there is none; printable ASCII. Returns @p text. */
char const *capture_look_print_party(struct capture_party const *party,
                                     char text[static CAPTURE_PARTY]);

/** Copies @p span into @p size bytes, as much as there is room for, as printable ASCII. */
char const *capture_look_print_span(struct capture_span span, char *text, size_t size);
