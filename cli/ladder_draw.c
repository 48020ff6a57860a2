/* SPDX-License-Identifier: Apache-2.0 */
/* A ladder as text and as JSON. */
#include "buf.h"
#include "ladder.h"
#include "time_text.h"
#include <string.h>

enum {
    TIME_WIDTH = 14, /* "05:49:40.123" and two blanks */
    GAP_MIN = 20,
    GAP_MAX = 34, /* between two lanes; longer labels are cut */
    WIDTH_MAX = TIME_WIDTH + LADDER_LANES * GAP_MAX,
};

/* Room between lanes: the longest label of neighbours, and an arrow around it. */
static int gap_of(struct ladder const *ladder)
{
    int gap = GAP_MIN;

    for (size_t i = 0; i < ladder->n_arrows; i++) {
        struct ladder_arrow const *arrow = &ladder->arrows[i];
        int distance = arrow->to > arrow->from ? arrow->to - arrow->from : arrow->from - arrow->to;
        int need = (int)strlen(arrow->label) + 7;

        if (distance == 1 && need > gap)
            gap = need;
    }
    return gap < GAP_MAX ? gap : GAP_MAX;
}

static void add_line(char *line, struct buf *out)
{
    size_t len = strlen(line);

    while (len && line[len - 1] == ' ')
        line[--len] = '\0';
    buf_printf(out, "%s\n", line);
}

static void draw_names(struct ladder const *ladder, int gap, struct buf *out)
{
    char line[WIDTH_MAX + LADDER_NAME + 1] = "";

    memset(line, ' ', sizeof line - 1);
    for (int i = 0; i < ladder->n_lanes; i++) {
        size_t len = strlen(ladder->lanes[i]);

        if (len >= (size_t)gap)
            len = (size_t)gap - 1;
        memcpy(line + TIME_WIDTH + i * gap, ladder->lanes[i], len);
    }
    add_line(line, out);
}

/* The shaft between the columns @p left and @p right with the label in its middle. */
static void draw_shaft(char *line, int left, int right, struct ladder_arrow const *arrow)
{
    int room = right - left - 1, label = (int)strlen(arrow->label);

    memset(line + left + 1, arrow->is_answer ? '.' : '-', (size_t)room);
    if (label > room - 6)
        label = room - 6;
    int at = left + 1 + (room - label) / 2;
    line[at - 1] = ' ';
    memcpy(line + at, arrow->label, (size_t)label);
    line[at + label] = ' ';
    if (arrow->from < arrow->to)
        line[right - 1] = '>';
    else
        line[left + 1] = '<';
}

static void draw_arrow(struct ladder const *ladder, struct ladder_arrow const *arrow, int gap,
                       struct buf *out)
{
    char line[WIDTH_MAX + 1] = "", time[TIME_TEXT];
    int from = TIME_WIDTH + arrow->from * gap, to = TIME_WIDTH + arrow->to * gap;

    memset(line, ' ', sizeof line - 1);
    time_text_clock(arrow->time_us, time);
    memcpy(line, time, strlen(time));
    for (int i = 0; i < ladder->n_lanes; i++)
        line[TIME_WIDTH + i * gap] = '|';
    if (from != to)
        draw_shaft(line, from < to ? from : to, from < to ? to : from, arrow);
    else
        memcpy(line + from + 1, arrow->label,
               strlen(arrow->label) < GAP_MIN ? strlen(arrow->label) : GAP_MIN - 1);
    add_line(line, out);
}

void ladder_draw(struct ladder const *ladder, struct buf *out)
{
    int gap = gap_of(ladder);

    draw_names(ladder, gap, out);
    for (size_t i = 0; i < ladder->n_arrows; i++)
        draw_arrow(ladder, &ladder->arrows[i], gap, out);
}

json_t *ladder_json(struct ladder const *ladder)
{
    json_t *list = json_array();
    char time[TIME_TEXT];

    for (size_t i = 0; i < ladder->n_arrows; i++) {
        struct ladder_arrow const *arrow = &ladder->arrows[i];

        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s,s:s,s:s}", "time", time_text_full(arrow->time_us, time),
                            "from", ladder->lanes[arrow->from], "to", ladder->lanes[arrow->to],
                            "transport", arrow->transport, "message", arrow->label));
    }
    return list;
}
