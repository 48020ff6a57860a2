/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a trace reads as one source, in the order of time as far as each of them knows:
 * the taps of the running programs, an interface, or any number of capture files and ring files. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_message;
struct cli;
struct trace_source;

/** The taps of all programs of the configuration. @p all: also what is in them already. Returns the
 *  exit code after a complaint. */
int trace_source_open_taps(struct cli *cli, bool all, struct trace_source **ret);

/** @p n files, "-" is standard input. As above. */
int trace_source_open_files(char const *const *paths, size_t n, struct trace_source **ret);

/** What comes on @p interface, of the packets that @p filter (NULL: none) lets pass. As above. */
int trace_source_open_interface(char const *interface, char const *filter,
                                struct trace_source **ret);

/** NULL inside is fine. */
void trace_source_free(struct trace_source **psource);

/** 1: there is one, until the next call; 0: none now, and if it is not live, none any more. */
int trace_source_next(struct trace_source *source, struct capture_message *ret);

/** Asked again, may it give more? */
bool trace_source_is_live(struct trace_source const *source);

/** What went wrong, or was not understood, in source @p i, for people; NULL: there is no such one,
 *  "": nothing. Sets *@p ret_code if what is missing makes the trace one that has failed. */
char const *trace_source_fault(struct trace_source *source, size_t i, char *text, size_t size,
                               int *ret_code);

/** Complains of all that trace_source_fault() says, and of what was lost. Returns the exit code. */
int trace_source_complain(struct trace_source *source);
