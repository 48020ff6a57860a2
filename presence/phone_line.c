/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and their users: see phone_line.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "phone_line.h"
#include "clock.h"
#include "composed.h"
#include "event_server.h"
#include "log.h"
#include "phone_conf.h"
#include "pidf.h"
#include "presence_metrics.h"
#include "presence_state.h"
#include "presentity.h"
#include "trunk_publication.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the table -------------------------------------------------------------------------------- */

static uint64_t hash_of(char const *number)
{
    return htab_hash(number, strlen(number), 0);
}

static bool is_number(struct htab_entry const *entry, void const *number)
{
    return strcmp(((struct phone_line const *)entry)->number, number) == 0;
}

struct phone_line *phone_lines_find(struct phone_lines const *lines, char const *number)
{
    return (struct phone_line *)htab_find(&lines->by_number, hash_of(number), is_number, number);
}

bool phone_line_is_of(struct phone_line const *line, char const *address)
{
    struct phone_user const *user = line->users;

    while (user && strcmp(user->address, address) != 0)
        user = user->next;
    return user != NULL;
}

static struct phone_line *get(struct phone_lines *lines, char const *number)
{
    struct phone_line *line = phone_lines_find(lines, number);

    if (line || strlen(number) >= sizeof line->number)
        return line;
    line = calloc(1, sizeof *line);
    if (!line || htab_insert(&lines->by_number, &line->by_number, hash_of(number)) < 0) {
        free(line);
        return NULL;
    }
    (void)snprintf(line->number, sizeof line->number, "%s", number);
    (void)snprintf(line->name, sizeof line->name, "line-%s", number);
    return line;
}

static int add(struct phone_lines *lines, struct phone_conf_line const *entry,
               struct own_users const *users, bool has_store,
               struct phone_lines_faults const *faults)
{
    char address[PRESENCE_ADDRESS_BYTES];

    if (!entry->line || !entry->user)
        return 0; /* the rows have said so */
    if (own_users_address(users, entry->user, address) < 0 ||
        (!has_store && !own_users_have(users, address))) {
        if (faults)
            faults->on_stranger(faults->ctx, entry);
        return 0;
    }
    struct phone_line *line = get(lines, entry->line);
    if (line && phone_line_is_of(line, address)) {
        if (faults)
            faults->on_double(faults->ctx, entry);
        return 0;
    }
    struct phone_user *user = line ? calloc(1, sizeof *user) : NULL;
    if (!user)
        return -ENOMEM;
    *user = (struct phone_user){ .next = line->users, .line = line };
    memcpy(user->address, address, sizeof address);
    line->users = user;
    return 0;
}

int phone_lines_init(struct phone_lines *lines, struct cfg_groups const *entries,
                     struct own_users const *users, bool has_store,
                     struct phone_lines_faults const *faults)
{
    struct phone_conf_line const *v = entries->v;
    int err = 0;

    htab_init(&lines->by_number);
    for (size_t i = 0; err == 0 && i < entries->n; i++)
        err = add(lines, &v[i], users, has_store, faults);
    return err;
}

/* --- what users have of it -------------------------------------------------------------------- */

static void attach(struct event_server *server, struct phone_user *user)
{
    struct presentity *p = presentity_get(server, user->address);

    if (!p) {
        log_error(NULL,
                  "state of phone not used line=%s user=\"%s\" cause=\"max_presentities is "
                  "reached, or no memory\"",
                  user->line->number, user->address);
        return;
    }
    user->presentity = p;
    LIST_INSERT_HEAD(&p->phones, user, of_presentity);
    p->n_phones++;
}

static struct presentity *detach(struct phone_user *user)
{
    struct presentity *p = user->presentity;

    user->presentity = NULL;
    if (p) {
        LIST_REMOVE(user, of_presentity);
        p->n_phones--;
    }
    return p;
}

