/* SPDX-License-Identifier: Apache-2.0 */
/* The three-step user check (guide-rcc 3), whose lines are whose, and names that stand twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_people_change.h"
#include "users.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    struct users_person const *user = users_find(users, from, NULL);

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
    struct users *users;
    size_t contradictions;
    (void)state;

    users = users_new(&conf, NULL, &contradictions);
    assert_non_null(users);
    assert_int_equal(contradictions, 0);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_finds(users, vectors[i].from, vectors[i].id);
    users_free(&users);
}

static void test_matched(void **state)
{
    enum users_match matched;
    size_t contradictions;
    struct users *users = users_new(&conf, NULL, &contradictions);
    (void)state;

    assert_non_null(users);
    assert_non_null(users_find(users, "sip:alice@anywhere.test", &matched));
    assert_int_equal(matched, USERS_MATCH_ID);
    assert_non_null(users_find(users, "SIP:AA@SIP.example.test", &matched));
    assert_int_equal(matched, USERS_MATCH_URI);
    assert_non_null(users_find(users, "sip:alice.a@example.test", &matched));
    assert_int_equal(matched, USERS_MATCH_MAIL);
    users_free(&users);
}

/* From is the peer's: any length. */
static void test_long_names(void **state)
{
    char from[LONG + 1] = "sip:";
    struct users *users;
    size_t contradictions;
    (void)state;

    users = users_new(&conf, NULL, &contradictions);
    assert_non_null(users);
    assert_int_equal(contradictions, 0);
    memset(from + 4, 'a', LONG - 4);
    from[LONG] = '\0';
    assert_null(users_find(users, from, NULL));
    from[10] = '@';
    assert_null(users_find(users, from, NULL));
    users_free(&users);
}

static void test_lines(void **state)
{
    struct users *users;
    size_t contradictions;
    (void)state;

    users = users_new(&conf, NULL, &contradictions);
    assert_non_null(users);
    assert_int_equal(contradictions, 0);
    assert_true(users_may_control(users, people[0].id, "2001"));
    assert_true(users_may_control(users, people[0].id, "+390212345"));
    assert_true(users_may_control(users, people[1].id, "2001"));
    assert_false(users_may_control(users, people[0].id, "2002"));
    assert_false(users_may_control(users, people[0].id, "200"));
    assert_false(users_may_control(users, people[0].id, "20011"));
    assert_false(users_may_control(users, people[2].id, "2001"));
    assert_true(users_have_line(users, "2001"));
    assert_true(users_have_line(users, "2002"));
    assert_false(users_have_line(users, "2003"));
    assert_false(users_have_line(users, "alice"));
    assert_null(users_find(users, "sip:2001@example.test", NULL));
    users_free(&users);
}

static void test_nobody(void **state)
{
    static struct cti_conf const none;
    struct users *users;
    size_t contradictions;
    (void)state;

    users = users_new(&none, NULL, &contradictions);
    assert_non_null(users);
    assert_int_equal(contradictions, 0);
    assert_null(users_find(users, "sip:alice@example.test", NULL));
    assert_false(users_have_line(users, "2001"));
    users_free(&users);
    users_free(&users);
}

static void test_many(void **state)
{
    static struct cti_user all[MANY];
    static char ids[MANY][16], froms[MANY][32], numbers[MANY][16];
    static char const *lines[MANY];
    struct cti_conf const big = { .users = { .v = all, .n = MANY } };
    struct users *users;
    size_t contradictions;
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
    users = users_new(&big, NULL, &contradictions);
    assert_non_null(users);
    assert_int_equal(contradictions, 0);
    for (int i = 0; i < MANY; i++) {
        assert_ptr_equal(users_find(users, froms[i], NULL)->id, ids[i]);
        assert_true(users_have_line(users, numbers[i]));
    }
    assert_false(users_have_line(users, "9999"));
    users_free(&users);
}

/* --- with a store ----------------------------------------------------------------------------- */

#define LIST(...)                                                                                  \
    ((char const *[]){ __VA_ARGS__ }), sizeof((char const *[]){ __VA_ARGS__ }) / sizeof(char *)

