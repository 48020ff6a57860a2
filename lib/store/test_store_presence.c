/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions, publications, notes and statements come back as they were written; damaged rows
 * are told as such, and cost no other row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_presence.h"
#include "store_rig.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static struct store_presence_subscription const watch = {
    .tag = "t1",
    .user = "alice@example.test",
    .watcher = "bob@example.test",
    .package = "presence",
    .event_id = "7",
    .profile = "cisco",
    .call_id = "c1",
    .remote_tag = "r1",
    .local = "<sip:alice@example.test>;tag=t1",
    .remote = "\"B\xc3\xb6"
              "b\" <sip:bob@example.test>;tag=r1",
    .remote_uri = "sip:bob@example.test",
    .contact = "<sip:presence@192.0.2.1:5080>",
    .target = "sip:bob@192.0.2.2",
    .routes = "<sip:p1;lr>, <sip:p2;lr>",
    .remote_cseq = 4294967295u,
    .cseq = 2147483647,
    .interval_s = 5,
    .begun_s = 1000,
    .expires_s = INT64_C(99999999999),
    .adhoc_end_s = 2000,
    .is_list = true,
};
static struct store_presence_publication const said = { .user = "alice@example.test",
                                                        .name = "abc",
                                                        .etag = "e1",
                                                        .package = "presence",
                                                        .body = "<presence x='&lt;'/>\n",
                                                        .by_partner = true,
                                                        .changed_ms = INT64_C(1700000000123),
                                                        .expires_s = 2000 };

struct found {
    char text[4096];
    int damaged;
};

__attribute__((format(printf, 2, 3))) static int note(struct found *found, char const *format, ...)
{
    size_t len = strlen(found->text);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(found->text + len, sizeof found->text - len, format, args);
    va_end(args);
    return 0;
}

static int note_subscription(void *ctx, struct store_presence_subscription const *s)
{
    struct found *found = ctx;

    if (!s)
        return found->damaged++, 0;
    return note(found, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%d|%u|%u|%u|%lld|%lld|%lld\n",
                s->tag, s->user, s->watcher, s->package, s->event_id, s->profile, s->call_id,
                s->remote_tag, s->local, s->remote, s->remote_uri, s->contact, s->target, s->routes,
                s->is_list, s->remote_cseq, s->cseq, s->interval_s, (long long)s->begun_s,
                (long long)s->expires_s, (long long)s->adhoc_end_s);
}

static int note_publication(void *ctx, struct store_presence_publication const *p)
{
    struct found *found = ctx;

    if (!p)
        return found->damaged++, 0;
    return note(found, "%s|%s|%s|%s|%s|%d|%lld|%lld\n", p->user, p->name, p->etag, p->package,
                p->body, p->by_partner, (long long)p->changed_ms, (long long)p->expires_s);
}

static int note_note(void *ctx, struct store_presence_note const *n)
{
    struct found *found = ctx;

    if (!n)
        return found->damaged++, 0;
    return note(found, "%s|%s|%lld\n", n->user, n->what, (long long)n->expires_s);
}

static int note_statement(void *ctx, struct store_presence_statement const *s)
{
    struct found *found = ctx;

    if (!s)
        return found->damaged++, 0;
    return note(found, "%s|%s|%s|%s|%lld|%lld\n", s->user, s->kind, s->state, s->note,
                (long long)s->said_ms, (long long)s->expires_s);
}

/* Opens, and compares all rows. */
static void expect(struct store_rig *rig, char const *wanted, int damaged)
{
    struct found found = { .text = "" };

    store_rig_open(rig);
    assert_int_equal(store_presence_each_subscription(rig->store, note_subscription, &found), 0);
    assert_int_equal(store_presence_each_publication(rig->store, note_publication, &found), 0);
    assert_int_equal(store_presence_each_note(rig->store, note_note, &found), 0);
    assert_int_equal(store_presence_each_statement(rig->store, note_statement, &found), 0);
    assert_string_equal(found.text, wanted);
    assert_int_equal(found.damaged, damaged);
    store_rig_start(rig);
}

#define DONE(rig) store_rig_done, rig
#define WATCH_HEAD                                                                                 \
    "t1|alice@example.test|bob@example.test|presence|7|cisco|c1|r1|"                               \
    "<sip:alice@example.test>;tag=t1|\"B\xc3\xb6"                                                  \
    "b\" <sip:bob@example.test>;tag=r1|sip:bob@example.test|"
#define WATCH                                                                                      \
    WATCH_HEAD "<sip:presence@192.0.2.1:5080>|sip:bob@192.0.2.2|<sip:p1;lr>, <sip:p2;lr>|1|"       \
               "4294967295|2147483647|5|1000|99999999999|2000\n"

