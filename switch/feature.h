/* SPDX-License-Identifier: Apache-2.0 */
/* What a line is told to do with calls: forwarding, do not disturb, message waiting.
 *
 * Each forwarding type of CSTA is a reason and a scope; the type for internal or for external
 * callers goes before the one for all. Every change, also to what it was, is told by the hook of
 * the line table: a client that set something waits for the event. */
#pragma once
#include "number.h"
#include <stdbool.h>
#include <stddef.h>

struct line;
struct line_table;

enum feature_reason {
    FEATURE_IMMEDIATE,
    FEATURE_BUSY,
    FEATURE_NO_ANSWER,
    FEATURE_DND,
    FEATURE_REASONS
};

enum feature_scope { FEATURE_ALL, FEATURE_INTERNAL, FEATURE_EXTERNAL, FEATURE_SCOPES };

struct feature_forward {
    enum feature_reason reason;
    enum feature_scope scope;
    bool active;
    char to[NUMBER_MAX + 1]; /* kept when it is switched off; "" if never set */
    unsigned rings;          /* of FEATURE_NO_ANSWER; 0: as configured */
};

struct feature {
    struct feature_forward forwards[FEATURE_SCOPES][FEATURE_REASONS];
    bool dnd, message_waiting;
};

enum feature_fault {
    FEATURE_OK,
    FEATURE_NO_NUMBER,  /* switched on without a number, and none was set before */
    FEATURE_BAD_NUMBER, /* nothing that can be called */
    FEATURE_OWN_NUMBER, /* the line's own */
};

void feature_init(struct feature *features);

/** Sets one forwarding of @p line as @p wanted says; an empty number keeps the former one. */
enum feature_fault feature_set_forward(struct line_table *tab, struct line *line,
                                       struct feature_forward const *wanted);

void feature_set_dnd(struct line_table *tab, struct line *line, bool on);
void feature_set_message_waiting(struct line_table *tab, struct line *line, bool on);

/** The forwarding of @p line that applies to a caller for @p reason, or NULL. */
struct feature_forward const *feature_forward_for(struct line const *line,
                                                  enum feature_reason reason, bool external);
