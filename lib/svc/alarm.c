/* SPDX-License-Identifier: Apache-2.0 */
/* The alarms that stand: a table to find them by row and object, a queue for their age. */
#define LOG_SUBSYSTEM LOG_MAIN
#include "alarm.h"
#include "clock.h"
#include "ctl.h"
#include "htab.h"
#include "log.h"
#include "svc_metrics.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct alarm {
    struct htab_entry entry;
    TAILQ_ENTRY(alarm) link;
    size_t row;
    uint64_t since_ms;
    char object[];
};

struct alarm_board {
    struct alarm_set const *set;
    pthread_mutex_t lock; /* guards what follows */
    struct htab table;
    TAILQ_HEAD(, alarm) oldest_first;
};

struct key {
    size_t row;
    char const *object;
};

struct alarm_board *alarm_board_new(struct alarm_set const *set)
{
    static struct alarm_set const none;
    struct alarm_board *board = calloc(1, sizeof *board);

    if (!board)
        return NULL;
    board->set = set ? set : &none;
    pthread_mutex_init(&board->lock, NULL);
    htab_init(&board->table);
    TAILQ_INIT(&board->oldest_first);
    return board;
}

static void drop(struct alarm_board *board, struct alarm *alarm)
{
    htab_remove(&board->table, &alarm->entry);
    TAILQ_REMOVE(&board->oldest_first, alarm, link);
    met_add(&svc_metrics, M_alarms, -1);
    free(alarm);
}

void alarm_board_free(struct alarm_board **pboard)
{
    struct alarm_board *board = *pboard;
    struct alarm *alarm;

    *pboard = NULL;
    if (!board)
        return;
    while ((alarm = TAILQ_FIRST(&board->oldest_first)))
        drop(board, alarm);
    htab_fini(&board->table);
    pthread_mutex_destroy(&board->lock);
    free(board);
}

static uint64_t hash_of(struct key const *key)
{
    return htab_hash(key->object, strlen(key->object), htab_hash(&key->row, sizeof key->row, 0));
}

static bool is_alarm(struct htab_entry const *entry, void const *vkey)
{
    struct alarm const *alarm = (struct alarm const *)entry;
    struct key const *key = vkey;

    return alarm->row == key->row && strcmp(alarm->object, key->object) == 0;
}

static struct alarm *find(struct alarm_board *board, struct key const *key)
{
    return (struct alarm *)htab_find(&board->table, hash_of(key), is_alarm, key);
}

/* Returns whether it is new, and is kept. */
static bool add(struct alarm_board *board, struct key const *key)
{
    size_t size = strlen(key->object) + 1;

    if (find(board, key))
        return false;
    struct alarm *alarm = board->table.n < ALARM_MAX ? calloc(1, sizeof *alarm + size) : NULL;
    if (!alarm || htab_insert(&board->table, &alarm->entry, hash_of(key)) < 0) {
        free(alarm);
        met_inc(&svc_metrics, M_alarms_not_kept);
        return false;
    }
    alarm->row = key->row;
    alarm->since_ms = clock_now_ms();
    memcpy(alarm->object, key->object, size);
    TAILQ_INSERT_TAIL(&board->oldest_first, alarm, link);
    met_inc(&svc_metrics, M_alarms);
    return true;
}

static char const *severity_str(enum alarm_severity severity)
{
    static char const *const names[ALARM_SEVERITIES] = { "warning", "minor", "major", "critical" };

    return (unsigned)severity < ALARM_SEVERITIES ? names[severity] : "?";
}

void alarm_raise(struct alarm_board *board, size_t row, char const *object)
{
    if (!board || row >= board->set->n)
        return;
    struct alarm_row const *text = &board->set->rows[row];
    pthread_mutex_lock(&board->lock);
    bool is_new = add(board, &(struct key){ row, object });
    pthread_mutex_unlock(&board->lock);
    if (is_new)
        log_warn(NULL, "alarm raised id=%s severity=%s object=\"%s\" text=\"%s\"", text->id,
                 severity_str(text->severity), object, text->raise);
}

void alarm_clear(struct alarm_board *board, size_t row, char const *object)
{
    uint64_t since_ms = 0;

    if (!board || row >= board->set->n)
        return;
    struct alarm_row const *text = &board->set->rows[row];
    pthread_mutex_lock(&board->lock);
    struct alarm *alarm = find(board, &(struct key){ row, object });
    bool stood = alarm != NULL;
    if (stood) {
        since_ms = alarm->since_ms;
        drop(board, alarm);
    }
    pthread_mutex_unlock(&board->lock);
    if (stood)
        log_warn(NULL, "alarm cleared id=%s object=\"%s\" text=\"%s\" after_s=%llu", text->id,
                 object, text->clear, (unsigned long long)(clock_now_ms() - since_ms) / 1000);
}

size_t alarm_count(struct alarm_board *board)
{
    pthread_mutex_lock(&board->lock);
    size_t n = board->table.n;
    pthread_mutex_unlock(&board->lock);
    return n;
}

json_t *alarm_show(struct alarm_board *board)
{
    json_t *table = ctl_table("severity", "alarm", "object", "since s", "text", "hint", NULL);
    struct alarm const *alarm;
    uint64_t now_ms = clock_now_ms();

    pthread_mutex_lock(&board->lock);
    TAILQ_FOREACH(alarm, &board->oldest_first, link)
    {
        struct alarm_row const *row = &board->set->rows[alarm->row];
        ctl_table_row(table,
                      json_pack("[s,s,s,I,s,s]", severity_str(row->severity), row->id,
                                alarm->object, (json_int_t)((now_ms - alarm->since_ms) / 1000),
                                row->raise, row->hint));
    }
    pthread_mutex_unlock(&board->lock);
    return table;
}
