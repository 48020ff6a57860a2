/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder of one dialog, with lanes and names as ladder.h makes them. */
#include "buf.h"
#include "capture_source.h"
#include "ladder.h"
#include "time_text.h"
#include "trace_page.h"
#include "trace_screen.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns: time, time since the message before, a mark, lanes. */
enum { AT_DELTA = 13, AT_MARK = 22, AT_LANES = 24, GAP_MIN = 17, GAP_MAX = 40, STEP = 8 };
enum { DELTA_TEXT = 32 };

struct arrows {
    struct trace_screen screen;
    uint64_t dialog;
    uint64_t at; /* serial of the message under the cursor */
    struct ladder *ladder;
    struct trace_message **messages; /* of the ladder's arrows, by number */
    size_t n_messages;
    int gap;
};

/* The dialog as a source for the ladder. */
struct walk {
    struct capture_source source;
    struct arrows *arrows;
    struct trace_message *next;
    size_t room;
};

static int walk_next(struct capture_source *source, struct capture_message *ret)
{
    struct walk *walk = (struct walk *)source;
    struct trace_message *message = walk->next;

    if (!message || walk->arrows->n_messages == walk->room)
        return 0;
    walk->arrows->messages[walk->arrows->n_messages++] = message;
    walk->next = TAILQ_NEXT(message, in_dialog);
    *ret = message->message;
    return 1;
}

static void drop(struct arrows *arrows)
{
    ladder_free(&arrows->ladder);
    free(arrows->messages);
    arrows->messages = NULL;
    arrows->n_messages = 0;
    arrows->screen.n_rows = 0;
}

static struct trace_message *message_of(struct arrows const *arrows, size_t i)
{
    return arrows->messages[arrows->ladder->arrows[i].number];
}

/* As wide as the screen, but wide enough to be read. */
static void choose_gap(struct arrows *arrows)
{
    int lanes = arrows->ladder->n_lanes;

    arrows->gap = (arrows->screen.view->columns - AT_LANES - 4) / (lanes > 1 ? lanes - 1 : 1);
    if (arrows->gap < GAP_MIN)
        arrows->gap = GAP_MIN;
    if (arrows->gap > GAP_MAX)
        arrows->gap = GAP_MAX;
}

static void make(struct trace_screen *screen)
{
    static struct capture_source_ops const ops = { .next = walk_next };
    struct arrows *arrows = (struct arrows *)screen;
    struct trace_dialog *dialog = trace_store_dialog(screen->view->store, arrows->dialog);
    struct ladder_wish const wish = { .programs = screen->view->programs,
                                      .n_programs = screen->view->n_programs };
    struct walk walk = { { &ops }, arrows, NULL, 0 };

    drop(arrows);
    if (!dialog)
        return;
    walk.next = TAILQ_FIRST(&dialog->messages);
    walk.room = dialog->n < LADDER_ARROWS_MAX ? dialog->n : LADDER_ARROWS_MAX;
    arrows->messages = calloc(walk.room, sizeof *arrows->messages);
    arrows->ladder = arrows->messages ? ladder_new(&wish) : NULL;
    if (!arrows->ladder)
        return;
    (void)ladder_read(arrows->ladder, &walk.source);
    screen->n_rows = arrows->ladder->n_arrows;
    choose_gap(arrows);
    for (size_t i = 0; i < screen->n_rows; i++)
        if (message_of(arrows, i)->serial == arrows->at)
            screen->cursor = i;
}

static void title(struct trace_screen const *screen, struct buf *out)
{
    struct arrows const *arrows = (struct arrows const *)screen;
    struct trace_dialog const *dialog = trace_store_dialog(screen->view->store, arrows->dialog);

    if (dialog)
        buf_printf(out, "%zu messages of %s", dialog->n, dialog->id);
    else
        buf_puts(out, "the dialog has gone to make room");
}

static int lane_at(struct arrows const *arrows, int lane)
{
    return AT_LANES + lane * arrows->gap - arrows->screen.left;
}

/* What is scrolled to the left must not stand in front of the lanes. */
static void put_clipped(struct trace_grid *grid, int row, int column, enum trace_style style,
                        char const *text)
{
    size_t skip = column < AT_LANES ? (size_t)(AT_LANES - column) : 0;

    if (skip < strlen(text))
        trace_grid_puts(grid, row, column + (int)skip, style, text + skip);
}

/* Names begin at their lanes; that of the last one where there is room for it. */
static void put_name(struct arrows const *arrows, int lane, struct trace_grid *grid, int row)
{
    char const *name = arrows->ladder->lanes[lane];
    int len = (int)strlen(name) < arrows->gap ? (int)strlen(name) : arrows->gap - 1;
    int at = lane_at(arrows, lane), room = grid->columns - len;
    char text[LADDER_NAME + 1];

    if (lane == arrows->ladder->n_lanes - 1 && at > room && at < grid->columns)
        at = room;
    snprintf(text, sizeof text, " %.*s", len, name);
    put_clipped(grid, row, at - 1, TRACE_HEAD, text);
}

static void head(struct trace_screen const *screen, struct trace_grid *grid, int row)
{
    struct arrows const *arrows = (struct arrows const *)screen;

    trace_grid_puts(grid, row, 0, TRACE_HEAD, "time");
    for (int i = 0; arrows->ladder && i < arrows->ladder->n_lanes; i++)
        put_name(arrows, i, grid, row);
    trace_grid_set_row(grid, row, TRACE_HEAD);
}

/* "+0.012", "+4711": in seconds, short enough for its column. */
static void print_delta(uint64_t us, char text[static DELTA_TEXT])
{
    unsigned long long ms = us / 1000;

    if (ms < 1000000)
        snprintf(text, DELTA_TEXT, "+%llu.%03llu", ms / 1000, ms % 1000);
    else
        snprintf(text, DELTA_TEXT, "+%llu", ms / 1000);
    text[AT_MARK - AT_DELTA - 1] = '\0';
}

