/* SPDX-License-Identifier: Apache-2.0 */
/* Screens of text that does not change: one message, what differs between two, help. Long lines go
 * on in the next row. What is shown is a copy, and stays when the message has gone. */
#pragma once

struct trace_message;
struct trace_screen;
struct trace_view;

/** NULL when out of memory. */
struct trace_screen *trace_page_message(struct trace_view *view,
                                        struct trace_message const *message);
struct trace_screen *trace_page_difference(struct trace_view *view, struct trace_message const *old,
                                           struct trace_message const *new);
struct trace_screen *trace_page_help(struct trace_view *view);
