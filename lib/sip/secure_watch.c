/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at dates: see secure_watch.h. */
#define LOG_SUBSYSTEM LOG_TLS
#include "secure_watch.h"
#include "clock.h"
#include "log.h"
#include "secure_context.h"
#include "secure_expiry.h"
#include "wheel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many alarms of certificates stand at once; the gauges count all. */
enum { STANDING_MAX = 1000 };
enum { DAY_S = 86400, OBJECT_MAX = 256 };

/* An alarm as it is raised. */
struct standing {
    int row;
    char object[OBJECT_MAX];
};

struct standing_list {
    struct standing *v;
    size_t n;
};

struct secure_watch {
    struct wheel *wheel;
    struct secure_watch_handlers const *handlers;
    struct alarm_board *board;
    struct wheel_timer timer;
    struct secure_context **contexts; /* a reference each */
    size_t n;
    struct secure_watch_limits limits;
    struct standing_list standing;
};

/* What one look finds. */
struct look {
    struct secure_watch *watch;
    struct standing_list wanted;
    int64_t now_s, next_s; /* next_s: the next alarm is due then */
    struct secure_watch_counts counts;
};

/* --- judging -----------------------------------------------------------------------------------
 */

/* Lists live for days or hours: one is late when the last quarter of its life has begun. */
static int64_t crl_limit_s(struct secure_expiry const *crl,
                           struct secure_watch_limits const *limits)
{
    int64_t quarter_s = (crl->until_s - crl->from_s) / 4, limit_s = limits->critical_days * DAY_S;

    return quarter_s < limit_s ? quarter_s : limit_s;
}

int secure_watch_judge(struct secure_expiry const *expiry, struct secure_watch_limits const *limits,
                       int64_t now_s)
{
    struct {
        int64_t days;
        int row;
    } const rows[] = {
        { limits->critical_days, SECURE_WATCH_certificate_due_critical },
        { limits->major_days, SECURE_WATCH_certificate_due_major },
        { limits->minor_days, SECURE_WATCH_certificate_due_minor },
        { limits->warning_days, SECURE_WATCH_certificate_due_warning },
    };
    int64_t left_s = expiry->until_s - now_s;

    if (expiry->kind == SECURE_EXPIRY_TRUST)
        return left_s <= 0                              ? SECURE_WATCH_trust_expired
               : left_s <= limits->warning_days * DAY_S ? SECURE_WATCH_trust_due
                                                        : -1;
    if (expiry->kind == SECURE_EXPIRY_CRL)
        return left_s <= 0                             ? SECURE_WATCH_crl_expired
               : left_s <= crl_limit_s(expiry, limits) ? SECURE_WATCH_crl_due
                                                       : -1;
    if (left_s <= 0)
        return SECURE_WATCH_certificate_expired;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (left_s <= rows[i].days * DAY_S)
            return rows[i].row;
    return -1;
}

/* When an alarm would change next, if nothing is renewed. */
static void note_next(struct look *look, int64_t when_s)
{
    if (when_s > look->now_s && when_s < look->next_s)
        look->next_s = when_s;
}

static void note_limits(struct look *look, struct secure_expiry const *expiry)
{
    struct secure_watch_limits const *limits = &look->watch->limits;

    note_next(look, expiry->until_s);
    if (expiry->kind == SECURE_EXPIRY_CRL) {
        note_next(look, expiry->until_s - crl_limit_s(expiry, limits));
        return;
    }
    note_next(look, expiry->until_s - limits->warning_days * DAY_S);
    note_next(look, expiry->until_s - limits->minor_days * DAY_S);
    note_next(look, expiry->until_s - limits->major_days * DAY_S);
    note_next(look, expiry->until_s - limits->critical_days * DAY_S);
}

/* --- alarms ------------------------------------------------------------------------------------
 */

static bool has(struct standing_list const *list, struct standing const *alarm)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].row == alarm->row && strcmp(list->v[i].object, alarm->object) == 0)
            return true;
    return false;
}

static bool add(struct standing_list *list, struct standing const *alarm)
{
    struct standing *v = realloc(list->v, (list->n + 1) * sizeof *v);

    if (!v)
        return false;
    list->v = v;
    v[list->n++] = *alarm;
    return true;
}

/* A certificate is known by its name and the day it ends: the one that follows has another. */
static void name_alarm(struct secure_expiry const *expiry, int row, struct standing *ret)
{
    time_t until = (time_t)expiry->until_s;
    struct tm tm;
    char day[32] = "?";

    if (gmtime_r(&until, &tm))
        strftime(day, sizeof day, "%Y-%m-%d", &tm);
    ret->row = row;
    snprintf(ret->object, sizeof ret->object, "%.200s until %s", expiry->title, day);
}

static int64_t days_left(struct secure_expiry const *expiry, int64_t now_s)
{
    int64_t left_s = expiry->until_s - now_s;

    return left_s < 0 ? -((-left_s + DAY_S - 1) / DAY_S) : left_s / DAY_S;
}