static struct store_person const stored[] = {
    { .id = "gina", .mail = "gina@example.test", .sip = "sip:g@sip.example.test", .rcc = true },
    /* the same as in the file, but for the groups: no contradiction */
    { .id = "alice",
      .mail = "Alice.A@example.test",
      .sip = "sip:aa@sip.example.test",
      .rcc = true },
};
static struct store_person const contradicting[] = {
    { .id = "bob", .mail = "", .sip = "", .rcc = true },
    { .id = "hugo", .mail = "C@example.test", .sip = "", .rcc = true },
    { .id = "ida", .mail = "", .sip = "sip:DAVE.D@example.test" },
};
static struct store_device const devices[] = {
    { .name = "SEP1", .partition = "", .mobility = "", .registered = true },
    { .name = "SEP2", .partition = "PT2", .mobility = "gina" },
    { .name = "gina", .partition = "", .mobility = "", .soft = true },
    { .name = "SEP4", .partition = "", .mobility = "" },
};

static struct users *with_store(bool contradictory, size_t *ret_contradictions)
{
    char path[] = "/tmp/test_users.XXXXXX";
    struct store *store;
    struct store_people *people_read;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(store_open(&store, path, 1), 0);
    assert_int_equal(store_people_begin(store, 0), 0);
    assert_int_equal(store_people_put_user(store, &stored[0], "staff desk"), 0);
    assert_int_equal(store_people_put_user(store, &stored[1], "staff"), 0);
    for (size_t i = 0; contradictory && i < 3; i++)
        assert_int_equal(store_people_put_user(store, &contradicting[i], ""), 0);
    assert_int_equal(store_people_put_device(store, &devices[0], LIST("gina", "bob")), 0);
    assert_int_equal(store_people_put_device(store, &devices[1], NULL, 0), 0);
    assert_int_equal(store_people_put_device(store, &devices[2], LIST("gina")), 0);
    assert_int_equal(store_people_put_device(store, &devices[3], LIST("alice")), 0);
    assert_int_equal(store_people_put_line(store, "3001", "", LIST("SEP4", "gina", "SEP2", "SEP1")),
                     0);
    assert_int_equal(store_people_put_line(store, "3001", "PT9", LIST("SEP1")), 0);
    assert_int_equal(store_people_put_line(store, "2001", "", LIST("SEP4", "SEP1")), 0);
    assert_int_equal(store_people_put_line(store, "3002", "", NULL, 0), 0);
    assert_int_equal(store_people_end(store, true), 0);
    assert_int_equal(store_people_read(store, &people_read), 0);
    store_close(&store);
    unlink(path);
    struct users *users = users_new(&conf, people_read, ret_contradictions);
    assert_non_null(users);
    return users;
}

static void assert_phones(struct users const *users, char const *id, char const *number,
                          char const *partition, char const *wanted)
{
    struct device_choice_phone phones[8];
    size_t n = users_phones(users, id, number, partition, phones, 8);
    char text[128] = "";

    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "%s%s%s ", phones[i].name,
                       phones[i].soft ? "*" : "", phones[i].registered ? "+" : "");
    }
    print_message("# %s %s %s\n", id, number, partition);
    assert_string_equal(text, wanted);
}

