/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of a user come to: the bridge between publications and compose.h. */
#pragma once
#include <stdbool.h>

struct buf;
struct composed;
struct pidf;
struct pidf_profile;
struct presentity;
struct publication;

/** Of the sources as they are. NULL: out of memory. */
struct composed *composed_new(struct presentity const *presentity);
void composed_free(struct composed **pcomposed);

/** Do watchers see the same of both? */
bool composed_equal(struct composed const *a, struct composed const *b);

/** Is the user there by any source? */
bool composed_is_signed_in(struct composed const *composed);

/** The row that has decided, for people. */
char const *composed_rule(struct composed const *composed);

/** The overall state, for people: "available". */
char const *composed_state(struct composed const *composed);

/** Appends the document as watchers who may see it get it; with @p is_full false, that of somebody
 *  who is offline. Returns 0 or -ENOMEM. */
int composed_write(struct composed const *composed, bool is_full,
                   struct pidf_profile const *profile, struct buf *out);

/** What a line's document says: "idle", "ringing", "engaged", "dnd", "nothing". Static. */
char const *composed_phone_says(struct pidf const *doc);

/** What @p publication alone would come to: "away". Static. */
char const *composed_says(struct publication const *publication);

/** The kind of source that it is: "device". Static. */
char const *composed_kind(struct publication const *publication);
