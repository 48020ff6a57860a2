/* SPDX-License-Identifier: Apache-2.0 */
/* Takes secrets out of what a configuration says: values of keys whose names say that they are
 * secrets, and passwords in URLs. Names of files stay, for they are what people have to look at;
 * what is in them is never read. Pure. */
#pragma once
#include <jansson.h>

/** Puts stars in @p config, an object of values as --print-config prints it, in their place. */
void bundle_secret_hide_values(json_t *config);

/** The same in the result of `show config`, a table of keys and values. */
void bundle_secret_hide_table(json_t *table);
