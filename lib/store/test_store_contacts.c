/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts and policies come back as they were written; all or nothing; a new name goes into every
 * list; what another program commits is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_contacts_change.h"
#include "store_people_change.h"
#include "store_rig.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define ANN "ann@example.test"
#define BOB "bob@example.test"
#define JOE "joe@example.test"
#define EVE "eve@partner.test"

static void print_words(FILE *out, struct store_word const *word)
{
    for (; word; word = word->next)
        fprintf(out, " [%s]", word->text);
    fputc('\n', out);
}

static void print(struct store_contacts const *contacts, FILE *out)
{
    struct store_roster const *roster;

    STAILQ_FOREACH(roster, store_contacts_rosters(contacts), link)
    {
        fprintf(out, "%s %d:", roster->owner, (int)roster->fallback);
        print_words(out, roster->enterprise);
        for (size_t i = 0; i < roster->n_contacts; i++) {
            fprintf(out, "  %s \"%s\"", roster->contacts[i].address, roster->contacts[i].nickname);
            print_words(out, roster->contacts[i].groups);
        }
        for (size_t i = 0; i < roster->n_entries; i++)
            fprintf(out, "  %s %s\n", roster->entries[i].allow ? "allow" : "block",
                    roster->entries[i].who);
    }
}

static void expect(struct store_contacts const *contacts, char const *wanted)
{
    char text[2048] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    assert_non_null(out);
    print(contacts, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
}

static void expect_stored(struct store *store, char const *wanted)
{
    struct store_contacts *contacts;

    assert_int_equal(store_contacts_read(store, &contacts), 0);
    expect(contacts, wanted);
    store_contacts_free(&contacts);
    store_contacts_free(&contacts);
}

static void put_all(struct store *store)
{
    assert_int_equal(store_contacts_begin(store, 0), 0);
    assert_int_equal(store_contacts_put(store, JOE, BOB, "Bobby"), 0);
    bool has;
    assert_int_equal(store_contacts_has(store, JOE, ANN, &has), 0);
    assert_false(has);
    assert_int_equal(store_contacts_put(store, JOE, ANN, ""), 0);
    assert_int_equal(store_contacts_has(store, JOE, ANN, &has), 0);
    assert_true(has);
    assert_int_equal(store_contacts_put_group(store, JOE, BOB, "Work mates"), 0);
    assert_int_equal(store_contacts_put_group(store, JOE, BOB, "Chess"), 0);
    assert_int_equal(store_contacts_put_group(store, JOE, BOB, "Chess"), 0);
    assert_int_equal(store_contacts_put(store, ANN, JOE, "Joe"), 0);
    assert_int_equal(store_contacts_put_enterprise(store, JOE, "staff"), 0);
    assert_int_equal(store_contacts_put_enterprise(store, JOE, "desk"), 0);
    assert_int_equal(store_contacts_put_entry(store, JOE, EVE, false), 0);
    assert_int_equal(store_contacts_put_entry(store, JOE, "@partner.test", true), 0);
    assert_int_equal(store_contacts_put_default(store, BOB, STORE_POLICY_ASK), 0);
    assert_int_equal(store_contacts_end(store, true), 0);
}

#define ALL                                                                                        \
    "ann@example.test 0:\n  joe@example.test \"Joe\"\n"                                            \
    "bob@example.test 3:\n"                                                                        \
    "joe@example.test 0: [desk] [staff]\n  ann@example.test \"\"\n"                                \
    "  bob@example.test \"Bobby\" [Chess] [Work mates]\n"                                          \
    "  allow @partner.test\n  block eve@partner.test\n"

static void test_round_trip(void **state)
{
    struct store_rig rig;
    struct store_contacts *contacts;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    expect_stored(rig.store, "");
    put_all(rig.store);
    expect_stored(rig.store, ALL);
    store_rig_close(&rig);
    store_rig_open(&rig);
    expect_stored(rig.store, ALL);

    assert_int_equal(store_contacts_read(rig.store, &contacts), 0);
    struct store_roster const *joe = store_contacts_roster(contacts, JOE);
    assert_non_null(joe);
    assert_null(store_contacts_roster(contacts, "JOE@example.test"));
    assert_string_equal(store_contacts_find(joe, BOB)->nickname, "Bobby");
    assert_null(store_contacts_find(joe, JOE));
    assert_null(store_contacts_find(NULL, BOB));
    assert_true(store_contacts_entry(joe, "@partner.test")->allow);
    assert_false(store_contacts_entry(joe, EVE)->allow);
    assert_null(store_contacts_entry(joe, "partner.test"));
    assert_null(store_contacts_entry(NULL, EVE));
    /* Kept once. */
    assert_ptr_equal(store_contacts_find(store_contacts_roster(contacts, ANN), JOE)->address,
                     joe->owner);
    store_contacts_free(&contacts);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_changes_and_drops(void **state)
{
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    put_all(rig.store);
    assert_int_equal(store_contacts_begin(rig.store, 0), 0);
    assert_int_equal(store_contacts_put(rig.store, JOE, BOB, "Bert"), 0);
    assert_int_equal(store_contacts_end(rig.store, false), 0);
    expect_stored(rig.store, ALL);

    assert_int_equal(store_contacts_begin(rig.store, 0), 0);
    assert_int_equal(store_contacts_put(rig.store, JOE, ANN, "A"), 0);
    assert_int_equal(store_contacts_put_entry(rig.store, JOE, EVE, true), 0);
    assert_int_equal(store_contacts_put_default(rig.store, JOE, STORE_POLICY_BLOCK), 0);
    assert_int_equal(store_contacts_put_default(rig.store, BOB, STORE_POLICY_UNSET), 0);
    assert_int_equal(store_contacts_drop(rig.store, JOE, BOB), 0);
    assert_int_equal(store_contacts_drop(rig.store, JOE, BOB), -ENOENT);
    assert_int_equal(store_contacts_drop(rig.store, ANN, JOE), 0);
    assert_int_equal(store_contacts_drop_entry(rig.store, JOE, "@partner.test"), 0);
    assert_int_equal(store_contacts_drop_entry(rig.store, JOE, "@partner.test"), -ENOENT);
    assert_int_equal(store_contacts_drop_enterprise(rig.store, JOE, "staff"), 0);
    assert_int_equal(store_contacts_drop_enterprise(rig.store, JOE, "none"), -ENOENT);
    assert_int_equal(store_contacts_end(rig.store, true), 0);
    expect_stored(rig.store, JOE " 2: [desk]\n  " ANN " \"A\"\n  allow " EVE "\n");

    /* A contact that comes back is in no group of before. */
    assert_int_equal(store_contacts_begin(rig.store, 0), 0);
    assert_int_equal(store_contacts_put(rig.store, JOE, BOB, ""), 0);
    assert_int_equal(store_contacts_put_group(rig.store, JOE, ANN, "x"), 0);
    assert_int_equal(store_contacts_put_group(rig.store, JOE, ANN, ""), 0);
    assert_int_equal(store_contacts_end(rig.store, true), 0);
    expect_stored(rig.store, JOE " 2: [desk]\n  " ANN " \"A\"\n  " BOB " \"\"\n  allow " EVE "\n");
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_rename(void **state)
{
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    put_all(rig.store);
    assert_int_equal(store_contacts_begin(rig.store, 0), 0);
    assert_int_equal(store_contacts_put_entry(rig.store, BOB, JOE, false), 0);
    /* Bob's list is the one where the new name would be its owner's. */
    assert_int_equal(store_contacts_put(rig.store, BOB, JOE, "me"), 0);
    assert_int_equal(store_contacts_put_entry(rig.store, ANN, JOE, true), 0);
    assert_int_equal(store_contacts_rename(rig.store, JOE, BOB), 1);
    assert_int_equal(store_contacts_rename(rig.store, "no@example.test", EVE), 0);
    /* Joe has both: one is left, in the groups of both. */
    assert_int_equal(store_contacts_put_group(rig.store, JOE, ANN, "Family"), 0);
    assert_int_equal(store_contacts_rename(rig.store, ANN, BOB), 1);
    assert_int_equal(store_contacts_put_entry(rig.store, JOE, "eve@new.test", false), 0);
    assert_int_equal(store_contacts_put_entry(rig.store, JOE, EVE, true), 0);
    assert_int_equal(store_contacts_rename(rig.store, EVE, "eve@new.test"), 0);
    assert_int_equal(store_contacts_end(rig.store, true), 0);
    expect_stored(rig.store,
                  ANN " 0:\n  " BOB " \"Joe\"\n  allow " BOB "\n" BOB " 3:\n" JOE
                      " 0: [desk] [staff]\n  " BOB " \"\" [Chess] [Family] [Work mates]\n"
                      "  allow @partner.test\n  block eve@new.test\n");
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

struct taken {
    struct store_rig *rig;
    struct store_contacts *contacts;
};

static void take(void *ctx, struct store_contacts *contacts)
{
    ((struct taken *)ctx)->contacts = contacts;
}

static void done(void *ctx, int error)
{
    store_rig_done(((struct taken *)ctx)->rig, error);
}

static int refresh(struct taken *taken, int64_t known)
{
    int told = taken->rig->told;

    assert_int_equal(store_contacts_refresh(taken->rig->link, known, take, done, taken), 0);
    return store_rig_wait(taken->rig, told + 1);
}

static void test_what_another_program_commits(void **state)
{
    struct store_rig rig;
    struct taken taken = { .rig = &rig };
    struct store *other;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    store_rig_start(&rig);
    assert_int_equal(refresh(&taken, 0), 0);
    expect(taken.contacts, "");
    int64_t revision = store_contacts_revision(taken.contacts);
    store_contacts_free(&taken.contacts);

    assert_int_equal(store_open(&other, rig.path, 1), 0);
    put_all(other);
    assert_int_equal(refresh(&taken, revision), 0);
    expect(taken.contacts, ALL);
    assert_int_equal(store_contacts_begin(other, revision), -ESTALE);
    revision = store_contacts_revision(taken.contacts);
    store_contacts_free(&taken.contacts);

    assert_int_equal(refresh(&taken, revision), 0);
    assert_null(taken.contacts);

    /* Groups of people are a part of it. */
    static struct store_person const eve = { .id = "eve",
                                             .mail = "",
                                             .sip = "sip:eve@Partner.TEST" };
    static struct store_person const bob = { .id = "bob", .mail = "", .sip = "sip:" BOB };
    assert_int_equal(store_people_begin(other, 0), 0);
    assert_int_equal(store_people_put_user(other, &eve, "others  staff"), 0);
    assert_int_equal(store_people_put_user(other, &bob, "others"), 0);
    assert_int_equal(store_people_end(other, true), 0);
    assert_int_equal(refresh(&taken, revision), 0);
    struct store_roster const *joe = store_contacts_roster(taken.contacts, JOE);
    assert_true(store_contacts_is_user(taken.contacts, EVE));
    assert_true(store_contacts_is_user(taken.contacts, BOB));
    assert_false(store_contacts_is_user(taken.contacts, ANN));
    assert_true(store_contacts_in_group(taken.contacts, joe, EVE));
    assert_false(store_contacts_in_group(taken.contacts, joe, BOB));
    assert_false(store_contacts_in_group(taken.contacts, joe, ANN));
    assert_false(store_contacts_in_group(taken.contacts, NULL, EVE));
    store_contacts_free(&taken.contacts);
    store_close(&other);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

/* A file of the version before there were contacts: people stay, contacts can be added. */
static void test_a_file_without_contacts(void **state)
{
    static char const older[] =
        "DROP TABLE contacts; DROP TABLE contact_groups; DROP TABLE enterprise_groups;"
        "DROP TABLE policy_entries; DROP TABLE policies; DROP TABLE contacts_revision;"
        "DROP TABLE presence_subscriptions; DROP TABLE presence_publications;"
        "DROP TABLE presence_notes; DROP TABLE presence_statements; DROP TABLE roster;"
        "PRAGMA user_version = 2;";
    static struct store_person const joe = { .id = "joe", .mail = "", .sip = "sip:" JOE };
    struct store_people *people;
    struct store_rig rig;
    sqlite3 *db;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    assert_int_equal(store_people_begin(rig.store, 0), 0);
    assert_int_equal(store_people_put_user(rig.store, &joe, "staff"), 0);
    assert_int_equal(store_people_end(rig.store, true), 0);
    store_rig_close(&rig);
    assert_int_equal(sqlite3_open(rig.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, older, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);

    store_rig_open(&rig);
    expect_stored(rig.store, "");
    put_all(rig.store);
    expect_stored(rig.store, ALL);
    assert_int_equal(store_people_read(rig.store, &people), 0);
    assert_non_null(store_people_user(people, "joe"));
    store_people_free(&people);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_changes_and_drops),
        cmocka_unit_test(test_rename),
        cmocka_unit_test(test_what_another_program_commits),
        cmocka_unit_test(test_a_file_without_contacts),
    };
    return cmocka_run_group_tests_name("store_contacts", tests, NULL, NULL);
}
