/* SPDX-License-Identifier: Apache-2.0 */
/* A ladder: who sent what to whom, out of the taps of all running programs.
 *
 * A message between two programs is in two taps; it is taken where it was sent. Whoever is not one
 * of the programs is named after the user in the messages, or after its address. */
#pragma once
#include "ladder_label.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { LADDER_LANES = 12, LADDER_NAME = 40 };

struct ladder_arrow {
    uint64_t time_us; /* since 1970 */
    int from, to;     /* lanes */
    bool is_answer;   /* drawn with dots */
    char transport[8];
    char label[LADDER_LABEL];
};

struct ladder {
    char lanes[LADDER_LANES][LADDER_NAME]; /* from left to right */
    int n_lanes;
    struct ladder_arrow *arrows; /* in the order of time */
    size_t n_arrows;
};

struct ladder_tap {
    char const *program;
    json_t *records; /* array as the control command "tap" gives it */
};

/** New ladder of @p n taps, which it borrows during the call. @p text: only messages that hold it,
 *  or NULL; @p last: only so many of the last, 0: all. NULL when out of memory. */
struct ladder *ladder_new(struct ladder_tap const *taps, size_t n, char const *text, size_t last);
void ladder_free(struct ladder **pladder);

/** Draws it: one line per message, names on top. */
void ladder_draw(struct ladder const *ladder, struct buf *out);
/** The same as an array of objects; caller owns. */
json_t *ladder_json(struct ladder const *ladder);
