/* SPDX-License-Identifier: Apache-2.0 */
/* Unguessable names: branches, tags, Call-IDs, boot ids (RFC 3261 §19.3 wants 32 random bits; we
 * give 5 per character from getrandom(2)). Safe from any thread. */
#pragma once
#include <stddef.h>

/** Writes @p len characters of [a-z2-7] and a NUL: @p ret needs @p len + 1 bytes. */
void token_fill(char *ret, size_t len);

/** As token_fill() with @p len = sizeof the array - 1. */
#define TOKEN_FILL(array) token_fill(array, sizeof(array) - 1)
