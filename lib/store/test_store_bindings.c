/* SPDX-License-Identifier: Apache-2.0 */
/* Bindings come back as they were written, by address of record, without the expired ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_bindings.h"
#include "store_rig.h"
#include <errno.h>
#include <string.h>

enum { NOW_S = 1000 };

static struct store_binding const phones[] = {
    { "sip:a@192.0.2.1:5070;transport=tcp", "<sip:edge.example.test;lr>, <sip:p2;lr>",
      "sip:198.51.100.7:40000", "call-1@a", "Phone \"x\"/1.0 \xc3\xa4", 4294967295u, 700, 1001 },
    { "sips:a@[2001:db8::1]", "", "", "call-2", "", 0, 1000, INT64_C(99999999999) },
    { "sip:old@192.0.2.3", "", "", "call-3", "", 7, 0, NOW_S },
};

struct found {
    char text[2048];
    size_t n;
};

static int note(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    struct found *found = ctx;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(found->text);
        (void)snprintf(found->text + len, sizeof found->text - len,
                       "%s|%s|%s|%s|%s|%s|%u|%d|%lld\n", aor, list[i].contact, list[i].path,
                       list[i].received, list[i].call_id, list[i].user_agent, list[i].cseq,
                       list[i].q, (long long)list[i].expires_s);
    }
    found->n++;
    return 0;
}

static int refuse(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    (void)ctx;
    (void)aor;
    (void)list;
    (void)n;
    return -ENOBUFS;
}

static void replace(struct store_rig *rig, char const *aor, struct store_binding const *list,
                    size_t n)
{
    int told = rig->told;
    assert_int_equal(store_bindings_replace(rig->link, aor, list, n, store_rig_done, rig), 0);
    assert_int_equal(store_rig_wait(rig, told + 1), 0);
}

static void expect(struct store_rig *rig, int64_t now_s, char const *wanted, size_t aors)
{
    struct found found = { .n = 0 };
    store_rig_open(rig);
    assert_int_equal(store_bindings_each(rig->store, now_s, note, &found), 0);
    store_rig_start(rig);
    assert_string_equal(found.text, wanted);
    assert_int_equal(found.n, aors);
}

static void test_round_trip(void **state)
{
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    expect(&rig, NOW_S, "", 0);
    replace(&rig, "bob@example.test", &phones[1], 2);
    replace(&rig, "alice@example.test", phones, 2);
    store_rig_close(&rig);

    expect(&rig, NOW_S,
           "alice@example.test|sip:a@192.0.2.1:5070;transport=tcp|<sip:edge.example.test;lr>, "
           "<sip:p2;lr>|sip:198.51.100.7:40000|call-1@a|Phone \"x\"/1.0 \xc3\xa4|4294967295|700|"
           "1001\n"
           "alice@example.test|sips:a@[2001:db8::1]|||call-2||0|1000|99999999999\n"
           "bob@example.test|sips:a@[2001:db8::1]|||call-2||0|1000|99999999999\n",
           2);
    replace(&rig, "alice@example.test", &phones[1], 1);
    replace(&rig, "bob@example.test", NULL, 0);
    store_rig_close(&rig);

    expect(&rig, 0, "alice@example.test|sips:a@[2001:db8::1]|||call-2||0|1000|99999999999\n", 1);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_purge_takes_the_expired(void **state)
{
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    expect(&rig, 0, "", 0);
    replace(&rig, "alice@example.test", phones, 3);
    assert_int_equal(store_bindings_purge(rig.link, 1001), 0);
    store_rig_close(&rig);
    expect(&rig, 0, "alice@example.test|sips:a@[2001:db8::1]|||call-2||0|1000|99999999999\n", 1);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

static void test_reader_may_stop(void **state)
{
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    expect(&rig, 0, "", 0);
    replace(&rig, "alice@example.test", phones, 2);
    replace(&rig, "bob@example.test", phones, 2);
    store_rig_close(&rig);
    store_rig_open(&rig);
    assert_int_equal(store_bindings_each(rig.store, 0, refuse, NULL), -ENOBUFS);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_purge_takes_the_expired),
        cmocka_unit_test(test_reader_may_stop),
    };
    return cmocka_run_group_tests_name("store_bindings", tests, NULL, NULL);
}
