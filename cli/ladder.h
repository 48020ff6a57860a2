/* SPDX-License-Identifier: Apache-2.0 */
/* A ladder: who sent what to whom, out of any source of messages.
 *
 * Our programs have lanes of their own; whoever else is in a tap is named after the user in the
 * messages, or after its address. What a capture file holds is drawn between addresses. */
#pragma once
#include "capture_filter.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct capture_source;

enum { LADDER_LANES = 12, LADDER_NAME = 48, LADDER_ARROWS_MAX = 100000 };

struct ladder_end {
    char name[LADDER_NAME]; /* "" until the lanes are made, if only the address is known */
    struct net_addr addr;
};

struct ladder_arrow {
    uint64_t time_us;          /* since 1970 */
    uint64_t number;           /* in which it came */
    struct ladder_end ends[2]; /* source, destination */
    int from, to;              /* lanes */
    bool is_answer;            /* drawn with dots */
    char transport[8];
    char label[CAPTURE_LABEL];
};

struct ladder_wish {
    struct capture_filter const *filter; /* of messages; NULL: all */
    size_t last;                         /* so many of the last; 0: LADDER_ARROWS_MAX */
    char const *const *programs;         /* their lanes are on the right, in this order */
    size_t n_programs;
};

struct ladder {
    struct ladder_wish wish;
    char lanes[LADDER_LANES][LADDER_NAME]; /* from left to right */
    int n_lanes;
    struct ladder_arrow *arrows; /* n_arrows of them, in the order of time once it was read */
    size_t n_arrows, room;
    uint64_t wanted; /* messages that would have been drawn without a limit */
    bool one_host;   /* some message stayed on its host: addresses need their ports */
};

/** New ladder; borrows what @p wish points to. NULL when out of memory. */
struct ladder *ladder_new(struct ladder_wish const *wish);
void ladder_free(struct ladder **pladder);

/** Reads @p source to its end; once. Returns 0 or what went wrong; what came before is drawn. */
int ladder_read(struct ladder *ladder, struct capture_source *source);

/** Draws it: one line per message, names on top. */
void ladder_draw(struct ladder const *ladder, struct buf *out);
/** The same as an array of objects; caller owns. */
json_t *ladder_json(struct ladder const *ladder);
