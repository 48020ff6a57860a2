/* SPDX-License-Identifier: Apache-2.0 */
/* One source out of the answers of several programs. A message between two of them is in both taps;
 * it is taken where it was sent. */
#include "ladder_taps.h"
#include "capture_source.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_TEXT = 512 };

struct entry {
    char const *program;
    json_t *record; /* owned */
    uint64_t time_us;
};

struct ladder_taps {
    struct capture_source source;
    struct entry *entries;
    size_t n_entries, at;
};

static char const *member(struct entry const *entry, char const *name)
{
    char const *text = json_string_value(json_object_get(entry->record, name));

    return text ? text : "";
}

static bool is_sent(struct entry const *entry)
{
    return strcmp(member(entry, "direction"), "sent") == 0;
}

/* The program at the other end, "" if it is none of ours: an address belongs to one program. What
 * is local to the sender need not be known yet when a connection is new. */
static char const *peer_of(struct ladder_taps const *taps, struct entry const *of)
{
    char const *remote = member(of, "remote"), *transport = member(of, "transport");

    for (size_t i = 0; i < taps->n_entries; i++) {
        struct entry const *entry = &taps->entries[i];

        if (entry->program != of->program && strcmp(member(entry, "local"), remote) == 0 &&
            strcmp(member(entry, "transport"), transport) == 0)
            return entry->program;
    }
    return "";
}

static int next(struct capture_source *source, struct capture_message *ret)
{
    struct ladder_taps *taps = (struct ladder_taps *)source;

    while (taps->at < taps->n_entries) {
        struct entry const *entry = &taps->entries[taps->at++];
        char const *peer = peer_of(taps, entry), *text = member(entry, "text");
        bool sent = is_sent(entry);

        if (*peer && !sent)
            continue;
        *ret = (struct capture_message){
            .time_us = entry->time_us,
            .number = taps->at,
            .protocol = strcmp(member(entry, "protocol"), "sip") == 0 ? TAP_SIP : TAP_CSTA,
            .transport = member(entry, "transport"),
            .program = entry->program,
            .sent = sent,
            .peer = peer,
            .interface = "",
            .subject = "",
            .id = "",
            .note = "",
            .bytes = text,
            .len = strlen(text),
        };
        net_addr_parse(sent ? &ret->source : &ret->destination, member(entry, "local"), 0);
        net_addr_parse(sent ? &ret->destination : &ret->source, member(entry, "remote"), 0);
        return 1;
    }
    return 0;
}

static void taps_free(struct capture_source *source)
{
    struct ladder_taps *taps = (struct ladder_taps *)source;

    for (size_t i = 0; i < taps->n_entries; i++)
        json_decref(taps->entries[i].record);
    free(taps->entries);
    free(taps);
}

static int add_page(struct ladder_taps *taps, char const *program, json_t *records)
{
    size_t more = json_array_size(records), i;
    json_t *record;
    struct entry *entries =
        realloc(taps->entries, (taps->n_entries + more + 1) * sizeof *taps->entries);

    if (!entries)
        return -ENOMEM;
    taps->entries = entries;
    json_array_foreach(records, i, record)
    {
        json_int_t time_us = json_integer_value(json_object_get(record, "time_us"));

        taps->entries[taps->n_entries++] =
            (struct entry){ program, json_incref(record), (uint64_t)time_us };
    }
    return 0;
}

static int by_time(void const *left, void const *right)
{
    struct entry const *a = left, *b = right;

    return (a->time_us > b->time_us) - (a->time_us < b->time_us);
}

/* All records of one program, page by page. */
static int read_tap(struct cli const *cli, struct program const *program, struct ladder_taps *taps)
{
    char why[WHY_TEXT];
    json_int_t after = 0;
    size_t n;
    bool running;

    do {
        json_t *args = json_pack("{s:I}", "after", after);
        json_t *page = control_ask(cli, program, "tap", args, why, sizeof why, &running);
        json_t *records = json_object_get(page, "records");

        json_decref(args);
        if (!page) {
            cli_complain("%s: %s", program->name, why);
            return running ? CLI_FAILED : EX_UNAVAILABLE;
        }
        n = json_array_size(records);
        if (n)
            after = json_integer_value(json_object_get(json_array_get(records, n - 1), "serial"));
        int failed = add_page(taps, program->name, records);
        json_decref(page);
        if (failed)
            return EX_OSERR;
    } while (n > 0);
    return CLI_OK;
}

int ladder_taps_open(struct cli const *cli, char const *const *programs, size_t n,
                     struct capture_source **ret)
{
    static struct capture_source_ops const ops = { next, taps_free };
    struct ladder_taps *taps = calloc(1, sizeof *taps);
    int code = CLI_OK;

    *ret = taps ? &taps->source : NULL;
    if (!taps)
        return EX_OSERR;
    taps->source.ops = &ops;
    for (size_t i = 0; i < n; i++) {
        int failed = read_tap(cli, program_find(programs[i]), taps);

        code = failed ? failed : code;
    }
    qsort(taps->entries, taps->n_entries, sizeof *taps->entries, by_time);
    return code;
}
