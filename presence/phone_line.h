/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of phones: whose each is, and what the call manager says of it.
 *
 * A line has two ways to be told of: the SIP publish trunk (trunk.h) and the presence gateway. It
 * is one source of each of its users all the same: what was said last counts. A way that says
 * nothing any more is unknown and gives nothing; a state is never kept because nobody took it back.
 */
#pragma once
#include "cfg.h"
#include "htab.h"
#include "own_users.h"
#include "wheel.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum { PHONE_LINE_BYTES = 64, PHONE_LINE_ETAG = 16 };

struct event_server;
struct phone_conf_line;
struct phone_gateway_line;
struct pidf;
struct presentity;
struct trunk_publication;

enum phone_way { PHONE_TRUNK, PHONE_GATEWAY, PHONE_WAYS };

/** A user of a line. */
struct phone_user {
    LIST_ENTRY(phone_user) of_presentity; /* while presentity */
    struct phone_user *next;              /* of the line */
    struct phone_line *line;
    struct presentity *presentity; /* NULL: the line says nothing */
    char address[PRESENCE_ADDRESS_BYTES];
};

struct phone_report {
    struct pidf *doc; /* owned; NULL: unknown */
    int64_t time_ms;  /* since 1970: when the state began; 0: never */
    bool stale;       /* from before a restart, and not confirmed since */
};

struct phone_line {
    struct htab_entry by_number;
    struct phone_user *users;
    struct phone_report reports[PHONE_WAYS];
    LIST_HEAD(, trunk_publication) publications;
    struct phone_gateway_line *watch; /* of the gateway, or NULL */
    char number[PHONE_LINE_BYTES];
    char name[PHONE_LINE_BYTES + 8]; /* of the source */
};

struct phone_lines {
    struct htab by_number;
};

/** What is wrong with entries; such are left out. NULL: nobody asks. */
struct phone_lines_faults {
    void (*on_double)(void *ctx, struct phone_conf_line const *entry);
    void (*on_stranger)(void *ctx, struct phone_conf_line const *entry);
    void *ctx;
};

/** Of struct phone_conf_line. @p has_store: users may be in the store instead of @p users. Returns
 * 0 or -ENOMEM; fini is right after either. */
int phone_lines_init(struct phone_lines *lines, struct cfg_groups const *entries,
                     struct own_users const *users, bool has_store,
                     struct phone_lines_faults const *faults);

/** Forgets what was said, without a word to watchers. */
void phone_lines_fini(struct phone_lines *lines);

struct phone_line *phone_lines_find(struct phone_lines const *lines, char const *number);

/** Is @p address, as presence_address.h writes it, a user of @p line? */
bool phone_line_is_of(struct phone_line const *line, char const *address);

/** What @p way says now: @p doc (taken); NULL: nothing any more. Tells the users' presentities.
 *  @p doc may be what it says already; then its time stays. */
void phone_line_report(struct event_server *server, struct phone_line *line, enum phone_way way,
                       struct pidf *doc);

/** It was known before a restart: it is stale until somebody says something of it. Returns 0 or
 *  -ENOMEM. */
int phone_line_restore(struct event_server *server, struct phone_line *line);

/** What nobody has said again is forgotten, and the users' presentities are told. */
void phone_lines_drop_stale(struct event_server *server);

/** What counts: that of the way which spoke last, or NULL: unknown. */
struct phone_report const *phone_line_state(struct phone_line const *line);

/** "trunk", "gateway". Static. */
char const *phone_way_name(enum phone_way way);
