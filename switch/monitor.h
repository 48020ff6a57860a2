/* SPDX-License-Identifier: Apache-2.0 */
/* Monitors: which application session wants the events of which line, phone of a line, or call. */
#pragma once
#include "call_id.h"
#include "csta.h"
#include "htab.h"
#include "line.h"
#include <stddef.h>
#include <sys/queue.h>

struct call;

/** The monitors of one application session; embedded there, started with TAILQ_INIT(). */
TAILQ_HEAD(monitor_list, monitor);

struct monitor {
    TAILQ_ENTRY(monitor) on_object, on_owner;
    struct htab_entry by_xref;
    char xref[CALL_ID_TEXT];
    struct line *line;       /* NULL: monitors a call */
    struct station *station; /* of a shared line, the one phone; NULL: the line as a whole */
    struct call *call;
    struct monitor_list *owner;
    void *ctx;                 /* the owner's; handed back with each event */
    enum csta_edition edition; /* of MonitorStart: its events come in the same */
    struct csta_set filter;    /* events that are not sent */
};

struct monitor_table {
    struct call_id_maker ids;
    struct htab by_xref;
    size_t n, max, max_per_line;
};

/** What to monitor: a line, or a call; and for whom. */
struct monitor_options {
    struct line_ref at;
    struct call *call; /* if set, at is not looked at */
    struct monitor_list *owner;
    void *ctx;
    enum csta_edition edition;
    struct csta_set filter;
};

enum monitor_fault { MONITOR_OK, MONITOR_FULL, MONITOR_LINE_FULL, MONITOR_MEMORY };

void monitor_table_init(struct monitor_table *tab, size_t max, size_t max_per_line);

/** Frees the index; every owner has stopped its monitors before. */
void monitor_table_fini(struct monitor_table *tab);

/** Starts a monitor. It belongs to the table; *@p ret is borrowed. */
enum monitor_fault monitor_start(struct monitor_table *tab, struct monitor_options const *options,
                                 struct monitor **ret);

/** The monitor named @p xref if it is @p owner's, else NULL: nobody stops another one's. */
struct monitor *monitor_find(struct monitor_table const *tab, char const *xref,
                             struct monitor_list const *owner);

void monitor_stop(struct monitor_table *tab, struct monitor **pmonitor);
void monitor_stop_all(struct monitor_table *tab, struct monitor_list *owner);

/** The monitors of @p from follow the call that it becomes part of. */
void monitor_follow(struct call *from, struct call *to);

/** Stops the monitors of a call that ends. */
void monitor_end(struct monitor_table *tab, struct call *call);
