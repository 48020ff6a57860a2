/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the monitors and the index of their cross reference ids. */
#include "monitor.h"
#include "call.h"
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

static void attach(struct monitor *monitor)
{
    if (monitor->call) {
        TAILQ_INSERT_TAIL(&monitor->call->monitors, monitor, on_object);
        return;
    }
    TAILQ_INSERT_TAIL(&monitor->line->monitors, monitor, on_object);
    monitor->line->n_monitors++;
}

static void detach(struct monitor *monitor)
{
    if (monitor->call) {
        TAILQ_REMOVE(&monitor->call->monitors, monitor, on_object);
        return;
    }
    TAILQ_REMOVE(&monitor->line->monitors, monitor, on_object);
    monitor->line->n_monitors--;
}

enum monitor_fault monitor_start(struct monitor_table *tab, struct monitor_options const *options,
                                 struct monitor **ret)
{
    struct line *line = options->call ? NULL : options->at.line;
    if (tab->n >= tab->max)
        return MONITOR_FULL;
    if (line && line->n_monitors >= tab->max_per_line)
        return MONITOR_LINE_FULL;
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return MONITOR_MEMORY;
    *monitor = (struct monitor){
        .line = line,
        .station = line && line_is_shared(line) ? options->at.station : NULL,
        .call = options->call,
        .owner = options->owner,
        .ctx = options->ctx,
        .edition = options->edition,
        .filter = options->filter,
    };
    call_id_next(&tab->ids, monitor->xref);
    if (htab_insert(&tab->by_xref, &monitor->by_xref, hash_xref(monitor->xref)) < 0) {
        free(monitor);
        return MONITOR_MEMORY;
    }
    attach(monitor);
    TAILQ_INSERT_TAIL(options->owner, monitor, on_owner);
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
    detach(monitor);
    TAILQ_REMOVE(monitor->owner, monitor, on_owner);
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

void monitor_follow(struct call *from, struct call *to)
{
    struct monitor *monitor;
    while ((monitor = TAILQ_FIRST(&from->monitors))) {
        detach(monitor);
        monitor->call = to;
        attach(monitor);
    }
}

void monitor_end(struct monitor_table *tab, struct call *call)
{
    struct monitor *monitor;
    while ((monitor = TAILQ_FIRST(&call->monitors)))
        monitor_stop(tab, &monitor);
}
