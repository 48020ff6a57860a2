/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of running programs, without knowing any of them: each program is asked for its help
 * table, and the command goes to the one that serves it, or to all. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

struct cli;
struct program;

enum { CONTROL_TIMEOUT_MS = 10000 };

/** Asks one program. Returns the result (caller owns), or NULL with the reason for people in
 *  @p why (@p size bytes) and @p ret_running saying whether it answered at all. After cli_load().
 *  @p args is borrowed and may be NULL. */
json_t *control_ask(struct cli const *cli, struct program const *program, char const *command,
                    json_t const *args, char *why, size_t size, bool *ret_running);

/** Has @p program tell its audit log what we are about to do (audit.h). Returns 0, -ENOENT if
 * nobody listens there, or -EACCES with the reason in @p why: it may run, and has not told it. */
int control_audit(struct cli const *cli, struct program const *program, json_t const *args,
                  char *why, size_t size);

/** Gives the program @p name a @p command because a file of its has changed; one that does not run
 *  reads it when it starts. Returns CLI_OK, or the exit code after a complaint. */
int control_tell(struct cli const *cli, char const *name, char const *command);

/** A command of a running program as typed; prints its result. Returns the exit code. */
int control_run(struct cli *cli, int argc, char **argv);

/** Prints what the running programs offer, for `help`; with words, only the command that they
 *  name. Returns false if no running program has it. Silent about programs that do not run. */
bool control_print_help(struct cli *cli, int argc, char **argv);
