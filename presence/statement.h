/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a user without a publication, by `crosspoint presence`: the state that was set by
 * hand, and what a calendar says. One of each kind, each a source of its own (compose.h); a new one
 * takes the place of that before it.
 *
 * Who has set a state by hand last counts, whether by a publication or here: each gets a number of
 * the presentity, and only the one with the last number is heard. So to clear, or to set another
 * one, ends no publication, and nobody finds an older one back in force when a newer one ends. */
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
    uint64_t manual; /* its number, if it was set by hand */
    enum statement_kind kind;
    bool overrides; /* as in compose.h */
};

/** Says @p state, for @p expires_s if not 0; @p note may be NULL. Tells the presentity. Returns 0
 *  or -ENOMEM: nothing has changed. */
int statement_set(struct presentity *presentity, enum statement_kind kind, enum compose_state state,
                  char const *note, uint32_t expires_s);

/** Takes it back, if there is one, and tells the presentity, which may be gone then. Of a state set
 *  by hand, also what publications say. */
void statement_end(struct presentity *presentity, enum statement_kind kind);

/** Takes it back without a word. */
void statement_forget(struct presentity *presentity, enum statement_kind kind);

/** Has a publication set another state by hand since? */
bool statement_is_over(struct statement const *statement);

/** As a source. */
struct compose_source statement_source(struct statement const *statement);
