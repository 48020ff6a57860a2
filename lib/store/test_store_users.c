/* SPDX-License-Identifier: Apache-2.0 */
/* Users in memory and in the file are the same, before and after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_bindings.h"
#include "store_rig.h"
#include "store_users.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MD5_A    "0123456789abcdef0123456789abcdef"
#define MD5_B    "fedcba9876543210fedcba9876543210"
#define SHA256_A MD5_A MD5_A
#define SHA256_B MD5_B MD5_B

static struct store_user const alice = { "alice",        "example.test",
                                         "example.test", { MD5_A, SHA256_A },
                                         true,           1000 };
static struct store_user const bob = { "bob", "example.test", "old.test", { MD5_A, SHA256_A }, true,
                                       1001 };

typedef int change_fn(struct store_users *users, struct store_link *link,
                      struct store_user const *user, store_done_fn *done, void *ctx);

struct rig {
    struct store_rig base;
    struct store_users *users;
};

static void start(struct rig *rig)
{
    store_rig_open(&rig->base);
    assert_int_equal(store_users_new(&rig->users, rig->base.store), 0);
    store_rig_start(&rig->base);
}

static void stop(struct rig *rig)
{
    store_rig_close(&rig->base);
    store_users_free(&rig->users);
}

static int change(struct rig *rig, change_fn *fn, struct store_user const *user)
{
    int told = rig->base.told;
    assert_int_equal(fn(rig->users, rig->base.link, user, store_rig_done, &rig->base), 0);
    return store_rig_wait(&rig->base, told + 1);
}

static void note(void *ctx, struct store_user const *user)
{
    char *text = ctx;
    size_t len = strlen(text);
    (void)snprintf(text + len, 512 - len, "%s@%s %s %.4s %.4s %d %lld\n", user->name, user->domain,
                   user->realm, user->secret.md5, user->secret.sha256, user->enabled,
                   (long long)user->created_s);
}

/* In memory now, and in memory after a restart. */
static void expect(struct rig *rig, char const *wanted)
{
    for (int i = 0; i < 2; i++) {
        char text[512] = "";
        assert_int_equal(store_users_each(rig->users, note, text), 0);
        assert_string_equal(text, wanted);
        stop(rig);
        start(rig);
    }
}

static void test_changes(void **state)
{
    struct store_user new_alice = { "alice", "example.test", "new.test", { MD5_B, SHA256_B }, true,
                                    5 };
    struct store_user off = alice;
    struct rig rig;
    (void)state;
    store_rig_init(&rig.base);
    start(&rig);
    expect(&rig, "");
    assert_int_equal(change(&rig, store_users_add, &bob), 0);
    assert_int_equal(change(&rig, store_users_add, &alice), 0);
    expect(&rig, "alice@example.test example.test 0123 0123 1 1000\n"
                 "bob@example.test old.test 0123 0123 1 1001\n");
    assert_int_equal(change(&rig, store_users_add, &new_alice), -EEXIST);

    off.enabled = false;
    assert_int_equal(change(&rig, store_users_enable, &off), 0);
    expect(&rig, "alice@example.test example.test 0123 0123 0 1000\n"
                 "bob@example.test old.test 0123 0123 1 1001\n");
    assert_int_equal(change(&rig, store_users_set, &new_alice), 0);
    expect(&rig, "alice@example.test new.test fedc fedc 0 1000\n"
                 "bob@example.test old.test 0123 0123 1 1001\n");
    assert_int_equal(change(&rig, store_users_enable, &alice), 0);
    assert_int_equal(change(&rig, store_users_delete, &bob), 0);
    expect(&rig, "alice@example.test new.test fedc fedc 1 1000\n");

    assert_int_equal(change(&rig, store_users_delete, &bob), -ENOENT);
    assert_int_equal(change(&rig, store_users_set, &bob), -ENOENT);
    assert_int_equal(change(&rig, store_users_enable, &bob), -ENOENT);
    stop(&rig);
    store_rig_fini(&rig.base);
}

static void test_find(void **state)
{
    struct store_user off = alice;
    struct store_secret secret;
    struct rig rig;
    (void)state;
    store_rig_init(&rig.base);
    start(&rig);
    assert_int_equal(change(&rig, store_users_add, &alice), 0);
    assert_true(store_users_find(rig.users, "alice", "example.test", "example.test", &secret));
    assert_string_equal(secret.md5, MD5_A);
    assert_string_equal(secret.sha256, SHA256_A);
    assert_false(store_users_find(rig.users, "alice", "example.test", "other.test", &secret));
    assert_false(store_users_find(rig.users, "alice", "other.test", "example.test", &secret));
    assert_false(store_users_find(rig.users, "Alice", "example.test", "example.test", &secret));
    off.enabled = false;
    assert_int_equal(change(&rig, store_users_enable, &off), 0);
    assert_false(store_users_find(rig.users, "alice", "example.test", "example.test", &secret));
    assert_true(store_users_exists(rig.users, "alice", "example.test"));
    assert_false(store_users_exists(rig.users, "bob", "example.test"));
    stop(&rig);
    store_rig_fini(&rig.base);
}

static int count_bindings(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    (void)aor;
    (void)list;
    *(size_t *)ctx += n;
    return 0;
}

static void test_registrations_go_with_their_user(void **state)
{
    struct store_binding const phone = { .contact = "sip:a@192.0.2.1",
                                         .path = "",
                                         .received = "",
                                         .call_id = "c",
                                         .user_agent = "",
                                         .expires_s = 2000 };
    struct rig rig;
    size_t left = 0;
    (void)state;
    store_rig_init(&rig.base);
    start(&rig);
    assert_int_equal(change(&rig, store_users_add, &alice), 0);
    assert_int_equal(
        store_bindings_replace(rig.base.link, "alice@example.test", &phone, 1, NULL, NULL), 0);
    assert_int_equal(
        store_bindings_replace(rig.base.link, "bob@example.test", &phone, 1, NULL, NULL), 0);
    assert_int_equal(change(&rig, store_users_delete, &alice), 0);
    stop(&rig);
    store_rig_open(&rig.base);
    assert_int_equal(store_bindings_each(rig.base.store, 0, count_bindings, &left), 0);
    assert_int_equal(left, 1);
    store_rig_close(&rig.base);
    store_rig_fini(&rig.base);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_registrations_go_with_their_user),
    };
    return cmocka_run_group_tests_name("store_users", tests, NULL, NULL);
}
