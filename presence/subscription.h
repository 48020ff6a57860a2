/* SPDX-License-Identifier: Apache-2.0 */
/* One subscription of a watcher to a user's presence, or to another package (event_package.h): we
 * are the notifier (RFC 6665 4.2, RFC 3856).
 *
 * One NOTIFY is under way at a time. What changes meanwhile is told next, and then it is the latest
 * state, so a watcher that does not answer costs nothing more. Between changes that are told is
 * notify_interval, or what the watcher asked for (RFC 6446), but signing out and the end are told
 * at once. A watcher that has forgotten the subscription (481), or does not answer, loses it. */
#pragma once
#include "event_package.h"
#include "event_server.h"
#include "presentity.h"
#include "user_policy.h"

struct dialog;
struct origin;
struct outgoing;
struct pidf_profile;
struct presence_state_wait;
struct rls;
struct winfo_watcher;

/* When to tell. */
enum subscription_untold { SUBSCRIPTION_NOTHING, SUBSCRIPTION_PACED, SUBSCRIPTION_NOW };

struct subscription {
    struct htab_entry by_tag;      /* our tag of its dialog */
    LIST_ENTRY(subscription) link; /* of its presentity: subscriptions, or followers */
    LIST_ENTRY(subscription) among_all;
    struct event_server *server;
    struct presentity *presentity;
    struct dialog *dialog;
    struct outgoing *outgoing; /* the NOTIFY under way */
    char *watcher;             /* its address */
    char *event_id;            /* of its Event header, or NULL */
    struct event_package const *package;
    struct pidf_profile const *profile; /* of presence; NULL: another package */
    struct user_policy_decision decision;
    struct winfo_watcher *record; /* of presence, for who follows the watchers; or NULL */
    struct rls *list;             /* of a list: its leaves; or NULL */
    struct wheel_timer expiry, pace;
    uint64_t due_ms;
    uint64_t begun_ms;      /* only as a difference: perhaps before the clock began */
    uint64_t told_ms;       /* when the last NOTIFY was sent */
    uint64_t told_tag;      /* of the document in it; 0: it had none */
    uint64_t connection;    /* of the watcher's last request; ours go back the same way */
    uint64_t known_tag;     /* that the watcher says it knows (RFC 5839); 0: none */
    char const *reason;     /* why it ends: a static text; NULL: it goes on */
    uint32_t interval_ms;   /* between changes */
    uint64_t adhoc_end_ms;  /* of an ad-hoc one, when it ends however it is refreshed; 0: never */
    uint32_t version;       /* of its next document, where documents have one */
    uint64_t told_change;   /* and the last change that the one before has told */
    uint64_t not_before_ms; /* after a restart: when its turn to be told is */
    struct presence_state_wait *wait; /* a change of it is being written */
    uint32_t cseq_limit;              /* see presence_state.h */
    uint8_t state;                    /* set by fsm_step() only */
    uint8_t untold;                   /* enum subscription_untold */
    uint8_t flow_kind;                /* enum transport_kind of the connection */
    bool is_full;     /* its next document holds everything, where some are partial */
    bool is_pending;  /* counted as such */
    bool is_adhoc;    /* counted as such */
    bool is_last;     /* the NOTIFY under way is the last one */
    bool is_saved;    /* there is a row of it in the store, or will be */
    bool is_unborn;   /* its first SUBSCRIBE is not answered yet */
    bool is_raising;  /* a higher cseq_limit is being written */
    bool is_restored; /* from before a restart, and not told since */
};

/** What a SUBSCRIBE has asked for. */
struct subscription_wish {
    char const *watcher;
    char const *event_id;
    struct event_package const *package;
    struct pidf_profile const *profile;
    uint32_t expires_s, interval_s;
    uint32_t age_s; /* of one from before a restart */
    uint64_t known_tag;
    uint64_t adhoc_end_ms; /* as in struct subscription */
    bool is_adhoc;
};

/* "*" in Suppress-If-Match. */
#define SUBSCRIPTION_ANY_TAG UINT64_MAX

/** New one for the SUBSCRIBE @p st, which is to be answered with the transaction's To tag. NULL
 *  when out of memory or the SUBSCRIBE makes no dialog. */
struct subscription *subscription_new(struct presentity *presentity, struct server_transaction *st,
                                      struct subscription_wish const *wish);

/** The one with the dialog @p dialog (taken, also on failure), from before a restart; nothing is
 *  told before its turn. NULL when out of memory. */
struct subscription *subscription_restore(struct presentity *presentity, struct dialog *dialog,
                                          struct subscription_wish const *wish);

/** It goes on by @p decision. */
void subscription_resume(struct subscription *subscription, struct user_policy_decision decision);

/** A restored one is told in @p wait_ms; if its time is over, that. */
void subscription_take_turn(struct subscription *subscription, uint64_t wait_ms);

/** So much of @p expires_s can be granted now: an ad-hoc one ends in time. */
uint32_t subscription_grant(struct subscription const *subscription, uint32_t expires_s);

/** Frees at once, without a word; the presentity stays. Accepts NULL inside. */
void subscription_free(struct subscription **psubscription);

/** The subscription that a request is in, or NULL. */
struct subscription *subscription_find(struct event_server *server, sip_t const *request);

/** It goes on for @p expires_s from now; a request came by @p from. */
void subscription_hold(struct subscription *subscription, uint32_t expires_s,
                       struct origin const *from);

/** Begins to tell, by @p decision; a subscription of no time gets one NOTIFY (RFC 6665 4.4.3). */
void subscription_start(struct subscription *subscription, struct user_policy_decision decision);

/** A SUBSCRIBE in its dialog wants a NOTIFY, and policy has decided anew. */
void subscription_refresh(struct subscription *subscription, struct user_policy_decision decision);

/** What watchers are shown has changed. @p is_urgent: told at once. */
void subscription_change(struct subscription *subscription, bool is_urgent);

/** Ends it with a last NOTIFY; @p reason is one of RFC 6665 4.1.3, a static text. */
void subscription_end(struct subscription *subscription, char const *reason);

/** It ends without a NOTIFY: the watcher knows all (RFC 5839). Frees it, and perhaps its
 *  presentity. */
void subscription_leave(struct subscription **psubscription);

/** Policy has decided anew. Returns whether the watcher is told by that. */
bool subscription_decide(struct subscription *subscription, struct user_policy_decision decision);

/** The NOTIFY under way was answered with @p status, or never will be: 408. May free it, and its
 *  presentity. */
void subscription_answered(struct subscription *subscription, int status);

/** What its watcher is shown when it is shown anything. NULL: out of memory. Borrowed until the
 * loop goes on. */
struct presentity_document const *subscription_document(struct subscription const *subscription);

/** The entity tag of what its watcher is shown now; 0: nothing. */
uint64_t subscription_tag(struct subscription const *subscription);

char const *subscription_state_str(struct subscription const *subscription);
