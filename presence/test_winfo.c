/* SPDX-License-Identifier: Apache-2.0 */
/* Records of watchers: what each event makes of them, when they go, and which documents tell them
 * (RFC 3857, 3858). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "pidf_read.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "server_rig.h"
#include "subscription.h"
#include "subscription_fsm.h"
#include "watcherinfo.h"
#include <sofia-sip/msg_addr.h>
#include <stdio.h>
#include <string.h>

enum { GONE_MAX = 200 }; /* of winfo.c */

/* One user, and one who follows, who is not told by himself: tests ask for his documents. */
struct rig {
    struct server_rig base;
    struct presentity *p;
    struct subscription follower;
};

static void rig_init(struct rig *rig)
{
    server_rig_init(&rig->base);
    rig->p = presentity_get(&rig->base.server, "a@x.test");
    assert_non_null(rig->p);
    rig->follower = (struct subscription){ .server = &rig->base.server,
                                           .presentity = rig->p,
                                           .state = SUBSCRIPTION_ENDING,
                                           .is_full = true };
    LIST_INSERT_HEAD(&rig->p->followers, &rig->follower, link);
    rig->p->n_followers++;
}

static void rig_fini(struct rig *rig)
{
    LIST_REMOVE(&rig->follower, link);
    rig->p->n_followers--;
    presentity_free(rig->p);
    server_rig_fini(&rig->base);
}

static struct subscription watcher(struct rig *rig, char const *address)
{
    return (struct subscription){ .server = &rig->base.server,
                                  .presentity = rig->p,
                                  .watcher = (char *)(uintptr_t)address,
                                  .due_ms = clock_now_ms() + 600500 };
}

/* The next document of the follower, or NULL: nothing is to be told. */
static struct watcherinfo *next_document(struct rig *rig)
{
    struct watcherinfo *info = NULL;
    msg_t *notify = server_rig_notify();
    size_t len;

    assert_int_equal(winfo_add(&rig->follower, notify, winfo_tag(&rig->follower)), 0);
    char const *body = server_rig_body(notify, &len);
    if (len)
        assert_int_equal(watcherinfo_read(body, len, &pidf_limits_default, &info), 0);
    msg_destroy(notify);
    return info;
}

static void expect(struct rig *rig, bool is_partial, char const *what)
{
    struct watcherinfo *info = next_document(rig);
    char line[400] = "";

    if (!info) {
        assert_string_equal(what, "nothing");
        return;
    }
    assert_int_equal(info->is_partial, is_partial);
    assert_string_equal(info->resource, "sip:a@x.test");
    for (size_t i = 0; i < info->n_watchers; i++) {
        struct watcherinfo_watcher const *w = &info->watchers[i];
        size_t used = strlen(line);
        (void)snprintf(line + used, sizeof line - used, "%s%s %s %s", used ? ", " : "",
                       w->uri + strlen("sip:"), watcherinfo_status_name(w->status),
                       watcherinfo_event_name(w->event));
    }
    assert_string_equal(line, what);
    watcherinfo_free(&info);
}

/* What becomes of a watcher whose subscription ends; "": its record is told once and gone. */
static struct {
    bool is_pending;
    char const *reason;
    char const *told;
    bool stays;
} const ends[] = {
    { false, "timeout", "b@x.test terminated timeout", false },
    { false, "deactivated", "b@x.test terminated deactivated", false },
    { false, "probation", "b@x.test terminated probation", false },
    { false, "rejected", "b@x.test terminated rejected", false },
    { false, "noresource", "b@x.test terminated noresource", false },
    { false, "invariant", "b@x.test terminated noresource", false },
    { true, "timeout", "b@x.test waiting timeout", true },
    { true, "rejected", "b@x.test terminated rejected", false },
    { true, "deactivated", "b@x.test terminated deactivated", false },
};

static void test_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct rig rig;
        struct winfo_watcher *record = NULL;

        rig_init(&rig);
        struct subscription const s = watcher(&rig, "b@x.test");
        expect(&rig, false, "");
        winfo_take(&record, rig.p, &s, ends[i].is_pending);
        expect(&rig, true,
               ends[i].is_pending ? "b@x.test pending subscribe" : "b@x.test active subscribe");
        winfo_leave(&record, ends[i].reason);
        assert_null(record);
        expect(&rig, true, ends[i].told);
        expect(&rig, true, "nothing");
        assert_int_equal(winfo_is_idle(&rig.p->winfo), !ends[i].stays);
        rig_fini(&rig);
    }
}

/* Policy decides, takes back, decides; each is one change, and no change is none. */
static void test_decisions(void **state)
{
    struct winfo_watcher *record = NULL;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription const s = watcher(&rig, "b@x.test");
    winfo_take(&record, rig.p, &s, true);
    expect(&rig, false, "b@x.test pending subscribe");
    winfo_take(&record, rig.p, &s, true);
    expect(&rig, true, "nothing");
    winfo_take(&record, rig.p, &s, false);
    expect(&rig, true, "b@x.test active approved");
    winfo_take(&record, rig.p, &s, false);
    expect(&rig, true, "nothing");
    winfo_take(&record, rig.p, &s, true);
    expect(&rig, true, "b@x.test pending subscribe");
    winfo_forget(&record);
    assert_null(record);
    expect(&rig, true, "nothing");
    rig_fini(&rig);
}

