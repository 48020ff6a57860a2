/* SPDX-License-Identifier: Apache-2.0 */
/* From messages to a list of arrows, and from names to lanes. */
#include "ladder.h"
#include "capture_source.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256 };

/* Lane of those for which there is none. */
static char const others[] = "others";

struct ladder *ladder_new(struct ladder_wish const *wish)
{
    struct ladder *ladder = calloc(1, sizeof *ladder);

    if (!ladder)
        return NULL;
    ladder->wish = *wish;
    if (ladder->wish.last == 0 || ladder->wish.last > LADDER_ARROWS_MAX)
        ladder->wish.last = LADDER_ARROWS_MAX;
    return ladder;
}

void ladder_free(struct ladder **pladder)
{
    if (!*pladder)
        return;
    free((*pladder)->arrows);
    free(*pladder);
    *pladder = NULL;
}

/* Memory for one more arrow: new, or that of the oldest. */
static struct ladder_arrow *new_arrow(struct ladder *ladder)
{
    if (ladder->n_arrows == ladder->wish.last)
        return &ladder->arrows[ladder->wanted % ladder->wish.last];
    if (ladder->n_arrows == ladder->room) {
        size_t room = ladder->room ? ladder->room * 2 : ROOM_FIRST;
        struct ladder_arrow *arrows = realloc(ladder->arrows, room * sizeof *arrows);

        if (!arrows)
            return NULL;
        ladder->arrows = arrows;
        ladder->room = room;
    }
    return &ladder->arrows[ladder->n_arrows++];
}

static void set_name(struct ladder_end *end, char const *name)
{
    end->name[0] = '\0';
    strncat(end->name, name, sizeof end->name - 1);
}

/* The ends of what one of our programs recorded. */
static void name_ends(struct capture_message const *message, struct capture_look const *look,
                      struct ladder_arrow *arrow)
{
    struct ladder_end *here = &arrow->ends[!message->sent], *there = &arrow->ends[message->sent];
    char party[CAPTURE_PARTY];

    set_name(here, message->program);
    if (*message->peer) {
        set_name(there, message->peer);
        return;
    }
    capture_look_print_party(
        message->sent ? capture_look_receiver(look) : capture_look_sender(look), party);
    set_name(there, party);
}

static int add_message(struct ladder *ladder, struct capture_message const *message)
{
    struct ladder_arrow *arrow = new_arrow(ladder);
    struct capture_look look;

    if (!arrow)
        return -ENOMEM;
    capture_look(message, &look);
    *arrow = (struct ladder_arrow){ .time_us = message->time_us,
                                    .number = ladder->wanted,
                                    .ends = { { .addr = message->source },
                                              { .addr = message->destination } },
                                    .is_answer = look.kind == CAPTURE_ANSWER };
    strncat(arrow->transport, message->transport, sizeof arrow->transport - 1);
    capture_look_print(&look, arrow->label);
    if (*message->program)
        name_ends(message, &look, arrow);
    else if (net_addr_same_host(&message->source, &message->destination))
        ladder->one_host = true;
    ladder->wanted++;
    return 0;
}

/* The lane of @p name; who has none is among the others. */
static int lane(struct ladder const *ladder, char const *name)
{
    int among = 0;

    for (int i = 0; i < ladder->n_lanes; i++) {
        if (strcmp(ladder->lanes[i], name) == 0)
            return i;
        if (strcmp(ladder->lanes[i], others) == 0)
            among = i;
    }
    return among;
}

/* Makes a lane for @p name unless it has one; the last of @p max takes all that have none. */
static void add_lane(struct ladder *ladder, char const *name, int max)
{
    for (int i = 0; i < ladder->n_lanes; i++)
        if (strcmp(ladder->lanes[i], name) == 0)
            return;
    if (ladder->n_lanes == max)
        memcpy(ladder->lanes[max - 1], others, sizeof others);
    else
        strncat(ladder->lanes[ladder->n_lanes++], name, LADDER_NAME - 1);
}

static bool is_program(struct ladder const *ladder, char const *name)
{
    for (size_t i = 0; i < ladder->wish.n_programs; i++)
        if (strcmp(ladder->wish.programs[i], name) == 0)
            return true;
    return false;
}

static void name_by_address(struct ladder const *ladder, struct ladder_end *end)
{
    char text[NET_ADDR_TEXT];

    if (*end->name)
        return;
    set_name(end, ladder->one_host ? net_addr_print(&end->addr, text)
                                   : net_addr_print_host(&end->addr, text));
}

/* Is @p name at an end of any arrow? */
static bool is_drawn(struct ladder const *ladder, char const *name)
{
    for (size_t i = 0; i < ladder->n_arrows; i++)
        if (strcmp(ladder->arrows[i].ends[0].name, name) == 0 ||
            strcmp(ladder->arrows[i].ends[1].name, name) == 0)
            return true;
    return false;
}

/* Everybody else to the left, then the programs that are in it. Room is kept for these. */
static void make_lanes(struct ladder *ladder)
{
    char const *drawn[LADDER_LANES / 2];
    int n_drawn = 0;

    for (size_t i = 0; i < ladder->wish.n_programs && n_drawn < LADDER_LANES / 2; i++)
        if (is_drawn(ladder, ladder->wish.programs[i]))
            drawn[n_drawn++] = ladder->wish.programs[i];
    for (size_t i = 0; i < ladder->n_arrows; i++)
        for (int e = 0; e < 2; e++) {
            struct ladder_end *end = &ladder->arrows[i].ends[e];

            name_by_address(ladder, end);
            if (!is_program(ladder, end->name))
                add_lane(ladder, end->name, LADDER_LANES - n_drawn);
        }
    for (int i = 0; i < n_drawn; i++)
        add_lane(ladder, drawn[i], LADDER_LANES);
    for (size_t i = 0; i < ladder->n_arrows; i++) {
        ladder->arrows[i].from = lane(ladder, ladder->arrows[i].ends[0].name);
        ladder->arrows[i].to = lane(ladder, ladder->arrows[i].ends[1].name);
    }
}

static int by_time(void const *left, void const *right)
{
    struct ladder_arrow const *a = left, *b = right;

    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

/* By time: the ring begins anywhere, and of a stream with a gap messages come late. */
static void put_in_order(struct ladder *ladder)
{
    if (ladder->n_arrows)
        qsort(ladder->arrows, ladder->n_arrows, sizeof *ladder->arrows, by_time);
}

int ladder_read(struct ladder *ladder, struct capture_source *source)
{
    struct capture_message message;
    int got, failed = 0;

    while (!failed && (got = capture_source_next(source, &message)) > 0)
        if (capture_filter_match(ladder->wish.filter, &message, NULL))
            failed = add_message(ladder, &message);
    put_in_order(ladder);
    make_lanes(ladder);
    return failed ? failed : got;
}
