/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that come to their end: what a program should raise alarms for and count, looked
 * after at the start, after each reload, and at least once a day.
 *
 * One alarm stands for a certificate at a time; as its end comes nearer, a graver one takes its
 * place. It goes when a reload brings another certificate. Those that are trusted, and lists of
 * revoked ones, have alarms of their own: what ends there is that peers are no longer believed.
 *
 * Belongs to the thread of its wheel, on which it calls. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct alarm_board;
struct secure_context;
struct secure_expiry;
struct secure_watch;
struct wheel;

/* In the order of secure_alarms.def: a program whose alarms hold those rows adds the first. */
enum secure_watch_alarm {
#define ALARM(id, severity, raise, clear, hint) SECURE_WATCH_##id,
#include "secure_alarms.def"
#undef ALARM
    SECURE_WATCH_ALARMS
};

/** Days before the end at which an alarm of each severity is raised, the earliest first; 0: not
 *  before the end. Rows of the configuration: field, default, help. */
#define SECURE_WATCH_LIMIT_LIST(X)                                                                 \
    X(warning_days, "30",                                                                          \
      "So long before a certificate of ours ends, an alarm of severity warning stands for it. "    \
      "For those that are trusted, it is the only one before their end.")                          \
    X(minor_days, "14", "So long before its end, the alarm is minor.")                             \
    X(major_days, "7", "So long before its end, the alarm is major.")                              \
    X(critical_days, "1",                                                                          \
      "So long before its end, the alarm is critical. A list of revoked certificates has its "     \
      "alarm then, or when the last quarter of its life begins.")

struct secure_watch_limits {
#define SECURE_WATCH_FIELD(name, dflt, help) int64_t name;
    SECURE_WATCH_LIMIT_LIST(SECURE_WATCH_FIELD)
#undef SECURE_WATCH_FIELD
};

/** What was found: certificates of ours and of their chains, those that have an alarm, those that
 *  have expired; days until the first of them does; trusted ones and lists that have expired. */
struct secure_watch_counts {
    int64_t n, due, expired, days_left, trust_expired, crls_expired;
};

struct secure_watch_handlers {
    void (*raise)(struct alarm_board *board, size_t row, char const *object); /* alarm_raise */
    void (*clear)(struct alarm_board *board, size_t row, char const *object);
    size_t first_row; /* of the board: that of the first row of secure_alarms.def */
    void (*on_counts)(struct secure_watch_counts const *counts);
};

/** All of them are borrowed; @p board may be NULL. NULL when out of memory. */
struct secure_watch *secure_watch_new(struct wheel *wheel,
                                      struct secure_watch_handlers const *handlers,
                                      struct alarm_board *board);

/** Stops; alarms that stand stay. Accepts NULL inside. */
void secure_watch_free(struct secure_watch **pwatch);

/** Watches @p contexts from now on (references are kept; NULL among them is none) and no longer
 *  those of before, under @p limits (copied), and looks at once. 0 or -ENOMEM: nothing has changed.
 */
int secure_watch_set(struct secure_watch *watch, struct secure_context *const *contexts, size_t n,
                     struct secure_watch_limits const *limits);

/** The alarm (enum secure_watch_alarm) that should stand for @p expiry at @p now_s, seconds since
 *  1970; -1: none. */
int secure_watch_judge(struct secure_expiry const *expiry, struct secure_watch_limits const *limits,
                       int64_t now_s);

/** A limit that is more than the one before it would be a typing error: @p name, which stands at
 *  @p field, "minor_days", is more than @p before, "warning_days". */
struct secure_watch_fault {
    char const *name, *before;
    void const *field;
};

enum { SECURE_WATCH_FAULTS_MAX = 3 };

/** Finds all of them; returns how many there are. */
size_t secure_watch_faults(struct secure_watch_limits const *limits,
                           struct secure_watch_fault ret[static SECURE_WATCH_FAULTS_MAX]);
