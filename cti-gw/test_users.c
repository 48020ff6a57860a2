/* SPDX-License-Identifier: Apache-2.0 */
/* The three-step user check (guide-rcc 3), whose lines are whose, and names that stand twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "users.h"
#include <string.h>

enum { LONG = 4000, MANY = 5000 };

static char const *alice_lines[] = { "2001", "+390212345" };
static char const *bob_lines[] = { "2002", "2001" };

/* "carol" is the id of one user and the local part of another's mail address: the id wins. Mail and
 * URI of frank are the same as another's: the first one keeps them. */
static struct cti_user people[] = {
    { .id = "alice",
      .mail = "alice.a@example.test",
      .uri = "sip:aa@sip.example.test",
      .rcc = true,
      .lines = { .v = alice_lines, .n = 2 } },
    { .id = "bob", .mail = "", .uri = "", .lines = { .v = bob_lines, .n = 2 } },
    { .id = "carol", .mail = "c@example.test", .uri = "sip:c@example.test", .rcc = true },
    { .id = "dave", .mail = "carol@example.test", .uri = "sip:dave.d@example.test", .rcc = true },
    { .id = "erin", .mail = "sip:aa@sip.example.test", .uri = "sip:e@example.test" },
    { .id = "frank", .mail = "c@example.test", .uri = "sip:aa@sip.example.test" },
};

static struct cti_conf const conf = { .users = { .v = people, .n = 6 } };

/* clang-format off */
static struct {
    char const *from, *id;
} const vectors[] = {
    /* step 1: the user part is a user id, whatever the host */
    { "sip:alice@example.test", "alice" },
    { "sip:alice@elsewhere.test", "alice" },
    { "sip:alice", "alice" },
    { "sip:bob@example.test", "bob" },
    { "sip:carol@example.test", "carol" },
    { "sip:ALICE@example.test", NULL },
    { "sip:alic@example.test", NULL },
    { "sip:alicea@example.test", NULL },
    /* step 2: the address is a mail address */
    { "sip:alice.a@example.test", "alice" },
    { "sip:Alice.A@Example.TEST", "alice" },
    { "sip:alice.a@elsewhere.test", NULL },
    { "sip:c@example.test", "carol" },
    /* step 3: the URI is a primary SIP address */
    { "sip:aa@sip.example.test", "alice" },
    { "SIP:AA@SIP.example.test", "alice" },
    { "sip:dave.d@example.test", "dave" },
    { "sips:aa@sip.example.test", NULL },
    { "sip:aa@example.test", NULL },
    /* nobody */
    { "sip:mallory@example.test", NULL },
    { "sip:@example.test", NULL },
    { "sip:", NULL },
    { "alice", NULL },
    { "", NULL },
};
/* clang-format on */

static void assert_finds(struct users const *users, char const *from, char const *id)
{
    struct cti_user const *user = users_find(users, from);

    print_message("# %s\n", from);
    if (id) {
        assert_non_null(user);
        assert_string_equal(user->id, id);
    } else {
        assert_null(user);
    }
}

static void test_find(void **state)
{
    struct users users;
    (void)state;

    assert_int_equal(users_init(&users, &conf), 0);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_finds(&users, vectors[i].from, vectors[i].id);
    users_fini(&users);
}

/* From is the peer's: any length. */
static void test_long_names(void **state)
{
    char from[LONG + 1] = "sip:";
    struct users users;
    (void)state;

    assert_int_equal(users_init(&users, &conf), 0);
    memset(from + 4, 'a', LONG - 4);
    from[LONG] = '\0';
    assert_null(users_find(&users, from));
    from[10] = '@';
    assert_null(users_find(&users, from));
    users_fini(&users);
}

static void test_lines(void **state)
{
    struct users users;
    (void)state;

    assert_int_equal(users_init(&users, &conf), 0);
    assert_true(users_may_control(&users, people[0].id, "2001"));
    assert_true(users_may_control(&users, people[0].id, "+390212345"));
    assert_true(users_may_control(&users, people[1].id, "2001"));
    assert_false(users_may_control(&users, people[0].id, "2002"));
    assert_false(users_may_control(&users, people[0].id, "200"));
    assert_false(users_may_control(&users, people[0].id, "20011"));
    assert_false(users_may_control(&users, people[2].id, "2001"));
    assert_true(users_have_line(&users, "2001"));
    assert_true(users_have_line(&users, "2002"));
    assert_false(users_have_line(&users, "2003"));
    assert_false(users_have_line(&users, "alice"));
    assert_null(users_find(&users, "sip:2001@example.test"));
    users_fini(&users);
}

static void test_nobody(void **state)
{
    static struct cti_conf const none;
    struct users users;
    (void)state;

    assert_int_equal(users_init(&users, &none), 0);
    assert_null(users_find(&users, "sip:alice@example.test"));
    assert_false(users_have_line(&users, "2001"));
    users_fini(&users);
    users_fini(&users);
}

static void test_many(void **state)
{
    static struct cti_user all[MANY];
    static char ids[MANY][16], froms[MANY][32], numbers[MANY][16];
    static char const *lines[MANY];
    struct cti_conf const big = { .users = { .v = all, .n = MANY } };
    struct users users;
    (void)state;

    for (int i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "user%d", i);
        snprintf(froms[i], sizeof froms[i], "sip:user%d@x.test", i);
        snprintf(numbers[i], sizeof numbers[i], "%d", 10000 + i);
        lines[i] = numbers[i];
        all[i] = (struct cti_user){
            .id = ids[i], .mail = "", .uri = "", .lines = { .v = &lines[i], .n = 1 }
        };
    }
    assert_int_equal(users_init(&users, &big), 0);
    for (int i = 0; i < MANY; i++) {
        assert_ptr_equal(users_find(&users, froms[i]), &all[i]);
        assert_true(users_have_line(&users, numbers[i]));
    }
    assert_false(users_have_line(&users, "9999"));
    users_fini(&users);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_find),  cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_lines), cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
