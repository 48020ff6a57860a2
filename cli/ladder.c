/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of several taps to one list of arrows. */
#include "ladder.h"
#include <stdlib.h>
#include <string.h>

/* A record and where it comes from; borrowed from the tap. */
struct entry {
    char const *program;
    char const *local, *remote, *transport, *text;
    bool sent, is_sip;
    uint64_t time_us, serial;
};

static char const *member(json_t const *record, char const *name)
{
    char const *text = json_string_value(json_object_get(record, name));

    return text ? text : "";
}

static struct entry read_entry(char const *program, json_t const *record)
{
    return (struct entry){
        .program = program,
        .local = member(record, "local"),
        .remote = member(record, "remote"),
        .transport = member(record, "transport"),
        .text = member(record, "text"),
        .sent = strcmp(member(record, "direction"), "sent") == 0,
        .is_sip = strcmp(member(record, "protocol"), "sip") == 0,
        .time_us = (uint64_t)json_integer_value(json_object_get(record, "time_us")),
        .serial = (uint64_t)json_integer_value(json_object_get(record, "serial")),
    };
}

static int by_time(void const *left, void const *right)
{
    struct entry const *a = left, *b = right;

    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    return (a->serial > b->serial) - (a->serial < b->serial);
}

/* All records in the order of time. */
static struct entry *collect(struct ladder_tap const *taps, size_t n, size_t *ret_n)
{
    size_t total = 0;
    struct entry *entries;

    for (size_t i = 0; i < n; i++)
        total += json_array_size(taps[i].records);
    entries = calloc(total + 1, sizeof *entries);
    *ret_n = 0;
    for (size_t i = 0; entries && i < n; i++) {
        json_t *record;
        size_t r;

        json_array_foreach(taps[i].records, r, record) entries[(*ret_n)++] =
            read_entry(taps[i].program, record);
    }
    if (entries)
        qsort(entries, *ret_n, sizeof *entries, by_time);
    return entries;
}

/* The program at the other end, NULL if it is none of ours: an address belongs to one program. What
 * is local to the sender need not be known yet when a connection is new. */
static char const *peer_program(struct entry const *entries, size_t n, struct entry const *of)
{
    for (size_t i = 0; i < n; i++)
        if (entries[i].program != of->program && strcmp(entries[i].local, of->remote) == 0 &&
            strcmp(entries[i].transport, of->transport) == 0)
            return entries[i].program;
    return NULL;
}

/* The lane of @p name; the last one takes those for which there is no room. */
static int lane(struct ladder *ladder, char const *name)
{
    for (int i = 0; i < ladder->n_lanes; i++)
        if (strncmp(ladder->lanes[i], name, LADDER_NAME - 1) == 0)
            return i;
    if (ladder->n_lanes == LADDER_LANES)
        return LADDER_LANES - 1;
    strncat(ladder->lanes[ladder->n_lanes], name, LADDER_NAME - 1);
    return ladder->n_lanes++;
}

static void add_arrow(struct ladder *ladder, struct entry const *entry, char const *peer)
{
    struct ladder_arrow *arrow = &ladder->arrows[ladder->n_arrows++];
    struct ladder_label label;
    int here = lane(ladder, entry->program), there;

    if (entry->is_sip)
        ladder_label_sip(entry->text, entry->sent, &label);
    else
        ladder_label_csta(entry->text, &label);
    there = lane(ladder, peer ? peer : *label.party ? label.party : entry->remote);
    *arrow = (struct ladder_arrow){ .time_us = entry->time_us,
                                    .from = entry->sent ? here : there,
                                    .to = entry->sent ? there : here,
                                    .is_answer = label.is_answer };
    strncat(arrow->transport, entry->transport, sizeof arrow->transport - 1);
    memcpy(arrow->label, label.text, sizeof arrow->label);
}

static bool is_program(struct ladder_tap const *taps, size_t n, char const *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(taps[i].program, name) == 0)
            return true;
    return false;
}

/* Everybody else to the left, then the programs in the order of the taps. */
static void order_lanes(struct ladder *ladder, struct ladder_tap const *taps, size_t n)
{
    struct ladder old = *ladder;
    int to[LADDER_LANES];

    memset(ladder->lanes, 0, sizeof ladder->lanes);
    ladder->n_lanes = 0;
    for (int i = 0; i < old.n_lanes; i++)
        if (!is_program(taps, n, old.lanes[i]))
            to[i] = lane(ladder, old.lanes[i]);
    for (size_t t = 0; t < n; t++)
        for (int i = 0; i < old.n_lanes; i++)
            if (strcmp(old.lanes[i], taps[t].program) == 0)
                to[i] = lane(ladder, old.lanes[i]);
    for (size_t i = 0; i < ladder->n_arrows; i++) {
        ladder->arrows[i].from = to[ladder->arrows[i].from];
        ladder->arrows[i].to = to[ladder->arrows[i].to];
    }
}

struct ladder *ladder_new(struct ladder_tap const *taps, size_t n, char const *text, size_t last)
{
    struct ladder *ladder = calloc(1, sizeof *ladder);
    size_t n_entries, kept = 0;
    struct entry *entries = collect(taps, n, &n_entries);

    if (ladder)
        ladder->arrows = calloc(n_entries + 1, sizeof *ladder->arrows);
    if (!entries || !ladder || !ladder->arrows) {
        free(entries);
        ladder_free(&ladder);
        return NULL;
    }
    /* What is wanted, and of a message in two taps the one of the sender. */
    char const **peers = calloc(n_entries + 1, sizeof *peers);
    for (size_t i = 0; peers && i < n_entries; i++)
        peers[i] = peer_program(entries, n_entries, &entries[i]);
    for (size_t i = 0; peers && i < n_entries; i++) {
        if ((text && !strstr(entries[i].text, text)) || (peers[i] && !entries[i].sent))
            continue;
        entries[kept] = entries[i];
        peers[kept++] = peers[i];
    }
    for (size_t i = last && kept > last ? kept - last : 0; i < kept; i++)
        add_arrow(ladder, &entries[i], peers[i]);
    order_lanes(ladder, taps, n);
    if (!peers)
        ladder_free(&ladder);
    free(peers);
    free(entries);
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
