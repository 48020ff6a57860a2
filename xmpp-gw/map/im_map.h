/* SPDX-License-Identifier: Apache-2.0 */
/* Instant messages between SIP and XMPP (RFC 7572, RFC 3428): a neutral message in the middle, a
 * stanza on one side, the strings of a SIP MESSAGE on the other.
 *
 *   stanza  --im_map_read_stanza()-->  struct im  --im_map_write_sip()--> struct im_sip, per part
 *   im_sip  --im_map_read_sip()----->  struct im  --im_map_stanza()-----> stanza
 *
 * A message with nothing that the other side could show has no parts, and nothing is sent. What
 * hangs on a struct im is in its home. Pure; not thread safe; no shared state. */
#pragma once
#include "address_map.h"
#include "stanza_error.h"
#include <sofia-sip/su_alloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xml_element;
struct xml_tree;

#define IM_TIME_NONE INT64_MIN

enum { IM_MAX_BYTES = 1300 }; /* RFC 3428 8: unless the path is known to be congestion safe */

enum im_fault {
#define IM_FAULT(id, status, condition, words) IM_##id,
#include "im_faults.def"
#undef IM_FAULT
    IM_FAULTS
};

enum im_type { IM_NORMAL, IM_CHAT, IM_HEADLINE };

/** XEP-0085. */
enum im_state { IM_NO_STATE, IM_ACTIVE, IM_COMPOSING, IM_PAUSED, IM_INACTIVE, IM_GONE };

/** What became of a message that went the other way. */
enum im_notice { IM_NO_NOTICE, IM_DELIVERED, IM_DISPLAYED, IM_FAILED };

/** What the sender wants to hear, bits. */
enum im_wants { IM_WANTS_DELIVERED = 1, IM_WANTS_DISPLAYED = 2, IM_WANTS_FAILED = 4 };

/** What becomes a SIP MESSAGE of its own, bits. */
enum im_part { IM_TEXT = 1, IM_STATE = 2, IM_NOTICE = 4 };

struct im {
    su_home_t home[1];
    char const *from, *to; /* JIDs, prepared */
    char const *id;        /* NULL: none, as all texts below */
    enum im_type type;
    char const *lang, *subject, *thread;
    char const *body; /* lines end with LF */
    enum im_state state;
    unsigned refresh_s; /* of IM_COMPOSING, 0: not told */
    unsigned wants;     /* enum im_wants */
    enum im_notice notice;
    char const *notice_id;     /* of the message that it is about; NULL: unknown */
    int64_t notice_time_ms;    /* when that was written, IM_TIME_NONE: unknown */
    struct stanza_error error; /* of IM_FAILED; recipient-unavailable if nobody says more */
    int64_t time_ms;           /* when it was written, if that is not now; IM_TIME_NONE */
    bool no_store;             /* XEP-0334: nobody keeps it */
    bool no_memory;            /* something is missing above */
};

/** The strings of a MESSAGE. NULL: none. */
struct im_sip {
    char const *from, *to; /* URIs, with gr */
    char const *call_id;
    char const *branch;         /* of a received one */
    char const *subject, *lang; /* headers Subject, Content-Language */
    char const *content_type;   /* NULL: text/plain */
    char const *body;
    size_t body_len;
    int64_t date_ms;   /* Date, since 1970; IM_TIME_NONE */
    int64_t expires_s; /* Expires; -1: none */
};

struct im_map_options {
    size_t max_bytes; /* of a SIP body, and of a subject */
    bool cpim;      /* what asks for notices or is one goes in message/cpim; else notices do not */
    bool chat;      /* messages from SIP have type chat (RFC 7572 5: normal) */
    int64_t now_ms; /* since 1970 */
    char const *lang;            /* of several bodies, that one; NULL: the first that is in none */
    char const *const *rooms;    /* domains of chat rooms, then NULL; NULL: none */
    struct address_options sip;  /* for addresses of SIP users */
    struct address_options xmpp; /* for those of XMPP users */
};

/** 1300 bytes, text/plain, type normal. */
extern struct im_map_options const im_map_options_default;

/** "is longer than may go to the other side". Static. */
char const *im_map_fault_text(enum im_fault fault);
int im_map_fault_status(enum im_fault fault);
enum stanza_condition im_map_fault_condition(enum im_fault fault);

/** An empty message. NULL: out of memory. */
struct im *im_map_new(void);
void im_map_free(struct im **pim);

/** Reads a <message/>. IM_FINE: *ret is for the caller to free; else it is NULL. A stanza of type
 *  error becomes IM_FAILED about its id, and must never be answered. */
enum im_fault im_map_read_stanza(struct xml_element const *message,
                                 struct im_map_options const *options, struct im **ret);

/** The content types of a MESSAGE that can be read, for Accept. */
extern char const im_map_accept[];

/** Reads a MESSAGE. */
enum im_fault im_map_read_sip(struct im_sip const *message, struct im_map_options const *options,
                              struct im **ret);

/** The stanza, for the caller to free. NULL: out of memory. */
struct xml_tree *im_map_stanza(struct im const *im, struct im_map_options const *options);

/** The MESSAGEs that @p im makes, bits; 0: none. */
unsigned im_map_parts(struct im const *im, struct im_map_options const *options);

/** One of them. The strings of @p ret live as long as @p im. */
enum im_fault im_map_write_sip(struct im *im, enum im_part part,
                               struct im_map_options const *options, struct im_sip *ret);
