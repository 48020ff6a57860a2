/* SPDX-License-Identifier: Apache-2.0 */
/* What a screen of trace_view.h is: rows with a cursor among them, and keys of its own. Moving,
 * searching, filter, pause and the lines around the rows are the view's. */
#pragma once
#include "trace_grid.h"
#include "trace_match.h"
#include "trace_store.h"
#include "trace_view.h"

enum { TRACE_SCREENS = 6, TRACE_SCREEN_TEXT = 128 };

struct trace_screen {
    struct trace_screen_ops const *ops;
    struct trace_view *view;
    size_t n_rows, cursor, top;
    int left;     /* so many columns are out of sight */
    bool follows; /* the cursor stays on the last row */
    bool is_made;
    uint64_t changes; /* of the store when it was made */
    int columns;
};

struct trace_screen_ops {
    char const *keys; /* on the last line */
    int heads;        /* lines above the rows */
    /* Counts the rows anew: the store, the filter or the width has changed. The cursor stays where
     * it was as far as that is still there. */
    void (*make)(struct trace_screen *screen);
    void (*title)(struct trace_screen const *screen, struct buf *out);
    void (*head)(struct trace_screen const *screen, struct trace_grid *grid, int row);
    void (*draw)(struct trace_screen const *screen, size_t i, struct trace_grid *grid, int row);
    bool (*holds)(struct trace_screen const *screen, size_t i, char const *text);
    void (*key)(struct trace_screen *screen, uint32_t key);
    /* The dialog that stands for the screen when it is saved; 0: none, all are. */
    uint64_t (*dialog)(struct trace_screen const *screen);
    void (*free)(struct trace_screen *screen);
};

struct trace_view {
    struct trace_store *store;
    char const *what;
    char const *const *programs;
    size_t n_programs;
    struct trace_screen *screens[TRACE_SCREENS]; /* the last one is seen */
    size_t n_screens;
    struct trace_match filter;
    char search[TRACE_SCREEN_TEXT];
    uint64_t marked[2];                /* serials of messages, 0: none */
    struct trace_prompt const *prompt; /* NULL: none */
    char typed[TRACE_SCREEN_TEXT];
    char said[2 * TRACE_SCREEN_TEXT];
    uint64_t saved_dialog; /* that `s` was pressed for; 0: all */
    size_t page;           /* rows that can be seen */
    int columns;
};

/** Shows @p screen over the others and takes it over; NULL: out of memory. */
void trace_view_push(struct trace_view *view, struct trace_screen *screen);

/** The screens; NULL when out of memory. */
struct trace_screen *trace_dialogs_new(struct trace_view *view);
struct trace_screen *trace_arrows_new(struct trace_view *view, uint64_t dialog);
