/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and their devices, as configured; built once, alive as long as the program.
 *
 * A line is one directory number. Its devices are names under which it may be asked for as well;
 * what rings and talks is the line. */
#pragma once
#include "htab.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct call_conn;
struct monitor;
struct line_name;

struct line {
    TAILQ_ENTRY(line) link;
    char const *number;         /* borrowed */
    char const *const *devices; /* borrowed */
    size_t n_devices;
    struct line_name *names; /* owned */

    bool busy;                     /* the human made it busy by hand */
    TAILQ_HEAD(, call_conn) conns; /* owned by their calls, oldest first */
    size_t n_conns;
    TAILQ_HEAD(, monitor) monitors; /* owned by the monitor table */
    size_t n_monitors;
};

struct line_table {
    TAILQ_HEAD(, line) all; /* in the order of the configuration */
    struct htab names;
    size_t n;
};

void line_table_init(struct line_table *tab);
void line_table_fini(struct line_table *tab);

/** Adds a line; the strings are borrowed for the life of the table. A device that stands under two
 *  lines names the first one. Returns 0, -EEXIST when the number is taken, or -ENOMEM. */
int line_add(struct line_table *tab, char const *number, char const *const *devices,
             size_t n_devices);

/** The line that @p id means: its number in any dialled form, or the name of one of its devices.
 *  NULL: there is none. */
struct line *line_find(struct line_table const *tab, char const *id);
