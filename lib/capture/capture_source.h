/* SPDX-License-Identifier: Apache-2.0 */
/* Where messages come from: one after the other, in the order of time as far as the source knows.
 *
 * Embedded as first member by those who implement it (capture_file.c, capture_taps.c); not
 * thread-safe, no callbacks. */
#pragma once
#include "capture_message.h"

struct capture_source;

struct capture_source_ops {
    int (*next)(struct capture_source *source, struct capture_message *ret);
    void (*free)(struct capture_source *source);
    uint64_t (*lost)(struct capture_source const *source); /* NULL: a source that loses none */
};

struct capture_source {
    struct capture_source_ops const *ops;
};

/** Fills @p ret with the next message. 1: there is one; 0: none now, at the end of a file for ever;
 *  or a negative errno, after which the source gives no more. What it points to lives until the
 *  next call. */
int capture_source_next(struct capture_source *source, struct capture_message *ret);

/** How many messages it has missed so far, for they were overwritten before it came to them. */
uint64_t capture_source_lost(struct capture_source const *source);

/** Ends it and clears *@p psource; NULL is fine. */
void capture_source_free(struct capture_source **psource);
