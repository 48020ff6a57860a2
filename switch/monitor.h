/* SPDX-License-Identifier: Apache-2.0 */
/* Device monitors: which application session wants the events of which line. */
#pragma once
#include "call_id.h"
#include "csta.h"
#include "htab.h"
#include <stddef.h>
#include <sys/queue.h>

struct line;

/** The monitors of one application session; embedded there, started with TAILQ_INIT(). */
TAILQ_HEAD(monitor_list, monitor);

struct monitor {
    TAILQ_ENTRY(monitor) on_line, on_owner;
    struct htab_entry by_xref;
    char xref[CALL_ID_TEXT];
    struct line *line;
    struct monitor_list *owner;
    void *ctx;                 /* the owner's; handed back with each event */
    enum csta_edition edition; /* of MonitorStart: its events come in the same */
};

struct monitor_table {
    struct call_id_maker ids;
    struct htab by_xref;
    size_t n, max, max_per_line;
};

enum monitor_fault { MONITOR_OK, MONITOR_FULL, MONITOR_LINE_FULL, MONITOR_MEMORY };

void monitor_table_init(struct monitor_table *tab, size_t max, size_t max_per_line);

/** Frees the index; every owner has stopped its monitors before. */
void monitor_table_fini(struct monitor_table *tab);

/** Starts a monitor of @p line for @p owner. It belongs to the table; *@p ret is borrowed. */
enum monitor_fault monitor_start(struct monitor_table *tab, struct line *line,
                                 struct monitor_list *owner, void *ctx, enum csta_edition edition,
                                 struct monitor **ret);

/** The monitor named @p xref if it is @p owner's, else NULL: nobody stops another one's. */
struct monitor *monitor_find(struct monitor_table const *tab, char const *xref,
                             struct monitor_list const *owner);

void monitor_stop(struct monitor_table *tab, struct monitor **pmonitor);
void monitor_stop_all(struct monitor_table *tab, struct monitor_list *owner);
