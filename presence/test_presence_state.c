/* SPDX-License-Identifier: Apache-2.0 */
/* Changes wait for the store: who is told, what becomes of a subscription meanwhile, and numbers of
 * NOTIFY, which are never used again after a restart. Reading back is for the scenarios. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "dialog.h"
#include "message.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "publication.h"
#include "server_rig.h"
#include "store_presence.h"
#include "subscription.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_protos.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rig {
    struct server_rig base;
    char path[96], folder[64];
    uv_loop_t loop;
    int told;       /* changes */
    char said[80];  /* at the end: the statements on disk */
    int told_error; /* of the last statement */
    struct presence_state_change last;
};

static struct event_server *server_of(struct rig *rig)
{
    return &rig->base.server;
}

static void rig_init(struct rig *rig)
{
    memset(rig, 0, sizeof *rig);
    server_rig_init(&rig->base);
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/crosspoint-state-%d", (int)getpid());
    (void)snprintf(rig->path, sizeof rig->path, "%s/test.db", rig->folder);
    assert_int_equal(mkdir(rig->folder, 0700), 0);
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->base.conf.store = rig->path;
    rig->base.conf.restore_rate = 10;
    rig->base.conf.max_expires = 7200;
    assert_int_equal(presence_state_init(&server_of(rig)->state, server_of(rig)), 0);
    assert_non_null(server_of(rig)->state.store);
    assert_int_equal(presence_state_restore(&server_of(rig)->state, &rig->loop), 0);
}

/* Ends as the program does, and says how many subscriptions and publications are on disk. */
static void rig_fini(struct rig *rig, int subscriptions, int publications);

static void on_change(void *vrig, struct presence_state_change const *change)
{
    struct rig *rig = vrig;

    rig->told++;
    rig->last = *change;
}

/* Lets the store do what it has been given, until so many changes were told in all. */
static void wait_for(struct rig *rig, int told)
{
    while (rig->told < told)
        (void)uv_run(&rig->loop, UV_RUN_ONCE);
    assert_int_equal(rig->told, told);
}

static struct subscription *watch(struct rig *rig, char const *tag, uint32_t cseq)
{
    struct dialog_record const record = { .call_id = "c",
                                          .local_tag = tag,
                                          .remote_tag = "r",
                                          .local = "<sip:a@x.test>;tag=t",
                                          .remote = "<sip:w@x.test>;tag=r",
                                          .remote_uri = "sip:w@x.test",
                                          .contact = "<sip:presence@192.0.2.1>",
                                          .target = "sip:w@192.0.2.2",
                                          .routes = "",
                                          .local_cseq = cseq };
    struct subscription_wish const wish = { .watcher = "w@x.test",
                                            .package = event_package_find("presence"),
                                            .profile = NULL,
                                            .expires_s = 600 };
    struct dialog *dialog = dialog_restore(&record);
    struct subscription *s =
        subscription_restore(presentity_get(server_of(rig), "a@x.test"), dialog, &wish);

    assert_non_null(s);
    s->is_saved = false;
    return s;
}

static void forget(struct subscription **ps)
{
    struct presentity *p = (*ps)->presentity;

    subscription_free(ps);
    presentity_release(p);
}

static int count_subscription(void *ctx, struct store_presence_subscription const *row)
{
    assert_non_null(row);
    (*(int *)ctx)++;
    return 0;
}

static int count_publication(void *ctx, struct store_presence_publication const *row)
{
    assert_non_null(row);
    (*(int *)ctx)++;
    return 0;
}

static int note_statement(void *vrig, struct store_presence_statement const *row)
{
    struct rig *rig = vrig;
    size_t len = strlen(rig->said);

    assert_non_null(row);
    (void)snprintf(rig->said + len, sizeof rig->said - len, "%s:%s:%lld ", row->kind, row->state,
                   (long long)row->said_ms);
    return 0;
}

