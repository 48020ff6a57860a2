/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the lines of the switch, their phones, and the index of the names that they answer to. */
#include "line.h"
#include "station.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct line_name {
    struct htab_entry entry;
    char const *name;
    struct line *line;
    struct station *station; /* NULL: the line's number */
};

enum { DEVICE_MAX = 64 };

static struct line_name *name_of(struct htab_entry const *entry)
{
    return (struct line_name *)((char *)entry - offsetof(struct line_name, entry));
}

static bool is_name(struct htab_entry const *entry, void const *key)
{
    return strcmp(name_of(entry)->name, key) == 0;
}

static struct line_name *find_exact(struct line_table const *tab, char const *name)
{
    struct htab_entry *entry =
        htab_find(&tab->names, htab_hash(name, strlen(name), 0), is_name, name);
    return entry ? name_of(entry) : NULL;
}

void line_table_init(struct line_table *tab)
{
    *tab = (struct line_table){ .n = 0 };
    TAILQ_INIT(&tab->all);
    TAILQ_INIT(&tab->guests);
    TAILQ_INIT(&tab->stations);
    htab_init(&tab->names);
}

static void line_free(struct line **pline)
{
    struct line *line = *pline;
    *pline = NULL;
    if (!line)
        return;
    free(line->names);
    free(line->stations);
    free(line);
}

static void free_all(struct lines *list)
{
    struct line *line;
    while ((line = TAILQ_FIRST(list))) {
        TAILQ_REMOVE(list, line, link);
        line_free(&line);
    }
}

void line_table_fini(struct line_table *tab)
{
    struct station *station;
    free_all(&tab->all);
    free_all(&tab->guests);
    while ((station = TAILQ_FIRST(&tab->stations))) {
        TAILQ_REMOVE(&tab->stations, station, link);
        station_free(&station);
    }
    htab_fini(&tab->names);
    tab->n = 0;
}

/* --- adding ----------------------------------------------------------------------------------- */

static struct line *line_new(char const *number)
{
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        return NULL;
    line->number = number;
    feature_init(&line->features);
    TAILQ_INIT(&line->conns);
    TAILQ_INIT(&line->monitors);
    return line;
}

static struct station *station_of_name(struct line_table *tab, char const *name)
{
    struct line_name const *known = find_exact(tab, name);
    if (known && known->station)
        return known->station;
    struct station *station = station_new(name);
    if (station)
        TAILQ_INSERT_TAIL(&tab->stations, station, link);
    return station;
}

static int add_name(struct line_table *tab, struct line *line, char const *name,
                    struct station *station)
{
    if (find_exact(tab, name))
        return 0;
    struct line_name *n = &line->names[line->n_names++];
    *n = (struct line_name){ .name = name, .line = line, .station = station };
    return htab_insert(&tab->names, &n->entry, htab_hash(name, strlen(name), 0));
}

static int add_station(struct line_table *tab, struct line *line, char const *name)
{
    struct station *station = station_of_name(tab, name);
    if (!station)
        return -ENOMEM;
    int error = station_add_line(station, line);
    if (error)
        return error;
    line->stations[line->n_stations++] = station;
    return add_name(tab, line, name, station);
}

static int add_names(struct line_table *tab, struct line *line, struct line_options const *options)
{
    int error = add_name(tab, line, line->number, NULL);
    if (error == 0 && options->n_devices == 0)
        error = add_station(tab, line, line->number);
    for (size_t i = 0; i < options->n_devices && error == 0; i++)
        error = add_station(tab, line, options->devices[i]);
    return error;
}

static void remove_names(struct line_table *tab, struct line *line)
{
    for (size_t i = 0; i < line->n_names; i++)
        htab_remove(&tab->names, &line->names[i].entry);
    for (size_t i = 0; i < line->n_stations; i++)
        station_remove_line(line->stations[i], line);
}

int line_add(struct line_table *tab, struct line_options const *options)
{
    size_t n = options->n_devices + 1;
    if (find_exact(tab, options->number))
        return -EEXIST;
    int error = -ENOMEM;
    struct line *line = line_new(options->number);
    if (!line)
        goto fail;
    line->queue = options->queue;
    line->restricted = options->restricted;
    line->names = calloc(n, sizeof *line->names);
    line->stations = calloc(n, sizeof *line->stations);
    if (!line->names || !line->stations)
        goto fail;
    error = add_names(tab, line, options);
    if (error) {
        remove_names(tab, line);
        goto fail;
    }
    TAILQ_INSERT_TAIL(&tab->all, line, link);
    tab->n++;
    tab->n_restricted += line->restricted;
    return 0;
fail:
    line_free(&line);
    return error;
}

