/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal: cells out, keys in. All that knows curses. One per process. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct trace_grid;
struct trace_term;

/** Takes the terminal that is standard output; its keys are read from standard input, or, if that
 *  is something else, from /dev/tty. 0, or a negative errno: nothing has changed there. */
int trace_term_open(struct trace_term **ret);

/** Leaves the terminal as it was; NULL inside is fine. */
void trace_term_free(struct trace_term **pterm);

/** Can be read when a key was pressed. */
int trace_term_fd(struct trace_term const *term);

/** The next key in *@p ret, as trace_view.h has them; false: none now. */
bool trace_term_key(struct trace_term *term, uint32_t *ret);

/** Makes @p grid as large as the terminal is; true if it was not. */
bool trace_term_fit(struct trace_term *term, struct trace_grid *grid);

/** Shows @p grid. */
void trace_term_show(struct trace_term *term, struct trace_grid const *grid);
