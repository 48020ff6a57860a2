/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a command on stdout: JSON for programs, text for people. */
#pragma once
#include <jansson.h>

struct buf;
struct cli;

/** Appends @p answer as people read it. */
typedef void answer_text_fn(json_t const *answer, struct buf *out);

/** Prints @p answer: as JSON if --json asks for it, else as @p text writes it. */
void answer_print(struct cli const *cli, json_t const *answer, answer_text_fn *text);

/** Asks the proxy for a verdict and prints the answer; @p args is stolen. Returns the exit code,
 * after a complaint if there is no answer: CLI_FAILED also if its "verdict" is @p bad. */
int answer_of_proxy(struct cli const *cli, char const *command, json_t *args, char const *bad,
                    answer_text_fn *text);

/** Prints @p answer as JSON and a newline. */
void answer_print_json(json_t const *answer);
