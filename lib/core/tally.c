/* SPDX-License-Identifier: Apache-2.0 */
/* Counts by name: see tally.h. */
#include "tally.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tally_entry {
    struct htab_entry entry;
    size_t n;
    char name[];
};

static uint64_t hash_of(char const *name)
{
    return htab_hash(name, strlen(name), 0);
}

static bool is_name(struct htab_entry const *entry, void const *name)
{
    return strcmp(((struct tally_entry const *)entry)->name, name) == 0;
}

static struct tally_entry *find(struct tally const *tally, char const *name)
{
    return (struct tally_entry *)htab_find(&tally->names, hash_of(name), is_name, name);
}

void tally_init(struct tally *tally)
{
    htab_init(&tally->names);
}

void tally_fini(struct tally *tally)
{
    struct htab_entry *entry;

    while ((entry = htab_next(&tally->names, NULL))) {
        htab_remove(&tally->names, entry);
        free(entry);
    }
    htab_fini(&tally->names);
}

int tally_add(struct tally *tally, char const *name)
{
    struct tally_entry *known = find(tally, name);

    if (!known) {
        size_t size = strlen(name) + 1;
        known = calloc(1, sizeof *known + size);
        if (!known || htab_insert(&tally->names, &known->entry, hash_of(name)) < 0) {
            free(known);
            return -ENOMEM;
        }
        memcpy(known->name, name, size);
    }
    known->n++;
    return 0;
}

void tally_drop(struct tally *tally, char const *name)
{
    struct tally_entry *known = find(tally, name);

    if (!known || --known->n)
        return;
    htab_remove(&tally->names, &known->entry);
    free(known);
}

size_t tally_of(struct tally const *tally, char const *name)
{
    struct tally_entry const *known = find(tally, name);

    return known ? known->n : 0;
}
