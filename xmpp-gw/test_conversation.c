/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in a conversation, when it ends, what it remembers; time is moved, not waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "conversation.h"
#include <stdio.h>

enum { IDLE_MS = 600000, MAX = 3 };

static struct {
    struct wheel *wheel;
    struct conversations all;
    unsigned n_typed;
} rig;

static void on_typed(void *ctx, struct conversation *c)
{
    (void)ctx;
    (void)c;
    rig.n_typed++;
}

static int setup(void **state)
{
    (void)state;
    rig.n_typed = 0;
    rig.wheel = wheel_new(clock_now_ms());
    conversations_init(&rig.all, rig.wheel, IDLE_MS, MAX, on_typed, NULL);
    return rig.wheel ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    conversations_fini(&rig.all);
    wheel_free(&rig.wheel);
    return 0;
}

static void pass(uint64_t ms)
{
    clock_advance_ms(ms);
    (void)wheel_run(rig.wheel, clock_now_ms());
}

static struct conversation *find(char const *sip)
{
    return conversation_find(&rig.all, sip, "j@x.test");
}

static void test_pair(void **state)
{
    (void)state;
    struct conversation *c = conversation_get(&rig.all, "r@s.test/gruu", "j@x.test/home");

    assert_non_null(c);
    assert_string_equal(c->sip, "r@s.test");
    assert_string_equal(c->jid, "j@x.test");
    assert_ptr_equal(conversation_get(&rig.all, "r@s.test", "j@x.test/other"), c);
    assert_ptr_equal(find("r@s.test"), c);
    assert_null(conversation_find(&rig.all, "j@x.test", "r@s.test"));
    assert_null(conversation_find(&rig.all, "r@s.tes", "j@x.test"));
    struct conversation *other = conversation_get(&rig.all, "r@s.test", "k@x.test");
    assert_string_not_equal(other->call_id, c->call_id);
    assert_string_not_equal(other->tag, c->tag);
}

static void test_idle(void **state)
{
    (void)state;
    assert_non_null(conversation_get(&rig.all, "old@s.test", "j@x.test"));
    pass(IDLE_MS / 2);
    assert_non_null(conversation_get(&rig.all, "new@s.test", "j@x.test"));
    pass(IDLE_MS / 2 - 1000);
    assert_non_null(find("old@s.test"));
    pass(1010);
    assert_null(find("old@s.test"));
    assert_non_null(find("new@s.test"));
    /* touched, it begins anew */
    assert_non_null(conversation_get(&rig.all, "new@s.test", "j@x.test"));
    pass(IDLE_MS - 1000);
    assert_non_null(find("new@s.test"));
    pass(1010);
    assert_null(find("new@s.test"));
    assert_int_equal(rig.all.by_pair.n, 0);
}

static void test_too_many(void **state)
{
    (void)state;
    assert_non_null(conversation_get(&rig.all, "a@s.test", "j@x.test"));
    assert_non_null(conversation_get(&rig.all, "b@s.test", "j@x.test"));
    assert_non_null(conversation_get(&rig.all, "c@s.test", "j@x.test"));
    assert_non_null(conversation_get(&rig.all, "a@s.test", "j@x.test"));
    assert_non_null(conversation_get(&rig.all, "d@s.test", "j@x.test"));
    assert_int_equal(rig.all.by_pair.n, MAX);
    assert_null(find("b@s.test"));
    assert_non_null(find("a@s.test"));
}

static void test_failures(void **state)
{
    char id[CONVERSATION_ID_BYTES + 1];

    (void)state;
    struct conversation *c = conversation_get(&rig.all, "r@s.test", "j@x.test");
    unsigned wants;

    assert_false(conversation_fails(c, "1", &wants));
    assert_false(conversation_fails(c, "", &wants));
    conversation_sent(c, NULL, 1);
    conversation_sent(c, "1", 0);
    assert_false(conversation_fails(c, "2", &wants));
    conversation_sent(c, "3", 5);
    assert_int_equal(conversation_wants(c, "3"), 5);
    assert_int_equal(conversation_wants(c, "2"), 0);
    assert_int_equal(conversation_wants(c, NULL), 0);
    assert_true(conversation_fails(c, "1", &wants));
    assert_int_equal(wants, 0);
    assert_true(conversation_fails(c, "3", &wants));
    assert_int_equal(wants, 5);
    assert_int_equal(conversation_wants(c, "3"), 0);
    assert_false(conversation_fails(c, "1", &wants));
    for (int i = 0; i <= CONVERSATION_IDS; i++) {
        (void)snprintf(id, sizeof id, "id-%d", i);
        conversation_sent(c, id, 0);
    }
    assert_false(conversation_fails(c, "id-0", &wants));
    assert_true(conversation_fails(c, "id-1", &wants));
    assert_true(conversation_fails(c, id, &wants));
    (void)snprintf(id, sizeof id, "%065d", 0);
    conversation_sent(c, id, 0);
    assert_false(conversation_fails(c, id, &wants));
}

static void test_typing(void **state)
{
    (void)state;
    struct conversation *c = conversation_get(&rig.all, "r@s.test", "j@x.test");
    conversation_types(c, 60);
    pass(59000);
    conversation_types(c, 60);
    pass(59000);
    assert_int_equal(rig.n_typed, 0);
    pass(1010);
    assert_int_equal(rig.n_typed, 1);
    conversation_types(c, 60);
    conversation_types(c, 0);
    pass(120000);
    assert_int_equal(rig.n_typed, 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_pair, setup, teardown),
        cmocka_unit_test_setup_teardown(test_idle, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_typing, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
