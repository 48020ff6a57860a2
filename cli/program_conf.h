/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration file says to a program: its rows belong to it, so it is asked
 * (--print-config), which needs none that runs. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

struct cli;

/** Gets all groups that the program @p name reads; caller owns them. Returns CLI_OK, or an exit
 *  code, after a complaint if @p aloud. After cli_load(). */
int program_conf_ask(struct cli const *cli, char const *name, bool aloud, json_t **ret);

/** String member @p key of @p object, "" if there is none. */
char const *program_conf_text(json_t const *object, char const *key);
