/* SPDX-License-Identifier: Apache-2.0 */
/* Whose is a message? Read from its bytes, before anything is parsed: a response belongs to the
 * worker whose number our branch carries (transaction_branch_make()), a request to the one that its
 * Call-ID hashes to, so that everything of a call meets in one worker. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** The worker, below @p workers (at least 1). What shows neither belongs to worker 0. */
unsigned steer_owner(char const *bytes, size_t len, unsigned workers);

/** Do the bytes begin like a response? */
bool steer_owner_is_response(char const *bytes, size_t len);
