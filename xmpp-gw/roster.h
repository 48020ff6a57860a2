/* SPDX-License-Identifier: Apache-2.0 */
/* Presence between SIP users and XMPP users (RFC 8048). For XMPP the gateway is the server of the
 * SIP users: it owns what they have agreed on with their contacts (roster_state.h) and answers for
 * them. For SIP it is a user agent: XMPP users subscribe to SIP users by it, so the presence server
 * decides about them as about anybody, and SIP users subscribe to XMPP users at it.
 *
 * What a domain says is known as long as it is reached, and unknown after that, never as it was
 * last. Files: roster_from_xmpp.c stanzas; roster_watch.c subscriptions to SIP users;
 * roster_from_sip.c SUBSCRIBE of SIP users; roster_watcher.c what they are told; roster_link.c
 * domains; roster_book.c what is kept. */
#pragma once
#include "presence_map.h"
#include "roster_book.h"
#include "watch.h"

struct server_transaction;
struct sip_side;
struct streams;
struct streams_incoming;
struct xml_tree;
struct xmpp_conf;

struct roster {
    struct xmpp_conf const *conf;
    struct roster_limits const *limits;
    struct streams *streams; /* borrowed */
    struct sip_side *sip;    /* borrowed */
    struct wheel *wheel;
    struct presence_map map;
    struct roster_book book;
    struct htab links;    /* of domains, ours and theirs */
    struct htab watchers; /* subscriptions of SIP users, by our tag of the dialog */
    struct watches watches;
    struct watch_terms terms;
    struct watch_pace pace;
    LIST_HEAD(, roster_watch) leaving; /* that nobody wants any more */
    uv_loop_t *loop;                   /* NULL: not started */
    uv_timer_t patience;               /* with SIP users, at a planned stop */
};

/** Everything is borrowed until fini, which comes before the end of @p streams and @p sip. Returns
 *  0, or a negative errno after logging why; fini is right after either. */
int roster_init(struct roster *roster, struct xmpp_conf const *conf, struct streams *streams,
                struct sip_side *sip, struct wheel *wheel);

/** Reads what was kept, once all else stands. As init. */
int roster_start(struct roster *roster, uv_loop_t *loop);

/** A planned stop: subscriptions of SIP users end by "deactivated", so that they subscribe anew and
 *  show nothing meanwhile. Runs the loop. */
void roster_fini(struct roster *roster);

/** Takes a <presence/> (given) and says streams_handled(), now or later. */
void roster_from_xmpp(struct roster *roster, struct xml_tree *presence,
                      struct streams_incoming *in);

/** Answers the SUBSCRIBE @p st, now or later; the NOTIFY @p st. */
void roster_from_sip(struct roster *roster, struct server_transaction *st);
void roster_notified(struct roster *roster, struct server_transaction *st);

/** What a contact may know of our user, or of one resource of it. */
struct roster_presence {
    bool is_followed; /* by the contact; if not, nothing else is told */
    bool is_there;
    int64_t idle_s; /* since it was last there or did something; -1: unknown */
};

/** Of @p user for @p jid, bare JIDs; @p resource "": of all of it. */
struct roster_presence roster_presence(struct roster const *roster, char const *user,
                                       char const *jid, char const *resource);

/** What people are shown of a pair, good for the call. */
struct roster_view {
    char const *user, *jid, *state;
    char const *watch;     /* state of the subscription to the user; "": none */
    char const *user_show; /* what the user shows; "": unknown */
    size_t n_watchers;     /* subscriptions to the contact */
    char const *jid_show;  /* what the contact shows; "": unknown */
};
typedef void roster_view_fn(void *ctx, struct roster_view const *view);
void roster_view(struct roster const *roster, roster_view_fn *fn, void *ctx);
