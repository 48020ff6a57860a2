/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms: raised once, cleared once, shown in between; from several threads. */
#include "alarm.h"
#include "clock.h"
#include "log.h"
#include "svc_metrics.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOST, HOT };

static struct alarm_row const rows[] = {
    { "lost", ALARM_MINOR, "It is lost", "It is back", "Look for it." },
    { "hot", ALARM_CRITICAL, "It is hot", "It has cooled down", "Open a window." },
};
static struct alarm_set const set = { rows, sizeof rows / sizeof *rows };

/* Text of @p table from its first row on. */
static void show(struct alarm_board *board, char *ret, size_t size)
{
    json_t *table = alarm_show(board);
    char *text = json_dumps(json_object_get(table, "rows"), 0);

    snprintf(ret, size, "%s", text);
    free(text);
    json_decref(table);
}

static void test_life(void **state)
{
    struct alarm_board *board = alarm_board_new(&set);
    char text[500];

    (void)state;
    show(board, text, sizeof text);
    assert_string_equal(text, "[]");
    alarm_raise(board, LOST, "a.test");
    clock_advance_ms(5000);
    alarm_raise(board, LOST, "a.test"); /* as before: it is old already */
    alarm_raise(board, HOT, "");
    alarm_raise(board, LOST, "b.test");
    assert_int_equal(alarm_count(board), 3);
    assert_int_equal(met_get(&svc_metrics, M_alarms), 3);
    show(board, text, sizeof text);
    assert_string_equal(text,
                        "[[\"minor\", \"lost\", \"a.test\", 5, \"It is lost\", \"Look for it.\"], "
                        "[\"critical\", \"hot\", \"\", 0, \"It is hot\", \"Open a window.\"], "
                        "[\"minor\", \"lost\", \"b.test\", 0, \"It is lost\", \"Look for it.\"]]");
    alarm_clear(board, LOST, "a.test");
    alarm_clear(board, LOST, "a.test");
    alarm_clear(board, LOST, "c.test");
    alarm_clear(board, HOT, "b.test");
    assert_int_equal(alarm_count(board), 2);
    alarm_raise(board, set.n, "no such row");
    alarm_raise(NULL, LOST, "a.test");
    alarm_clear(NULL, LOST, "a.test");
    assert_int_equal(alarm_count(board), 2);
    alarm_board_free(&board);
    assert_null(board);
    alarm_board_free(&board);
    assert_int_equal(met_get(&svc_metrics, M_alarms), 0);
}

/* One line for each raising and each clearing, whatever is told in between. */
static void test_log(void **state)
{
    struct alarm_board *board = alarm_board_new(&set);
    char text[2000] = "";
    int pipes[2], kept = dup(STDERR_FILENO);

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    for (int i = 0; i < 3; i++)
        alarm_raise(board, LOST, "a.test");
    clock_advance_ms(7000);
    for (int i = 0; i < 3; i++)
        alarm_clear(board, LOST, "a.test");
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(pipes[1]);
    assert_true(read(pipes[0], text, sizeof text - 1) > 0);
    close(pipes[0]);
    char *raised = strstr(text, "alarm raised id=lost severity=minor object=\"a.test\" "
                                "text=\"It is lost\"\n");
    assert_non_null(raised);
    assert_null(strstr(raised + 1, "alarm raised"));
    char *cleared = strstr(text, "alarm cleared id=lost object=\"a.test\" text=\"It is back\" "
                                 "after_s=7\n");
    assert_non_null(cleared);
    assert_null(strstr(cleared + 1, "alarm cleared"));
    alarm_board_free(&board);
}

static void test_bound(void **state)
{
    struct alarm_board *board = alarm_board_new(&set);
    char object[16];

    (void)state;
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    for (int i = 0; i < ALARM_MAX + 100; i++) {
        snprintf(object, sizeof object, "%d", i);
        alarm_raise(board, LOST, object);
    }
    assert_int_equal(alarm_count(board), ALARM_MAX);
    assert_int_equal(met_get(&svc_metrics, M_alarms_not_kept), 100);
    alarm_clear(board, LOST, "0");
    alarm_raise(board, HOT, "");
    assert_int_equal(alarm_count(board), ALARM_MAX);
    alarm_board_free(&board);
    log_set_level(LOG_SUBSYSTEMS, LOG_INFO);
}

static void *raise_and_clear(void *arg)
{
    struct alarm_board *board = arg;
    char object[8];

    for (int i = 0; i < 3000; i++) {
        snprintf(object, sizeof object, "%d", i % 7);
        alarm_raise(board, LOST, object);
        alarm_clear(board, LOST, object);
    }
    alarm_raise(board, HOT, "");
    return NULL;
}

static void test_threads(void **state)
{
    struct alarm_board *board = alarm_board_new(&set);
    pthread_t threads[3];

    (void)state;
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, raise_and_clear, board), 0);
    for (int i = 0; i < 50; i++)
        json_decref(alarm_show(board));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(alarm_count(board), 1);
    alarm_board_free(&board);
    log_set_level(LOG_SUBSYSTEMS, LOG_INFO);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
