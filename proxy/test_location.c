/* SPDX-License-Identifier: Apache-2.0 */
/* Registering, refreshing, removing, limits, order of CSeq, expiry, failures of the store, and
 * readers beside writers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "location.h"
#include "store_bindings.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALICE "alice@example.test"

struct saved {
    char text[1024]; /* what was to be made durable last */
    int calls;
    int error; /* to return */
};

static int save(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    struct saved *saved = ctx;
    size_t len = (size_t)snprintf(saved->text, sizeof saved->text, "%s", aor);
    int64_t now_s = (int64_t)(clock_wall_us() / 1000000);
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(saved->text + len, sizeof saved->text - len, " %s/%d/%d",
                                list[i].contact, (int)((list[i].expires_s - now_s + 5) / 10 * 10),
                                list[i].q);
    saved->calls++;
    return saved->error;
}

/* One REGISTER: contacts separated by blanks as URI/EXPIRES/Q. */
struct step {
    char const *contacts; /* "*": clear */
    char const *call_id;
    uint32_t cseq;
    enum location_verdict verdict;
    char const *after; /* the list after it */
};

static struct location_limits const limits = { .max_contacts = 3, .max_registrations = 5 };

static enum location_verdict run(struct location *location, char const *aor,
                                 struct step const *step, struct saved *saved,
                                 struct location_result *ret)
{
    struct location_contact contacts[8];
    size_t n = 0;
    char text[512], *at = text;
    (void)snprintf(text, sizeof text, "%s", step->contacts);
    bool clear = strcmp(text, "*") == 0;
    while (!clear && *at) {
        char *expires = strchr(at, '/');
        *expires++ = '\0';
        contacts[n].uri = at;
        contacts[n].received = "";
        contacts[n].expires_s = (uint32_t)strtoul(expires, &at, 10);
        contacts[n++].q = (int)strtol(at + 1, &at, 10);
        at += *at == ' ';
    }
    struct location_update const update = {
        .aor = aor,
        .call_id = step->call_id,
        .cseq = step->cseq,
        .path = "<sip:edge;lr>",
        .user_agent = "Phone",
        .clear = clear,
        .contacts = contacts,
        .n_contacts = n,
        .limits = limits,
        .persist = save,
        .ctx = saved,
    };
    return location_update(location, &update, ret);
}

static void describe(struct location *location, char const *aor, char ret[static 512])
{
    struct location_list const *list = location_find(location, aor);
    size_t len = 0;
    ret[0] = '\0';
    for (size_t i = 0; list && i < list->n; i++)
        len +=
            (size_t)snprintf(ret + len, 512 - len, "%s%s/%d", i ? " " : "", list->v[i].contact,
                             (int)((list->v[i].expires_ms - clock_now_ms() + 5000) / 10000 * 10));
    location_list_unref(&list);
}

static void play(struct location *location, struct step const *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct saved saved = { .error = 0 };
        struct location_result result;
        char now[512];
        enum location_verdict verdict = run(location, ALICE, &steps[i], &saved, &result);
        describe(location, ALICE, now);
        if (verdict != steps[i].verdict || strcmp(now, steps[i].after) != 0)
            fail_msg("step %zu: verdict %d, then \"%s\"", i + 1, verdict, now);
        assert_int_equal(saved.calls, verdict == LOCATION_DONE);
        if (verdict == LOCATION_DONE) {
            location_list_unref(&result.list);
            location_settle(location, &result.ticket, true);
        }
    }
}

#define PLAY(location, steps) play(location, steps, sizeof steps / sizeof *steps)

