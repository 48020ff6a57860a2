/* SPDX-License-Identifier: Apache-2.0 */
/* People, devices and lines come back as they were written; all or nothing; what another program
 * commits is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_people_change.h"
#include "store_rig.h"
#include "store_users.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store_person const joe = {
    .id = "joe", .mail = "joe@example.test", .sip = "sip:joe@example.test", .rcc = true
};
static struct store_person const ann = { .id = "ann", .mail = "", .sip = "" };
static struct store_device const hard = {
    .name = "SEP01", .partition = "PT1", .mobility = "", .registered = true
};
static struct store_device const soft = {
    .name = "IPC01", .partition = "", .mobility = "ann", .soft = true
};

#define LIST(...)                                                                                  \
    ((char const *[]){ __VA_ARGS__ }), sizeof((char const *[]){ __VA_ARGS__ }) / sizeof(char *)

static void print_refs(FILE *out, struct store_device_ref const *ref)
{
    for (; ref; ref = ref->next)
        fprintf(out, " %s", ref->device->name);
    fputc('\n', out);
}

/* Everything as text. */
static void print(struct store_people const *people, FILE *out)
{
    struct store_person const *person;
    struct store_device const *device;
    struct store_line const *line;
    struct store_owner const *owner;
    struct store_choice const *choice;

    STAILQ_FOREACH(person, store_people_users(people), link)
    {
        fprintf(out, "user %s %s %s %d:", person->id, person->mail, person->sip, person->rcc);
        for (size_t i = 0; i < person->n_groups; i++)
            fprintf(out, " %s", person->groups[i]);
        fputc('\n', out);
    }
    STAILQ_FOREACH(device, store_people_devices(people), link)
    {
        fprintf(out, "device %s %s %d %d %s:", device->name, device->partition, device->soft,
                device->registered, device->mobility);
        for (struct store_word const *user = device->users; user; user = user->next)
            fprintf(out, " %s", user->text);
        fputc('\n', out);
    }
    STAILQ_FOREACH(line, store_people_lines(people), link)
    {
        fprintf(out, "line %s %s:", line->number, line->partition);
        print_refs(out, line->devices);
    }
    STAILQ_FOREACH(owner, store_people_owners(people), link)
    {
        fprintf(out, "owner %s:", owner->user);
        print_refs(out, owner->devices);
    }
    STAILQ_FOREACH(choice, store_people_choices(people), link)
    fprintf(out, "choice %s %s %s %s\n", choice->user, choice->number, choice->partition,
            choice->device);
}