/* The same certificate may be in several contexts. */
static void want(struct look *look, struct secure_expiry const *expiry, int row,
                 char const *context)
{
    struct standing alarm;

    name_alarm(expiry, row, &alarm);
    if (look->wanted.n == STANDING_MAX || has(&look->wanted, &alarm))
        return;
    if (!add(&look->wanted, &alarm)) {
        log_error(NULL, "alarm of a certificate lost object=\"%s\" error=\"out of memory\"",
                  alarm.object);
        return;
    }
    if (!has(&look->watch->standing, &alarm))
        log_warn(NULL, "certificate ends context=%s kind=%s object=\"%s\" days_left=%lld", context,
                 secure_expiry_kind_str(expiry->kind), alarm.object,
                 (long long)days_left(expiry, look->now_s));
}

static void clear_others(struct secure_watch *watch, struct standing_list const *wanted)
{
    for (size_t i = 0; i < watch->standing.n; i++)
        if (!has(wanted, &watch->standing.v[i]))
            watch->handlers->clear(watch->board,
                                   watch->handlers->first_row + (size_t)watch->standing.v[i].row,
                                   watch->standing.v[i].object);
}

static void raise_all(struct secure_watch *watch, struct standing_list const *wanted)
{
    for (size_t i = 0; i < wanted->n; i++)
        watch->handlers->raise(watch->board, watch->handlers->first_row + (size_t)wanted->v[i].row,
                               wanted->v[i].object);
}

/* --- counts ------------------------------------------------------------------------------------
 */

static void count(struct look *look, struct secure_expiry const *expiry, int row)
{
    struct secure_watch_counts *counts = &look->counts;
    bool is_expired = expiry->until_s <= look->now_s;
    int64_t days = days_left(expiry, look->now_s);

    if (expiry->kind == SECURE_EXPIRY_TRUST) {
        counts->trust_expired += is_expired;
    } else if (expiry->kind == SECURE_EXPIRY_CRL) {
        counts->crls_expired += is_expired;
    } else {
        counts->days_left = counts->n == 0 || days < counts->days_left ? days : counts->days_left;
        counts->expired += is_expired;
        counts->due += row >= 0;
        counts->n++;
    }
}

/* --- looking -----------------------------------------------------------------------------------
 */

static void on_timer(struct wheel_timer *timer);

static void look_at_context(struct look *look, struct secure_context const *context)
{
    struct secure_expiry const *expiry;

    for (size_t i = 0; (expiry = secure_context_expiry(context, i)); i++) {
        int row = secure_watch_judge(expiry, &look->watch->limits, look->now_s);
        count(look, expiry, row);
        note_limits(look, expiry);
        if (row >= 0)
            want(look, expiry, row, secure_context_name(context));
    }
}

static void look_at_all(struct secure_watch *watch)
{
    struct look look = { .watch = watch, .now_s = (int64_t)(clock_wall_us() / 1000000) };

    look.next_s = look.now_s + DAY_S;
    for (size_t i = 0; i < watch->n; i++)
        look_at_context(&look, watch->contexts[i]);
    clear_others(watch, &look.wanted);
    raise_all(watch, &look.wanted);
    free(watch->standing.v);
    watch->standing = look.wanted;
    watch->handlers->on_counts(&look.counts);
    wheel_arm(watch->wheel, &watch->timer, (uint64_t)(look.next_s - look.now_s) * 1000, on_timer);
}

static void on_timer(struct wheel_timer *timer)
{
    look_at_all((struct secure_watch *)((char *)timer - offsetof(struct secure_watch, timer)));
}

struct secure_watch *secure_watch_new(struct wheel *wheel,
                                      struct secure_watch_handlers const *handlers,
                                      struct alarm_board *board)
{
    struct secure_watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        return NULL;
    watch->wheel = wheel;
    watch->handlers = handlers;
    watch->board = board;
    return watch;
}

static void forget_contexts(struct secure_watch *watch)
{
    while (watch->n)
        secure_context_unref(&watch->contexts[--watch->n]);
    free(watch->contexts);
    watch->contexts = NULL;
}

void secure_watch_free(struct secure_watch **pwatch)
{
    struct secure_watch *watch = *pwatch;

    *pwatch = NULL;
    if (!watch)
        return;
    wheel_disarm(&watch->timer);
    forget_contexts(watch);
    free(watch->standing.v);
    free(watch);
}

int secure_watch_set(struct secure_watch *watch, struct secure_context *const *contexts, size_t n,
                     struct secure_watch_limits const *limits)
{
    struct secure_context **kept = calloc(n + 1, sizeof *kept);
    size_t n_kept = 0;

    if (!kept)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (contexts[i])
            kept[n_kept++] = secure_context_ref(contexts[i]);
    forget_contexts(watch);
    watch->contexts = kept;
    watch->n = n_kept;
    watch->limits = *limits;
    look_at_all(watch);
    return 0;
}

size_t secure_watch_faults(struct secure_watch_limits const *limits,
                           struct secure_watch_fault ret[static SECURE_WATCH_FAULTS_MAX])
{
    static struct {
        char const *name;
        size_t offset;
    } const rows[] = {
#define ROW(name, dflt, help) { #name, offsetof(struct secure_watch_limits, name) },
        SECURE_WATCH_LIMIT_LIST(ROW)
#undef ROW
    };
    _Static_assert(sizeof rows / sizeof *rows == SECURE_WATCH_FAULTS_MAX + 1, "room for all");
    int64_t before = INT64_MAX;
    size_t n = 0;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t const *days = (int64_t const *)((char const *)limits + rows[i].offset);
        if (*days > before)
            ret[n++] = (struct secure_watch_fault){ rows[i].name, rows[i - 1].name, days };
        before = *days;
    }
    return n;
}
