/* SPDX-License-Identifier: Apache-2.0 */
/* What all screens have: moving, searching, filter, pause, saving, and the lines around the rows.
 */
#include "trace_view.h"
#include "buf.h"
#include "trace_page.h"
#include "trace_save.h"
#include "trace_screen.h"
#include "trace_text.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_TEXT = 1024, AROUND = 2 /* the first line and the last */ };

/* A question on the last line. */
struct trace_prompt {
    char const *label;
    void (*take)(struct trace_view *view, char const *text);
};

struct trace_view *trace_view_new(struct trace_store *store, char const *what,
                                  char const *const *programs, size_t n_programs)
{
    struct trace_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->store = store;
    view->what = what;
    view->programs = programs;
    view->n_programs = n_programs;
    view->page = 1;
    trace_view_push(view, trace_dialogs_new(view));
    if (!view->n_screens)
        trace_view_free(&view);
    return view;
}

static struct trace_screen *top(struct trace_view const *view)
{
    return view->screens[view->n_screens - 1];
}

static void pop(struct trace_view *view)
{
    struct trace_screen *screen = top(view);

    view->n_screens--;
    screen->ops->free(screen);
}

void trace_view_free(struct trace_view **pview)
{
    struct trace_view *view = *pview;

    *pview = NULL;
    while (view && view->n_screens)
        pop(view);
    free(view);
}

void trace_view_push(struct trace_view *view, struct trace_screen *screen)
{
    if (screen && view->n_screens < TRACE_SCREENS)
        view->screens[view->n_screens++] = screen;
    else if (screen)
        screen->ops->free(screen);
    else
        trace_view_say(view, "out of memory");
}

bool trace_view_has_ended(struct trace_view const *view)
{
    return view->n_screens == 0;
}

void trace_view_say(struct trace_view *view, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(view->said, sizeof view->said, format, args);
    va_end(args);
}

/* --- rows --- */

/* Keeps the cursor among the rows, and in sight. */
static void keep_in_sight(struct trace_screen *screen, size_t page)
{
    if (screen->follows && screen->n_rows)
        screen->cursor = screen->n_rows - 1;
    if (screen->cursor >= screen->n_rows)
        screen->cursor = screen->n_rows ? screen->n_rows - 1 : 0;
    if (screen->top > screen->cursor)
        screen->top = screen->cursor;
    if (screen->cursor >= screen->top + page)
        screen->top = screen->cursor - page + 1;
    /* No empty lines while rows are out of sight above. */
    if (screen->top + page > screen->n_rows)
        screen->top = screen->n_rows > page ? screen->n_rows - page : 0;
}

/* Before anything is done with rows: what they point to may have gone. */
static void refresh(struct trace_view *view)
{
    struct trace_screen *screen = top(view);

    if (!screen->is_made || screen->changes != view->store->changes ||
        screen->columns != view->columns) {
        screen->columns = view->columns;
        screen->changes = view->store->changes;
        screen->is_made = true;
        screen->ops->make(screen);
    }
    keep_in_sight(screen, view->page);
}

static bool move(struct trace_view *view, struct trace_screen *screen, uint32_t key)
{
    size_t page = view->page, cursor = screen->cursor, last = screen->n_rows - 1;

    if (!screen->n_rows)
        return false;
    switch (key) {
    case TRACE_KEY_UP:
        cursor -= cursor > 0;
        break;
    case TRACE_KEY_DOWN:
        cursor++;
        break;
    case TRACE_KEY_PAGE_UP:
        cursor -= cursor < page ? cursor : page;
        break;
    case TRACE_KEY_PAGE_DOWN:
        cursor += page;
        break;
    case TRACE_KEY_HOME:
        cursor = 0;
        break;
    case TRACE_KEY_END:
        cursor = last;
        break;
    default:
        return false;
    }
    screen->cursor = cursor < last ? cursor : last;
    screen->follows = key == TRACE_KEY_END;
    return true;
}

/* --- questions --- */

static void search(struct trace_view *view)
{
    struct trace_screen *screen = top(view);

    for (size_t i = 1; *view->search && i <= screen->n_rows; i++) {
        size_t at = (screen->cursor + i) % screen->n_rows;

        if (!screen->ops->holds(screen, at, view->search))
            continue;
        screen->cursor = at;
        screen->follows = false;
        return;
    }
    trace_view_say(view, "nothing holds \"%s\"", view->search);
}

static void take_search(struct trace_view *view, char const *text)
{
    if (*text)
        memcpy(view->search, text, strlen(text) + 1);
    search(view);
}

static void take_filter(struct trace_view *view, char const *text)
{
    trace_match_set(&view->filter, text);
    for (size_t i = 0; i < view->n_screens; i++)
        view->screens[i]->is_made = false;
}

static void take_save(struct trace_view *view, char const *text)
{
    size_t n;
    int error;

    if (!*text)
        return;
    error = trace_save(view->store, view->saved_dialog, text, &n);
    if (error)
        trace_view_say(view, "%s: %s", text, strerror(-error));
    else
        trace_view_say(view, "%s: %zu messages", text, n);
}

static struct trace_prompt const prompt_search = { "search: ", take_search };
static struct trace_prompt const prompt_filter = { "filter: ", take_filter };
static struct trace_prompt const prompt_save = { "save to (NAME.pcapng or NAME.txt): ", take_save };