static void expect(struct store_people const *people, char const *wanted)
{
    char text[2048] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    assert_non_null(out);
    print(people, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
}

static void expect_stored(struct store *store, char const *wanted)
{
    struct store_people *people;

    assert_int_equal(store_people_read(store, &people), 0);
    expect(people, wanted);
    store_people_free(&people);
    store_people_free(&people);
}

static void put_all(struct store *store)
{
    assert_int_equal(store_people_begin(store, 0), 0);
    assert_int_equal(store_people_put_user(store, &joe, " staff  desk "), 0);
    assert_int_equal(store_people_put_user(store, &ann, ""), 0);
    assert_int_equal(store_people_put_device(store, &hard, LIST("joe")), 0);
    assert_int_equal(store_people_put_device(store, &soft, LIST("joe", "ann")), 0);
    assert_int_equal(store_people_put_line(store, "2001", "", LIST("SEP01", "IPC01")), 0);
    assert_int_equal(store_people_put_line(store, "2001", "PT2", LIST("IPC01")), 0);
    assert_int_equal(store_people_end(store, true), 0);
}

#define ALL                                                                                        \
    "user ann   0:\nuser joe joe@example.test sip:joe@example.test 1: staff desk\n"                \
    "device IPC01  1 0 ann: ann joe\ndevice SEP01 PT1 0 1 : joe\n"                                 \
    "line 2001 : SEP01 IPC01\nline 2001 PT2: IPC01\n"                                              \
    "owner ann: IPC01\nowner joe: IPC01 SEP01\n"

static void test_round_trip(void **state)
{
    struct store_people *people;
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    expect_stored(rig.store, "");
    put_all(rig.store);
    store_rig_close(&rig);
    store_rig_open(&rig);
    expect_stored(rig.store, ALL);

    assert_int_equal(store_people_read(rig.store, &people), 0);
    assert_string_equal(store_people_user(people, "joe")->mail, "joe@example.test");
    assert_null(store_people_user(people, "Joe"));
    assert_true(store_people_device(people, "IPC01")->soft);
    assert_null(store_people_device(people, "joe"));
    assert_string_equal(store_people_lines_of(people, "2001")->same_number->partition, "PT2");
    assert_null(store_people_lines_of(people, "2002"));
    assert_null(store_people_owner(people, "nobody"));
    store_people_free(&people);
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
    assert_int_equal(store_people_begin(rig.store, 0), 0);
    assert_int_equal(store_people_drop_user(rig.store, "ann"), 0);
    assert_int_equal(store_people_drop_user(rig.store, "ann"), -ENOENT);
    assert_int_equal(store_people_drop_line(rig.store, "2001", "PT2"), 0);
    assert_int_equal(store_people_drop_line(rig.store, "2001", "PT3"), -ENOENT);
    assert_int_equal(store_people_put_line(rig.store, "2001", "", LIST("IPC01", "SEP01")), 0);
    assert_int_equal(store_people_put_user(rig.store, &joe, "staff"), 0);
    assert_int_equal(store_people_end(rig.store, true), 0);
    expect_stored(rig.store, "user joe joe@example.test sip:joe@example.test 1: staff\n"
                             "device IPC01  1 0 : joe\ndevice SEP01 PT1 0 1 : joe\n"
                             "line 2001 : IPC01 SEP01\nowner joe: IPC01 SEP01\n");
    assert_int_equal(store_people_begin(rig.store, 0), 0);
    assert_int_equal(store_people_drop_device(rig.store, "IPC01"), 0);
    assert_int_equal(store_people_drop_device(rig.store, "IPC01"), -ENOENT);
    assert_int_equal(store_people_end(rig.store, true), 0);
    expect_stored(rig.store, "user joe joe@example.test sip:joe@example.test 1: staff\n"
                             "device SEP01 PT1 0 1 : joe\nline 2001 : SEP01\nowner joe: SEP01\n");
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_addresses_are_of_one_user(void **state)
{
    struct store_person mail = { .id = "bob", .mail = "JOE@example.test", .sip = "" };
    struct store_person sip = { .id = "bob", .mail = "", .sip = "sip:Joe@example.test" };
    struct store_rig rig;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    put_all(rig.store);
    assert_int_equal(store_people_begin(rig.store, 0), 0);
    assert_int_equal(store_people_put_user(rig.store, &mail, ""), -EEXIST);
    assert_int_equal(store_people_put_user(rig.store, &sip, ""), -EEXIST);
    assert_int_equal(store_people_drop_user(rig.store, "ann"), 0);
    assert_int_equal(store_people_end(rig.store, false), 0);
    expect_stored(rig.store, ALL);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void note(void *ctx, enum store_people_fault fault, char const *name, char const *of)
{
    char *text = ctx;
    size_t len = strlen(text);

    (void)snprintf(text + len, 256 - len, "%d %s %s\n", (int)fault, name, of);
}

static void test_check(void **state)
{
    struct store_rig rig;
    char said[256] = "";

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    put_all(rig.store);
    assert_int_equal(store_people_check(rig.store, 2, note, said), 0);
    assert_string_equal(said, "");
    assert_int_equal(store_people_check(rig.store, 0, note, said), 0);
    assert_string_equal(said, "");
    assert_int_equal(store_people_begin(rig.store, 0), 0);
    assert_int_equal(store_people_put_device(rig.store, &hard, LIST("joe", "bob")), 0);
    assert_int_equal(store_people_put_line(rig.store, "2002", "", LIST("SEP99")), 0);
    assert_int_equal(store_people_check(rig.store, 1, note, said), 0);
    assert_string_equal(said, "0 SEP99 2002\n1 bob SEP01\n2 joe 2\n");
    assert_int_equal(store_people_end(rig.store, false), 0);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

struct taken {
    struct store_rig *rig;
    struct store_people *people;
};

static void take(void *ctx, struct store_people *people)
{
    ((struct taken *)ctx)->people = people;
}

static void done(void *ctx, int error)
{
    store_rig_done(((struct taken *)ctx)->rig, error);
}

static int refresh(struct taken *taken, int64_t known)
{
    int told = taken->rig->told;

    assert_int_equal(store_people_refresh(taken->rig->link, known, take, done, taken), 0);
    return store_rig_wait(taken->rig, told + 1);
}

static void test_what_another_program_commits(void **state)
{
    struct store_choice const choice = {
        .user = "joe", .number = "2001", .partition = "", .device = "IPC01"
    };
    struct store_rig rig;
    struct taken taken = { .rig = &rig };
    struct store *other;

    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    store_rig_start(&rig);
    assert_int_equal(refresh(&taken, 0), 0);
    expect(taken.people, "");
    int64_t revision = store_people_revision(taken.people);
    store_people_free(&taken.people);
    assert_int_equal(refresh(&taken, revision), 0);
    assert_null(taken.people);

    assert_int_equal(store_open(&other, rig.path, 1), 0);
    put_all(other);
    assert_int_equal(refresh(&taken, revision), 0);
    expect(taken.people, ALL);
    assert_int_equal(store_people_begin(other, revision), -ESTALE);
    revision = store_people_revision(taken.people);
    store_people_free(&taken.people);

    /* what we choose ourselves is no news */
    int told = rig.told;
    assert_int_equal(store_people_choose(rig.link, &choice, store_rig_done, &rig), 0);
    assert_int_equal(store_rig_wait(&rig, told + 1), 0);
    assert_int_equal(refresh(&taken, revision), 0);
    assert_null(taken.people);
    expect_stored(other, ALL "choice joe 2001  IPC01\n");

    /* nor is that a phone is registered */
    told = rig.told;
    assert_int_equal(store_people_register(rig.link, "IPC01", true, store_rig_done, &rig), 0);
    assert_int_equal(store_people_register(rig.link, "SEP01", false, store_rig_done, &rig), 0);
    assert_int_equal(store_people_register(rig.link, "none", true, store_rig_done, &rig), 0);
    assert_int_equal(store_rig_wait(&rig, told + 3), 0);
    assert_int_equal(refresh(&taken, revision), 0);
    assert_null(taken.people);
    expect_stored(other, "user ann   0:\nuser joe joe@example.test sip:joe@example.test 1: staff "
                         "desk\ndevice IPC01  1 1 ann: ann joe\ndevice SEP01 PT1 0 0 : joe\n"
                         "line 2001 : SEP01 IPC01\nline 2001 PT2: IPC01\n"
                         "owner ann: IPC01\nowner joe: IPC01 SEP01\nchoice joe 2001  IPC01\n");

    assert_int_equal(store_people_begin(other, revision), 0);
    assert_int_equal(store_people_drop_device(other, "IPC01"), 0);
    assert_int_equal(store_people_end(other, true), 0);
    assert_int_equal(refresh(&taken, revision), 0);
    assert_true(STAILQ_EMPTY(store_people_choices(taken.people)));
    store_people_free(&taken.people);
    store_close(&other);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void make_together(unsigned programs)
{
    struct store_rig rig;
    pid_t children[8];
    int status;

    store_rig_init(&rig);
    for (unsigned i = 0; i < programs; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(store_open(&rig.store, rig.path, 1) < 0);
    }
    for (unsigned i = 0; i < programs; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    store_rig_open(&rig);
    expect_stored(rig.store, "");
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

/* Proxy and gateway start at the same moment on a file that is not there yet; more than once, for
 * the moments differ. */
static void test_two_programs_make_the_file(void **state)
{
    enum { ROUNDS = 20 };

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++)
        make_together(2 + round % 4);
}

/* A file of the version before there were people: its users stay, and people can be added. */
static void test_a_file_without_people(void **state)
{
    static char const version_1[] =
        "CREATE TABLE users (name TEXT NOT NULL, domain TEXT NOT NULL, realm TEXT NOT NULL,"
        " ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT NULL, enabled INTEGER NOT NULL,"
        " created INTEGER NOT NULL, PRIMARY KEY (name, domain)) WITHOUT ROWID;"
        "CREATE TABLE bindings (aor TEXT NOT NULL, contact TEXT NOT NULL, path TEXT NOT NULL,"
        " received TEXT NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,"
        " q INTEGER NOT NULL, expires INTEGER NOT NULL, user_agent TEXT NOT NULL,"
        " PRIMARY KEY (aor, contact)) WITHOUT ROWID;"
        "INSERT INTO users VALUES ('joe', 'example.test', 'example.test', '', '', 1, 5);"
        "PRAGMA application_id = 0x43725074; PRAGMA user_version = 1;";
    struct store_users *users;
    struct store_rig rig;
    sqlite3 *db;

    (void)state;
    store_rig_init(&rig);
    assert_int_equal(sqlite3_open(rig.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    store_rig_open(&rig);
    expect_stored(rig.store, "");
    put_all(rig.store);
    expect_stored(rig.store, ALL);
    assert_int_equal(store_users_new(&users, rig.store), 0);
    assert_true(store_users_exists(users, "joe", "example.test"));
    store_rig_close(&rig);
    store_users_free(&users);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_changes_and_drops),
        cmocka_unit_test(test_addresses_are_of_one_user),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_what_another_program_commits),
        cmocka_unit_test(test_two_programs_make_the_file),
        cmocka_unit_test(test_a_file_without_people),
    };
    return cmocka_run_group_tests_name("store_people", tests, NULL, NULL);
}
