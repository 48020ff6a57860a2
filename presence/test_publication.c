/* SPDX-License-Identifier: Apache-2.0 */
/* Publications by their entity tags: new after every success, the old one dead, ended by the clock;
 * and how the watchers of a user wait for their turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "composed.h"
#include "event_server.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include <stdio.h>
#include <string.h>

static struct presence_conf conf;

static struct published *document(char const *note)
{
    struct published_fault fault;
    char body[400];
    int len = snprintf(body, sizeof body,
                       "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:a@x.test'><tuple "
                       "id='t'><status><basic>open</basic></status><note>%s</note></tuple>"
                       "</presence>",
                       note);
    struct published *published = published_parse(published_package_find("presence"), "a@x.test",
                                                  body, (size_t)len, &pidf_limits_default, &fault);

    assert_non_null(published);
    return published;
}

static struct publication_id const *fresh_id(void)
{
    static struct publication_id id;

    publication_id_make(&id);
    return &id;
}

static int set_up(void **state)
{
    static struct event_server server;

    conf = (struct presence_conf){ .max_presentities = 2, .change_rate = 1 };
    server = (struct event_server){ .conf = &conf, .wheel = wheel_new(clock_now_ms()) };
    TAILQ_INIT(&server.waiting);
    throttle_init(&server.changes, (uint64_t)conf.change_rate, clock_now_ms());
    *state = &server;
    return server.wheel ? 0 : -1;
}

static int tear_down(void **state)
{
    struct event_server *server = *state;
    struct htab_entry *entry;

    while ((entry = htab_next(&server->publications, NULL))) {
        struct publication *p = (struct publication *)entry;
        struct presentity *owner = p->presentity;
        publication_free(&p);
        presentity_release(owner);
    }
    assert_int_equal(server->presentities.n, 0);
    wheel_disarm(&server->turn);
    htab_fini(&server->presentities);
    htab_fini(&server->publications);
    wheel_free(&server->wheel);
    return 0;
}

static void pass(struct event_server *server, uint64_t ms)
{
    clock_advance_ms(ms);
    wheel_run(server->wheel, clock_now_ms());
}

static void test_tags(void **state)
{
    struct event_server *server = *state;
    struct publication *p =
        publication_new(presentity_get(server, "a@x.test"), document("1"), fresh_id(), 60);
    char first[PUBLICATION_ETAG + 1], second[PUBLICATION_ETAG + 1], name[PUBLICATION_NAME + 1];
    int64_t changed_ms = p->changed_ms;

    assert_ptr_equal(publication_find(server, p->etag), p);
    (void)snprintf(first, sizeof first, "%s", p->etag);
    (void)snprintf(name, sizeof name, "%s", p->name);

    clock_advance_ms(1000);
    assert_int_equal(publication_renew(p, NULL, fresh_id(), 60), 0);
    assert_string_not_equal(p->etag, first);
    assert_null(publication_find(server, first));
    assert_ptr_equal(publication_find(server, p->etag), p);
    (void)snprintf(second, sizeof second, "%s", p->etag);

    /* The same document says nothing new, under a new tag. */
    assert_int_equal(publication_renew(p, document("1"), fresh_id(), 60), 0);
    assert_null(publication_find(server, second));
    assert_int_equal(p->changed_ms, changed_ms);
    assert_int_equal(publication_renew(p, document("2"), fresh_id(), 60), 0);
    assert_true(p->changed_ms > changed_ms);
    assert_string_equal(p->name, name);
    assert_int_equal(server->publications.n, 1);
}

/* By the clock, counted from the last refresh. */
static void test_expiry(void **state)
{
    struct event_server *server = *state;
    struct publication *p =
        publication_new(presentity_get(server, "a@x.test"), document("1"), fresh_id(), 60);
    int64_t before = met_get(&presence_metrics, M_publications_expired);

    pass(server, 59000);
    assert_int_equal(server->publications.n, 1);
    assert_int_equal(publication_renew(p, NULL, fresh_id(), 60), 0);
    pass(server, 59000);
    assert_int_equal(server->publications.n, 1);
    pass(server, 1100);
    assert_int_equal(server->publications.n, 0);
    assert_int_equal(server->presentities.n, 0);
    assert_int_equal(met_get(&presence_metrics, M_publications_expired) - before, 1);
}

static void test_limit(void **state)
{
    struct event_server *server = *state;
    struct presentity *a = presentity_get(server, "a@x.test");
    struct presentity *b = presentity_get(server, "b@x.test");

    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_equal(presentity_get(server, "a@x.test"), a);
    assert_null(presentity_get(server, "c@x.test"));
    presentity_release(a);
    assert_null(presentity_find(server, "a@x.test"));
    presentity_release(b);
}

/* One document for all watchers of a dialect, another one when a source changes. */
static void test_documents(void **state)
{
    struct event_server *server = *state;
    struct presentity *a = presentity_get(server, "a@x.test");
    struct pidf_profile const *profile = pidf_profiles();
    struct publication *p = publication_new(a, document("here"), fresh_id(), 60);

    presentity_changed(a);
    struct presentity_document const *full = presentity_show(a, PRESENTITY_FULL, profile);
    assert_ptr_equal(presentity_show(a, PRESENTITY_FULL, profile), full);
    assert_non_null(strstr(full->text, "here"));
    struct presentity_document const *offline = presentity_show(a, PRESENTITY_OFFLINE, profile);
    assert_null(strstr(offline->text, "here"));
    assert_true(full->tag && offline->tag && full->tag != offline->tag);
    uint64_t tag = full->tag, offline_tag = offline->tag;

    clock_advance_ms(10);
    assert_int_equal(publication_renew(p, document("gone"), fresh_id(), 60), 0);
    presentity_changed(a);
    assert_true(presentity_show(a, PRESENTITY_FULL, profile)->tag != tag);
    assert_int_equal(presentity_show(a, PRESENTITY_OFFLINE, profile)->tag, offline_tag);
}

/* change_rate 1: the first at once, then one a second, whoever changes meanwhile only once. */
static void test_turns(void **state)
{
    struct event_server *server = *state;
    struct presentity *a = presentity_get(server, "a@x.test");
    struct publication *p = publication_new(a, document("1"), fresh_id(), 3600);
    int64_t delayed = met_get(&presence_metrics, M_changes_delayed);
    int64_t merged = met_get(&presence_metrics, M_changes_merged);

    presentity_changed(a);
    assert_false(a->is_waiting);
    for (int i = 2; i < 5; i++) {
        char note[8];
        (void)snprintf(note, sizeof note, "%d", i);
        assert_int_equal(publication_renew(p, document(note), fresh_id(), 3600), 0);
        presentity_changed(a);
        assert_true(a->is_waiting);
    }
    assert_int_equal(met_get(&presence_metrics, M_changes_delayed) - delayed, 1);
    assert_int_equal(met_get(&presence_metrics, M_changes_merged) - merged, 2);
    pass(server, 900);
    assert_true(a->is_waiting);
    pass(server, 150);
    assert_false(a->is_waiting);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_tags),      TEST(test_expiry), TEST(test_limit),
        TEST(test_documents), TEST(test_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
