/* SPDX-License-Identifier: Apache-2.0 */
/* Presence between XMPP and PIDF (RFC 8048): each resource of somebody is a tuple, and the most
 * available one is what the person does. What maps to what are rows, those of presence_map.def or
 * of a configuration. Pure; not thread safe; no shared state. */
#pragma once
#include "address_map.h"
#include "pidf.h"

struct xml_element;
struct xml_tree;

enum presence_show {
    PRESENCE_UNAVAILABLE,
    PRESENCE_AVAILABLE,
    PRESENCE_CHAT,
    PRESENCE_AWAY,
    PRESENCE_XA,
    PRESENCE_DND,
    PRESENCE_SHOWS
};

/* XMPP to PIDF. */
struct presence_row {
    enum pidf_basic basic;
    enum pidf_show show;
    enum pidf_activity activity;       /* of RFC 4480; PIDF_ACTIVITY_NONE */
    enum pidf_activity cisco_activity; /* what peers of Cisco's dialect get, too */
};

/* PIDF to XMPP: which tuples a row is about. */
struct presence_rule {
    enum { PRESENCE_IF_SHOW, PRESENCE_IF_ACTIVITY, PRESENCE_IF_IDLE, PRESENCE_ALWAYS } when;
    enum pidf_show show;
    uint64_t activities;
    enum presence_show result;
    bool tell; /* the activity is the status if there is no note */
};

enum { PRESENCE_MAX_RULES = 32 };

struct presence_map {
    struct presence_row rows[PRESENCE_SHOWS];
    struct presence_rule rules[PRESENCE_MAX_RULES]; /* the first that holds; none: available */
    size_t n_rules;
};

/* What one resource says. */
struct presence_resource {
    char const *resource; /* "": none */
    enum presence_show show;
    int priority;          /* -128 to 127 */
    char const *status;    /* NULL: none */
    char const *lang;      /* of the status; NULL: none */
    int64_t idle_since_ms; /* PIDF_TIME_NONE: not idle, or nobody knows since when */
};

/* All of somebody. */
struct presence_list {
    su_home_t home[1];
    struct presence_resource *all;
    size_t n;
};

/** The rows of presence_map.def. */
void presence_map_init(struct presence_map *ret);

/** Rows of a configuration, which replace those of the same show, or are appended as the next rule;
 *  the first presence_map_add_rule() after presence_map_clear_rules(). Words as in
 *  presence_map.def, "" is none. NULL: taken; else why not. */
char const *presence_map_set_row(struct presence_map *map, char const *show, char const *basic,
                                 char const *jabber_show, char const *activity,
                                 char const *cisco_activity);
char const *presence_map_add_rule(struct presence_map *map, char const *when, char const *show,
                                  bool tell);
void presence_map_clear_rules(struct presence_map *map);

/** "available", "xa". Static. */
char const *presence_map_show_name(enum presence_show show);

/** 0 to 127 and thousandths of 0 to 1000, unique both ways (RFC 8048 3.4). A negative priority is
 *  PIDF_PRIORITY_NONE, which is 0. */
int presence_map_priority_to_pidf(int priority);
int presence_map_priority_to_xmpp(int thousandths);

/** Reads a <presence/> without type, or unavailable; texts live as long as its tree. False: it is
 *  of another type. */
bool presence_map_read_stanza(struct xml_element const *presence, struct presence_resource *ret);

/** The stanza from @p bare and its resource, for the caller to free. NULL: out of memory. */
struct xml_tree *presence_map_stanza(char const *bare, char const *to,
                                     struct presence_resource const *told);

/** The document about @p bare (a prepared JID) in all that @p told says; nothing: it is closed.
 *  @p options are for its addresses. NULL: out of memory, or it has no form in SIP. */
struct pidf *presence_map_pidf(struct presence_map const *map, char const *bare,
                               struct presence_resource const *told, size_t n,
                               struct address_options const *options);

/** What a document says of each resource, the most available first; for the caller to free. Tuples
 *  of phones are none, for a closed one is engaged, not signed out; if there are no others, they
 *  stand for the person. Returns 0, -EINVAL if it must be understood and is not, -ENOMEM. */
int presence_map_list(struct presence_map const *map, struct pidf const *doc,
                      struct presence_list **ret);
void presence_map_list_free(struct presence_list **plist);

/** The one that stands for the person: of the highest priority, and of those the most available.
 *  NULL: there is none. */
struct presence_resource const *presence_map_best(struct presence_resource const *told, size_t n);
