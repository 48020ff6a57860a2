/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept comes back, damaged rows cost no others, and limits hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roster_book.h"
#include "roster_state.h"
#include "store_roster.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct roster_limits const limits = { .max_pairs = 3,
                                             .max_per_domain = 2,
                                             .max_per_user = 2 };

struct rig {
    char folder[40], path[60];
    uv_loop_t loop;
    struct roster_book book;
    int told, error;
    char found[400];
};

static void on_pair(void *vrig, struct roster_pair *pair)
{
    struct rig *rig = vrig;
    size_t used = strlen(rig->found);

    (void)snprintf(rig->found + used, sizeof rig->found - used, "%s %s %s;", pair->user, pair->jid,
                   roster_state_name((enum roster_state)pair->state));
}

static void on_done(void *vrig, int error)
{
    struct rig *rig = vrig;

    rig->told++;
    rig->error = error;
}

static void open_book(struct rig *rig, char const *path)
{
    rig->found[0] = '\0';
    assert_int_equal(roster_book_init(&rig->book, path, &limits), 0);
    assert_int_equal(roster_book_start(&rig->book, &rig->loop, on_pair, rig), 0);
}

static void close_book(struct rig *rig)
{
    roster_book_stop(&rig->book);
    roster_book_fini(&rig->book);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
}

static void write_state(struct rig *rig, char const *user, char const *jid, enum roster_state state)
{
    char const *limit;
    struct roster_pair *pair = roster_book_get(&rig->book, user, jid, &limit);
    int told = rig->told;

    assert_non_null(pair);
    pair->state = (uint8_t)state;
    roster_book_write(&rig->book, pair, on_done, rig);
    while (rig->told == told)
        uv_run(&rig->loop, UV_RUN_ONCE);
    assert_int_equal(rig->error, 0);
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/test_roster_book-XXXXXX");
    *state = rig;
    if (!mkdtemp(rig->folder))
        return -1;
    (void)snprintf(rig->path, sizeof rig->path, "%s/roster.db", rig->folder);
    return uv_loop_init(&rig->loop);
}

static int tear_down(void **state)
{
    static char const *const suffixes[] = { "", "-wal", "-shm" };
    struct rig *rig = *state;
    char path[80];

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        (void)snprintf(path, sizeof path, "%s%s", rig->path, suffixes[i]);
        (void)unlink(path);
    }
    (void)rmdir(rig->folder);
    int err = uv_loop_close(&rig->loop);
    free(rig);
    return err;
}

static void test_comes_back(void **state)
{
    struct rig *rig = *state;

    open_book(rig, rig->path);
    write_state(rig, "romeo@sip.test", "juliet@xmpp.test", ROSTER_TO);
    write_state(rig, "romeo@sip.test", "juliet@xmpp.test", ROSTER_BOTH);
    write_state(rig, "tybalt@sip.test", "juliet@xmpp.test", ROSTER_FROM);
    write_state(rig, "tybalt@sip.test", "juliet@xmpp.test", ROSTER_NONE);
    close_book(rig);
    open_book(rig, rig->path);
    assert_string_equal(rig->found, "romeo@sip.test juliet@xmpp.test both;");
    close_book(rig);
}

static void test_damaged_row(void **state)
{
    struct rig *rig = *state;
    struct store_roster_row const bad = { "a@sip.test", "b@xmpp.test", "friends" };
    struct store_roster_row const nobody = { "a", "b@xmpp.test", "to" };

    open_book(rig, rig->path);
    assert_int_equal(store_roster_put(rig->book.link, &bad, NULL, NULL), 0);
    assert_int_equal(store_roster_put(rig->book.link, &nobody, NULL, NULL), 0);
    write_state(rig, "c@sip.test", "d@xmpp.test", ROSTER_NONE_IN);
    close_book(rig);
    open_book(rig, rig->path);
    assert_string_equal(rig->found, "c@sip.test d@xmpp.test none-in;");
    close_book(rig);
}

/* Without a file everything is as if it were written. */
static void test_memory_only(void **state)
{
    struct rig *rig = *state;

    open_book(rig, "");
    write_state(rig, "romeo@sip.test", "juliet@xmpp.test", ROSTER_BOTH);
    assert_non_null(roster_book_find(&rig->book, "romeo@sip.test", "juliet@xmpp.test"));
    assert_null(roster_book_find(&rig->book, "juliet@xmpp.test", "romeo@sip.test"));
    close_book(rig);
    open_book(rig, "");
    assert_string_equal(rig->found, "");
    close_book(rig);
}

