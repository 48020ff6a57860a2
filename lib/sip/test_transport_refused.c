/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of peers that took no connection: time, kind, and room. */
#include "transport_refused.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct net_addr addr_of(char const *text)
{
    struct net_addr addr;

    assert_int_equal(net_addr_parse(&addr, text, 0), 0);
    return addr;
}

static void test_one_peer(void **state)
{
    struct transport_refused refused = { .next = 0 };
    struct net_addr peer = addr_of("192.0.2.1:5060"), other = addr_of("192.0.2.1:5070");

    (void)state;
    assert_false(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 0));
    transport_refused_note(&refused, TRANSPORT_TCP, &peer, 100);
    assert_true(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 99));
    assert_false(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 100));
    assert_false(transport_refused_has(&refused, TRANSPORT_TLS, &peer, 99));
    assert_false(transport_refused_has(&refused, TRANSPORT_TCP, &other, 99));
    transport_refused_note(&refused, TRANSPORT_TCP, &peer, 200);
    assert_int_equal(refused.next, 1);
    assert_true(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 150));
    transport_refused_forget(&refused, TRANSPORT_TCP, &other);
    assert_true(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 150));
    transport_refused_forget(&refused, TRANSPORT_TCP, &peer);
    assert_false(transport_refused_has(&refused, TRANSPORT_TCP, &peer, 150));
}

static void test_room(void **state)
{
    struct transport_refused refused = { .next = 0 };
    char text[32];

    (void)state;
    for (int i = 0; i <= TRANSPORT_REFUSED_PEERS; i++) {
        (void)snprintf(text, sizeof text, "192.0.2.%d:5060", i);
        struct net_addr peer = addr_of(text);
        transport_refused_note(&refused, TRANSPORT_TCP, &peer, 100);
    }
    struct net_addr first = addr_of("192.0.2.0:5060"), second = addr_of("192.0.2.1:5060");
    assert_false(transport_refused_has(&refused, TRANSPORT_TCP, &first, 0));
    assert_true(transport_refused_has(&refused, TRANSPORT_TCP, &second, 0));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_one_peer),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
