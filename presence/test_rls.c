/* SPDX-License-Identifier: Apache-2.0 */
/* The contacts of a list: how they follow the contact list of the store, who is a user, and policy;
 * and whom they watch by that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pidf_write.h"
#include "presentity.h"
#include "rls_list.h"
#include "server_rig.h"
#include "store_contacts_change.h"
#include "subscription.h"
#include "subscription_fsm.h"
#include <sofia-sip/url.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWNER "a@x.test"

enum { TEXT_BYTES = 400 };

/* The list of a@x.test, without a dialog. */
struct rig {
    struct server_rig base;
    struct subscription s;
    char folder[64], path[96];
};

/* The contact list becomes that of @p words: addresses, with "=name" behind those that have one. */
static void set_contacts(struct rig *rig, char const *words)
{
    struct store_roster const *roster;
    struct store *store;
    char text[TEXT_BYTES], *rest = text, *word;

    assert_int_equal(store_open(&store, rig->path, 1), 0);
    assert_int_equal(store_contacts_begin(store, 0), 0);
    if (rig->base.server.rosters.contacts &&
        (roster = store_contacts_roster(rig->base.server.rosters.contacts, OWNER)))
        for (size_t i = 0; i < roster->n_contacts; i++)
            assert_int_equal(store_contacts_drop(store, OWNER, roster->contacts[i].address), 0);
    (void)snprintf(text, sizeof text, "%s", words);
    while ((word = strsep(&rest, " ")))
        if (*word) {
            char *name = strchr(word, '=');
            if (name)
                *name++ = '\0';
            assert_int_equal(store_contacts_put(store, OWNER, word, name ? name : ""), 0);
        }
    assert_int_equal(store_contacts_end(store, true), 0);
    store_contacts_free(&rig->base.server.rosters.contacts);
    assert_int_equal(store_contacts_read(store, &rig->base.server.rosters.contacts), 0);
    store_close(&store);
}

static void rig_init(struct rig *rig, char const *contacts)
{
    server_rig_init(&rig->base);
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/crosspoint-rls-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/test.db", rig->folder);
    rig->s = (struct subscription){ .server = &rig->base.server,
                                    .presentity = presentity_get(&rig->base.server, OWNER),
                                    .watcher = (char *)(uintptr_t)OWNER,
                                    .profile = pidf_profiles(),
                                    .state = SUBSCRIPTION_ENDING, /* is not told by itself */
                                    .is_full = true };
    assert_non_null(rig->s.presentity);
    rig->s.presentity->n_holds++;
    set_contacts(rig, contacts);
    assert_int_equal(rls_new(&rig->s), 0);
    rls_begin(&rig->s);
}

static void rig_fini(struct rig *rig)
{
    static char const *const ends[] = { "", "-wal", "-shm" };
    char path[128];

    rls_free(&rig->s.list);
    assert_null(rig->s.list);
    rig->s.presentity->n_holds--;
    presentity_release(rig->s.presentity);
    server_rig_fini(&rig->base);
    store_contacts_free(&rig->base.server.rosters.contacts);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig->folder), 0);
}

/* All leaves: address, "=name", "-" of one that is gone, "!" of one who is no user. */
static void expect(struct rig const *rig, char const *what)
{
    char text[TEXT_BYTES] = "";
    struct rls_leaf const *leaf;
    size_t n = 0;

    TAILQ_FOREACH(leaf, &rig->s.list->leaves, among)
    {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%s%s%s%s%s", used ? " " : "",
                       leaf->address, *leaf->name ? "=" : "", leaf->name, leaf->is_gone ? "-" : "",
                       leaf->presentity ? "" : "!");
        n++;
    }
    assert_string_equal(text, what);
    assert_int_equal(n, rig->s.list->n);
}

/* How many watch that user by a list, and how many of them the user sees. */
static void expect_watchers(struct rig *rig, char const *user, unsigned leaves, unsigned seen)
{
    struct presentity const *p = presentity_find(&rig->base.server, user);
    struct winfo_watcher const *w;
    unsigned n = 0;

    assert_int_equal(p ? p->n_leaves : 0, leaves);
    if (p)
        TAILQ_FOREACH(w, &p->winfo.watchers, link)
        {
            n += w->subscription == &rig->s;
        }
    assert_int_equal(n, seen);
}

/* The list before, the one after, and the leaves that come of it before anybody is told. */
static struct {
    char const *before, *after, *leaves;
} const changes[] = {
    { "", "", "" },
    { "b@x.test c@x.test", "b@x.test c@x.test", "b@x.test c@x.test" },
    { "b@x.test", "b@x.test c@x.test", "b@x.test c@x.test" },
    { "c@x.test", "b@x.test c@x.test d@x.test", "b@x.test c@x.test d@x.test" },
    { "b@x.test c@x.test d@x.test", "c@x.test", "b@x.test- c@x.test d@x.test-" },
    { "b@x.test c@x.test", "", "b@x.test- c@x.test-" },
    { "b@x.test", "c@x.test", "b@x.test- c@x.test" },
    { "c@x.test", "b@x.test", "b@x.test c@x.test-" },
    { "b@x.test", "b@x.test=Bob", "b@x.test=Bob" },
    { "b@x.test=Bob", "b@x.test", "b@x.test" },
    { "b@x.test", "b@x.test nobody@x.test z@y.test", "b@x.test nobody@x.test! z@y.test!" },
};

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct rig rig;

        print_message("# %zu\n", i);
        rig_init(&rig, changes[i].before);
        set_contacts(&rig, changes[i].after);
        rls_judge(&rig.s);
        expect(&rig, changes[i].leaves);
        rig_fini(&rig);
    }
}

