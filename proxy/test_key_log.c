/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts whose secrets are written: for which an alarm stands, and what a reload changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alarm.h"
#include "key_log.h"
#include "proxy_alarms.h"
#include "secure_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A set of contexts a, b... that write to @p files (NULL: nothing), which are named without their
 * folder. */
static struct secure_set make(struct secure_rig *rig, char const *const files[], size_t n)
{
    struct secure_set set;
    char path[SECURE_RIG_PATH];
    secure_set_init(&set);
    for (size_t i = 0; i < n; i++) {
        char const name[] = { (char)('a' + i), '\0' };
        struct secure_settings like = { .name = name,
                                        .key_log = files[i] ? secure_rig_path(rig, files[i], path)
                                                            : NULL };
        struct secure_context *context = secure_rig_context(rig, NULL, NULL, &like);
        assert_in_range(secure_set_put(&set, context), 0, SECURE_SET_MAX);
        secure_context_unref(&context);
    }
    return set;
}

static struct vector {
    char const *files[3];
    size_t n;       /* contexts */
    size_t alarms;  /* that stand then */
    char const *on; /* names of those contexts */
} const vectors[] = {
    { { NULL, NULL }, 2, 0, "" },
    { { "one", NULL }, 2, 1, "a" },
    { { "one", NULL }, 2, 1, "a" }, /* nothing new */
    { { "one", "one" }, 2, 2, "ab" },
    { { "two", NULL, "one" }, 3, 2, "ac" },
    { { "no/folder", "one" }, 2, 1, "b" }, /* cannot be written: the log says so */
    { { NULL }, 1, 0, "" },
};

static bool stands(struct alarm_board *board, char const *name)
{
    json_t *table = alarm_show(board), *row;
    bool found = false;
    size_t i;
    char *text = NULL;
    char quoted[8];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        text = json_dumps(row, 0);
        found |= strstr(text, "tls_secrets_written") && strstr(text, quoted);
        free(text);
    }
    json_decref(table);
    return found;
}

static void test_reloads(void **state)
{
    struct alarm_board *board = alarm_board_new(&proxy_alarms);
    struct key_log log;
    char path[SECURE_RIG_PATH];
    key_log_init(&log, board);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secure_set set = make(*state, vectors[i].files, vectors[i].n);
        key_log_use(&log, &set);
        assert_int_equal(alarm_count(board), vectors[i].alarms);
        for (char const *on = vectors[i].on; *on; on++)
            if (!stands(board, (char const[]){ *on, '\0' }))
                fail_msg("%zu: %c", i, *on);
        secure_set_fini(&set);
    }
    assert_int_equal(access(secure_rig_path(*state, "two", path), F_OK), 0);
    struct secure_set set = make(*state, vectors[1].files, vectors[1].n);
    key_log_use(&log, &set);
    assert_int_equal(alarm_count(board), 1);
    key_log_fini(&log);
    assert_int_equal(alarm_count(board), 0);
    key_log_fini(&log);
    secure_set_fini(&set);
    alarm_board_free(&board);
}

static int setup(void **state)
{
    (void)secure_rig_begin(state, NULL, 0);
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_reloads) };
    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
