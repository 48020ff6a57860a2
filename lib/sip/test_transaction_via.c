/* SPDX-License-Identifier: Apache-2.0 */
/* Branches, and where responses go. */
#include "message.h"
#include "transaction_via.h"
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct {
    enum transport_kind kind;
    char const *via;
    char const *expect;
} const ways[] = {
    /* The packet came from 192.0.2.1:40000. RFC 3261 18.2.2, RFC 3581 4. */
    { TRANSPORT_UDP, "192.0.2.1:5070", "192.0.2.1:5070" },
    { TRANSPORT_UDP, "192.0.2.1", "192.0.2.1:5060" },
    { TRANSPORT_UDP, "pc.example.test:5070;received=192.0.2.1", "192.0.2.1:5070" },
    { TRANSPORT_UDP, "10.0.0.1:5070;received=192.0.2.1;rport=40000", "192.0.2.1:40000" },
    { TRANSPORT_UDP, "10.0.0.1:5070;rport", "192.0.2.1:40000" },
    /* What the peer wrote itself moves nothing. */
    { TRANSPORT_UDP, "10.0.0.1:5070;received=198.51.100.9", "192.0.2.1:5070" },
    { TRANSPORT_UDP, "10.0.0.1:5070;rport=9", "192.0.2.1:40000" },
    { TRANSPORT_UDP, "192.0.2.1:5070;maddr=239.1.1.1", "239.1.1.1:5070" },
    { TRANSPORT_UDP, "192.0.2.1;maddr=198.51.100.2;rport", "198.51.100.2:5060" },
    { TRANSPORT_UDP, "192.0.2.1;maddr=name.example.test", "192.0.2.1:5060" },
    { TRANSPORT_UDP, "192.0.2.1:0", "192.0.2.1:5060" },
    /* Streams: the connection; this is only for a new one. */
    { TRANSPORT_TCP, "192.0.2.1:5070", "192.0.2.1:5070" },
    { TRANSPORT_TCP, "192.0.2.1;rport", "192.0.2.1:5060" },
    { TRANSPORT_TLS, "192.0.2.1", "192.0.2.1:5061" },
    { TRANSPORT_TCP, "192.0.2.1;maddr=198.51.100.2", "192.0.2.1:5060" },
};

static void test_response_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct origin from = { .kind = ways[i].kind, .listener = 3 };
        struct destination to;
        char text[512], printed[NET_ADDR_TEXT];

        from.connection = ways[i].kind == TRANSPORT_UDP ? 0 : 7;
        assert_int_equal(net_addr_parse(&from.local, "192.0.2.9:5060", 0), 0);
        assert_int_equal(net_addr_parse(&from.peer, "192.0.2.1:40000", 0), 0);
        snprintf(text, sizeof text, "OPTIONS sip:a@b.test SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\n\r\n",
                 ways[i].via);
        msg_t *msg = message_parse(text, strlen(text));
        assert_non_null(msg);
        transaction_response_route(sip_object(msg)->sip_via, &from, &to);
        assert_string_equal(net_addr_print(&to.addr, printed), ways[i].expect);
        assert_int_equal(to.kind, ways[i].kind);
        assert_int_equal(to.listener, 3);
        assert_true(net_addr_equal(&to.source, &from.local));
        assert_int_equal(to.connection, from.connection);
        msg_destroy(msg);
    }
}

/* A Via that nobody can read: back to where the packet came from. */
static void test_response_without_via(void **state)
{
    struct origin from = { .kind = TRANSPORT_UDP, .listener = 3 };
    struct destination to;
    char printed[NET_ADDR_TEXT];

    (void)state;
    assert_int_equal(net_addr_parse(&from.peer, "192.0.2.1:40000", 0), 0);
    transaction_response_route(NULL, &from, &to);
    assert_string_equal(net_addr_print(&to.addr, printed), "192.0.2.1:40000");
    assert_int_equal(to.listener, 3);
}

static void test_branch(void **state)
{
    char a[TRANSACTION_BRANCH_SIZE], b[TRANSACTION_BRANCH_SIZE];
    char const *longest = "0123456789abcdef0123456789abcdef";

    (void)state;
    transaction_branch_make(a, 0, "hash");
    transaction_branch_make(b, 0, "hash");
    assert_string_not_equal(a, b);
    assert_int_equal(strncmp(a, "z9hG4bK0.hash.", 14), 0);
    assert_int_equal(strlen(a), 14 + 20);
    transaction_branch_make(a, 0xffff, NULL);
    assert_int_equal(strncmp(a, "z9hG4bKffff..", 13), 0);
    /* Nothing of the token is lost to the longest hash. */
    transaction_branch_make(a, 0xffff, longest);
    assert_int_equal(strlen(a), TRANSACTION_BRANCH_SIZE - 1);
    assert_non_null(strstr(a, longest));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_response_route),
        cmocka_unit_test(test_response_without_via),
        cmocka_unit_test(test_branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
