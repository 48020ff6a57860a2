/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a user without a publication, by `crosspoint presence`: the state that was set by
 * hand, and what a calendar says. One of each kind, each a source of its own (compose.h); a new one
 * takes the place of that before it.
 *
 * Who has set a state by hand last counts, whether by a publication or here: each gets a number of
 * the presentity, and only the one with the last number is heard. So to clear, or to set another
 * one, ends no publication, and nobody finds an older one back in force when a newer one ends. A
 * statement whose place a publication has taken is gone.
 *
 * One is made first, and begins when it is on disk (presence_state.h), which cannot fail. */
#pragma once
#include "compose.h"
#include "wheel.h"
#include <stdbool.h>
#include <stdint.h>

enum statement_kind { STATEMENT_MANUAL, STATEMENT_CALENDAR, STATEMENT_KINDS };

struct pidf;
struct presentity;

struct statement {
    struct presentity *presentity;
    struct pidf *doc; /* owned */
    struct wheel_timer expiry;
    uint64_t due_ms; /* 0: it does not end by the clock */
    int64_t time_ms; /* since 1970: when it was said */
    enum statement_kind kind;
    bool overrides; /* as in compose.h */
};

/** What somebody says. */
struct statement_said {
    enum statement_kind kind;
    enum compose_state state;
    char const *note;   /* NULL: none */
    int64_t time_ms;    /* since 1970 */
    uint32_t expires_s; /* 0: it does not end by the clock */
};

/** Makes one that is not in force yet. NULL: out of memory. */
struct statement *statement_new(struct presentity *presentity, struct statement_said const *said);

/** Of one that is not in force; accepts NULL inside. */
void statement_free(struct statement **pstatement);

/** It is in force from now on, in the place of that of its kind; tells the presentity. */
void statement_begin(struct statement *statement);

/** The same after a restart, without a word. Which state set by hand counts is to be settled. */
void statement_restore(struct statement *statement);

/** Takes it back, if there is one, and tells the presentity, which may be gone then. Of a state set
 *  by hand, also what publications say. */
void statement_end(struct presentity *presentity, enum statement_kind kind);

/** Takes it back without a word. */
void statement_forget(struct presentity *presentity, enum statement_kind kind);

/** "manual"; STATEMENT_KINDS: it is the name of none. Static. */
char const *statement_kind_name(enum statement_kind kind);
enum statement_kind statement_kind_find(char const *name);

/** One that can be said; COMPOSE_UNKNOWN: it is the name of none. @p name may be NULL. */
enum compose_state statement_state_find(char const *name);

/** Can it be said beside a state? */
bool statement_note_is_right(char const *note);

/** As a source. */
struct compose_source statement_source(struct statement const *statement);
