/* SPDX-License-Identifier: Apache-2.0 */
/* The list of dialogs. */
#include "buf.h"
#include "time_text.h"
#include "trace_screen.h"
#include "trace_state.h"
#include "trace_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
    struct trace_screen screen;
    struct trace_dialog **dialogs; /* those that match; valid until the store changes */
    size_t room;
    uint64_t at; /* serial of that under the cursor */
};

/* Columns; what is left between the last two is shared by the parties. */
enum { AT_METHOD = 10, AT_FROM = 24, MESSAGES = 6, STATE = 13, STATE_TEXT = 24 };

static void make(struct trace_screen *screen)
{
    struct list *list = (struct list *)screen;
    struct trace_store *store = screen->view->store;
    struct trace_dialog *dialog;

    screen->n_rows = screen->cursor = 0;
    if (list->room < store->n_dialogs) {
        size_t room = store->n_dialogs * 2;
        struct trace_dialog **dialogs =
            realloc(list->dialogs, room * sizeof(struct trace_dialog *));

        if (!dialogs)
            return;
        list->dialogs = dialogs;
        list->room = room;
    }
    TAILQ_FOREACH(dialog, &store->dialogs, link)
    {
        if (!trace_match_dialog(&screen->view->filter, dialog))
            continue;
        /* If it has gone: the next one that is there. */
        if (dialog->serial <= list->at)
            screen->cursor = screen->n_rows;
        list->dialogs[screen->n_rows++] = dialog;
    }
}

static void title(struct trace_screen const *screen, struct buf *out)
{
    struct trace_store const *store = screen->view->store;

    buf_printf(out, "%zu dialogs", screen->n_rows);
    if (screen->n_rows != store->n_dialogs)
        buf_printf(out, " of %zu", store->n_dialogs);
    buf_printf(out, ", %zu messages", store->n);
    if (store->gone)
        buf_printf(out, ", %llu older ones gone", (unsigned long long)store->gone);
}

/* Width of either party. */
static int party(struct trace_grid const *grid)
{
    int width = (grid->columns - AT_FROM - MESSAGES - STATE) / 2;

    return width > 4 ? width : 4;
}

static void head(struct trace_screen const *screen, struct trace_grid *grid, int row)
{
    int width = party(grid);

    (void)screen;
    trace_grid_puts(grid, row, 0, TRACE_HEAD, "time");
    trace_grid_puts(grid, row, AT_METHOD, TRACE_HEAD, "method");
    trace_grid_puts(grid, row, AT_FROM, TRACE_HEAD, "from");
    trace_grid_puts(grid, row, AT_FROM + width, TRACE_HEAD, "to");
    trace_grid_puts(grid, row, AT_FROM + 2 * width, TRACE_HEAD, "msgs");
    trace_grid_puts(grid, row, AT_FROM + 2 * width + MESSAGES, TRACE_HEAD, "state");
    trace_grid_set_row(grid, row, TRACE_HEAD);
}

static void state_of(struct trace_dialog const *dialog, char text[static STATE_TEXT])
{
    char status[8] = "";

    if (dialog->status)
        snprintf(status, sizeof status, " %u", dialog->status % 1000);
    snprintf(text, STATE_TEXT, "%s%s", trace_state_str(dialog->state), status);
}

static void put(struct trace_grid *grid, int row, int column, int width, enum trace_style style,
                char const *text)
{
    size_t len = strlen(text);

    /* Parties and methods are ASCII. */
    trace_grid_put(grid, row, column, style, text, len < (size_t)width ? len : (size_t)width - 1);
}

static void draw(struct trace_screen const *screen, size_t i, struct trace_grid *grid, int row)
{
    struct trace_dialog const *dialog = ((struct list const *)screen)->dialogs[i];
    char time[TIME_TEXT], number[16], state[STATE_TEXT];
    enum trace_style style = dialog->state == TRACE_STATE_FAILED ? TRACE_FAULT : TRACE_PLAIN;
    int width = party(grid), at = AT_FROM + 2 * width;

    time_text_clock(dialog->first_us, time);
    snprintf(number, sizeof number, "%zu", dialog->n);
    state_of(dialog, state);
    put(grid, row, 0, AT_METHOD - 1, style, time);
    put(grid, row, AT_METHOD, AT_FROM - AT_METHOD, style, dialog->method);
    put(grid, row, AT_FROM, width, style, *dialog->from ? dialog->from : dialog->id);
    put(grid, row, AT_FROM + width, width, style, dialog->to);
    put(grid, row, at, MESSAGES, style, number);
    put(grid, row, at + MESSAGES, STATE + 1, style, state);
}

static bool holds(struct trace_screen const *screen, size_t i, char const *text)
{
    struct trace_dialog const *dialog = ((struct list const *)screen)->dialogs[i];
    struct trace_message const *message;
    char state[STATE_TEXT];

    state_of(dialog, state);
    if (trace_text_holds(state, strlen(state), text) ||
        trace_text_holds(dialog->id, strlen(dialog->id), text))
        return true;
    TAILQ_FOREACH(message, &dialog->messages, in_dialog)
    if (trace_match_message(message, text))
        return true;
    return false;
}

static uint64_t dialog_at(struct trace_screen const *screen)
{
    struct list const *list = (struct list const *)screen;

    return screen->n_rows ? list->dialogs[screen->cursor]->serial : 0;
}

/* Any key may have moved the cursor. */
static void key(struct trace_screen *screen, uint32_t key)
{
    struct list *list = (struct list *)screen;

    list->at = dialog_at(screen);
    if (key == TRACE_KEY_ENTER && list->at)
        trace_view_push(screen->view, trace_arrows_new(screen->view, list->at));
}

static void free_list(struct trace_screen *screen)
{
    free(((struct list *)screen)->dialogs);
    free(screen);
}

static struct trace_screen_ops const ops = {
    .keys = "Enter ladder  / search  f filter  p pause  s save  c clear  ? help  q quit",
    .heads = 1,
    .make = make,
    .title = title,
    .head = head,
    .draw = draw,
    .holds = holds,
    .key = key,
    .dialog = dialog_at,
    .free = free_list,
};

struct trace_screen *trace_dialogs_new(struct trace_view *view)
{
    struct list *list = calloc(1, sizeof *list);

    if (!list)
        return NULL;
    list->screen = (struct trace_screen){ .ops = &ops, .view = view };
    return &list->screen;
}
