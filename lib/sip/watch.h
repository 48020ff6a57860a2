/* SPDX-License-Identifier: Apache-2.0 */
/* A subscription of ours, whoever it is to: we are the subscriber of RFC 6665. Whose it is, and
 * what becomes of what it says, is its owner's: a program that has any keeps them in one struct
 * watches.
 *
 * A struct watch is embedded in its owner. It begins by itself, begins anew when the other side
 * ends it or is not there, and stays ended when the other side wants to hear no more of it. What
 * cannot be had is unknown until it can, never as it was last. */
#pragma once
#include "htab.h"
#include "wheel.h"
#include <sofia-sip/sip.h>
#include <sofia-sip/url.h>
#include <stdbool.h>
#include <stdint.h>

struct dialog;
struct met_set;
struct outgoing;
struct server_transaction;
struct stack;
struct watch;

enum { WATCH_URI_BYTES = 400, WATCH_CONTACT_BYTES = 500 };

/** All subscriptions that a program has. */
struct watches {
    struct htab by_tag;            /* our tag of the dialog */
    struct stack *stack;           /* borrowed */
    struct wheel *wheel;           /* borrowed */
    struct met_set const *metrics; /* of the rows that kinds name */
    void *ctx;

    /** Answers a NOTIFY that is none of a subscription of ours, or is wrong: 400, 481, 489, 500. */
    void (*refuse)(void *ctx, struct server_transaction *st, int status, char const *phrase,
                   char const *why);
};

/** What owners of one kind have in common. */
struct watch_kind {
    char const *what;                      /* "phone", for the log */
    size_t subscribes, failures, notifies; /* rows of the program's metrics */
    bool takes_refusals; /* 403, 489 and 603 are an answer for good (RFC 8048 table) */

    /** Prints the bare URIs of who subscribes to whom. */
    void (*print_parties)(struct watch const *watch, char from[static WATCH_URI_BYTES],
                          char to[static WATCH_URI_BYTES]);

    /** Prints our Contact, with its angle brackets. */
    void (*print_contact)(struct watch const *watch, char ret[static WATCH_CONTACT_BYTES]);

    /** A NOTIFY of a subscription that goes on. Returns whether a full document is wanted, because
     *  one is missing. */
    bool (*on_told)(struct watch *watch, sip_t const *notify);

    /** Nothing is known any more, or (it is stopped) ever will be. */
    void (*on_unknown)(struct watch *watch);

    /** Its dialog is no more; NULL: nobody asks. */
    void (*on_left)(struct watch *watch);

    /** It has ended as its owner wanted, and may be freed. NULL: its owner never wants that. */
    void (*on_gone)(struct watch *watch);
};

/** And what the configuration says of them. */
struct watch_terms {
    struct watch_kind const *kind;
    char const *package, *accept;
    int64_t expires_s, retry_s, max_retry_s;
    char outbound_text[WATCH_URI_BYTES];
    url_t outbound; /* in outbound_text; without host: straight to the address */
};

/** So many requests a second, to whoever shares it. */
struct watch_pace {
    uint64_t next_ms;
    int64_t rate;
};

struct watch {
    struct htab_entry by_tag; /* our tag of its dialog */
    struct watches *all;
    struct watch_terms const *terms;
    struct watch_pace *pace;
    char const *name;      /* whom it is to, for the log */
    struct dialog *dialog; /* NULL: none */
    struct outgoing *outgoing;
    struct wheel_timer timer;
    char const *reason; /* of the NOTIFY that ended it last: a static text; NULL: none */
    uint32_t wanted_s;  /* Expires that we ask for */
    uint32_t left_s;    /* said last, by answer or NOTIFY */
    unsigned failures;  /* since a NOTIFY came */
    uint16_t status;    /* of the last answer; 0: none yet */
    uint8_t state;      /* set by fsm_step() only */
    bool has_turn;
    bool was_told; /* in this dialog */
};

/** @p stack may be filled in later, but before the loop runs. */
void watches_init(struct watches *all, struct stack *stack, struct wheel *wheel,
                  struct met_set const *metrics);

/** Its subscriptions have ended before. */
void watches_fini(struct watches *all);

/** Answers the NOTIFY @p st, which is perhaps of one of @p all. */
void watch_notify(struct watches *all, struct server_transaction *st);

/** Reads @p outbound into @p terms. Returns 0 or -EINVAL. */
int watch_terms_set_outbound(struct watch_terms *terms, char const *outbound);

/** Begins when its turn comes. All pointers are borrowed for its life. */
void watch_init(struct watch *watch, struct watches *all, struct watch_terms const *terms,
                struct watch_pace *pace, char const *name);

/** Ends without a word: who tells us something hears 481. */
void watch_fini(struct watch *watch);

/** Ends it at the other side; on_gone() follows, perhaps at once. Nothing is told meanwhile. */
void watch_end(struct watch *watch);

/** The other side wants to hear no more of it. */
bool watch_is_stopped(struct watch const *watch);

/** "active". Static. */
char const *watch_state_str(struct watch const *watch);
