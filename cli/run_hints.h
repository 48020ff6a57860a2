/* SPDX-License-Identifier: Apache-2.0 */
/* What `crosspoint run` prints when all is up: where the node listens and what to type next, taken
 * from the configuration in force of the running programs (`show config`). */
#pragma once
#include <jansson.h>

struct buf;

/** Value of @p key in the table of `show config`, "" if it is not there. Borrowed. */
char const *run_hints_value(json_t const *config, char const *key);

/** One line per key of @p config that says where the program listens. */
void run_hints_listeners(json_t const *config, char const *program, struct buf *out);

/** Commands for the next terminal. @p command: how to call the CLI; @p cti: `show config` of the
 *  gateway, whose users and lines serve as examples, or NULL. */
void run_hints_next(char const *command, json_t const *cti, struct buf *out);
