/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the lines of the switch and the index of the names that they answer to. */
#include "line.h"
#include "number.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct line_name {
    struct htab_entry entry;
    char const *name;
    struct line *line;
};

static struct line_name *name_of(struct htab_entry const *entry)
{
    return (struct line_name *)((char *)entry - offsetof(struct line_name, entry));
}

static bool is_name(struct htab_entry const *entry, void const *key)
{
    return strcmp(name_of(entry)->name, key) == 0;
}

static struct line *find_exact(struct line_table const *tab, char const *name)
{
    struct htab_entry *entry =
        htab_find(&tab->names, htab_hash(name, strlen(name), 0), is_name, name);
    return entry ? name_of(entry)->line : NULL;
}

void line_table_init(struct line_table *tab)
{
    *tab = (struct line_table){ .n = 0 };
    TAILQ_INIT(&tab->all);
    htab_init(&tab->names);
}

static void line_free(struct line **pline)
{
    struct line *line = *pline;
    *pline = NULL;
    if (!line)
        return;
    free(line->names);
    free(line);
}

void line_table_fini(struct line_table *tab)
{
    struct line *line;
    while ((line = TAILQ_FIRST(&tab->all))) {
        TAILQ_REMOVE(&tab->all, line, link);
        line_free(&line);
    }
    htab_fini(&tab->names);
    tab->n = 0;
}

static int add_name(struct line_table *tab, struct line *line, size_t slot, char const *name)
{
    struct line_name *n = &line->names[slot];
    *n = (struct line_name){ .name = name, .line = line };
    return htab_insert(&tab->names, &n->entry, htab_hash(name, strlen(name), 0));
}

static void remove_names(struct line_table *tab, struct line *line)
{
    for (size_t i = 0; i <= line->n_devices; i++)
        htab_remove(&tab->names, &line->names[i].entry);
}

static int add_names(struct line_table *tab, struct line *line)
{
    int error = add_name(tab, line, 0, line->number);
    for (size_t i = 0; i < line->n_devices && error == 0; i++)
        if (!find_exact(tab, line->devices[i]))
            error = add_name(tab, line, i + 1, line->devices[i]);
    return error;
}

int line_add(struct line_table *tab, char const *number, char const *const *devices,
             size_t n_devices)
{
    if (find_exact(tab, number))
        return -EEXIST;
    int error = -ENOMEM;
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        goto fail;
    *line = (struct line){ .number = number, .devices = devices, .n_devices = n_devices };
    TAILQ_INIT(&line->conns);
    TAILQ_INIT(&line->monitors);
    line->names = calloc(1 + n_devices, sizeof *line->names);
    if (!line->names)
        goto fail;
    error = add_names(tab, line);
    if (error) {
        remove_names(tab, line);
        goto fail;
    }
    TAILQ_INSERT_TAIL(&tab->all, line, link);
    tab->n++;
    return 0;
fail:
    line_free(&line);
    return error;
}

struct line *line_find(struct line_table const *tab, char const *id)
{
    struct line *line = find_exact(tab, id);
    if (line)
        return line;
    char number[NUMBER_MAX + 1];
    return number_parse(id, number) == 0 ? find_exact(tab, number) : NULL;
}
