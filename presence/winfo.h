/* SPDX-License-Identifier: Apache-2.0 */
/* Who watches a user (RFC 3857), for the package presence.winfo: a record of each subscription to
 * the user's presence.
 *
 * A subscription that nobody has decided about when it ends leaves a record that is waiting, for
 * waiting_ttl, so that the user still learns of it; what is left of others goes once everybody who
 * follows has been told. Each change has a number. Who follows keeps that of the last one told, so
 * a partial document needs no list of its own. A fetch is no watcher, but one that the user would
 * have to decide about waits. */
#pragma once
#include "wheel.h"
#include <sofia-sip/msg_types.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#define WINFO_TYPE "application/watcherinfo+xml"

struct event_server;
struct presentity;
struct subscription;

struct winfo_watcher {
    TAILQ_ENTRY(winfo_watcher) link;
    struct presentity *presentity;
    struct subscription const *subscription; /* NULL: there is none any more */
    struct wheel_timer patience;             /* of one that is waiting */
    uint64_t id;
    uint64_t changed; /* the number of its last change */
    uint64_t begun_ms;
    uint8_t status; /* enum watcherinfo_status */
    uint8_t event;  /* enum watcherinfo_event */
    char address[];
};

/** Of one user. */
struct winfo {
    TAILQ_HEAD(winfo_watchers, winfo_watcher) watchers; /* in the order in which they came */
    uint64_t changes;                                   /* the number of the last one */
    uint64_t forgotten; /* that of the last one which no document can tell any more */
    unsigned n_waiting, n_gone;
};

void winfo_init(struct winfo *winfo);

/** Frees the records, without a word. */
void winfo_fini(struct winfo *winfo);

/** May the user be forgotten? Not while somebody waits. */
bool winfo_is_idle(struct winfo const *winfo);

/** A subscription has begun, or policy has decided about it: to the presence of @p p or to a list
 *  that holds it. *@p precord is its record, NULL at first; it holds @p p by itself. */
void winfo_take(struct winfo_watcher **precord, struct presentity *p,
                struct subscription const *subscription, bool is_pending);

/** @p watcher is gone and has waited since before a restart; @p left_s are left of its time. */
void winfo_restore(struct presentity *presentity, char const *watcher, uint32_t left_s);

/** It ends, for a reason of RFC 6665 4.1.3. Accepts NULL inside. */
void winfo_leave(struct winfo_watcher **precord, char const *reason);

/** Policies have changed: who waits may have been decided about. */
void winfo_judge(struct event_server *server);

/** It is freed: its record goes without a word. Accepts NULL inside. */
void winfo_forget(struct winfo_watcher **precord);

/* The package, see event_package.h. */
uint64_t winfo_tag(struct subscription const *subscription);
int winfo_add(struct subscription *subscription, msg_t *notify, uint64_t tag);
