/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that come to their end: alarms, log lines and gauges, looked after at the start,
 * after each reload, and at least once a day.
 *
 * One alarm stands for a certificate at a time; as its end comes nearer, a graver one takes its
 * place. It goes when a reload brings another certificate. Those that are trusted, and lists of
 * revoked ones, have alarms of their own: what ends there is that peers are no longer believed.
 *
 * Belongs to the main thread. */
#pragma once
#include <stdint.h>

struct alarm_board;
struct cert_watch;
struct secure_expiry;
struct secure_set;
struct wheel;

/** Days before the end at which an alarm of each severity is raised, the earliest first; 0: not
 *  before the end. Rows of the configuration. */
struct cert_watch_limits {
    int64_t warning_days, minor_days, major_days, critical_days;
};

/** Wheel and board (NULL: none) are borrowed. NULL when out of memory. */
struct cert_watch *cert_watch_new(struct wheel *wheel, struct alarm_board *alarms);

/** Stops; alarms that stand stay. Accepts NULL inside. */
void cert_watch_free(struct cert_watch **pwatch);

/** Watches the contexts of @p set from now on (references are kept) and no longer those of before,
 *  under @p limits (copied), and looks at once. */
void cert_watch_set(struct cert_watch *watch, struct secure_set const *set,
                    struct cert_watch_limits const *limits);

/** The alarm (enum proxy_alarm) that should stand for @p expiry at @p now_s, seconds since 1970;
 *  -1: none. */
int cert_watch_judge(struct secure_expiry const *expiry, struct cert_watch_limits const *limits,
                     int64_t now_s);
