/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in each column, how it is kept, and that an entry comes back from the store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "people_kind.h"
#include "store_people_change.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    struct people_kind const *kind;
    char const *column, *value;
    char const *kept; /* NULL: refused */
} const vectors[] = {
    { &people_kind_user, "id", "joe", "joe" },
    { &people_kind_user, "id", "j.o-e_1", "j.o-e_1" },
    { &people_kind_user, "id", "joe@x.test", NULL },
    { &people_kind_user, "id", "", NULL },
    { &people_kind_user, "id", "joe ann", NULL },
    { &people_kind_user, "id", "joe\n", NULL },
    { &people_kind_user, "mail", "", "" },
    { &people_kind_user, "mail", "joe@x.test", "joe@x.test" },
    { &people_kind_user, "mail", "joe", NULL },
    { &people_kind_user, "mail", "@x.test", NULL },
    { &people_kind_user, "mail", "joe@", NULL },
    { &people_kind_user, "mail", "joe@x.test, ann@x.test", NULL },
    { &people_kind_user, "sip", "sip:joe@x.test", "sip:joe@x.test" },
    { &people_kind_user, "sip", "SIP:joe@x.test", "SIP:joe@x.test" },
    { &people_kind_user, "sip", "joe@x.test", NULL },
    { &people_kind_user, "sip", "sip:", NULL },
    { &people_kind_user, "sip", "sip:<joe@x.test>", NULL },
    { &people_kind_user, "rcc", "YES", "yes" },
    { &people_kind_user, "rcc", "1", "yes" },
    { &people_kind_user, "rcc", "True", "yes" },
    { &people_kind_user, "rcc", "0", "no" },
    { &people_kind_user, "rcc", "no", "no" },
    { &people_kind_user, "rcc", "", NULL },
    { &people_kind_user, "rcc", "perhaps", NULL },
    { &people_kind_user, "groups", "", "" },
    { &people_kind_user, "groups", " a,b  c\td ", "a b c d" },
    { &people_kind_user, "groups", "a;b", NULL },
    { &people_kind_device, "name", "SEP001122334455", "SEP001122334455" },
    { &people_kind_device, "name", "SEP 1", NULL },
    { &people_kind_device, "name", "SEP;1", NULL },
    { &people_kind_device, "kind", "hard", "hard" },
    { &people_kind_device, "kind", "soft", "soft" },
    { &people_kind_device, "kind", "Soft", NULL },
    { &people_kind_device, "kind", "", NULL },
    { &people_kind_device, "partition", "", "" },
    { &people_kind_device, "partition", "PT 1", NULL },
    { &people_kind_device, "mobility", "", "" },
    { &people_kind_device, "mobility", "joe@x.test", NULL },
    { &people_kind_device, "users", "joe, ann", "joe ann" },
    { &people_kind_device, "users", "joe@x.test", NULL },
    { &people_kind_line, "number", "2001", "2001" },
    { &people_kind_line, "number", "+390212345", "+390212345" },
    { &people_kind_line, "number", "*31#", "*31#" },
    { &people_kind_line, "number", "+", NULL },
    { &people_kind_line, "number", "20-01", NULL },
    { &people_kind_line, "number", "tel:2001", NULL },
    { &people_kind_line, "devices", "SEP1 SEP2", "SEP1 SEP2" },
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        size_t index;
        struct buf out;
        struct people_column const *column =
            people_kind_column(vectors[i].kind, vectors[i].column, &index);

        print_message("# %s \"%s\"\n", vectors[i].column, vectors[i].value);
        assert_non_null(column);
        char const *why = people_kind_check(column, vectors[i].value);
        assert_int_equal(why != NULL, vectors[i].kept == NULL);
        if (!vectors[i].kept)
            continue;
        buf_init(&out, 100);
        people_kind_normalize(column, vectors[i].value, &out);
        assert_string_equal(buf_text(&out), vectors[i].kept);
        buf_fini(&out);
    }
}

static struct {
    struct people_kind const *kind;
    char const *v[PEOPLE_COLUMNS];
} const entries[] = {
    { &people_kind_user, { "joe", "joe@x.test", "sip:joe@x.test", "yes", "a b" } },
    { &people_kind_user, { "ann", "", "", "no", "" } },
    { &people_kind_device, { "SEP1", "hard", "PT1", "yes", "ann", "joe" } },
    { &people_kind_device, { "SEP2", "soft", "", "no", "", "ann joe" } },
    { &people_kind_line, { "2001", "", "SEP2 SEP1" } },
    { &people_kind_line, { "2001", "PT9", "" } },
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static void count_one(void *ctx, struct people_values const *values)
{
    (void)values;
    ++*(size_t *)ctx;
}

static void test_round_trip(void **state)
{
    char path[] = "/tmp/test_people_kind.XXXXXX";
    struct store_people *people;
    struct people_values values;
    struct store *store;
    size_t n = 0;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(store_open(&store, path, 1), 0);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(entries[i].kind->put(store, entries[i].v), 0);
    assert_int_equal(store_people_read(store, &people), 0);
    buf_init(&values.list, 1000);
    for (size_t i = 0; i < ENTRIES; i++) {
        assert_true(people_kind_find(entries[i].kind, people, entries[i].v, &values));
        for (size_t c = 0; c < entries[i].kind->n; c++)
            assert_string_equal(values.v[c], entries[i].v[c]);
    }
    assert_false(
        people_kind_find(&people_kind_line, people, (char const *[]){ "2001", "PT8" }, &values));
    assert_false(people_kind_find(&people_kind_user, people, (char const *[]){ "SEP1" }, &values));
    buf_fini(&values.list);
    people_kind_each(&people_kind_user, people, count_one, &n);
    people_kind_each(&people_kind_device, people, count_one, &n);
    people_kind_each(&people_kind_line, people, count_one, &n);
    assert_int_equal(n, ENTRIES);
    store_people_free(&people);
    for (size_t i = 0; i < ENTRIES; i++) {
        assert_int_equal(entries[i].kind->drop(store, entries[i].v), 0);
        assert_int_equal(entries[i].kind->drop(store, entries[i].v), -ENOENT);
    }
    store_close(&store);
    unlink(path);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("people_kind", tests, NULL, NULL);
}
