/* SPDX-License-Identifier: Apache-2.0 */
/* A SIP user follows an XMPP user: a subscription of which we are the notifier (RFC 6665 4.2, RFC
 * 8048 4). It is pending until the XMPP user has agreed. What that one shows is a document with a
 * tuple for each resource; while it is not known, there is none. */
#pragma once
#include "htab.h"
#include "transport.h"
#include "wheel.h"
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct dialog;
struct outgoing;
struct roster;
struct roster_pair;
struct server_transaction;

struct roster_watcher {
    struct htab_entry by_tag; /* our tag of the dialog */
    LIST_ENTRY(roster_watcher) link;
    struct roster_pair *pair;
    struct dialog *dialog;
    struct outgoing *outgoing;       /* the NOTIFY under way */
    char *event_id;                  /* NULL: none */
    struct wheel_timer expiry, pace; /* expiry: of the last NOTIFY, too */
    uint64_t due_ms, told_ms, connection;
    char const *reason; /* why it ends: static; NULL: it goes on */
    uint8_t flow_kind;
    bool is_untold; /* something has changed meanwhile */
    bool is_last;   /* the NOTIFY under way is the last */
    bool is_fetch;  /* asks only once */
};

/** The subscription that @p st wants, with @p contact as ours; nothing is told before hold. NULL:
 *  out of memory, or @p st makes no dialog. */
struct roster_watcher *roster_watcher_new(struct roster_pair *pair, struct server_transaction *st,
                                          char const *contact);

/** Frees without a word; the pair stays. Accepts NULL inside. */
void roster_watcher_free(struct roster_watcher **pwatcher);

/** That of an in-dialog request, or NULL. */
struct roster_watcher *roster_watcher_find(struct roster const *roster, sip_t const *request);

/** It goes on for @p expires_s; 0: it is a fetch, or ends. A NOTIFY follows. */
void roster_watcher_hold(struct roster_watcher *watcher, uint32_t expires_s,
                         struct origin const *from);

/** Tells what there is: one, or all of the contact. */
void roster_watcher_tell(struct roster_watcher *watcher);
void roster_watcher_tell_all(struct roster_pair *pair);

/** Ends with a last NOTIFY; @p reason is one of RFC 6665 4.1.3, static. */
void roster_watcher_end(struct roster_watcher *watcher, char const *reason);
void roster_watcher_end_all(struct roster_pair *pair, char const *reason);
