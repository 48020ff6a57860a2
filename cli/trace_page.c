/* SPDX-License-Identifier: Apache-2.0 */
/* Lines with a style, wrapped to the width of the screen. */
#include "trace_page.h"
#include "buf.h"
#include "trace_diff.h"
#include "trace_print.h"
#include "trace_screen.h"
#include "trace_text.h"
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 8 << 20, FACTS_MAX = 65536, TITLE = 80, NARROW = 8 };

/* Bytes of the page's text. */
struct piece {
    size_t at, len;
    enum trace_style style;
};

struct pieces {
    struct piece *at;
    size_t n, room;
};

struct page {
    struct trace_screen screen;
    uint64_t dialog; /* that it is about; 0: none */
    char title[TITLE];
    struct buf text;
    struct pieces lines, rows;
    bool incomplete; /* there was no memory for all */
};

static char const help_text[] =
    "Arrows, PgUp, PgDn, Home, End   move; at the end of a list it follows what comes\n"
    "Enter   the ladder of a dialog, the message of an arrow\n"
    "q, Esc  back; on the list of dialogs q ends\n"
    "/       search: Enter takes the text, n goes to the next place that holds it\n"
    "f       filter: only dialogs of which a message holds the text; nothing: all\n"
    "Space   marks a message of the ladder, two at most\n"
    "d       what differs between the two that are marked, or the one and that of the cursor\n"
    "p       pause: nothing moves, messages are collected up to the limit\n"
    "s       save the dialog, S all: NAME.pcapng, or NAME.txt for text\n"
    "c       clear: forget all messages\n"
    "Left, Right   the lanes of a ladder that do not fit\n"
    "\n"
    "Stars stand for what people said and what lets somebody in, unless started with --unmask.\n"
    "Dots draw answers, dashes all else.\n";

static void add_piece(struct page *page, struct pieces *pieces, struct piece piece)
{
    if (pieces->n == pieces->room) {
        size_t room = pieces->room ? pieces->room * 2 : 64;
        struct piece *at = realloc(pieces->at, room * sizeof *at);

        if (!at) {
            page->incomplete = true;
            return;
        }
        pieces->at = at;
        pieces->room = room;
    }
    pieces->at[pieces->n++] = piece;
}

/* A line in two parts, as it is. */
static void add_line(struct page *page, enum trace_style style, char const *sign,
                     struct capture_span text)
{
    struct piece piece = { page->text.len, strlen(sign) + text.len, style };

    buf_puts(&page->text, sign);
    buf_add(&page->text, text.at, text.len);
    if (buf_ok(&page->text))
        add_piece(page, &page->lines, piece);
    else
        page->incomplete = true;
}

static void add_text(struct page *page, enum trace_style style, struct capture_span text)
{
    while (text.len) {
        char const *feed = memchr(text.at, '\n', text.len);
        size_t len = feed ? (size_t)(feed - text.at) : text.len;
        struct capture_span line = { text.at, len };

        if (feed && len && line.at[len - 1] == '\r')
            line.len--;
        add_line(page, style, "", line);
        text.at += len + (feed != NULL);
        text.len -= len + (feed != NULL);
    }
}

/* --- as a screen --- */

static void wrap(struct page *page, struct piece line)
{
    int columns = page->screen.columns > NARROW ? page->screen.columns : NARROW, width = 0;
    struct piece row = { line.at, 0, line.style };

    while (row.len < line.len) {
        size_t left = line.len - row.len;
        struct trace_text_char c = trace_text_take(page->text.data + row.at + row.len, left);

        if (width + c.width > columns) {
            add_piece(page, &page->rows, row);
            line.len -= row.len;
            row = (struct piece){ row.at + row.len, 0, line.style };
            width = 0;
        }
        row.len += c.bytes;
        width += c.width;
    }
    add_piece(page, &page->rows, row);
}

static void make(struct trace_screen *screen)
{
    struct page *page = (struct page *)screen;

    page->rows.n = 0;
    for (size_t i = 0; i < page->lines.n; i++)
        wrap(page, page->lines.at[i]);
    screen->n_rows = page->rows.n;
}

