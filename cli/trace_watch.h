/* SPDX-License-Identifier: Apache-2.0 */
/* A trace on a screen. */
#pragma once

struct trace_reading;
struct trace_term;

/** Shows what @p reading gives until the user leaves, or a signal comes. Takes over @p term.
 *  Returns the exit code. */
int trace_watch(struct trace_reading *reading, struct trace_term *term);
