/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a password from whoever runs the command: from the terminal without echo, twice, or one
 * line of standard input. Never from the command line, where others see it. */
#pragma once
#include <stddef.h>

enum { SECRET_MAX = 256 };

/** Asks for @p what. Returns NULL with @p ret filled, or why there is none (static text). */
char const *secret_read(char const *what, char ret[static SECRET_MAX + 1]);