static void test_life_of_contacts(void **state)
{
    static struct step const steps[] = {
        { "", "c1", 1, LOCATION_DONE, "" },
        { "sip:a@h1/100/500", "c1", 2, LOCATION_DONE, "sip:a@h1/100" },
        { "", "c1", 3, LOCATION_DONE, "sip:a@h1/100" },
        { "sip:a@h2/200/1000", "c2", 1, LOCATION_DONE, "sip:a@h2/200 sip:a@h1/100" },
        /* a refresh, spelled otherwise, with another q */
        { "sip:%61@H1/300/1000", "c1", 3, LOCATION_DONE, "sip:a@h2/200 sip:%61@H1/300" },
        { "sip:a@h1/0/1000", "c1", 4, LOCATION_DONE, "sip:a@h2/200" },
        { "sip:a@nowhere/0/1000", "c1", 5, LOCATION_DONE, "sip:a@h2/200" },
        { "sip:a@h3/10/0 sip:a@h4/20/1000", "c3", 1, LOCATION_DONE,
          "sip:a@h2/200 sip:a@h4/20 sip:a@h3/10" },
        /* one leaves and one comes, with the table full */
        { "sip:a@h2/0/0 sip:a@h5/50/1000", "c3", 2, LOCATION_DONE,
          "sip:a@h4/20 sip:a@h5/50 sip:a@h3/10" },
        { "*", "c9", 1, LOCATION_DONE, "" },
        { "*", "c9", 2, LOCATION_DONE, "" },
        /* twice in one REGISTER: the last word counts */
        { "sip:a@h1/100/0 sip:a@h1/200/0", "c1", 9, LOCATION_DONE, "sip:a@h1/200" },
        { "sip:a@h1/100/0 sip:a@h1/0/0", "c1", 10, LOCATION_DONE, "" },
    };
    struct location *location = location_new();
    (void)state;
    PLAY(location, steps);
    location_free(&location);
}

static void test_order(void **state)
{
    static struct step const steps[] = {
        { "sip:a@h1/100/0", "c1", 5, LOCATION_DONE, "sip:a@h1/100" },
        { "sip:a@h1/200/0", "c1", 5, LOCATION_OLD, "sip:a@h1/100" },
        { "sip:a@h1/0/0", "c1", 4, LOCATION_OLD, "sip:a@h1/100" },
        { "*", "c1", 5, LOCATION_OLD, "sip:a@h1/100" },
        /* all or nothing: the new contact does not come either */
        { "sip:a@h2/50/0 sip:a@h1/0/0", "c1", 4, LOCATION_OLD, "sip:a@h1/100" },
        { "sip:a@h2/50/0", "c1", 4, LOCATION_DONE, "sip:a@h1/100 sip:a@h2/50" },
        /* another Call-ID may do what it likes */
        { "sip:a@h1/70/0", "c2", 1, LOCATION_DONE, "sip:a@h1/70 sip:a@h2/50" },
        { "sip:a@h1/80/0", "c1", 1, LOCATION_DONE, "sip:a@h1/80 sip:a@h2/50" },
        { "*", "c2", 1, LOCATION_DONE, "" },
    };
    struct location *location = location_new();
    (void)state;
    PLAY(location, steps);
    location_free(&location);
}

static void test_limits(void **state)
{
    static struct step const own[] = {
        { "sip:a@h1/100/0 sip:a@h2/100/0 sip:a@h3/100/0", "c", 1, LOCATION_DONE,
          "sip:a@h1/100 sip:a@h2/100 sip:a@h3/100" },
        { "sip:a@h4/100/0", "c", 2, LOCATION_TOO_MANY, "sip:a@h1/100 sip:a@h2/100 sip:a@h3/100" },
        { "sip:a@h3/100/0", "c", 3, LOCATION_DONE, "sip:a@h1/100 sip:a@h2/100 sip:a@h3/100" },
        { "sip:a@h3/0/0", "c", 4, LOCATION_DONE, "sip:a@h1/100 sip:a@h2/100" },
    };
    static struct step const other = { "sip:b@h1/100/0 sip:b@h2/100/0 sip:b@h3/100/0", "c", 1,
                                       LOCATION_DONE, NULL };
    static struct step const full[] = {
        { "sip:a@h3/100/0", "c", 5, LOCATION_FULL, "sip:a@h1/100 sip:a@h2/100" },
        { "sip:a@h2/50/0", "c", 6, LOCATION_DONE, "sip:a@h1/100 sip:a@h2/50" },
    };
    struct saved saved = { .error = 0 };
    struct location_result result;
    struct location *location = location_new();
    (void)state;
    PLAY(location, own);
    assert_int_equal(run(location, "bob@example.test", &other, &saved, &result), LOCATION_DONE);
    location_list_unref(&result.list);
    location_settle(location, &result.ticket, true);
    PLAY(location, full);
    location_free(&location);
}

