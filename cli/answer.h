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

/* A question for a verdict. */
struct answer_question {
    char const *program, *command;
    char const *bad; /* the verdict that is a failure */
};

/** Asks a program and prints the answer; @p args is stolen. Returns the exit code, after a
 * complaint if there is no answer: CLI_FAILED also if its "verdict" is the bad one. */
int answer_of(struct cli const *cli, struct answer_question const *question, json_t *args,
              answer_text_fn *text);

/** Prints @p answer as JSON and a newline. */
void answer_print_json(json_t const *answer);
