/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and the phones that have them, as configured; built once, alive as long as the program.
 *
 * A line is one directory number. A station is one phone; it may have several lines, and a line may
 * stand on several phones: a shared line, which rings on all of them and is talked on at one. A
 * line without configured devices has one station of its own. A guest is a number outside, behind
 * a trunk: a line that exists while it takes part in a call. */
#pragma once
#include "feature.h"
#include "htab.h"
#include "number.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct call_conn;
struct monitor;
struct line_event;
struct line_name;
struct station;

struct line {
    TAILQ_ENTRY(line) link;
    char const *number;        /* borrowed; of a guest: own_number */
    struct station **stations; /* owned array of borrowed phones; none for a guest */
    size_t n_stations;
    struct line_name *names; /* owned */
    size_t n_names;
    size_t queue;    /* callers that wait while the line is busy */
    bool restricted; /* its number is not shown to others */

    bool busy; /* the human made it busy by hand */
    struct feature features;
    TAILQ_HEAD(line_conns, call_conn) conns; /* owned by their calls, oldest first */
    size_t n_conns;
    TAILQ_HEAD(, monitor) monitors; /* owned by the monitor table */
    size_t n_monitors;

    bool guest;
    char const *trunk; /* of a guest: what it is reached by; borrowed */
    char own_number[NUMBER_MAX + 1];
};

TAILQ_HEAD(lines, line);

/** Numbers that begin with @p prefix and are no line leave by the trunk. Borrowed strings. */
struct line_trunk {
    char const *name, *prefix;
    size_t max; /* numbers outside that take part in calls at one time */
};

/** Something about a line or a phone changed; borrowed for the time of the hook. */
typedef void line_event_fn(void *ctx, struct line_event const *event);

struct line_table {
    struct lines all; /* in the order of the configuration */
    struct lines guests;
    TAILQ_HEAD(, station) stations;
    struct htab names;
    size_t n, n_restricted;
    struct line_trunk const *trunks; /* borrowed */
    size_t n_trunks;
    line_event_fn *on_event; /* may be NULL */
    void *ctx;
};

/** A line, and the phone of it that is meant; station NULL: the line as a whole. */
struct line_ref {
    struct line *line;
    struct station *station;
};

/** What line_add() needs; strings and arrays are borrowed for the life of the table. */
struct line_options {
    char const *number;
    char const *const *devices;
    size_t n_devices;
    size_t queue;
    bool restricted;
};

void line_table_init(struct line_table *tab);
void line_table_fini(struct line_table *tab);

/** Adds a line. A device that stands under two lines is one phone with both; its bare name means
 *  the first one. Returns 0, -EEXIST when the number is taken, or -ENOMEM. */
int line_add(struct line_table *tab, struct line_options const *options);

/** The line that @p id means: its number in any dialled form, or the name of one of its devices.
 *  NULL: there is none. */
struct line *line_find(struct line_table const *tab, char const *id);

/** Finds the line and the phone that @p id means: "2001", "SEP001122334455", or a number with
 *  ";device=SEP001122334455" behind it. False: there is no such line, or it is not on that phone.
 */
bool line_resolve(struct line_table const *tab, char const *id, struct line_ref *ret);

/** Whether the line stands on more than one phone. */
bool line_is_shared(struct line const *line);

/** Whether a phone of the line works. A guest's always does. */
bool line_in_service(struct line const *line);

/** The phone of @p line to use when none is named: one that works and is idle, else one that
 *  works, else the first. NULL for a guest. */
struct station *line_pick_station(struct line const *line);

/** Whether @p number is one that a call can go to: a line, or a number behind a trunk. */
bool line_is_reachable(struct line_table const *tab, char const *number);

/** The guest of @p number, new if need be; NULL when no trunk leads there or it is full, or out of
 *  memory. It goes with its last connection, or by line_guest_release(). */
struct line *line_guest(struct line_table *tab, char const *number);

/** Frees @p *pline if it is a guest without connections. */
void line_guest_release(struct line_table *tab, struct line **pline);