static void ask(struct trace_view *view, struct trace_prompt const *prompt, char const *typed)
{
    view->prompt = prompt;
    (void)snprintf(view->typed, sizeof view->typed, "%s", typed);
}

static void type(struct trace_view *view, uint32_t key)
{
    size_t len = strlen(view->typed);
    char bytes[MB_LEN_MAX];
    mbstate_t state = { 0 };
    size_t n;

    if (key < ' ' || key == 0x7f || key >= TRACE_KEY_UP)
        return;
    n = wcrtomb(bytes, (wchar_t)key, &state);
    if (n == (size_t)-1 || len + n >= sizeof view->typed)
        return;
    memcpy(view->typed + len, bytes, n);
    view->typed[len + n] = '\0';
}

static void take_back(struct trace_view *view)
{
    size_t len = strlen(view->typed);

    /* With the bytes that continue a character. */
    while (len && ((unsigned char)view->typed[len - 1] & 0xc0) == 0x80)
        len--;
    view->typed[len - (len > 0)] = '\0';
}

static void answer(struct trace_view *view, uint32_t key)
{
    struct trace_prompt const *prompt = view->prompt;

    if (key == TRACE_KEY_ESCAPE) {
        view->prompt = NULL;
    } else if (key == TRACE_KEY_ENTER) {
        view->prompt = NULL;
        prompt->take(view, view->typed);
    } else if (key == TRACE_KEY_BACK) {
        take_back(view);
    } else {
        type(view, key);
    }
}

/* --- keys --- */

static void clear(struct trace_view *view)
{
    trace_store_clear(view->store);
    view->marked[0] = view->marked[1] = 0;
    while (view->n_screens > 1)
        pop(view);
}

static void ask_save(struct trace_view *view, bool all)
{
    struct trace_screen const *screen = top(view);

    view->saved_dialog = all ? 0 : screen->ops->dialog(screen);
    ask(view, &prompt_save, "");
}

static bool command(struct trace_view *view, uint32_t key)
{
    switch (key) {
    case '/':
        ask(view, &prompt_search, "");
        return true;
    case 'n':
        search(view);
        return true;
    case 'f':
        ask(view, &prompt_filter, view->filter.text);
        return true;
    case 'p':
        trace_store_hold(view->store, !view->store->is_held);
        return true;
    case 's':
    case 'S':
        ask_save(view, key == 'S');
        return true;
    case 'c':
        clear(view);
        return true;
    case '?':
        trace_view_push(view, trace_page_help(view));
        return true;
    default:
        return false;
    }
}

void trace_view_key(struct trace_view *view, uint32_t key)
{
    struct trace_screen *screen = top(view);
    bool asked = view->prompt != NULL;

    refresh(view);
    *view->said = '\0';
    if (asked)
        answer(view, key);
    else if (key == 'q' || (key == TRACE_KEY_ESCAPE && view->n_screens > 1))
        pop(view);
    else if (!command(view, key))
        (void)move(view, screen, key);
    if (trace_view_has_ended(view) || top(view) != screen)
        return;
    /* It learns where the cursor is now. */
    refresh(view);
    if (screen->ops->key)
        screen->ops->key(screen, asked ? (uint32_t)TRACE_KEY_OTHER : key);
}

/* --- drawing --- */

static void draw_title(struct trace_view const *view, struct trace_grid *grid)
{
    struct trace_store const *store = view->store;
    struct trace_screen const *screen = top(view);
    struct buf line;

    buf_init(&line, LINE_TEXT);
    buf_printf(&line, "trace %s: ", view->what);
    screen->ops->title(screen, &line);
    if (*view->filter.text)
        buf_printf(&line, "  filter: %s", view->filter.text);
    if (store->is_held)
        buf_printf(&line, "  PAUSED, %zu wait", store->n_held);
    if (store->dropped)
        buf_printf(&line, ", %llu lost", (unsigned long long)store->dropped);
    trace_grid_put(grid, 0, 0, TRACE_TITLE, buf_text(&line), line.len);
    trace_grid_set_row(grid, 0, TRACE_TITLE);
    buf_fini(&line);
}

static void draw_last(struct trace_view const *view, struct trace_grid *grid)
{
    int row = grid->rows - 1;

    if (view->prompt) {
        int at = trace_grid_puts(grid, row, 0, TRACE_PLAIN, view->prompt->label);

        at = trace_grid_puts(grid, row, at, TRACE_PLAIN, view->typed);
        trace_grid_puts(grid, row, at, TRACE_CURSOR, " ");
    } else if (*view->said) {
        trace_grid_puts(grid, row, 0, TRACE_PLAIN, view->said);
    } else {
        trace_grid_puts(grid, row, 0, TRACE_FAINT, top(view)->ops->keys);
    }
}

void trace_view_draw(struct trace_view *view, struct trace_grid *grid)
{
    struct trace_screen *screen = top(view);
    int heads = screen->ops->heads, page = grid->rows - heads - AROUND;

    view->columns = grid->columns;
    view->page = page > 1 ? (size_t)page : 1;
    refresh(view);
    trace_grid_clear(grid);
    draw_title(view, grid);
    if (heads)
        screen->ops->head(screen, grid, 1);
    for (size_t i = 0; i < view->page && screen->top + i < screen->n_rows; i++) {
        int row = 1 + heads + (int)i;

        screen->ops->draw(screen, screen->top + i, grid, row);
        if (screen->top + i == screen->cursor)
            trace_grid_set_row(grid, row, TRACE_CURSOR);
    }
    draw_last(view, grid);
}
