/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners as the configuration writes them: what is taken, what is refused, what they are called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "stack.h"
#include "wheel.h"
#include <errno.h>
#include <string.h>

#define NAME_64 "0123456789012345678901234567890123456789012345678901234567890123"

static void test_texts(void **state)
{
    /* clang-format off */
    static struct {
        char const *text;
        char const *wrong; /* part of the reason; NULL: nothing */
        char const *name;
    } const rows[] = {
        { "udp:127.0.0.1:5060", NULL, "" },
        { "tcp:127.0.0.1", NULL, "" },
        { "tcp:[::1]:5060", NULL, "" },
        { "tcp:127.0.0.1:5060;name=default-tcp", NULL, "default-tcp" },
        { "udp:[2001:db8::1]:5060;name=a_1.b", NULL, "a_1.b" },
        { "tcp:127.0.0.1;name=x", NULL, "x" },
        { "tcp:127.0.0.1:5060;name=", "only letters", "" },
        { "tcp:127.0.0.1:5060;name=a b", "only letters", "" },
        { "tcp:127.0.0.1:5060;name=a;name=b", "stands twice", "" },
        { "tcp:127.0.0.1:5060;nam=a", "only ;name=NAME", "" },
        { "tcp:127.0.0.1:5060;", "only ;name=NAME", "" },
        { "tcp:127.0.0.1:5060 name=a", "wants an IP address", "" },
        { "tcp:;name=a", "wants an IP address", "" },
        { "tcp:host.test:5060;name=a", "wants an IP address", "" },
        { "tcp:127.0.0.1:99999;name=a", "wants an IP address", "" },
        { "sctp:127.0.0.1:5060;name=a", "wants udp:", "" },
        { "tls:127.0.0.1:5061", "for the proxy alone", "" },
        { "tcp:127.0.0.1:5060;name=" NAME_64,
          NULL, NAME_64 },
        { "tcp:127.0.0.1:5060;name=" NAME_64 "4",
          "longer than 64", "" },
        { "tcp:0000000000000000000000000000000000000000000000000000000000000000000000.0.0.1:5060",
          "wants an IP address", "" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[TRANSPORT_NAME_BYTES];
        char const *wrong = stack_listen_check(rows[i].text);
        if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
            fail_msg("%s: %s", rows[i].text, wrong ? wrong : "taken");
        assert_string_equal(stack_listen_name(rows[i].text, name), rows[i].name);
    }
}

static void test_tls_texts(void **state)
{
    static struct {
        char const *text;
        char const *wrong; /* part of the reason; NULL: nothing */
        char const *context, *name;
        uint16_t port;
    } const rows[] = {
        { "tls:127.0.0.1", NULL, "", "", 5061 },
        { "tls:127.0.0.1:5062;context=peer", NULL, "peer", "", 5062 },
        { "tls:[::1]:5062;name=a;context=b", NULL, "b", "a", 5062 },
        { "tls:127.0.0.1:5062;context=b;name=a", NULL, "b", "a", 5062 },
        { "tcp:127.0.0.1", NULL, "", "", 5060 },
        { "tls:127.0.0.1;context=", "only letters", "", "", 0 },
        { "tls:127.0.0.1;context=a;context=b", "stands twice", "", "", 0 },
        { "tls:127.0.0.1;ctx=a", "only ;name=NAME and ;context=NAME", "", "", 0 },
        { "tcp:127.0.0.1;context=a", "only ;name=NAME may", "", "", 0 },
        { "tls:a.test", "wants an IP address", "", "", 0 },
        { "tlsx:127.0.0.1", "wants udp:", "", "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stack_listener listener;
        char const *wrong = stack_listener_parse(rows[i].text, &listener);
        if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
            fail_msg("%s: %s", rows[i].text, wrong ? wrong : "taken");
        assert_ptr_equal(stack_listen_check_tls(rows[i].text), wrong);
        if (wrong)
            continue;
        assert_string_equal(listener.context, rows[i].context);
        assert_string_equal(listener.name, rows[i].name);
        assert_int_equal(net_addr_port(&listener.addr), rows[i].port);
    }
}

static void test_listeners_are_found_by_name(void **state)
{
    static struct transaction_handlers const no_handlers;
    struct stack_limits limits;
    uv_loop_t loop;
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    stack_limits_default(&limits);
    struct wheel *wheel = wheel_new(clock_now_ms());
    struct stack *stack = stack_new(&loop, wheel, NULL, &limits, NULL, &no_handlers, NULL);
    assert_non_null(stack);
    assert_int_equal(stack_listen(stack, "udp:127.0.0.1:0", NULL), 0);
    assert_int_equal(stack_listen(stack, "tcp:127.0.0.1:0;name=outside", NULL), 1);
    assert_int_equal(stack_listen(stack, "tcp:127.0.0.1:0;nam=outside", NULL), -EINVAL);
    struct transport const *transport = stack_transport(stack);
    assert_string_equal(transport_listener_name(transport, 0), "");
    assert_string_equal(transport_listener_name(transport, 1), "outside");
    assert_int_equal(transport_find_listener(transport, "outside"), 1);
    assert_int_equal(transport_find_listener(transport, "outsid"), -ENOENT);
    assert_int_equal(transport_find_listener(transport, ""), -ENOENT);
    stack_free(&stack);
    while (uv_run(&loop, UV_RUN_NOWAIT))
        ;
    assert_int_equal(uv_loop_close(&loop), 0);
    wheel_free(&wheel);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_tls_texts),
        cmocka_unit_test(test_listeners_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
