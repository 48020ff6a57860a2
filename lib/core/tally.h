/* SPDX-License-Identifier: Apache-2.0 */
/* How many things each name has: the subscriptions of a watcher, or of a domain. */
#pragma once
#include "htab.h"

struct tally {
    struct htab names;
};

void tally_init(struct tally *tally);
void tally_fini(struct tally *tally);

/** One more for @p name. Returns 0 or -ENOMEM. */
int tally_add(struct tally *tally, char const *name);

/** One less; the name goes with the last. */
void tally_drop(struct tally *tally, char const *name);

size_t tally_of(struct tally const *tally, char const *name);
