/* SPDX-License-Identifier: Apache-2.0 */
/* The screens of a trace, one over the other: dialogs, the ladder of one, a message, what differs
 * between two, help. Takes keys, draws cells; knows no terminal and no clock. Its screens are in
 * trace_dialogs.c, trace_arrows.c and trace_page.c (trace_screen.h). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_grid;
struct trace_store;
struct trace_view;

/* Keys that are no characters of Unicode. */
enum trace_key {
    TRACE_KEY_UP = 0x110000,
    TRACE_KEY_DOWN,
    TRACE_KEY_LEFT,
    TRACE_KEY_RIGHT,
    TRACE_KEY_PAGE_UP,
    TRACE_KEY_PAGE_DOWN,
    TRACE_KEY_HOME,
    TRACE_KEY_END,
    TRACE_KEY_ENTER,
    TRACE_KEY_BACK, /* takes a character away */
    TRACE_KEY_ESCAPE,
    TRACE_KEY_OTHER
};

/** Borrows all; @p programs have their lanes on the right of a ladder, in this order; @p what says
 *  what is traced. NULL when out of memory. */
struct trace_view *trace_view_new(struct trace_store *store, char const *what,
                                  char const *const *programs, size_t n_programs);
void trace_view_free(struct trace_view **pview);

/** Somebody has pressed @p key: a character, or one of enum trace_key. */
void trace_view_key(struct trace_view *view, uint32_t key);

/** Has the last screen been left? */
bool trace_view_has_ended(struct trace_view const *view);

/** Says something on the last line, until a key is pressed. */
void trace_view_say(struct trace_view *view, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Draws it over all of @p grid. */
void trace_view_draw(struct trace_view *view, struct trace_grid *grid);
