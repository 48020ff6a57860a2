/* SPDX-License-Identifier: Apache-2.0 */
/* Which worker a message belongs to, read from its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "steer_owner.h"
#include "transaction_via.h"
#include <stdio.h>
#include <string.h>

enum { WORKERS = 4, CALLS = 4000 };

static unsigned owner(char const *text)
{
    return steer_owner(text, strlen(text), WORKERS);
}

#define RESPONSE "SIP/2.0 200 OK\r\n"
#define REQUEST  "MESSAGE sip:a@b SIP/2.0\r\n"

static void test_responses(void **state)
{
    static struct {
        char const *text;
        unsigned owner;
    } const vectors[] = {
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bK2.x.y\r\n\r\n", 2 },
        { RESPONSE "v: SIP/2.0/UDP a;branch=z9hG4bK3.x.y\r\n\r\n", 3 },
        { RESPONSE "VIA : SIP/2.0/UDP a;rport;BRANCH=z9hg4bK1..y\r\n\r\n", 1 },
        { RESPONSE "Via: SIP/2.0/UDP a;\r\n branch=z9hG4bK2.x.y\r\n\r\n", 2 },
        { "sip/2.0 200 OK\nv:SIP/2.0/UDP a;branch=z9hG4bK1.x\n\n", 1 },
        { RESPONSE "To: <sip:x@y>;branch=z9hG4bK3.\r\n"
                   "Via: SIP/2.0/UDP a;branch=z9hG4bK2.x\r\n"
                   "Via: SIP/2.0/UDP b;branch=z9hG4bK1.x\r\n\r\n",
          2 },
        /* only the top value is ours */
        { RESPONSE "Via: SIP/2.0/UDP a, SIP/2.0/UDP b;branch=z9hG4bK2.x\r\n\r\n", 0 },
        /* what we did not write */
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bK4.x\r\n\r\n", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bK.x\r\n\r\n", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bK2x\r\n\r\n", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bK2", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a;branch=z9hG4bKfffffffffffffffffff2.\r\n\r\n", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a;branch=2.\r\n\r\n", 0 },
        { RESPONSE "Via: SIP/2.0/UDP a\r\n\r\n", 0 },
        { RESPONSE "\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK2.x\r\n", 0 }, /* the body */
        { RESPONSE, 0 },
        { "SIP/2.0 ", 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (owner(vectors[i].text) != vectors[i].owner)
            fail_msg("%s: %u", vectors[i].text, owner(vectors[i].text));
}

/* All spellings of one Call-ID are one call. */
static void test_one_call(void **state)
{
    static char const *const same[] = {
        REQUEST "Call-ID: abc@host\r\n\r\n",
        REQUEST "i: abc@host\r\n\r\n",
        REQUEST "I:abc@host\r\nVia: x\r\n\r\n",
        "CANCEL sip:a@b SIP/2.0\nVia: SIP/2.0/UDP a;branch=z9hG4bK3.x\ncall-id\t:\n abc@host  \n\n",
        REQUEST "Subject: Call-ID: other\r\nCALL-ID:   abc@host\r\nCall-ID: second\r\n\r\n",
    };
    (void)state;
    for (size_t i = 1; i < sizeof same / sizeof *same; i++)
        for (unsigned workers = 1; workers <= 64; workers++)
            assert_int_equal(steer_owner(same[i], strlen(same[i]), workers),
                             steer_owner(same[0], strlen(same[0]), workers));
    assert_int_equal(owner(REQUEST "To: x\r\n\r\nCall-ID: abc@host\r\n"), 0);
    assert_int_equal(owner(REQUEST), 0);
    assert_int_equal(owner(""), 0);
    assert_int_equal(owner("\r\n\r\n"), 0);
}

static void test_calls_are_spread(void **state)
{
    unsigned n[WORKERS] = { 0 };
    (void)state;
    for (int i = 0; i < CALLS; i++) {
        char text[100];
        (void)snprintf(text, sizeof text, REQUEST "Call-ID: %d-1234@127.0.0.1\r\n\r\n", i);
        unsigned worker = owner(text);
        assert_in_range(worker, 0, WORKERS - 1);
        n[worker]++;
    }
    for (unsigned i = 0; i < WORKERS; i++)
        assert_in_range(n[i], CALLS / WORKERS * 8 / 10, CALLS / WORKERS * 12 / 10);
}

/* The other side of the agreement: what the transactions write is read here. */
static void test_our_branches(void **state)
{
    (void)state;
    for (unsigned worker = 0; worker < 300; worker++) {
        char branch[TRANSACTION_BRANCH_SIZE], text[300];
        transaction_branch_make(branch, worker, worker % 2 ? "0123456789abcdef" : NULL);
        (void)snprintf(text, sizeof text, RESPONSE "Via: SIP/2.0/UDP a;rport;branch=%s\r\n\r\n",
                       branch);
        assert_int_equal(steer_owner(text, strlen(text), 300), worker);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_one_call),
        cmocka_unit_test(test_calls_are_spread),
        cmocka_unit_test(test_our_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