static void test_store_and_file(void **state)
{
    size_t contradictions;
    struct users *users = with_store(false, &contradictions);
    (void)state;

    assert_int_equal(contradictions, 0);
    assert_int_equal(users_count(users), 7);
    assert_finds(users, "sip:gina@elsewhere.test", "gina");
    assert_finds(users, "sip:g@sip.example.test", "gina");
    assert_finds(users, "sip:alice.a@example.test", "alice");
    assert_int_equal(users_by_id(users, "gina")->groups.n, 2);
    assert_string_equal(users_by_id(users, "gina")->groups.v[1], "desk");
    assert_null(users_by_id(users, "SEP1"));

    /* by association, by extension mobility, by partition */
    assert_phones(users, "gina", "3001", "", "gina* SEP2 SEP1+ ");
    assert_phones(users, "gina", "3001", "PT2", "SEP2 ");
    assert_phones(users, "gina", "3001", "PT9", "SEP1+ ");
    assert_phones(users, "gina", "3001", "PT7", "");
    assert_phones(users, "bob", "3001", "", "SEP1+ ");
    /* a line of the file is the user's on every phone */
    assert_phones(users, "bob", "2001", "", "SEP4 SEP1+ ");
    assert_phones(users, "gina", "2001", "", "SEP1+ ");
    assert_phones(users, "carol", "2001", "", "");
    assert_phones(users, "nobody", "2001", "", "");
    struct device_choice_phone one;
    assert_int_equal(users_phones(users, "gina", "3001", "", &one, 1), 1);

    char const *numbers[4];
    assert_int_equal(users_numbers(users, "gina", numbers, 4), 2);
    assert_string_equal(numbers[0], "2001");
    assert_string_equal(numbers[1], "3001");
    assert_int_equal(users_numbers(users, "gina", numbers, 1), 1);
    assert_int_equal(users_numbers(users, "alice", numbers, 4), 3);
    assert_int_equal(users_numbers(users, "carol", numbers, 4), 0);
    assert_int_equal(users_numbers(users, "nobody", numbers, 4), 0);
    assert_true(users_may_control(users, "gina", "3001"));
    assert_true(users_may_control(users, "alice", "3001"));
    assert_false(users_may_control(users, "carol", "3001"));
    assert_false(users_may_control(users, "gina", "3002"));
    assert_true(users_have_line(users, "3002"));
    assert_true(users_has_phones(users, "3001"));
    assert_false(users_has_phones(users, "3002"));
    assert_false(users_has_phones(users, "2002"));
    assert_true(users_stands_on(users, "3001", "SEP2"));
    assert_true(users_stands_on(users, "2001", "SEP4"));
    assert_false(users_stands_on(users, "3002", "SEP1"));
    assert_false(users_stands_on(users, "2001", "SEP2"));
    assert_false(users_stands_on(users, "3001", "nobody"));
    users_free(&users);
}

static void test_contradictions(void **state)
{
    size_t contradictions;
    struct users *users = with_store(true, &contradictions);
    (void)state;

    assert_int_equal(contradictions, 3);
    assert_false(users_by_id(users, "bob")->rcc);
    assert_finds(users, "sip:c@example.test", "carol");
    assert_finds(users, "sip:dave.d@example.test", "dave");
    assert_finds(users, "sip:hugo@example.test", "hugo");
    users_free(&users);
}

static void test_registered(void **state)
{
    static char const *const of_3001[] = { "SEP4", "gina", "SEP2", "SEP1" };
    size_t contradictions;
    struct users *users = with_store(false, &contradictions);
    char const *names[USERS_PHONES_MAX];
    (void)state;

    assert_false(users_register(users, "none", true));
    assert_false(users_register(users, "SEP1", true));
    assert_phones(users, "gina", "2001", "", "SEP1+ ");
    assert_true(users_register(users, "SEP1", false));
    assert_false(users_register(users, "SEP1", false));
    assert_phones(users, "gina", "2001", "", "SEP1 ");
    assert_true(users_register(users, "SEP1", true));
    assert_phones(users, "gina", "2001", "", "SEP1+ ");

    /* SEP1 has the line in two partitions */
    assert_int_equal(users_line_phones(users, "3001", names, USERS_PHONES_MAX), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(names[i], of_3001[i]);
    assert_int_equal(users_line_phones(users, "3001", names, 2), 2);
    assert_int_equal(users_line_phones(users, "none", names, USERS_PHONES_MAX), 0);
    users_free(&users);
}

static void test_choices(void **state)
{
    size_t contradictions;
    struct users *users = with_store(false, &contradictions);
    (void)state;

    assert_string_equal(users_chosen(users, "gina", "3001"), "");
    assert_int_equal(users_choose(users, "gina", "3001", "SEP1"), 0);
    assert_string_equal(users_chosen(users, "gina", "3001"), "SEP1");
    assert_int_equal(users_choose(users, "gina", "3001", "SEP2"), 0);
    assert_string_equal(users_chosen(users, "gina", "3001"), "SEP2");
    assert_string_equal(users_chosen(users, "gina", "2001"), "");
    assert_string_equal(users_chosen(users, "bob", "3001"), "");
    users_free(&users);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_find),           cmocka_unit_test(test_matched),
        cmocka_unit_test(test_long_names),     cmocka_unit_test(test_lines),
        cmocka_unit_test(test_nobody),         cmocka_unit_test(test_many),
        cmocka_unit_test(test_store_and_file), cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_choices),        cmocka_unit_test(test_registered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
