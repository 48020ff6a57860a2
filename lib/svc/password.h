/* SPDX-License-Identifier: Apache-2.0 */
/* The application's password: read once from its file, compared without telling by time. */
#pragma once
#include <stdbool.h>

enum { PASSWORD_MAX = 256 };

/** Reads the first line of @p path. Returns 0, a negative errno, or -EINVAL when the line is empty
 *  or longer than PASSWORD_MAX. */
int password_load(char const *path, char ret[static PASSWORD_MAX + 1]);

/** Whether @p given equals @p wanted; takes as long for any wrong one of the same length. */
bool password_matches(char const *given, char const *wanted);