/* Who is taken out and put in again before that is told is there as ever. */
static void test_back(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig, "b@x.test c@x.test");
    expect_watchers(&rig, "b@x.test", 1, 1);
    uint64_t tag = rls_tag(&rig.s);
    set_contacts(&rig, "c@x.test");
    rls_judge(&rig.s);
    expect_watchers(&rig, "b@x.test", 1, 0);
    assert_int_not_equal(rls_tag(&rig.s), tag);
    set_contacts(&rig, "b@x.test c@x.test");
    rls_judge(&rig.s);
    expect(&rig, "b@x.test c@x.test");
    expect_watchers(&rig, "b@x.test", 1, 1);
    assert_int_equal(rls_tag(&rig.s), tag);
    rig_fini(&rig);
}

static void test_most(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig, "b@x.test c@x.test d@x.test");
    expect(&rig, "b@x.test c@x.test d@x.test");
    rig.base.conf.max_contacts = 2;
    rls_judge(&rig.s);
    expect(&rig, "b@x.test c@x.test d@x.test-");
    expect_watchers(&rig, "d@x.test", 1, 0);
    rig.base.conf.max_contacts = 3;
    rls_judge(&rig.s);
    expect(&rig, "b@x.test c@x.test d@x.test");
    rig_fini(&rig);
}

/* Who is added to the users later is shown from then on, and who is taken out no more. */
static void test_users_come_and_go(void **state)
{
    struct rig rig;

    (void)state;
    rig_init(&rig, "b@x.test c@x.test");
    uint64_t tag = rls_tag(&rig.s);
    server_rig_users(&rig.base, 2);
    rls_judge(&rig.s);
    expect(&rig, "b@x.test c@x.test!");
    expect_watchers(&rig, "c@x.test", 0, 0);
    assert_int_not_equal(rls_tag(&rig.s), tag);
    server_rig_users(&rig.base, 4);
    rls_judge(&rig.s);
    expect(&rig, "b@x.test c@x.test");
    expect_watchers(&rig, "c@x.test", 1, 1);
    assert_int_equal(rls_tag(&rig.s), tag);
    rig_fini(&rig);
}

/* Each contact decides about the one who watches all: refused is not seen, the rest is. */
static void test_policy(void **state)
{
    struct rls_leaf const *b;
    struct rig rig;

    (void)state;
    rig_init(&rig, "b@x.test");
    b = TAILQ_FIRST(&rig.s.list->leaves);
    assert_int_equal(b->decision.verdict, USER_POLICY_ALLOW);
    rig.base.conf.availability_sharing = false;
    rls_judge(&rig.s);
    assert_int_equal(b->decision.verdict, USER_POLICY_BLOCK);
    expect_watchers(&rig, "b@x.test", 1, 1);
    rls_leave(&rig.s, "timeout");
    expect_watchers(&rig, "b@x.test", 1, 0);
    rig_fini(&rig);
}

/* More than the contact has room for is refused, and taken when there is some. */
static void test_room_for_watchers(void **state)
{
    struct rls_leaf const *b;
    struct rig rig;

    (void)state;
    rig_init(&rig, "");
    rig.base.conf.max_watchers = 1;
    struct presentity *p = presentity_get(&rig.base.server, "b@x.test");
    p->n_subscriptions++;
    set_contacts(&rig, "b@x.test");
    rls_judge(&rig.s);
    b = TAILQ_FIRST(&rig.s.list->leaves);
    assert_int_equal(b->decision.verdict, USER_POLICY_REFUSE);
    expect_watchers(&rig, "b@x.test", 1, 0);
    p->n_subscriptions--;
    rig.base.conf.max_watchers = 2;
    rls_judge(&rig.s);
    assert_int_equal(b->decision.verdict, USER_POLICY_ALLOW);
    expect_watchers(&rig, "b@x.test", 1, 1);
    rig_fini(&rig);
}

/* Which Request-URIs are lists, and whose. */
static void test_addresses(void **state)
{
    static struct {
        char const *suffix, *uri, *user; /* NULL: of none */
    } const rows[] = {
        { "-list", "sip:a-list@x.test", "a@x.test" },
        { "-list", "sip:a@x.test", NULL },
        { "-list", "sip:-list@x.test", NULL },
        { "-list", "sip:zoe-list@x.test", NULL },
        { "-list", "sip:a-list@y.test", NULL },
        { "-list", "sip:a-lists@x.test", NULL },
        { "-list", "sip:a-list-list@x.test", NULL },
        { "-list", "sip:x.test", NULL },
        { "", "sip:a@x.test", NULL },
        { "b", "sip:b@x.test", NULL }, /* a user of that name goes before the list */
        { "+all", "sip:a+all@X.TEST;transport=tcp", "a@x.test" },
    };
    struct rig rig;

    (void)state;
    rig_init(&rig, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char user[PRESENCE_ADDRESS_BYTES], copy[80];
        url_t url;

        (void)snprintf(copy, sizeof copy, "%s", rows[i].uri);
        assert_int_equal(url_d(&url, copy), 0);
        rig.base.conf.list_suffix = rows[i].suffix;
        if (rls_is_list(&rig.base.server, &url, user) != (rows[i].user != NULL))
            fail_msg("%s", rows[i].uri);
        if (rows[i].user)
            assert_string_equal(user, rows[i].user);
    }
    rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_users_come_and_go),
        cmocka_unit_test(test_room_for_watchers),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