static void test_what_is_saved(void **state)
{
    static struct step const step = { "sip:a@h1/100/700 sip:a@h2/200/1000", "c", 1, LOCATION_DONE,
                                      NULL };
    struct saved saved = { .error = 0 };
    struct location_result result;
    struct location *location = location_new();
    (void)state;
    assert_int_equal(run(location, ALICE, &step, &saved, &result), LOCATION_DONE);
    assert_string_equal(saved.text, ALICE " sip:a@h1/100/700 sip:a@h2/200/1000");
    assert_int_equal(result.added, 2);
    assert_int_equal(result.refreshed, 0);
    assert_int_equal(result.list->n, 2);
    assert_string_equal(result.list->v[0].contact, "sip:a@h2");
    assert_string_equal(result.list->v[0].path, "<sip:edge;lr>");
    assert_string_equal(result.list->v[0].user_agent, "Phone");
    assert_string_equal(result.list->aor, ALICE);
    location_settle(location, &result.ticket, true);
    location_list_unref(&result.list);
    location_free(&location);
}

/* Registers one contact, not yet settled. */
static void begin(struct location *location, char const *contacts, uint32_t cseq,
                  struct location_result *ret)
{
    struct step const step = { contacts, "c", cseq, LOCATION_DONE, NULL };
    struct saved saved = { .error = 0 };
    assert_int_equal(run(location, ALICE, &step, &saved, ret), LOCATION_DONE);
    location_list_unref(&ret->list);
}

static void expect(struct location *location, char const *wanted)
{
    char now[512];
    describe(location, ALICE, now);
    assert_string_equal(now, wanted);
}

static void test_store_refuses(void **state)
{
    static struct step const step = { "sip:a@h1/100/0", "c", 1, LOCATION_FAILED, NULL };
    struct saved saved = { .error = -EBUSY };
    struct location_result result;
    struct location *location = location_new();
    (void)state;
    assert_int_equal(run(location, ALICE, &step, &saved, &result), LOCATION_FAILED);
    assert_int_equal(result.error, -EBUSY);
    assert_null(result.list);
    assert_null(result.ticket);
    expect(location, "");
    location_free(&location);
}

static void test_store_fails_later(void **state)
{
    struct location_result first, second;
    struct location *location = location_new();
    (void)state;
    begin(location, "sip:a@h1/100/0", 1, &first);
    location_settle(location, &first.ticket, false);
    expect(location, "");

    begin(location, "sip:a@h1/100/0", 1, &first);
    location_settle(location, &first.ticket, true);
    begin(location, "sip:a@h1/0/0", 2, &first);
    expect(location, "");
    location_settle(location, &first.ticket, false);
    expect(location, "sip:a@h1/100");

    /* The second has built on the first, and its list is what the store has. */
    begin(location, "sip:a@h2/100/0", 3, &first);
    begin(location, "sip:a@h3/100/0", 4, &second);
    location_settle(location, &first.ticket, false);
    expect(location, "sip:a@h1/100 sip:a@h2/100 sip:a@h3/100");
    location_settle(location, &second.ticket, true);
    expect(location, "sip:a@h1/100 sip:a@h2/100 sip:a@h3/100");
    location_free(&location);
}