/* RFC 3857 4.7.1: who waits and asks again is the same watcher. */
static void test_waiting_comes_back(void **state)
{
    struct winfo_watcher *record = NULL, *other = NULL;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription const s = watcher(&rig, "b@x.test"), c = watcher(&rig, "c@x.test");
    winfo_take(&record, rig.p, &s, true);
    uint64_t id = record->id;
    winfo_leave(&record, "timeout");
    winfo_take(&other, rig.p, &c, false);
    assert_int_not_equal(other->id, id);
    winfo_take(&record, rig.p, &s, true);
    assert_int_equal(record->id, id);
    server_rig_pass(&rig.base, 1001000); /* its patience is over no more */
    expect(&rig, false, "b@x.test pending subscribe, c@x.test active subscribe");
    winfo_forget(&record);
    winfo_forget(&other);
    rig_fini(&rig);
}

/* Patience, and room: the oldest goes first. */
static void test_giveup(void **state)
{
    struct winfo_watcher *records[3] = { 0 };
    static char const *const names[] = { "b@x.test", "c@x.test", "d@x.test" };
    int64_t before = met_get(&presence_metrics, M_watchers_waiting);
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig.base.conf.max_waiting = 2;
    for (size_t i = 0; i < 3; i++) {
        struct subscription const s = watcher(&rig, names[i]);
        winfo_take(&records[i], rig.p, &s, true);
    }
    for (size_t i = 0; i < 3; i++)
        winfo_leave(&records[i], "timeout");
    assert_int_equal(met_get(&presence_metrics, M_watchers_waiting) - before, 2);
    expect(&rig, false, "c@x.test waiting timeout, d@x.test waiting timeout");
    server_rig_pass(&rig.base, 999000);
    expect(&rig, true, "nothing");
    server_rig_pass(&rig.base, 1100);
    expect(&rig, true, "c@x.test terminated giveup, d@x.test terminated giveup");
    assert_true(winfo_is_idle(&rig.p->winfo));
    assert_int_equal(met_get(&presence_metrics, M_watchers_waiting), before);
    rig_fini(&rig);
}

/* The user decides about somebody who waits: allowed, politely blocked or refused. */
static void test_judge(void **state)
{
    static struct {
        enum user_policy_verdict verdict;
        char const *told;
    } const rows[] = {
        { USER_POLICY_ASK, "nothing" },
        { USER_POLICY_ALLOW, "eve@y.test terminated approved" },
        { USER_POLICY_BLOCK, "eve@y.test terminated rejected" },
        { USER_POLICY_REFUSE, "eve@y.test terminated rejected" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct winfo_watcher *record = NULL;
        struct rig rig;

        rig_init(&rig);
        struct subscription const s = watcher(&rig, "eve@y.test");
        winfo_take(&record, rig.p, &s, true);
        winfo_leave(&record, "timeout");
        expect(&rig, false, "eve@y.test waiting timeout");
        rig.base.conf.other_domains = rows[i].verdict;
        winfo_judge(&rig.base.server);
        expect(&rig, true, rows[i].told);
        rig_fini(&rig);
    }
}

/* Who has not been told of those that are gone gets all there is, once too many of them are. */
static void test_too_many_gone(void **state)
{
    struct winfo_watcher *record = NULL;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription const s = watcher(&rig, "b@x.test");
    expect(&rig, false, "");
    for (int i = 0; i < GONE_MAX; i++) {
        winfo_take(&record, rig.p, &s, false);
        winfo_leave(&record, "timeout");
    }
    assert_int_equal(rig.p->winfo.n_gone, GONE_MAX);
    assert_int_equal(rig.p->winfo.forgotten, 0);
    winfo_take(&record, rig.p, &s, false);
    winfo_leave(&record, "timeout");
    assert_int_equal(rig.p->winfo.n_gone, 0);
    winfo_take(&record, rig.p, &s, false);
    expect(&rig, false, "b@x.test active subscribe");
    expect(&rig, true, "nothing");
    winfo_forget(&record);
    rig_fini(&rig);
}

/* Versions follow each other; one that follows anew gets all of it and is not in the way. */
static void test_versions(void **state)
{
    struct winfo_watcher *record = NULL;
    struct watcherinfo *info;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    struct subscription const s = watcher(&rig, "b@x.test");
    winfo_take(&record, rig.p, &s, false);
    server_rig_pass(&rig.base, 20000);
    for (uint32_t version = 0; version < 3; version++) {
        rig.follower.is_full = true;
        info = next_document(&rig);
        assert_non_null(info);
        assert_int_equal(info->version, version);
        assert_int_equal(info->watchers[0].duration_s, 20);
        assert_int_equal(info->watchers[0].expiration_s, 580);
        watcherinfo_free(&info);
    }
    uint64_t tag = winfo_tag(&rig.follower);
    winfo_leave(&record, "timeout");
    assert_int_not_equal(winfo_tag(&rig.follower), tag);
    rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_ends),     cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_giveup),   cmocka_unit_test(test_waiting_comes_back),
        cmocka_unit_test(test_judge),    cmocka_unit_test(test_too_many_gone),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
