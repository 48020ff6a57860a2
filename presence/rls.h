/* SPDX-License-Identifier: Apache-2.0 */
/* A resource list (RFC 4662): one subscription that tells of every contact of a user.
 *
 * The list of alice@example.test is sip:alice-list@example.test, with presence.list_suffix for the
 * ending, and only for alice. Each contact is a leaf: policy is asked for it as for a subscription
 * of its own, and it counts as a watcher of that contact. What has been told of a leaf is a tag;
 * those whose tag is another one are in the next document, as far as max_list_bytes allows, the
 * rest in those that follow. A contact of another domain is subscribed to there (foreign.h), unless
 * the list is fetched: then it is told what is known. */
#pragma once
#include "presence_address.h"
#include "user_policy.h"
#include <sofia-sip/msg_types.h>
#include <sofia-sip/url.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#define RLS_TYPE "multipart/related"

struct event_server;
struct foreign;
struct presentity;
struct rls;
struct subscription;
struct winfo_watcher;

struct rls_leaf {
    TAILQ_ENTRY(rls_leaf) among; /* of its list, in the order of addresses */
    LIST_ENTRY(rls_leaf) link;   /* of its presentity or foreign, if it has one */
    struct subscription *list;
    struct presentity *presentity; /* NULL: no user of ours */
    struct foreign *foreign;       /* NULL: not of another domain, or not subscribed to there */
    struct winfo_watcher *record;
    struct user_policy_decision decision;
    uint64_t told_tag; /* 0: nothing has been told */
    bool is_foreign;   /* of another domain */
    bool is_gone;      /* no contact any more; to be told */
    bool is_in;        /* the document that is being made */
    char *name;        /* "": none */
    char address[];
};

/** Whose list @p url names. Returns false if it names none. */
bool rls_is_list(struct event_server const *server, url_t const *url,
                 char ret[static PRESENCE_ADDRESS_BYTES]);

/** The contacts of the user of @p subscription become its leaves. Returns 0 or -ENOMEM; free is
 *  right after either. */
int rls_new(struct subscription *subscription);
void rls_free(struct rls **plist);

/** It is no fetch, so its contacts see that they are watched; later it ends, and they see why. */
void rls_begin(struct subscription *subscription);
void rls_leave(struct subscription *subscription, char const *reason);

/** A SUBSCRIBE has come: contacts that there was no room for may have it now. */
void rls_refresh(struct subscription *subscription);

/** Contact lists or policies have changed. */
void rls_judge(struct subscription *subscription);

/** What watchers of @p presentity see has changed. */
void rls_changed(struct presentity *presentity, bool is_urgent);

/** There is something that had no room in the last document. */
bool rls_has_more(struct subscription const *subscription);

/* The package, see event_package.h. */
uint64_t rls_tag(struct subscription const *subscription);
int rls_add(struct subscription *subscription, msg_t *notify, uint64_t tag);
