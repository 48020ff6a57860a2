/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions of ours to lines at the call manager, its presence gateway (guide part 2, 1.7): one
 * for each line of phone_lines; we are the subscriber of RFC 6665.
 *
 * All go through the proxy, which knows where the call manager is, and spreads them if its name is
 * an SRV record. They begin in turn, so many a second. A line whose subscription cannot be had is
 * unknown until it can. */
#pragma once
#include "event_server.h"
#include <sofia-sip/url.h>

struct dialog;
struct dialog_info;
struct gateway_conf;
struct outgoing;
struct pidf;

enum { WATCH_URI_BYTES = 400 };

struct watch {
    struct htab_entry by_tag; /* our tag of its dialog */
    struct watches *watches;
    struct phone_line *line;
    struct dialog *dialog;    /* NULL: none */
    struct dialog_info *info; /* what package dialog has said; NULL: nothing */
    struct outgoing *outgoing;
    struct wheel_timer timer;
    uint32_t wanted_s; /* Expires that we ask for */
    uint32_t left_s;   /* said last, by answer or NOTIFY */
    unsigned failures; /* since a NOTIFY came */
    uint8_t state;     /* set by fsm_step() only */
    bool has_turn;
    bool was_told; /* in this dialog */
};

struct watches {
    struct event_server *server;
    struct gateway_conf const *conf; /* NULL: no gateway */
    struct htab by_tag;
    struct watch *v;
    size_t n;
    uint64_t next_turn_ms;
    char outbound_text[WATCH_URI_BYTES];
    url_t outbound; /* in outbound_text */
};

/** Begins to watch every line, if there is a gateway. Returns 0 or -ENOMEM; fini is right after
 *  either. */
int watches_init(struct watches *watches, struct event_server *server);

/** Ends all without a word: the call manager hears 481 when it tells us something. */
void watches_fini(struct watches *watches);

/** Answers the NOTIFY @p st. */
void watches_notify(struct watches *watches, struct server_transaction *st);

/** "active", "" if the line is not watched. Static. */
char const *watch_state_str(struct phone_line const *line);
