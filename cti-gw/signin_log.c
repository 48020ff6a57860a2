/* SPDX-License-Identifier: Apache-2.0 */
/* The list of refused sign-ins: see signin_log.h. */
#include "signin_log.h"
#include "clock.h"
#include "ctl.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME_TEXT_BYTES = 32 };

void signin_log_init(struct signin_log *log, size_t max)
{
    *log = (struct signin_log){ .max = max };
    TAILQ_INIT(&log->entries);
}

void signin_log_fini(struct signin_log *log)
{
    struct signin_log_entry *entry;

    while ((entry = TAILQ_FIRST(&log->entries))) {
        TAILQ_REMOVE(&log->entries, entry, link);
        free(entry);
    }
}

/* The text comes from the net and goes into JSON. */
static void copy(char *to, char const *from, size_t size)
{
    size_t len = 0;

    for (; from[len] && len + 1 < size; len++)
        to[len] = from[len] >= ' ' && from[len] < 0x7f ? from[len] : '?';
    to[len] = '\0';
}

static bool is_same(struct signin_log_entry const *a, struct signin_log_entry const *b)
{
    return a->status == b->status && strcmp(a->user, b->user) == 0 &&
           strcmp(a->line, b->line) == 0 && strcmp(a->peer, b->peer) == 0 &&
           strcmp(a->why, b->why) == 0;
}

static struct signin_log_entry *find(struct signin_log *log, struct signin_log_entry const *like)
{
    struct signin_log_entry *entry;

    TAILQ_FOREACH(entry, &log->entries, link)
    {
        if (is_same(entry, like))
            return entry;
    }
    return NULL;
}

/* An entry to write to, out of the list: the same as before (@p entry), the oldest, or a new one.
 */
static struct signin_log_entry *take_one(struct signin_log *log, struct signin_log_entry *entry)
{
    if (!entry && log->n >= log->max)
        entry = TAILQ_LAST(&log->entries, signin_log_list);
    if (entry) {
        TAILQ_REMOVE(&log->entries, entry, link);
        return entry;
    }
    entry = log->max ? malloc(sizeof *entry) : NULL;
    log->n += entry != NULL;
    return entry;
}

void signin_log_add(struct signin_log *log, char const *user, char const *line, char const *peer,
                    int status, char const *why)
{
    struct signin_log_entry fresh = { .wall_us = clock_wall_us(), .times = 1, .status = status };
    struct signin_log_entry *entry;

    copy(fresh.user, user, sizeof fresh.user);
    copy(fresh.line, line, sizeof fresh.line);
    copy(fresh.peer, peer, sizeof fresh.peer);
    copy(fresh.why, why, sizeof fresh.why);
    entry = find(log, &fresh);
    fresh.times += entry ? entry->times : 0;
    entry = take_one(log, entry);
    if (!entry)
        return;
    *entry = fresh;
    TAILQ_INSERT_HEAD(&log->entries, entry, link);
}

void signin_log_rows(struct signin_log const *log, json_t *table)
{
    struct signin_log_entry const *entry;

    TAILQ_FOREACH(entry, &log->entries, link)
    {
        time_t seconds = (time_t)(entry->wall_us / 1000000);
        char when[TIME_TEXT_BYTES] = "";
        struct tm tm;

        if (gmtime_r(&seconds, &tm))
            (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
        ctl_table_row(table,
                      json_pack("[s,s,s,s,i,s,I]", when, entry->user, entry->line, entry->peer,
                                entry->status, entry->why, (json_int_t)entry->times));
    }
}
