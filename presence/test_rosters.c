/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a user and a watcher out of the store; and a change of the file is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "rosters.h"
#include "store_contacts_change.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANN "ann@example.test"
#define BOB "bob@example.test"
#define JOE "joe@example.test"
#define EVE "eve@partner.test"

struct rig {
    char folder[64], path[96];
    uv_loop_t loop;
    struct wheel *wheel;
    struct rosters rosters;
    int changes;
};

static void on_change(void *ctx)
{
    ((struct rig *)ctx)->changes++;
}

static int setup(void **state)
{
    struct rig *rig = *state = calloc(1, sizeof *rig);

    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/crosspoint-rosters-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/test.db", rig->folder);
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->wheel = wheel_new(clock_now_ms());
    assert_non_null(rig->wheel);
    return 0;
}

static int teardown(void **state)
{
    static char const *const ends[] = { "", "-wal", "-shm" };
    struct rig *rig = *state;
    char path[128];

    rosters_fini(&rig->rosters);
    wheel_free(&rig->wheel);
    (void)uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig->folder), 0);
    free(rig);
    return 0;
}

/* As another program does it. */
static struct store *open_other(struct rig *rig)
{
    struct store *other;

    assert_int_equal(store_open(&other, rig->path, 1), 0);
    assert_int_equal(store_contacts_begin(other, 0), 0);
    return other;
}

static void close_other(struct store *other)
{
    assert_int_equal(store_contacts_end(other, true), 0);
    store_close(&other);
}

static void start(struct rig *rig, char const *path)
{
    assert_int_equal(
        rosters_init(&rig->rosters, path, 60000, rig->wheel, &rig->loop, on_change, rig), 0);
}

/* The facts as letters: b block, B domain blocked, a allow, A domain allowed, c contact, g group,
 * h ad hoc, and the default. */
static char const *facts(struct rig const *rig, char const *owner, char const *watcher,
                         bool is_local)
{
    static char text[16];
    struct user_policy_facts f = { .is_local = is_local };
    size_t n = 0;

    rosters_facts(&rig->rosters, owner, watcher, &f);
    bool const claims[] = { f.is_blocked, f.is_domain_blocked, f.is_allowed, f.is_domain_allowed,
                            f.is_contact, f.is_in_group,       f.is_adhoc };
    for (size_t i = 0; i < sizeof claims; i++)
        if (claims[i])
            text[n++] = "bBaAcgh"[i];
    text[n++] = (char)('0' + f.fallback);
    text[n] = '\0';
    assert_int_equal(f.is_local, is_local);
    return text;
}

static void put_all(struct rig *rig)
{
    struct store *other = open_other(rig);

    assert_int_equal(store_contacts_put(other, JOE, BOB, ""), 0);
    assert_int_equal(store_contacts_put_entry(other, JOE, EVE, false), 0);
    assert_int_equal(store_contacts_put_entry(other, JOE, "@partner.test", true), 0);
    assert_int_equal(store_contacts_put_default(other, JOE, STORE_POLICY_BLOCK), 0);
    assert_int_equal(store_contacts_put_entry(other, ANN, "@partner.test", false), 0);
    assert_int_equal(store_contacts_put_entry(other, ANN, JOE, true), 0);
    assert_int_equal(store_contacts_put_default(other, ANN, STORE_POLICY_ASK), 0);
    assert_int_equal(store_contacts_put_default(other, BOB, STORE_POLICY_ALLOW), 0);
    close_other(other);
}

static void test_facts(void **state)
{
    struct rig *rig = *state;

    put_all(rig);
    start(rig, rig->path);
    assert_int_equal(rig->changes, 1);
    assert_string_equal(facts(rig, JOE, EVE, false), "bA2");
    assert_string_equal(facts(rig, JOE, "x@partner.test", false), "A2");
    assert_string_equal(facts(rig, JOE, "x@sub.partner.test", false), "2");
    assert_string_equal(facts(rig, JOE, BOB, true), "c2");
    assert_string_equal(facts(rig, ANN, EVE, false), "B3");
    /* Joe keeps a contact list, and Ann is not in it; of another domain nobody keeps one here. */
    assert_string_equal(facts(rig, ANN, JOE, true), "ah3");
    assert_string_equal(facts(rig, ANN, JOE, false), "a3");
    assert_string_equal(facts(rig, BOB, JOE, true), "1");
    assert_string_equal(facts(rig, BOB, ANN, true), "1");
    assert_string_equal(facts(rig, "new@example.test", JOE, true), "h0");
    assert_string_equal(facts(rig, "new@example.test", EVE, false), "0");
}

/* The wheel is ours, so the next look comes when the clock says so. */
static void look(struct rig *rig, int changes)
{
    clock_advance_ms(60000 + WHEEL_TICK_MS);
    (void)wheel_run(rig->wheel, clock_now_ms());
    while (rig->changes < changes || !LIST_EMPTY(&rig->rosters.looks))
        (void)uv_run(&rig->loop, UV_RUN_ONCE);
    assert_int_equal(rig->changes, changes);
}

static void test_changes_are_seen(void **state)
{
    struct rig *rig = *state;

    start(rig, rig->path);
    assert_int_equal(rig->changes, 1);
    assert_string_equal(facts(rig, JOE, EVE, false), "0");
    put_all(rig);
    look(rig, 2);
    assert_string_equal(facts(rig, JOE, EVE, false), "bA2");
    /* Nothing new. */
    look(rig, 2);
    struct store *other = open_other(rig);
    assert_int_equal(store_contacts_drop_entry(other, JOE, EVE), 0);
    close_other(other);
    look(rig, 3);
    assert_string_equal(facts(rig, JOE, EVE, false), "A2");
}

static void test_without_a_store(void **state)
{
    struct rig *rig = *state;

    start(rig, "");
    assert_int_equal(rig->changes, 0);
    assert_string_equal(facts(rig, JOE, EVE, false), "0");
}

/* The loop ends while a look is under way. */
static void test_end_in_between(void **state)
{
    struct rig *rig = *state;

    start(rig, rig->path);
    put_all(rig);
    clock_advance_ms(60000 + WHEEL_TICK_MS);
    assert_int_equal(wheel_run(rig->wheel, clock_now_ms()), 1);
}

static void test_a_file_that_is_none(void **state)
{
    struct rig *rig = *state;

    assert_true(rosters_init(&rig->rosters, "/nowhere/test.db", 60000, rig->wheel, &rig->loop,
                             on_change, rig) < 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_facts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changes_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_a_store, setup, teardown),
        cmocka_unit_test_setup_teardown(test_end_in_between, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_none, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