static void title(struct trace_screen const *screen, struct buf *out)
{
    struct page const *page = (struct page const *)screen;

    buf_printf(out, "%s%s", page->title, page->incomplete ? " (not all: out of memory)" : "");
}

static void draw(struct trace_screen const *screen, size_t i, struct trace_grid *grid, int row)
{
    struct page const *page = (struct page const *)screen;
    struct piece const *piece = &page->rows.at[i];

    if (piece->len)
        trace_grid_put(grid, row, 0, piece->style, page->text.data + piece->at, piece->len);
}

static bool holds(struct trace_screen const *screen, size_t i, char const *text)
{
    struct page const *page = (struct page const *)screen;
    struct piece const *piece = &page->rows.at[i];

    return piece->len && trace_text_holds(page->text.data + piece->at, piece->len, text);
}

static uint64_t dialog(struct trace_screen const *screen)
{
    return ((struct page const *)screen)->dialog;
}

static void free_page(struct trace_screen *screen)
{
    struct page *page = (struct page *)screen;

    free(page->lines.at);
    free(page->rows.at);
    buf_fini(&page->text);
    free(page);
}

static struct trace_screen_ops const ops = {
    .keys = "/ search  n next  s save dialog  p pause  ? help  q back",
    .make = make,
    .title = title,
    .draw = draw,
    .holds = holds,
    .dialog = dialog,
    .free = free_page,
};

static struct page *new_page(struct trace_view *view, uint64_t dialog_serial, char const *name)
{
    struct page *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->screen = (struct trace_screen){ .ops = &ops, .view = view };
    page->dialog = dialog_serial;
    strncat(page->title, name, TITLE - 1);
    buf_init(&page->text, TEXT_MAX);
    return page;
}

/* --- what they show --- */

static void add_facts(struct page *page, struct capture_message const *message)
{
    struct buf facts;

    buf_init(&facts, FACTS_MAX);
    trace_print_facts(message, &facts);
    add_text(page, TRACE_FAINT, (struct capture_span){ buf_text(&facts), facts.len });
    buf_fini(&facts);
}

struct trace_screen *trace_page_message(struct trace_view *view,
                                        struct trace_message const *message)
{
    char label[CAPTURE_LABEL];
    struct capture_look look;

    capture_look(&message->message, &look);
    struct page *page = new_page(view, message->dialog->serial, capture_look_print(&look, label));
    if (!page)
        return NULL;
    add_facts(page, &message->message);
    add_line(page, TRACE_PLAIN, "", (struct capture_span){ "", 0 });
    add_text(page, TRACE_PLAIN,
             (struct capture_span){ message->message.bytes, message->message.len });
    return &page->screen;
}

struct trace_screen *trace_page_difference(struct trace_view *view, struct trace_message const *old,
                                           struct trace_message const *new)
{
    static struct {
        char const *sign;
        enum trace_style style;
    } const kinds[] = { [TRACE_DIFF_SAME] = { "  ", TRACE_PLAIN },
                        [TRACE_DIFF_REMOVED] = { "- ", TRACE_REMOVED },
                        [TRACE_DIFF_ADDED] = { "+ ", TRACE_ADDED } };
    struct page *page = new_page(view, old->dialog->serial, "differences");
    struct trace_diff diff;

    if (!page)
        return NULL;
    page->incomplete =
        trace_diff_init(&diff, (struct capture_span){ old->message.bytes, old->message.len },
                        (struct capture_span){ new->message.bytes, new->message.len }) < 0;
    for (size_t i = 0; i < diff.n; i++)
        add_line(page, kinds[diff.lines[i].kind].style, kinds[diff.lines[i].kind].sign,
                 diff.lines[i].text);
    trace_diff_fini(&diff);
    return &page->screen;
}

struct trace_screen *trace_page_help(struct trace_view *view)
{
    struct page *page = new_page(view, 0, "keys");

    if (!page)
        return NULL;
    add_text(page, TRACE_PLAIN, (struct capture_span){ help_text, sizeof help_text - 1 });
    return &page->screen;
}
