/* SPDX-License-Identifier: Apache-2.0 */
/* The event server: what its parts share. One per process, made in main.c; everything here runs on
 * the loop thread. The picture is in ARCHITECTURE.md, "Inside the presence server". */
#pragma once
#include "htab.h"
#include "message_gate.h"
#include "own_users.h"
#include "phone_line.h"
#include "presence_state.h"
#include "rosters.h"
#include "stack.h"
#include "tally.h"
#include "throttle.h"
#include "watch.h"
#include "wheel.h"
#include <sys/queue.h>

#define EVENT_SERVER_PACKAGES "Allow-Events: presence, presence.winfo, dialog"
#define EVENT_SERVER_TYPE     "application/pidf+xml"
/* As phones of a call manager call the same document. */
#define EVENT_SERVER_CPIM_TYPE "application/cpim-pidf+xml"

struct foreigners;
struct phone_gateway;
struct presence_conf;
struct subscription;
struct svc;

struct event_server {
    struct presence_conf const *conf;
    struct wheel *wheel;
    struct stack *stack;
    struct own_users users;
    struct rosters rosters;
    struct presence_state state;
    unsigned judged; /* how often every subscription was judged again */
    size_t n_adhoc;  /* subscriptions to who is not in the watcher's contact list */
    struct phone_lines phones;
    struct watches watches;        /* subscriptions of ours */
    struct phone_gateway *gateway; /* owned */
    struct foreigners *foreigners; /* owned; NULL: other domains are not asked */
    struct message_gate gate;
    int first;         /* listener of ours */
    int first_trunk;   /* listener of the publish trunk; those behind it are, too; -1: none */
    int first_partner; /* the same of partners, which come behind those */
    struct htab presentities;  /* by address */
    struct htab publications;  /* by entity tag */
    struct htab subscriptions; /* by our tag of the dialog */
    LIST_HEAD(, subscription) all;
    struct tally watchers, domains; /* subscriptions of each */
    struct throttle changes;
    TAILQ_HEAD(, presentity) waiting; /* that have changed, and are told in turn */
    struct wheel_timer turn;
    bool is_stopping;
    uv_timer_t patience; /* with watchers, at a planned stop */
};

/** Opens the listeners. Returns 0 or a negative errno after logging why; event_server_fini() is
 *  right after either. */
int event_server_init(struct event_server *server, struct svc *svc);

/** A planned stop. Without a store, subscriptions end with reason "deactivated", so that watchers
 *  subscribe anew somewhere else, or later; with one they go on at the next start. */
void event_server_fini(struct event_server *server);

/** By which of our listeners a request came, which the proxy alone chooses. */
enum event_server_entry { EVENT_SERVER_ALL, EVENT_SERVER_TRUNK, EVENT_SERVER_PARTNER };
enum event_server_entry event_server_entry(struct event_server const *server,
                                           struct server_transaction *st);

/** Policies have changed, or who is a user: what becomes of @p subscription by that. */
void event_server_judge(struct event_server *server, struct subscription *subscription);

/** Is @p address that of a user of the configuration file or of the store? */
bool event_server_has_user(struct event_server const *server, char const *address);

/** Our Contact value for a dialog that began with @p st. */
enum { EVENT_SERVER_CONTACT_BYTES = 200 };
void event_server_contact(struct event_server *server, struct server_transaction *st,
                          char ret[static EVENT_SERVER_CONTACT_BYTES]);

/** @p contact if it still is one of ours, else one for a dialog that we begin. */
char const *event_server_fitting_contact(struct event_server *server, char const *contact,
                                         char ret[static EVENT_SERVER_CONTACT_BYTES]);

/** The same for a dialog that we begin. */
void event_server_own_contact(struct event_server *server,
                              char ret[static EVENT_SERVER_CONTACT_BYTES]);
