/* SPDX-License-Identifier: Apache-2.0 */
/* One value of a row, both ways: from a default text into the struct, and from the struct to text.
 * Inner part of lib/svc's configuration; nobody else includes it. */
#pragma once
#include "cfg.h"
#include <sofia-sip/su_alloc.h>

struct buf;

/** Where the row's value lies in @p base. */
static inline void *cfg_value_at(struct cfg_row const *row, void *base)
{
    return (char *)base + row->offset;
}

/** A list of strings or of paths: struct cfg_strings. */
static inline bool cfg_value_is_texts(struct cfg_row const *row)
{
    return row->type == CFG_STRINGS || row->type == CFG_PATHS;
}

/** Any list: min and max count the entries. */
static inline bool cfg_value_is_list(struct cfg_row const *row)
{
    return cfg_value_is_texts(row) || row->type == CFG_GROUPS;
}

/** Sets the default; a row without one (required, or an empty list) is left zero. Strings go into
 *  @p home. Returns 0 or -ENOMEM; a default that does not fit its row is -EINVAL (our bug). */
int cfg_value_default(su_home_t *home, struct cfg_row const *row, void *base);

/** Index of @p name in an enum row's names, or -1. */
int cfg_value_enum(struct cfg_row const *row, char const *name);

/** Value as text, as it would stand in the file without quotes; lists joined by ", ". Not for
 *  CFG_GROUPS. */
void cfg_value_print(struct cfg_row const *row, void const *base, struct buf *out);

/** Row of @p schema by key, or NULL. */
struct cfg_row const *cfg_value_row(struct cfg_schema const *schema, char const *name);

/** The key of @p schema that is spelled most like @p name. */
char const *cfg_value_nearest(struct cfg_schema const *schema, char const *name);

/** The one of @p names (ended by NULL) that is spelled most like @p name. */
char const *cfg_value_nearest_name(char const *const *names, char const *name);