static void put_shaft(struct arrows const *arrows, struct ladder_arrow const *arrow,
                      struct trace_grid *grid, int row, enum trace_style style)
{
    bool right = arrow->from < arrow->to;
    int from = right ? arrow->from : arrow->to, to = right ? arrow->to : arrow->from;
    int room = (to - from) * arrows->gap - 1;
    int label = (int)strlen(arrow->label) < room - 4 ? (int)strlen(arrow->label) : room - 4;
    char line[LADDER_LANES * GAP_MAX + 1];

    memset(line, arrow->is_answer ? '.' : '-', (size_t)room);
    line[room] = '\0';
    line[(room - label) / 2 - 1] = line[(room - label) / 2 + label] = ' ';
    memcpy(line + (room - label) / 2, arrow->label, (size_t)label);
    line[right ? room - 1 : 0] = right ? '>' : '<';
    put_clipped(grid, row, lane_at(arrows, from) + 1, style, line);
}

static enum trace_style style_of(struct ladder_arrow const *arrow)
{
    /* "404 INVITE" */
    if (arrow->is_answer && arrow->label[0] >= '4' && arrow->label[0] <= '6')
        return TRACE_FAULT;
    return arrow->is_answer ? TRACE_ANSWER : TRACE_PLAIN;
}

static bool is_marked(struct trace_view const *view, uint64_t serial)
{
    return view->marked[0] == serial || view->marked[1] == serial;
}

static void draw(struct trace_screen const *screen, size_t i, struct trace_grid *grid, int row)
{
    struct arrows const *arrows = (struct arrows const *)screen;
    struct ladder_arrow const *arrow = &arrows->ladder->arrows[i];
    char time[TIME_TEXT], delta[DELTA_TEXT] = "";

    trace_grid_puts(grid, row, 0, TRACE_PLAIN, time_text_clock(arrow->time_us, time));
    if (i)
        print_delta(arrow->time_us - arrow[-1].time_us, delta);
    trace_grid_puts(grid, row, AT_DELTA, TRACE_FAINT, delta);
    if (is_marked(screen->view, message_of(arrows, i)->serial))
        trace_grid_puts(grid, row, AT_MARK, TRACE_PLAIN, "*");
    for (int lane = 0; lane < arrows->ladder->n_lanes; lane++)
        put_clipped(grid, row, lane_at(arrows, lane), TRACE_FAINT, "|");
    if (arrow->from != arrow->to)
        put_shaft(arrows, arrow, grid, row, style_of(arrow));
    else
        put_clipped(grid, row, lane_at(arrows, arrow->from) + 1, style_of(arrow), arrow->label);
}

static bool holds(struct trace_screen const *screen, size_t i, char const *text)
{
    return trace_match_message(message_of((struct arrows const *)screen, i), text);
}

/* At most two are marked: a third takes the place of the older one. */
static void mark(struct trace_view *view, uint64_t serial)
{
    if (view->marked[0] == serial) {
        view->marked[0] = view->marked[1];
        view->marked[1] = 0;
    } else if (view->marked[1] == serial) {
        view->marked[1] = 0;
    } else {
        if (view->marked[0] && view->marked[1])
            view->marked[0] = view->marked[1];
        view->marked[view->marked[0] != 0] = serial;
    }
}

/* The two that are marked, or the one that is and the one under the cursor. */
static void show_difference(struct trace_screen *screen, struct trace_message *here)
{
    struct trace_view *view = screen->view;
    struct trace_message *old = trace_store_message(view->store, view->marked[0]);
    struct trace_message *new =
        view->marked[1] ? trace_store_message(view->store, view->marked[1]) : here;

    if (old && new &&old != new)
        trace_view_push(view, trace_page_difference(view, old, new));
    else
        trace_view_say(view, "mark two messages with the space bar");
}

static void key(struct trace_screen *screen, uint32_t key)
{
    struct arrows *arrows = (struct arrows *)screen;
    struct trace_message *message = screen->n_rows ? message_of(arrows, screen->cursor) : NULL;

    arrows->at = message ? message->serial : 0;
    if (key == TRACE_KEY_LEFT)
        screen->left -= screen->left < STEP ? screen->left : STEP;
    else if (key == TRACE_KEY_RIGHT && arrows->ladder)
        screen->left += lane_at(arrows, arrows->ladder->n_lanes - 1) > AT_LANES ? STEP : 0;
    else if (key == TRACE_KEY_ENTER && message)
        trace_view_push(screen->view, trace_page_message(screen->view, message));
    else if (key == ' ' && message)
        mark(screen->view, message->serial);
    else if (key == 'd' && message)
        show_difference(screen, message);
}

static uint64_t dialog(struct trace_screen const *screen)
{
    return ((struct arrows const *)screen)->dialog;
}

static void free_arrows(struct trace_screen *screen)
{
    drop((struct arrows *)screen);
    free(screen);
}

static struct trace_screen_ops const ops = {
    .keys = "Enter message  Space mark  d differences  / search  s save  p pause  ? help  q back",
    .heads = 1,
    .make = make,
    .title = title,
    .head = head,
    .draw = draw,
    .holds = holds,
    .key = key,
    .dialog = dialog,
    .free = free_arrows,
};

struct trace_screen *trace_arrows_new(struct trace_view *view, uint64_t dialog)
{
    struct arrows *arrows = calloc(1, sizeof *arrows);

    if (!arrows)
        return NULL;
    arrows->screen = (struct trace_screen){ .ops = &ops, .view = view };
    arrows->dialog = dialog;
    return &arrows->screen;
}