static void test_subscription(void **state)
{
    struct store_presence_subscription refreshed = watch;
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    expect(&rig, "", 0);
    assert_int_equal(store_presence_put_subscription(rig.link, &watch, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 1), 0);
    store_rig_close(&rig);

    expect(&rig, WATCH, 0);
    refreshed.target = "sip:bob@192.0.2.9";
    refreshed.remote_cseq = 2;
    refreshed.cseq = 65600;
    refreshed.expires_s = 3000;
    refreshed.begun_s = 2999;
    refreshed.watcher = "nobody else";
    assert_int_equal(store_presence_put_subscription(rig.link, &refreshed, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);

    expect(&rig,
           WATCH_HEAD "<sip:presence@192.0.2.1:5080>|sip:bob@192.0.2.9|<sip:p1;lr>, <sip:p2;lr>|1|"
                      "2|65600|5|1000|3000|2000\n",
           0);
    assert_int_equal(store_presence_raise_cseq(rig.link, "t1", 99999, DONE(&rig)), 0);
    assert_int_equal(store_presence_raise_cseq(rig.link, "t2", 5, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 4), 0);
    store_rig_close(&rig);

    expect(&rig,
           WATCH_HEAD "<sip:presence@192.0.2.1:5080>|sip:bob@192.0.2.9|<sip:p1;lr>, <sip:p2;lr>|1|"
                      "2|99999|5|1000|3000|2000\n",
           0);
    assert_int_equal(store_presence_drop_subscription(rig.link, "t1", DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 5), 0);
    store_rig_close(&rig);
    expect(&rig, "", 0);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_publication(void **state)
{
    struct store_presence_publication other = said;
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    expect(&rig, "", 0);
    other.name = "b";
    other.body = "";
    other.by_partner = false;
    assert_int_equal(store_presence_put_publication(rig.link, &said, DONE(&rig)), 0);
    assert_int_equal(store_presence_put_publication(rig.link, &other, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);

    expect(&rig,
           "alice@example.test|abc|e1|presence|<presence x='&lt;'/>\n|1|1700000000123|2000\n"
           "alice@example.test|b|e1|presence||0|1700000000123|2000\n",
           0);
    other = said;
    other.etag = "e2";
    other.expires_s = 2500;
    other.body = "is not written";
    assert_int_equal(store_presence_renew_publication(rig.link, &other, DONE(&rig)), 0);
    assert_int_equal(store_presence_drop_publication(rig.link, said.user, "b", DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 4), 0);
    store_rig_close(&rig);

    expect(&rig, "alice@example.test|abc|e2|presence|<presence x='&lt;'/>\n|1|1700000000123|2500\n",
           0);
    other.etag = "e3";
    other.body = "new";
    assert_int_equal(store_presence_put_publication(rig.link, &other, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 5), 0);
    store_rig_close(&rig);
    expect(&rig, "alice@example.test|abc|e3|presence|new|1|1700000000123|2500\n", 0);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_statement(void **state)
{
    struct store_presence_statement row = { .user = "alice@example.test",
                                            .kind = "manual",
                                            .state = "away",
                                            .note = "back at f\xc3\xbcnf",
                                            .said_ms = INT64_C(1700000000123),
                                            .expires_s = INT64_MAX };
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    expect(&rig, "", 0);
    assert_int_equal(store_presence_put_statement(rig.link, &row, DONE(&rig)), 0);
    row.kind = "calendar";
    row.note = "";
    row.expires_s = 2000;
    assert_int_equal(store_presence_put_statement(rig.link, &row, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);

    /* another takes the place of its kind, and is not dropped by who means the one before */
    expect(&rig,
           "alice@example.test|calendar|away||1700000000123|2000\n"
           "alice@example.test|manual|away|back at f\xc3\xbcnf|1700000000123|9223372036854775807\n",
           0);
    row.kind = "manual";
    row.state = "";
    row.said_ms++;
    row.expires_s = INT64_MAX;
    assert_int_equal(store_presence_put_statement(rig.link, &row, DONE(&rig)), 0);
    assert_int_equal(
        store_presence_drop_statement(rig.link, row.user, "manual", row.said_ms - 1, DONE(&rig)),
        0);
    assert_int_equal(store_rig_wait(&rig, 4), 0);
    store_rig_close(&rig);

    expect(&rig,
           "alice@example.test|calendar|away||1700000000123|2000\n"
           "alice@example.test|manual|||1700000000124|9223372036854775807\n",
           0);
    assert_int_equal(
        store_presence_drop_statement(rig.link, row.user, "manual", row.said_ms, DONE(&rig)), 0);
    assert_int_equal(store_presence_purge(rig.link, 2001), 0);
    assert_int_equal(store_rig_wait(&rig, 5), 0);
    store_rig_close(&rig);
    expect(&rig, "", 0);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_notes_and_purge(void **state)
{
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    expect(&rig, "", 0);
    for (int64_t at = 1998; at <= 2000; at++) {
        char name[8];
        (void)snprintf(name, sizeof name, "n%d", (int)at);
        struct store_presence_note const row = { "a@b", name, at };
        struct store_presence_publication p = said;
        struct store_presence_subscription s = watch;
        p.name = s.tag = name;
        p.expires_s = s.expires_s = at;
        p.body = s.routes = "";
        assert_int_equal(store_presence_put_note(rig.link, &row, DONE(&rig)), 0);
        assert_int_equal(store_presence_put_publication(rig.link, &p, DONE(&rig)), 0);
        assert_int_equal(store_presence_put_subscription(rig.link, &s, DONE(&rig)), 0);
    }
    assert_int_equal(store_presence_drop_note(rig.link, "a@b", "n1999", DONE(&rig)), 0);
    assert_int_equal(store_presence_purge(rig.link, 2000), 0);
    assert_int_equal(store_rig_wait(&rig, 10), 0);
    store_rig_close(&rig);
    struct found found = { .text = "" };
    store_rig_open(&rig);
    assert_int_equal(store_presence_each_note(rig.store, note_note, &found), 0);
    assert_int_equal(store_presence_each_publication(rig.store, note_publication, &found), 0);
    assert_string_equal(found.text, "a@b|n2000|2000\n"
                                    "alice@example.test|n2000|e1|presence||1|1700000000123|2000\n");
    memset(&found, 0, sizeof found);
    assert_int_equal(store_presence_each_subscription(rig.store, note_subscription, &found), 0);
    assert_memory_equal(found.text, "n2000|", 6);
    assert_ptr_equal(strchr(found.text, '\n'), found.text + strlen(found.text) - 1);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void run_sql(char const *path, char const *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_damage_costs_its_row(void **state)
{
    static char const *const damages[] = {
        "UPDATE presence_subscriptions SET cseq = 'x' WHERE tag = 'bad'",
        "UPDATE presence_subscriptions SET cseq = 2147483648 WHERE tag = 'bad'",
        "UPDATE presence_subscriptions SET expires = -1 WHERE tag = 'bad'",
        "UPDATE presence_subscriptions SET is_list = 2 WHERE tag = 'bad'",
        "UPDATE presence_subscriptions SET target = x'00' WHERE tag = 'bad'",
        "UPDATE presence_subscriptions SET routes = 'a' || char(0) || 'b' WHERE tag = 'bad'",
        ("DELETE FROM presence_subscriptions WHERE tag = 'bad';"
         "INSERT INTO presence_statements VALUES ('a@b', 'manual', 'away', '', 'x', 1)"),
    };
    struct store_presence_subscription bad = watch;
    struct store_rig rig;

    (void)state;
    bad.tag = "bad";
    store_rig_init(&rig);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        store_rig_open(&rig);
        store_rig_start(&rig);
        rig.told = 0;
        assert_int_equal(store_presence_drop_subscription(rig.link, "bad", NULL, NULL), 0);
        assert_int_equal(store_presence_put_subscription(rig.link, &watch, DONE(&rig)), 0);
        assert_int_equal(store_presence_put_subscription(rig.link, &bad, DONE(&rig)), 0);
        assert_int_equal(store_rig_wait(&rig, 2), 0);
        store_rig_close(&rig);
        run_sql(rig.path, damages[i]);
        expect(&rig, WATCH, 1);
        store_rig_close(&rig);
    }
    store_rig_fini(&rig);
}

static int refuse(void *ctx, struct store_presence_note const *row)
{
    (void)row;
    (*(int *)ctx)++;
    return -ENOBUFS;
}

static void test_reader_may_stop(void **state)
{
    struct store_presence_note const row = { "a@b", "x", 1 }, more = { "a@b", "y", 1 };
    struct store_rig rig;
    int n = 0;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    store_rig_start(&rig);
    assert_int_equal(store_presence_put_note(rig.link, &row, DONE(&rig)), 0);
    assert_int_equal(store_presence_put_note(rig.link, &more, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);
    store_rig_open(&rig);
    assert_int_equal(store_presence_each_note(rig.store, refuse, &n), -ENOBUFS);
    assert_int_equal(n, 1);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

/* A file of the version before the tables were there. */
static void test_migration(void **state)
{
    static struct store_presence_statement const statement = { "a@b", "manual", "away", "", 1, 2 };
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    store_rig_close(&rig);
    run_sql(rig.path, "DROP TABLE presence_subscriptions; DROP TABLE presence_publications;"
                      "DROP TABLE presence_notes; DROP TABLE roster;"
                      "DROP TABLE presence_statements; PRAGMA user_version = 3");
    expect(&rig, "", 0);
    assert_int_equal(store_presence_put_subscription(rig.link, &watch, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 1), 0);
    store_rig_close(&rig);
    expect(&rig, WATCH, 0);
    store_rig_close(&rig);

    /* of the one before there were statements: what it has stays */
    run_sql(rig.path, "DROP TABLE presence_statements; PRAGMA user_version = 5");
    expect(&rig, WATCH, 0);
    assert_int_equal(store_presence_put_statement(rig.link, &statement, DONE(&rig)), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);
    expect(&rig, WATCH "a@b|manual|away||1|2\n", 0);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_subscription),    cmocka_unit_test(test_publication),
        cmocka_unit_test(test_notes_and_purge), cmocka_unit_test(test_damage_costs_its_row),
        cmocka_unit_test(test_reader_may_stop), cmocka_unit_test(test_migration),
        cmocka_unit_test(test_statement),
    };
    return cmocka_run_group_tests_name("store_presence", tests, NULL, NULL);
}
