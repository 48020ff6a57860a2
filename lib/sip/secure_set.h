/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts by name, and which of them are meant where none is named. */
#pragma once
#include "secure_context.h"

enum { SECURE_SET_MAX = 64 };

struct secure_set {
    struct secure_context *contexts[SECURE_SET_MAX]; /* a reference each */
    int n;
    int server, client; /* places of the defaults, or negative */
};

void secure_set_init(struct secure_set *set);
void secure_set_fini(struct secure_set *set);

/** Makes @p set, which is initialised, the same as @p like. */
void secure_set_copy(struct secure_set *set, struct secure_set const *like);

/** Adds @p context (a reference is kept), or puts it in the place of the one of its name. Returns
 * the place or -ENOSPC. */
int secure_set_put(struct secure_set *set, struct secure_context *context);

/** Has the contexts of @p set go on counting where those of the same names in @p former did. Before
 *  others have them. */
void secure_set_inherit(struct secure_set *set, struct secure_set const *former);

/** Place of the context called @p name, or -ENOENT. */
int secure_set_find(struct secure_set const *set, char const *name);

/** The context at a place, NULL if it is negative. Borrowed. */
struct secure_context *secure_set_at(struct secure_set const *set, int place);