/* --- finding ---------------------------------------------------------------------------------- */

/* The value of ";device=" behind a number (guide: line URI), "" if there is none. */
static void device_of(char const *id, char ret[static DEVICE_MAX])
{
    static char const key[] = ";device=";
    ret[0] = '\0';
    for (char const *p = strchr(id, ';'); p; p = strchr(p + 1, ';')) {
        if (strncasecmp(p, key, sizeof key - 1) != 0)
            continue;
        p += sizeof key - 1;
        snprintf(ret, DEVICE_MAX, "%.*s", (int)strcspn(p, ";"), p);
        return;
    }
}

static struct station *station_called(struct line const *line, char const *name)
{
    for (size_t i = 0; i < line->n_stations; i++)
        if (strcmp(line->stations[i]->name, name) == 0)
            return line->stations[i];
    return NULL;
}

/* The phone of a line without devices has the line's number for a name, and no other. */
static bool has_devices(struct line const *line)
{
    return line->stations[0]->name != line->number;
}

bool line_resolve(struct line_table const *tab, char const *id, struct line_ref *ret)
{
    struct line_name const *name = find_exact(tab, id);
    char text[NUMBER_MAX + 1], device[DEVICE_MAX];
    if (!name && number_parse(id, text) == 0)
        name = find_exact(tab, text);
    if (!name)
        return false;
    *ret = (struct line_ref){ name->line, name->station };
    device_of(id, device);
    if (!device[0] || !has_devices(name->line))
        return true;
    ret->station = station_called(name->line, device);
    return ret->station != NULL;
}

struct line *line_find(struct line_table const *tab, char const *id)
{
    struct line_ref ref;
    return line_resolve(tab, id, &ref) ? ref.line : NULL;
}

bool line_is_shared(struct line const *line)
{
    return line->n_stations > 1;
}

bool line_in_service(struct line const *line)
{
    for (size_t i = 0; i < line->n_stations; i++)
        if (line->stations[i]->in_service)
            return true;
    return line->guest;
}

struct station *line_pick_station(struct line const *line)
{
    struct station *working = NULL;
    for (size_t i = 0; i < line->n_stations; i++) {
        struct station *station = line->stations[i];
        if (!station->in_service)
            continue;
        if (!station->off_hook)
            return station;
        if (!working)
            working = station;
    }
    return working || line->n_stations == 0 ? working : line->stations[0];
}

/* --- guests ----------------------------------------------------------------------------------- */

static struct line_trunk const *trunk_of(struct line_table const *tab, char const *number)
{
    struct line_trunk const *best = NULL;
    for (size_t i = 0; i < tab->n_trunks; i++) {
        size_t len = strlen(tab->trunks[i].prefix);
        if (strncmp(number, tab->trunks[i].prefix, len) == 0 &&
            (!best || len > strlen(best->prefix)))
            best = &tab->trunks[i];
    }
    return best;
}

static bool is_full(struct line_table const *tab, struct line_trunk const *trunk)
{
    struct line const *line;
    size_t n = 0;
    TAILQ_FOREACH(line, &tab->guests, link)
    {
        n += line->trunk == trunk->name;
    }
    return n >= trunk->max;
}

bool line_is_reachable(struct line_table const *tab, char const *number)
{
    return line_find(tab, number) || trunk_of(tab, number);
}

struct line *line_guest(struct line_table *tab, char const *number)
{
    struct line_trunk const *trunk = trunk_of(tab, number);
    struct line *line;
    if (!trunk || line_find(tab, number))
        return NULL;
    TAILQ_FOREACH(line, &tab->guests, link)
    {
        if (strcmp(line->number, number) == 0)
            return line;
    }
    line = is_full(tab, trunk) ? NULL : line_new(NULL);
    if (!line)
        return NULL;
    snprintf(line->own_number, sizeof line->own_number, "%s", number);
    line->number = line->own_number;
    line->guest = true;
    line->trunk = trunk->name;
    TAILQ_INSERT_TAIL(&tab->guests, line, link);
    return line;
}

void line_guest_release(struct line_table *tab, struct line **pline)
{
    struct line *line = *pline;
    *pline = NULL;
    if (!line || !line->guest || line->n_conns > 0)
        return;
    TAILQ_REMOVE(&tab->guests, line, link);
    line_free(&line);
}
