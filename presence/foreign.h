/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions of ours to contacts of other domains, for the lists of our users (RFC 4662 calls
 * them back-end subscriptions): one for each user and contact, whose From is the user, because the
 * other domain decides about that user. All lists of the user share it; it ends with the last.
 *
 * What the contact shows is passed on as it came. The proxy knows where a domain is. Limits are
 * those of one domain: so many subscriptions, so many requests a second. */
#pragma once
#include "watch.h"

struct foreign_conf;
struct rls_leaf;
struct rlmi_resource;

enum foreign_says {
    FOREIGN_NOTHING, /* not yet */
    FOREIGN_LOST,    /* unknown, whatever it was; it is tried again */
    FOREIGN_PENDING, /* the contact has not decided */
    FOREIGN_ACTIVE   /* with a document, or without */
};

struct foreign_domain;

struct foreign {
    struct watch watch;
    struct htab_entry by_pair; /* while some list wants it */
    LIST_ENTRY(foreign) among_all;
    struct foreigners *all;
    struct foreign_domain *domain;
    LIST_HEAD(, rls_leaf) leaves;
    unsigned n_leaves;
    enum foreign_says says;
    uint64_t tag;   /* of the document, odd */
    uint64_t shown; /* foreign_tag() when lists were told last */
    size_t len;
    char *type, *text; /* of the document; NULL: there is none */
    bool is_open;      /* so says the document */
    char *user, *address;
    char name[]; /* of both, for the log */
};

struct foreigners {
    struct event_server *server;
    struct foreign_conf const *conf;
    struct watch_terms terms;
    struct htab by_pair, domains;
    LIST_HEAD(, foreign) list;
};

/** Returns 0 or a negative errno; fini is right after either, and when no leaf is left. */
int foreigners_init(struct foreigners *all, struct event_server *server);

/** Ends all without a word. */
void foreigners_fini(struct foreigners *all);

/** That of @p user's to @p address, or NULL. */
struct foreign *foreign_find(struct foreigners *all, char const *user, char const *address);

/** @p leaf joins that of its list's user; made if there is none and @p may_make. Without room or
 *  memory it stays outside. */
void foreign_join(struct foreigners *all, struct rls_leaf *leaf, bool may_make);

/** @p leaf goes, and with the last one the subscription. */
void foreign_leave(struct rls_leaf *leaf);

/** What is shown: the same for the same; odd if there is a document. */
uint64_t foreign_tag(struct foreign const *foreign);

/** Fills in state and document; borrowed until a NOTIFY comes. */
void foreign_show(struct foreign const *foreign, struct rlmi_resource *ret);

/** "active", "pending", "unknown", "refused". Static. */
char const *foreign_says_str(struct foreign const *foreign);
