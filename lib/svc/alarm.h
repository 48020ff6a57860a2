/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms: conditions that somebody should look at, as long as they last.
 *
 * A program keeps its rows in an alarms.def file: ALARM(id, severity, "raise text", "clear text",
 * "hint"). An alarm is raised for an object (a name, an address; "" if there is only one) and
 * stands in `show alarms` until it is cleared; raising and clearing are logged once each, however
 * often they are told. The gauge `alarms` counts those that stand. Safe from any thread. */
#pragma once
#include <jansson.h>
#include <stddef.h>

enum alarm_severity { ALARM_WARNING, ALARM_MINOR, ALARM_MAJOR, ALARM_CRITICAL, ALARM_SEVERITIES };

struct alarm_row {
    char const *id;
    enum alarm_severity severity;
    char const *raise; /* what is wrong; a sentence without its object */
    char const *clear; /* what is right again */
    char const *hint;  /* what to do about it */
};

struct alarm_set {
    struct alarm_row const *rows;
    size_t n;
};

/* So many stand at once; what is raised beyond is only counted. */
enum { ALARM_MAX = 10000 };

struct alarm_board;

/** New and empty; @p set is borrowed (NULL: no rows). NULL when out of memory. */
struct alarm_board *alarm_board_new(struct alarm_set const *set);
void alarm_board_free(struct alarm_board **pboard);

/** Raises the alarm of @p row for @p object. Nothing happens if it stands already, and on a @p
 *  board of NULL. */
void alarm_raise(struct alarm_board *board, size_t row, char const *object);

/** Clears it; nothing happens if it does not stand. */
void alarm_clear(struct alarm_board *board, size_t row, char const *object);

/** Alarms that stand. */
size_t alarm_count(struct alarm_board *board);

/** The answer of `show alarms`, the oldest alarm first. Caller owns the result. */
json_t *alarm_show(struct alarm_board *board);
