/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops: what is one, what its keys may say, and how it stands in a URI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "next_hop.h"
#include <string.h>

static void test_texts(void **state)
{
    static struct {
        char const *text;
        bool good, address;
        char const *host;
    } const rows[] = {
        { "cucm.example.test", true, false, "cucm.example.test" },
        { "cucm", true, false, "cucm" },
        { "cucm.example.test.", false, false, NULL },
        { "192.0.2.1", true, true, "192.0.2.1" },
        { "2001:db8::1", true, true, "[2001:db8::1]" },
        { "[2001:db8::1]", true, true, "[2001:db8::1]" },
        { "_sip._tcp.example.test", true, false, "example.test" },
        { "_SIPS._tcp.example.test", true, false, "example.test" },
        { "_sips._udp.example.test", false, false, NULL },
        { "_xmpp._tcp.example.test", false, false, NULL },
        { "_sip._tcp.", false, false, NULL },
        { "", true, false, NULL },
        { "5.6.7.8.9", false, false, NULL }, /* guide part 2, section 0 */
        { "192.0.2.1:5060", false, false, NULL },
        { "[2001:db8::1]:5060", false, false, NULL },
        { "[192.0.2.1]", false, false, NULL },
        { "sip:cucm.example.test", false, false, NULL },
        { "cucm..example.test", false, false, NULL },
        { "-cucm.example.test", false, false, NULL },
        { "cu cm", false, false, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char host[NEXT_HOP_HOST];
        char const *wrong = next_hop_check(rows[i].text);
        if (!wrong != rows[i].good || next_hop_is_address(rows[i].text) != rows[i].address)
            fail_msg("%s: %s", rows[i].text, wrong ? wrong : "taken");
        if (rows[i].host)
            assert_string_equal(next_hop_host(rows[i].text, host), rows[i].host);
    }
}

static void test_keys(void **state)
{
    enum { ANY = NEXT_HOP_ANY_TRANSPORT };
    static struct {
        char const *text;
        unsigned port;
        int transport;
        char const *wrong;
    } const rows[] = {
        { "cucm.example.test", 0, ANY, NULL },
        { "cucm.example.test", 5060, TRANSPORT_TLS, NULL },
        { "192.0.2.1", 0, TRANSPORT_UDP, NULL },
        { "_sip._tcp.example.test", 0, ANY, NULL },
        { "_sip._tcp.example.test", 0, TRANSPORT_TCP, NULL },
        { "_sips._tcp.example.test", 0, TRANSPORT_TLS, NULL },
        { "_sip._tcp.example.test", 5060, TRANSPORT_TCP, "port must be 0" },
        { "_sip._tcp.example.test", 0, TRANSPORT_UDP, "another transport" },
        { "_sips._tcp.example.test", 0, TRANSPORT_TCP, "another transport" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char const *wrong = next_hop_fault(rows[i].text, rows[i].port, rows[i].transport);
        if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
            fail_msg("%s: %s", rows[i].text, wrong ? wrong : "taken");
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
