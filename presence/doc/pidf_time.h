/* SPDX-License-Identifier: Apache-2.0 */
/* Times of presence documents: RFC 3339, in milliseconds since 1970. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { PIDF_TIME_TEXT = 32 };

/** Reads "2026-11-21T19:24:53.5+01:00", lower case t and z, too. 0 or -EINVAL. */
int pidf_time_parse(char const *text, int64_t *ret_ms);

/** Prints in UTC, with a fraction only where there is one: "2026-11-21T18:24:53.500Z". What is
 *  outside of the years 0 to 9999 becomes the nearest that is inside. */
char *pidf_time_print(int64_t ms, char ret[static PIDF_TIME_TEXT]);
