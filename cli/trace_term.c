/* SPDX-License-Identifier: Apache-2.0 */
/* ncurses, wide characters; colours where there are any, and nothing that needs them. */
#define NCURSES_WIDECHAR 1
#include "trace_term.h"
#include "trace_grid.h"
#include "trace_view.h"
#include <curses.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ESCAPE = 0x1b, DELETE = 0x7f, ESCAPE_MS = 25 };

struct trace_term {
    SCREEN *screen;
    FILE *keys;
    bool has_colours;
};

/* With colours, and without. */
static struct {
    attr_t attributes;
    short colour; /* -1: that of the terminal */
} const styles[TRACE_STYLES] = {
    [TRACE_PLAIN] = { A_NORMAL, -1 },
    [TRACE_TITLE] = { A_REVERSE, -1 },
    [TRACE_HEAD] = { A_BOLD, -1 },
    [TRACE_CURSOR] = { A_REVERSE, -1 },
    [TRACE_FAINT] = { A_DIM, -1 },
    [TRACE_ANSWER] = { A_NORMAL, COLOR_GREEN },
    [TRACE_FAULT] = { A_BOLD, COLOR_RED },
    [TRACE_ADDED] = { A_BOLD, COLOR_GREEN },
    [TRACE_REMOVED] = { A_NORMAL, COLOR_RED },
};

static FILE *open_keys(void)
{
    if (isatty(STDIN_FILENO))
        return fdopen(dup(STDIN_FILENO), "r");
    return fopen("/dev/tty", "re");
}

static void set_colours(struct trace_term *term)
{
    term->has_colours = has_colors() && start_color() == OK && use_default_colors() == OK;
    for (short i = 0; term->has_colours && i < TRACE_STYLES; i++)
        init_pair((short)(i + 1), styles[i].colour, -1);
}

int trace_term_open(struct trace_term **ret)
{
    struct trace_term *term = calloc(1, sizeof *term);

    *ret = NULL;
    if (!term)
        return -ENOMEM;
    term->keys = open_keys();
    term->screen = term->keys ? newterm(NULL, stdout, term->keys) : NULL;
    if (!term->screen) {
        if (term->keys)
            fclose(term->keys);
        free(term);
        return -ENOTTY;
    }
    set_colours(term);
    /* Ctrl-C stays a signal. */
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    curs_set(0);
    *ret = term;
    return 0;
}

void trace_term_free(struct trace_term **pterm)
{
    struct trace_term *term = *pterm;

    *pterm = NULL;
    if (!term)
        return;
    endwin();
    delscreen(term->screen);
    fclose(term->keys);
    free(term);
}

int trace_term_fd(struct trace_term const *term)
{
    return fileno(term->keys);
}

static uint32_t function_key(wint_t key)
{
    switch (key) {
    case KEY_UP:
        return TRACE_KEY_UP;
    case KEY_DOWN:
        return TRACE_KEY_DOWN;
    case KEY_LEFT:
        return TRACE_KEY_LEFT;
    case KEY_RIGHT:
        return TRACE_KEY_RIGHT;
    case KEY_PPAGE:
        return TRACE_KEY_PAGE_UP;
    case KEY_NPAGE:
        return TRACE_KEY_PAGE_DOWN;
    case KEY_HOME:
        return TRACE_KEY_HOME;
    case KEY_END:
        return TRACE_KEY_END;
    case KEY_ENTER:
        return TRACE_KEY_ENTER;
    case KEY_BACKSPACE:
        return TRACE_KEY_BACK;
    default:
        return TRACE_KEY_OTHER;
    }
}

static uint32_t character(wint_t key)
{
    switch (key) {
    case '\r':
    case '\n':
        return TRACE_KEY_ENTER;
    case '\b':
    case DELETE:
        return TRACE_KEY_BACK;
    case ESCAPE:
        return TRACE_KEY_ESCAPE;
    default:
        return (uint32_t)key;
    }
}

bool trace_term_key(struct trace_term *term, uint32_t *ret)
{
    wint_t key;
    int got = get_wch(&key);

    (void)term;
    if (got == ERR)
        return false;
    *ret = got == KEY_CODE_YES ? function_key(key) : character(key);
    return true;
}

bool trace_term_fit(struct trace_term *term, struct trace_grid *grid)
{
    int rows, columns;

    (void)term;
    getmaxyx(stdscr, rows, columns);
    if (rows == grid->rows && columns == grid->columns)
        return false;
    (void)trace_grid_resize(grid, rows, columns);
    clearok(stdscr, TRUE);
    return true;
}

static void put(struct trace_term const *term, int row, int column, struct trace_cell const *cell)
{
    wchar_t const text[] = { cell->c, L'\0' };
    cchar_t c;

    setcchar(&c, text, styles[cell->style].attributes,
             term->has_colours ? (short)(cell->style + 1) : 0, NULL);
    mvadd_wch(row, column, &c);
}

void trace_term_show(struct trace_term *term, struct trace_grid const *grid)
{
    erase();
    for (int row = 0; row < grid->rows; row++)
        for (int column = 0; column < grid->columns; column++) {
            struct trace_cell const *cell = &grid->cells[row * grid->columns + column];

            if (cell->c)
                put(term, row, column, cell);
        }
    refresh();
}