static void test_expiry(void **state)
{
    static struct step const steps[] = {
        { "sip:a@h1/100/0 sip:a@h2/200/0", "c", 1, LOCATION_DONE, "sip:a@h1/100 sip:a@h2/200" },
    };
    static struct step const again[] = {
        { "sip:a@h1/100/0", "c", 1, LOCATION_DONE, "sip:a@h1/100" },
    };
    struct location_list const **all;
    struct location *location = location_new();
    (void)state;
    PLAY(location, steps);
    clock_advance_ms(99000);
    location_tick(location);
    expect(location, "sip:a@h1/0 sip:a@h2/100");
    clock_advance_ms(1100);
    location_tick(location);
    expect(location, "sip:a@h2/100");
    clock_advance_ms(100000);
    /* Expired, not yet noticed: it neither counts nor keeps the old Call-ID alive. */
    PLAY(location, again);
    clock_advance_ms(101000);
    location_tick(location);
    expect(location, "");
    assert_int_equal(location_all(location, 10, &all), 0);
    free(all);
    location_free(&location);
}

/* The contact expires while its REGISTER waits for the disk. */
static void test_expiry_of_the_unsettled(void **state)
{
    struct location_result result;
    struct location *location = location_new();
    (void)state;
    begin(location, "sip:a@h1/10/0", 1, &result);
    clock_advance_ms(11000);
    location_tick(location);
    expect(location, "");
    location_settle(location, &result.ticket, true);
    expect(location, "");
    location_free(&location);
}

static void test_restore(void **state)
{
    int64_t now_s = (int64_t)(clock_wall_us() / 1000000);
    struct store_binding const rows[] = {
        { "sip:a@h1", "", "", "c1", "", 7, 500, now_s + 100 },
        { "sip:a@h2", "", "", "c2", "", 8, 1000, now_s + 200 },
    };
    static struct step const steps[] = {
        { "sip:a@h1/0/0", "c1", 7, LOCATION_OLD, "sip:a@h2/200 sip:a@h1/100" },
        { "sip:a@h1/0/0", "c1", 8, LOCATION_DONE, "sip:a@h2/200" },
    };
    struct location_list const **all;
    struct location *location = location_new();
    (void)state;
    assert_int_equal(location_restore(location, ALICE, rows, 2), 0);
    assert_int_equal(location_restore(location, "bob@example.test", rows, 1), 0);
    PLAY(location, steps);
    assert_int_equal(location_all(location, 1, &all), 1);
    location_list_unref(&all[0]);
    free(all);
    assert_int_equal(location_all(location, 9, &all), 2);
    location_list_unref(&all[0]);
    location_list_unref(&all[1]);
    free(all);
    location_free(&location);
}

enum { READS = 20000 };

static void *read_all(void *vlocation)
{
    for (int i = 0; i < READS; i++) {
        struct location_list const *list = location_find(vlocation, ALICE);
        if (list && (list->n != 1 || strncmp(list->v[0].contact, "sip:a@", 6) != 0))
            return "a list that nobody made";
        location_list_unref(&list);
    }
    return NULL;
}

static void test_readers_beside_a_writer(void **state)
{
    struct location *location = location_new();
    pthread_t reader;
    void *fault;
    (void)state;
    assert_int_equal(pthread_create(&reader, NULL, read_all, location), 0);
    for (uint32_t i = 1; i < 2000; i++) {
        struct location_result result;
        begin(location, "sip:a@h1/100/0", i, &result);
        location_settle(location, &result.ticket, i % 3 != 0);
    }
    assert_int_equal(pthread_join(reader, &fault), 0);
    assert_null(fault);
    location_free(&location);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_life_of_contacts), cmocka_unit_test(test_order),
        cmocka_unit_test(test_limits),           cmocka_unit_test(test_what_is_saved),
        cmocka_unit_test(test_store_refuses),    cmocka_unit_test(test_store_fails_later),
        cmocka_unit_test(test_expiry),           cmocka_unit_test(test_expiry_of_the_unsettled),
        cmocka_unit_test(test_restore),          cmocka_unit_test(test_readers_beside_a_writer),
    };
    return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