static void tell(struct event_server *server, struct phone_line *line)
{
    bool is_known = phone_line_state(line) != NULL;

    for (struct phone_user *user = line->users; user; user = user->next) {
        struct presentity *p;
        if (is_known && !user->presentity)
            attach(server, user);
        p = is_known ? user->presentity : detach(user);
        if (!p)
            continue;
        p->n_holds++;
        presentity_changed(p);
        p->n_holds--;
        presentity_release(p);
    }
}

/* --- what is said ----------------------------------------------------------------------------- */

struct phone_report const *phone_line_state(struct phone_line const *line)
{
    struct phone_report const *trunk = &line->reports[PHONE_TRUNK];
    struct phone_report const *gateway = &line->reports[PHONE_GATEWAY];
    struct phone_report const *last = gateway->time_ms > trunk->time_ms ? gateway : trunk;

    if (!last->doc)
        last = last == trunk ? gateway : trunk;
    return last->doc ? last : NULL;
}

static bool is_known(struct phone_line const *line)
{
    struct phone_report const *state = phone_line_state(line);

    return state && !state->stale;
}

static void drop_stale(struct phone_line *line)
{
    struct phone_report *report = &line->reports[PHONE_TRUNK];

    if (report->stale)
        pidf_free(&report->doc);
    report->stale = false;
}

void phone_line_report(struct event_server *server, struct phone_line *line, enum phone_way way,
                       struct pidf *doc)
{
    struct phone_report *report = &line->reports[way];
    bool was_known = is_known(line), was_there = phone_line_state(line) != NULL;

    if (!doc && !report->doc)
        return;
    if (doc)
        drop_stale(line);
    if (report->doc != doc) {
        char const *before =
            report->doc && !report->stale ? composed_phone_says(report->doc) : "unknown";
        char const *now = doc ? composed_phone_says(doc) : "unknown";
        if (strcmp(before, now) != 0)
            log_info(NULL, "phone line=%s by=%s state=%s before=%s", line->number,
                     phone_way_name(way), now, before);
        report->time_ms = (int64_t)(clock_wall_us() / 1000);
        pidf_free(&report->doc);
        report->doc = doc;
    }
    report->stale = false;
    presence_gauge(M_phones_known, (int)is_known(line) - (int)was_known);
    if (is_known(line) != was_there)
        presence_state_note_line(server, line, is_known(line));
    tell(server, line);
}

/* Where it stands is of no account: only that something was said. */
int phone_line_restore(struct event_server *server, struct phone_line *line)
{
    struct phone_report *report = &line->reports[PHONE_TRUNK];

    report->doc = pidf_new_offline("");
    if (!report->doc)
        return -ENOMEM;
    report->stale = true;
    for (struct phone_user *user = line->users; user; user = user->next)
        attach(server, user);
    return 0;
}

void phone_lines_drop_stale(struct event_server *server)
{
    for (struct htab_entry *e = htab_next(&server->phones.by_number, NULL); e;
         e = htab_next(&server->phones.by_number, e)) {
        struct phone_line *line = (struct phone_line *)e;
        if (line->reports[PHONE_TRUNK].stale)
            phone_line_report(server, line, PHONE_TRUNK, NULL);
    }
}

static void line_free(struct phone_line *line)
{
    struct phone_user *user;

    if (is_known(line))
        presence_gauge(M_phones_known, -1);
    trunk_publication_clear(line);
    for (enum phone_way way = 0; way < PHONE_WAYS; way++)
        pidf_free(&line->reports[way].doc);
    while ((user = line->users)) {
        struct presentity *p = detach(user);
        if (p)
            presentity_release(p);
        line->users = user->next;
        free(user);
    }
    free(line);
}

void phone_lines_fini(struct phone_lines *lines)
{
    struct htab_entry *entry;

    while ((entry = htab_next(&lines->by_number, NULL))) {
        htab_remove(&lines->by_number, entry);
        line_free((struct phone_line *)entry);
    }
    htab_fini(&lines->by_number);
}

char const *phone_way_name(enum phone_way way)
{
    static char const *const names[] = { "trunk", "gateway" };
    return names[way];
}