static void rig_fini(struct rig *rig, int subscriptions, int publications)
{
    static char const *const ends[] = { "", "-wal", "-shm" };
    int n_subscriptions = 0, n_publications = 0;
    struct store *store;
    char path[128];

    presence_state_fini(&server_of(rig)->state);
    (void)uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    server_rig_fini(&rig->base);
    assert_int_equal(store_open(&store, rig->path, 1), 0);
    assert_int_equal(store_presence_each_subscription(store, count_subscription, &n_subscriptions),
                     0);
    assert_int_equal(store_presence_each_publication(store, count_publication, &n_publications), 0);
    assert_int_equal(store_presence_each_statement(store, note_statement, rig), 0);
    assert_int_equal(n_subscriptions, subscriptions);
    assert_int_equal(n_publications, publications);
    store_close(&store);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(path, sizeof path, "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig->folder), 0);
}

static void test_without_a_store(void **state)
{
    struct rig rig = { .told = 0 };

    (void)state;
    server_rig_init(&rig.base);
    rig.base.conf.store = "";
    assert_int_equal(presence_state_init(&rig.base.server.state, &rig.base.server), 0);
    assert_int_equal(presence_state_restore(&rig.base.server.state, NULL), 0);
    assert_null(rig.base.server.state.store);
    struct subscription *s = watch(&rig, "t", 1);
    presence_state_put_subscription(s, 600, NULL, on_change, &rig);
    assert_int_equal(rig.told, 1);
    assert_int_equal(rig.last.error, 0);
    assert_ptr_equal(rig.last.subscription, s);
    assert_null(s->wait);
    assert_false(s->is_saved);
    assert_true(presence_state_may_tell(s));
    forget(&s);
    presence_state_fini(&rig.base.server.state);
    server_rig_fini(&rig.base);
}

/* Busy until it is on disk; the end is written, too. */
static void test_a_subscription_waits(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription *s = watch(&rig, "t", 7), *other = watch(&rig, "o", 7);
    presence_state_put_subscription(s, 600, NULL, on_change, &rig);
    assert_int_equal(rig.told, 0);
    assert_non_null(s->wait);
    assert_true(s->is_saved);
    wait_for(&rig, 1);
    assert_int_equal(rig.last.error, 0);
    assert_ptr_equal(rig.last.subscription, s);
    assert_null(s->wait);
    assert_int_equal(s->cseq_limit, 7 + 65536);
    presence_state_put_subscription(other, 600, NULL, on_change, &rig);
    presence_state_put_subscription(s, 0, NULL, on_change, &rig);
    assert_true(s->is_saved);
    wait_for(&rig, 3);
    assert_false(s->is_saved);
    assert_true(other->is_saved);
    forget(&s);
    s = other;
    presence_state_fini(&rig.base.server.state); /* as at a planned stop: its row stays */
    forget(&s);
    rig_fini(&rig, 1, 0);
}

/* Its row goes, although it was on its way to the disk. */
static void test_gone_while_it_waits(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription *s = watch(&rig, "t", 7);
    presence_state_put_subscription(s, 600, NULL, on_change, &rig);
    forget(&s);
    wait_for(&rig, 1);
    assert_int_equal(rig.last.error, 0);
    assert_null(rig.last.subscription);
    rig_fini(&rig, 0, 0);
}

/* The server ends: who waits is told that, and nobody is to be answered. */
static void test_the_end_while_it_waits(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription *s = watch(&rig, "t", 7);
    presence_state_put_subscription(s, 600, NULL, on_change, &rig);
    presence_state_fini(&rig.base.server.state);
    assert_int_equal(rig.told, 1);
    assert_int_equal(rig.last.error, -ECANCELED);
    forget(&s);
    rig_fini(&rig, 1, 0);
}

static void use(struct subscription *s, uint32_t up_to)
{
    while (dialog_local_cseq(s->dialog) < up_to)
        msg_destroy(dialog_request(s->dialog, SIP_METHOD_NOTIFY));
}

/* The limit is raised when half of the leap is used, and never passed before that is on disk. */
static void test_numbers_of_notify(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription *s = watch(&rig, "t", 1000);
    presence_state_put_subscription(s, 600, NULL, on_change, &rig);
    wait_for(&rig, 1);
    s->cseq_limit = 1000 + 32768 + 5;
    use(s, 1004);
    assert_true(presence_state_may_tell(s));
    assert_false(s->is_raising);
    use(s, 1005);
    assert_true(presence_state_may_tell(s));
    assert_true(s->is_raising);
    s->cseq_limit = 1005; /* as if all had been used since */
    assert_false(presence_state_may_tell(s));
    while (s->is_raising)
        (void)uv_run(&rig.loop, UV_RUN_ONCE);
    assert_int_equal(s->cseq_limit, 1000 + 32768 + 5 + 65536);
    assert_true(presence_state_may_tell(s));

    /* it may be gone when that is on disk */
    use(s, 1100);
    s->cseq_limit = 1101;
    assert_true(presence_state_may_tell(s));
    assert_true(s->is_raising);
    forget(&s);
    rig_fini(&rig, 0, 0);
}

static void test_a_publication_waits(void **state)
{
    struct presence_state_publication row = {
        .user = "a@x.test", .package = "presence", .body = "<presence/>", .expires_s = 60
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct publication *p = server_rig_publish(&rig.base, "a@x.test", "");
    row.name = p->name;
    row.etag = p->etag;
    presence_state_put_publication(server_of(&rig), NULL, &row, NULL, on_change, &rig);
    wait_for(&rig, 1);
    assert_null(rig.last.publication);
    presence_state_put_publication(server_of(&rig), p, &row, NULL, on_change, &rig);
    assert_non_null(p->wait);

    /* its time is over meanwhile: it goes on, for that is what is written */
    server_rig_pass(&rig.base, 60100); /* the wheel may be a tick late */
    wait_for(&rig, 2);
    assert_ptr_equal(rig.last.publication, p);
    assert_null(p->wait);
    row.body = NULL;
    row.etag = "another";
    presence_state_put_publication(server_of(&rig), p, &row, NULL, on_change, &rig);
    wait_for(&rig, 3);
    assert_int_equal(server_of(&rig)->publications.n, 1);

    /* and nobody has renewed it: its row goes with it */
    server_rig_pass(&rig.base, 1100);
    assert_int_equal(server_of(&rig)->publications.n, 0);
    rig_fini(&rig, 0, 0);
}

static void on_said(void *vrig, int error)
{
    struct rig *rig = vrig;

    rig->told++;
    rig->told_error = error;
}

static void put_statement(struct rig *rig, struct presentity *p, enum compose_state state, int at)
{
    struct statement_said const said = { .state = state, .time_ms = at };

    presence_state_put_statement(p, &said, on_said, rig);
}

/* Answered when it is on disk, or when the server ends; without a store at once. */
static void test_a_statement_waits(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct presentity *p = presentity_get(server_of(&rig), "a@x.test");
    put_statement(&rig, p, COMPOSE_AWAY, 5);
    assert_int_equal(rig.told, 0);
    wait_for(&rig, 1);
    put_statement(&rig, p, COMPOSE_BUSY, 6);
    presence_state_forget_statement(p, STATEMENT_MANUAL, 5); /* the one before */
    assert_int_equal(rig.told, 1);
    presence_state_fini(&rig.base.server.state);
    assert_int_equal(rig.told, 2);
    assert_int_equal(rig.told_error, -ECANCELED);
    put_statement(&rig, p, COMPOSE_DND, 7);
    assert_int_equal(rig.told, 3);
    assert_int_equal(rig.told_error, 0);
    presentity_release(p);
    rig_fini(&rig, 0, 0);
    assert_string_equal(rig.said, "manual:busy:6 ");
}

/* That it is over is kept beside a publication of one only. */
static void test_the_end_of_what_was_set(void **state)
{
    static char const by_hand[] =
        "<tuple id='cisco-pws'><status><basic>open</basic></status></tuple>";

    (void)state;
    for (int is_published = 0; is_published <= 1; is_published++) {
        struct statement_said const said = { .state = COMPOSE_AWAY, .time_ms = 5 };
        struct rig rig;

        rig_init(&rig);
        struct presentity *p = presentity_get(server_of(&rig), "a@x.test");
        p->n_holds++;
        (void)server_rig_publish(&rig.base, "a@x.test", is_published ? by_hand : "");
        presence_state_put_statement(p, &said, on_said, &rig);
        statement_restore(statement_new(p, &said));
        presentity_clear_manual(p);
        assert_int_equal(p->manual, 0);
        assert_null(p->statements[STATEMENT_MANUAL]);
        p->n_holds--;
        wait_for(&rig, 1);
        rig_fini(&rig, 0, 0);
        assert_int_equal(strncmp(rig.said, "manual::", 8) == 0, is_published);
        assert_int_equal(*rig.said != '\0', is_published);
    }
}

/* After a restart: when no publication is left that it is the end of, the row goes. */
static void test_the_end_of_nothing(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct presentity *p = presentity_get(server_of(&rig), "a@x.test");
    put_statement(&rig, p, COMPOSE_UNKNOWN, 5);
    wait_for(&rig, 1);
    p->cleared_ms = 5;
    presentity_settle_manual(p);
    presentity_release(p);
    rig_fini(&rig, 0, 0);
    assert_string_equal(rig.said, "");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_without_a_store),     cmocka_unit_test(test_a_subscription_waits),
        cmocka_unit_test(test_gone_while_it_waits), cmocka_unit_test(test_the_end_while_it_waits),
        cmocka_unit_test(test_numbers_of_notify),   cmocka_unit_test(test_a_publication_waits),
        cmocka_unit_test(test_a_statement_waits),   cmocka_unit_test(test_the_end_of_what_was_set),
        cmocka_unit_test(test_the_end_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
