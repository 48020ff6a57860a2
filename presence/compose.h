/* SPDX-License-Identifier: Apache-2.0 */
/* One presence document out of all that is known about a person (guide 1.6): a pure function of its
 * sources, without clock, memory of former results, or I/O; in which order they are given makes no
 * difference. Its precedence is compose.def.
 *
 * Tuples, devices, notes and elements that we do not understand go through untouched, but for two
 * things: an id that another source has already used (devices first, then by name) gets the name of
 * its source in front, and a tuple of an engaged line that says closed says open, since watchers
 * would take it for signed out (RFC 3863 has no word for engaged). Stale sources give nothing.
 * Whoever sets a state by hand is heard while an IM device is signed in, and
 * compose_result.clear_manual says when that is over. Who seems signed out by hand shows nothing
 * else, either. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct buf;
struct pidf;

enum compose_kind {
    COMPOSE_DEVICE,   /* an IM device: what a client has published */
    COMPOSE_LINE,     /* a line appearance of a phone; one source each */
    COMPOSE_MANUAL,   /* set by hand; the newest counts, there should be one */
    COMPOSE_CALENDAR, /* free or busy */
    COMPOSE_GATEWAY,  /* what a partner or another network says */
    COMPOSE_KINDS
};

enum compose_state {
    COMPOSE_UNKNOWN,
    COMPOSE_UNAVAILABLE,
    COMPOSE_AWAY,
    COMPOSE_DND,
    COMPOSE_BUSY,
    COMPOSE_ON_THE_PHONE,
    COMPOSE_AVAILABLE,
    COMPOSE_STATES
};

enum compose_rule {
#define RULE(id, facts, state, words) COMPOSE_RULE_##id,
#define RANK(state)
#include "compose.def"
#undef RULE
#undef RANK
    COMPOSE_RULES
};

/** All pointers are borrowed. */
struct compose_source {
    enum compose_kind kind;
    char const *name;       /* stable, one of its own in the presentity: "line-2001" */
    struct pidf const *doc; /* what it says */
    int64_t time_ms;        /* when it said so */
    int priority;           /* of devices that say the same at the same time, the higher */
    bool stale;             /* line: from before a restart, and not confirmed since */
    bool suspended;         /* device: off screen (guide 17); counts as away */
    bool overrides;         /* manual: do not disturb, and seeming signed out, count only with it */
};

struct compose_input {
    char const *entity; /* of the document: "pres:user@domain" */
    struct compose_source const *sources;
    unsigned n_sources;
};

struct compose_result {
    struct pidf *doc; /* owned */
    enum compose_state state;
    enum compose_rule rule;
    struct compose_source const *decided_by; /* of the input; NULL if no single one did */
    bool has_client;                         /* an IM device is signed in */
    bool clear_manual;                       /* none is: if one was, forget what was set by hand */
};

/** Composes. Returns 0, or -ENOMEM with nothing to free in @p ret. */
int compose_run(struct compose_input const *in, struct compose_result *ret);
void compose_result_fini(struct compose_result *result);

/** A document that says @p state in one tuple called @p id, with a note (NULL: none): for what is
 *  set by hand, calendars and tests. NULL: out of memory. */
struct pidf *compose_statement(char const *entity, char const *id, enum compose_state state,
                               char const *note);

/** "on-the-phone", "line"; "line_engaged" and its words. Static. */
char const *compose_state_name(enum compose_state state);
char const *compose_kind_name(enum compose_kind kind);
char const *compose_rule_name(enum compose_rule rule);
char const *compose_rule_text(enum compose_rule rule);
enum compose_state compose_rule_state(enum compose_rule rule);

/** The table for people, a line per rule: number, name, state, words; then the ranks. */
void compose_print_rules(struct buf *out);
