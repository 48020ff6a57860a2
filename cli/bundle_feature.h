/* SPDX-License-Identifier: Apache-2.0 */
/* What people call the part of the node that they have trouble with, by the names of the guide
 * (table 41), and which programs and tables that concerns. Rows only. */
#pragma once
#include <stdbool.h>

struct bundle_feature {
    char const *name;
    char const *programs; /* names with blanks between; NULL: all of the node */
    char const *tables;   /* words; a table of a program with one in its name. NULL: all tables */
    char const *help;
};

/** Ended by a row without a name. */
extern struct bundle_feature const bundle_feature_table[];

/** NULL: there is none. */
struct bundle_feature const *bundle_feature_find(char const *name);

/** The name that was meant by @p typed, or NULL. */
char const *bundle_feature_nearest(char const *typed);

bool bundle_feature_has_program(struct bundle_feature const *feature, char const *program);

/** Does @p command, such as "show peers", belong to it? */
bool bundle_feature_has_table(struct bundle_feature const *feature, char const *command);
