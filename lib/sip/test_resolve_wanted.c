/* SPDX-License-Identifier: Apache-2.0 */
/* What a URI says before the DNS is asked. */
#include "resolve_wanted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct {
    char const *uri, *wanted; /* as told() prints it, or what is wrong */
} const vectors[] = {
    { "sip:a.test", "a.test udp" },
    { "sip:A.Test.", "a.test. udp" },
    { "sip:a_b.test", "a_b.test udp" },
    { "sip:a-b.t3st", "a-b.t3st udp" },
    { "sip:pbx", "pbx udp" },
    { "sip:%61.test", "a.test udp" },
    { "sip:a.test:5070", "a.test udp port 5070" },
    { "sip:a.test:05070", "a.test udp port 5070" },
    { "sip:a.test:65535", "a.test udp port 65535" },
    { "sip:a.test:", "a.test udp" },
    { "sip:a.test;transport=TCP", "a.test tcp given" },
    { "sip:a.test;transport=tls", "a.test tls given" },
    { "sips:a.test", "a.test tls secure" },
    { "sips:a.test;transport=tcp", "a.test tls given secure" },
    { "sips:a.test;transport=tls", "a.test tls given secure" },
    { "sips:a.test;transport=udp", "sips cannot go over UDP" },
    { "sip:192.0.2.1", "192.0.2.1 udp numeric" },
    { "sip:[2001:DB8::1]", "2001:db8::1 udp numeric" },
    { "sip:[::ffff:192.0.2.1]", "::ffff:192.0.2.1 udp numeric" },
    { "sip:a.test;maddr=192.0.2.1", "192.0.2.1 udp numeric" },
    { "sip:a.test:5070;maddr=[::1]", "::1 udp numeric port 5070" },
    { "sip:a.test;maddr=::1", "::1 udp numeric" },
    { "sip:a.test;maddr=b.test", "b.test udp" },
    { "sip:a.test;maddr=", "a.test udp" },
    { "sip:a.test:0", "wrong port" },
    { "sip:a.test:65536", "wrong port" },
    { "sip:a.test:99999999999999999999999", "wrong port" },
    { "sip:a.test;transport=", "unknown transport" },
    { "sip:a.test;transport=sctp", "unknown transport" },
    { "sip:a.test;transport=tcp-and-something-that-is-longer-than-a-name", "unknown transport" },
    { "sip:192.0.2", "neither an address nor a host name" },
    { "sip:192.0.2.256", "neither an address nor a host name" },
    { "sip:192.0.2.1.5", "neither an address nor a host name" },
    { "sip:a.test.1", "neither an address nor a host name" },
    { "sip:a..test", "neither an address nor a host name" },
    { "sip:.test", "neither an address nor a host name" },
    { "sip:.", "neither an address nor a host name" },
    { "sip:a b.test", "neither an address nor a host name" },
    { "sip:[192.0.2.1]", "neither an address nor a host name" },
    { "sip:[a.test]", "neither an address nor a host name" },
    { "sip:a.test;maddr=192.0.2.1:5070", "neither an address nor a host name" },
    { "sip:a.test;maddr=[[::1]]", "neither an address nor a host name" },
    { "sip:a.test;maddr=[]", "neither an address nor a host name" },
    { "sip:a.test;maddr=[", "neither an address nor a host name" },
    { "tel:2001", "not a SIP URI" },
    { "http://a.test", "not a SIP URI" },
};

static char const *told(struct resolve_wanted const *wanted, char ret[static 400])
{
    int len = snprintf(ret, 400, "%s %s%s%s%s", wanted->host, transport_kind_name(wanted->kind),
                       wanted->kind_given ? " given" : "", wanted->secure ? " secure" : "",
                       wanted->numeric ? " numeric" : "");

    if (wanted->port)
        snprintf(ret + len, (size_t)(400 - len), " port %u", wanted->port);
    return ret;
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct resolve_wanted wanted;
        char text[200], got[400];
        url_t url;
        snprintf(text, sizeof text, "%s", vectors[i].uri);
        assert_int_equal(url_d(&url, text), 0);
        char const *why = resolve_wanted_read(&wanted, &url, TRANSPORT_UDP);
        if (!why)
            why = told(&wanted, got);
        if (strcmp(why, vectors[i].wanted) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", vectors[i].uri, why, vectors[i].wanted);
    }
}

static void test_long_hosts(void **state)
{
    char text[700];
    struct resolve_wanted wanted;
    url_t url;

    (void)state;
    for (int in_maddr = 0; in_maddr < 2; in_maddr++)
        for (int len = 250; len < 260; len++) {
            snprintf(text, sizeof text, "sip:%s%0*d", in_maddr ? "a.test;maddr=a" : "a", len - 1,
                     0);
            assert_int_equal(url_d(&url, text), 0);
            char const *why = resolve_wanted_read(&wanted, &url, TRANSPORT_UDP);
            if (len < RESOLVE_HOST_BYTES)
                assert_null(why);
            else
                assert_string_equal(why, "host name is too long");
        }
}

static void test_ports(void **state)
{
    (void)state;
    assert_int_equal(resolve_wanted_port(TRANSPORT_UDP), 5060);
    assert_int_equal(resolve_wanted_port(TRANSPORT_TCP), 5060);
    assert_int_equal(resolve_wanted_port(TRANSPORT_TLS), 5061);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_long_hosts),
        cmocka_unit_test(test_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