static void test_limits(void **state)
{
    static struct {
        char const *user, *jid, *limit;
    } const vectors[] = {
        { "a@sip.test", "a@x.test", NULL },
        { "b@sip.test", "a@x.test", NULL },
        { "c@sip.test", "a@x.test", "presence_max_per_domain" },
        { "a@sip.test", "a@y.test", NULL },
        { "a@sip.test", "a@z.test", "presence_max_pairs" },
        { "a@sip.test", "a@x.test", NULL }, /* it is there */
    };
    struct rig *rig = *state;
    char const *limit;

    open_book(rig, "");
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        print_message("# %s %s\n", vectors[i].user, vectors[i].jid);
        struct roster_pair *pair =
            roster_book_get(&rig->book, vectors[i].user, vectors[i].jid, &limit);
        assert_int_equal(pair == NULL, vectors[i].limit != NULL);
        if (vectors[i].limit)
            assert_string_equal(limit, vectors[i].limit);
    }
    roster_book_drop(&rig->book, roster_book_find(&rig->book, "b@sip.test", "a@x.test"));
    assert_null(roster_book_get(&rig->book, "a@sip.test", "b@x.test", &limit));
    assert_string_equal(limit, "presence_max_per_user");
    assert_non_null(roster_book_get(&rig->book, "c@sip.test", "a@x.test", &limit));
    close_book(rig);
}

static struct presence_resource at(char const *resource, enum presence_show show, char const *text)
{
    return (struct presence_resource){ .resource = resource, .show = show, .status = text };
}

static void expect_seen(struct roster_seen *seen, struct presence_resource told, int error,
                        char const *wanted)
{
    char found[200] = "";

    assert_int_equal(roster_seen_take(seen, &told, 2), error);
    for (size_t i = 0; i < seen->n; i++) {
        size_t used = strlen(found);
        (void)snprintf(found + used, sizeof found - used, "%s=%s %s;", seen->v[i].resource,
                       presence_map_show_name(seen->v[i].show),
                       seen->v[i].status ? seen->v[i].status : "");
    }
    assert_string_equal(found, wanted);
}

static void test_seen(void **state)
{
    struct roster_seen seen = { 0 };

    (void)state;
    assert_false(roster_seen_is_away(&seen));
    expect_seen(&seen, at("", PRESENCE_UNAVAILABLE, NULL), 0, "=unavailable ;");
    assert_true(roster_seen_is_away(&seen));
    expect_seen(&seen, at("a", PRESENCE_AWAY, "out"), 0, "a=away out;");
    assert_false(roster_seen_is_away(&seen));
    expect_seen(&seen, at("b", PRESENCE_DND, NULL), 0, "a=away out;b=dnd ;");
    expect_seen(&seen, at("c", PRESENCE_CHAT, NULL), -ENOBUFS, "a=away out;b=dnd ;");
    expect_seen(&seen, at("a", PRESENCE_AVAILABLE, NULL), 0, "b=dnd ;a=available ;");
    expect_seen(&seen, at("c", PRESENCE_UNAVAILABLE, NULL), 0, "b=dnd ;a=available ;");
    expect_seen(&seen, at("b", PRESENCE_UNAVAILABLE, "bye"), 0, "a=available ;");
    expect_seen(&seen, at("a", PRESENCE_UNAVAILABLE, "bye"), 0, "a=unavailable bye;");
    expect_seen(&seen, at("a", PRESENCE_AVAILABLE, NULL), 0, "a=available ;");
    expect_seen(&seen, at("b", PRESENCE_AVAILABLE, NULL), 0, "a=available ;b=available ;");
    expect_seen(&seen, at("", PRESENCE_UNAVAILABLE, NULL), 0, "=unavailable ;");
    roster_seen_forget(&seen);
    assert_false(seen.is_known);
    assert_false(roster_seen_is_away(&seen));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test(test_seen),
    };
    return cmocka_run_group_tests_name("roster_book", tests, NULL, NULL);
}
