/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the monitors and the index of their cross reference ids. */
#include "monitor.h"
#include "line.h"
#include "switch_metrics.h"
#include <stdlib.h>
#include <string.h>

static struct monitor *monitor_of(struct htab_entry const *entry)
{
    return (struct monitor *)((char *)entry - offsetof(struct monitor, by_xref));
}

static bool is_xref(struct htab_entry const *entry, void const *key)
{
    return strcmp(monitor_of(entry)->xref, key) == 0;
}

static uint64_t hash_xref(char const *xref)
{
    return htab_hash(xref, strlen(xref), 0);
}

void monitor_table_init(struct monitor_table *tab, size_t max, size_t max_per_line)
{
    *tab = (struct monitor_table){ .max = max, .max_per_line = max_per_line };
    call_id_init(&tab->ids);
    htab_init(&tab->by_xref);
}

void monitor_table_fini(struct monitor_table *tab)
{
    htab_fini(&tab->by_xref);
}

enum monitor_fault monitor_start(struct monitor_table *tab, struct line *line,
                                 struct monitor_list *owner, void *ctx, enum csta_edition edition,
                                 struct monitor **ret)
{
    if (tab->n >= tab->max)
        return MONITOR_FULL;
    if (line->n_monitors >= tab->max_per_line)
        return MONITOR_LINE_FULL;
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return MONITOR_MEMORY;
    *monitor = (struct monitor){ .line = line, .owner = owner, .ctx = ctx, .edition = edition };
    call_id_next(&tab->ids, monitor->xref);
    if (htab_insert(&tab->by_xref, &monitor->by_xref, hash_xref(monitor->xref)) < 0) {
        free(monitor);
        return MONITOR_MEMORY;
    }
    TAILQ_INSERT_TAIL(&line->monitors, monitor, on_line);
    TAILQ_INSERT_TAIL(owner, monitor, on_owner);
    line->n_monitors++;
    tab->n++;
    met_inc(&switch_metrics, M_monitors);
    *ret = monitor;
    return MONITOR_OK;
}

struct monitor *monitor_find(struct monitor_table const *tab, char const *xref,
                             struct monitor_list const *owner)
{
    struct htab_entry *entry = htab_find(&tab->by_xref, hash_xref(xref), is_xref, xref);
    struct monitor *monitor = entry ? monitor_of(entry) : NULL;
    return monitor && monitor->owner == owner ? monitor : NULL;
}

void monitor_stop(struct monitor_table *tab, struct monitor **pmonitor)
{
    struct monitor *monitor = *pmonitor;
    *pmonitor = NULL;
    if (!monitor)
        return;
    htab_remove(&tab->by_xref, &monitor->by_xref);
    TAILQ_REMOVE(&monitor->line->monitors, monitor, on_line);
    TAILQ_REMOVE(monitor->owner, monitor, on_owner);
    monitor->line->n_monitors--;
    tab->n--;
    met_add(&switch_metrics, M_monitors, -1);
    free(monitor);
}

void monitor_stop_all(struct monitor_table *tab, struct monitor_list *owner)
{
    struct monitor *monitor;
    while ((monitor = TAILQ_FIRST(owner)))
        monitor_stop(tab, &monitor);
}
