/* SPDX-License-Identifier: Apache-2.0 */
/* Resolver: a table of URIs, then names against a small DNS server on loopback. */
#include "resolve_rig.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TTL_S = DNS_TTL_S };

/* clang-format off */
static struct dns_row const zone[] = {
    DNS_ROW_A("one.test", "127.0.0.1"),
    DNS_ROW_A("two.test", "127.0.0.2"),
    DNS_ROW_A("two.test", "127.0.0.3"),
    DNS_ROW_AAAA("six.test", "2001:db8::6"),
    DNS_ROW_SRV("_sip._udp.srv.test", 20, 1, 5072, "two.test"),
    DNS_ROW_SRV("_sip._udp.srv.test", 10, 1, 5071, "one.test"),
    DNS_ROW_SRV("_sip._tcp.srv.test", 1, 1, 5081, "one.test"),
    DNS_ROW_SRV("_sip._tcp.tcponly.test", 1, 1, 5082, "one.test"),
    DNS_ROW_A("tcponly.test", "127.0.0.9"),
    DNS_ROW_SRV("_sip._udp.dead.test", 1, 1, 5060, "gone.test"),
    DNS_ROW_SRV("_sip._udp.dead.test", 2, 1, 5060, "one.test"),
    /* 40 of 41 parts of the load, and a spare one */
    DNS_ROW_SRV("_sip._udp.heavy.test", 2, 9999, 5060, "six.test"),
    DNS_ROW_SRV("_sip._udp.heavy.test", 1, 0, 5060, "two.test"),
    DNS_ROW_SRV("_sip._udp.heavy.test", 1, 65535, 5060, "one.test"),
    /* RFC 2782: the service is decidedly not there */
    DNS_ROW_SRV("_sip._udp.never.test", 0, 0, 0, ""),
    DNS_ROW_A("never.test", "127.0.0.9"),
    DNS_ROW_SRV("_sip._udp.nodatagrams.test", 0, 0, 0, ""),
    DNS_ROW_SRV("_sip._tcp.nodatagrams.test", 1, 1, 5083, "one.test"),
    DNS_ROW_A("both.test", "127.0.0.4"),
    DNS_ROW_AAAA("both.test", "2001:db8::4"),
    DNS_ROW_A("both.test", "127.0.0.5"),
    DNS_ROW_AAAA("both.test", "2001:db8::5"),
    /* one in four */
    DNS_ROW_SRV("_sip._udp.shared.test", 1, 1, 5060, "two.test"),
    DNS_ROW_SRV("_sip._udp.shared.test", 1, 3, 5060, "one.test"),
    DNS_ROW_SRV("_sips._tcp.srv.test", 1, 1, 5091, "one.test"),
    /* NAPTR: the least order wins, then the least preference; names may be of any domain */
    DNS_ROW_NAPTR("naptr.test", 20, 1, "s SIP+D2U", "_sip._udp.srv.test"),
    DNS_ROW_NAPTR("naptr.test", 10, 9, "S sips+d2t", "_sips._tcp.srv.test"),
    DNS_ROW_NAPTR("naptr.test", 10, 5, "s SIP+D2T", "_sip._tcp.srv.test"),
    DNS_ROW_NAPTR("naptr.test", 1, 1, "s SIP+D2W", "_sip._ws.srv.test"),
    DNS_ROW_NAPTR("naptr.test", 1, 2, "u E2U+sip", "other.test"),
    DNS_ROW_NAPTR("naptr.test", 1, 3, "a SIP+D2U", "two.test"),
    DNS_ROW_A("naptr.test", "127.0.0.9"),
    /* the first service has no SRV: the next; none has: the address, by the first transport */
    DNS_ROW_NAPTR("half.test", 1, 1, "s SIP+D2T", "_sip._tcp.gone.test"),
    DNS_ROW_NAPTR("half.test", 2, 1, "s SIP+D2U", "_sip._udp.srv.test"),
    DNS_ROW_NAPTR("bare.test", 1, 1, "s SIP+D2T", "_sip._tcp.gone.test"),
    DNS_ROW_A("bare.test", "127.0.0.9"),
    DNS_ROW_NAPTR("secure.test", 1, 1, "s SIPS+D2T", "_sips._tcp.gone.test"),
    DNS_ROW_A("secure.test", "127.0.0.9"),
    /* nothing for us: as if there were none */
    DNS_ROW_NAPTR("strange.test", 1, 1, "s SIP+D2S", "_sip._sctp.strange.test"),
    DNS_ROW_SRV("_sip._tcp.strange.test", 1, 1, 5082, "one.test"),
    DNS_ROW_A("single", "127.0.0.8"),
    DNS_ROW_A("nobody.search.test", "127.0.0.9"),
    DNS_ROW_A("plain.search.test", "127.0.0.9"),
};
/* clang-format on */

static int setup(void **state)
{
    return resolve_rig_setup(state, zone, sizeof zone / sizeof *zone);
}

static void test_without_dns(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:192.0.2.1", "udp:192.0.2.1:5060" },
        { "sip:a@192.0.2.1:5070", "udp:192.0.2.1:5070" },
        { "sip:192.0.2.1;transport=tcp", "tcp:192.0.2.1:5060" },
        { "sip:192.0.2.1;transport=TCP", "tcp:192.0.2.1:5060" },
        { "sip:[2001:db8::1]:5070;transport=udp", "udp:[2001:db8::1]:5070" },
        { "sip:[2001:db8::1]", "udp:[2001:db8::1]:5060" },
        { "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp", "tcp:192.0.2.10:40112" },
        { "sip:alice@example.test;maddr=192.0.2.10", "udp:192.0.2.10:5060" },
        { "sip:192.0.2.1;transport=tls", "tls:192.0.2.1:5061" },
        { "sip:192.0.2.1:5060;transport=tls", "tls:192.0.2.1:5060" },
        { "sips:192.0.2.1", "tls:192.0.2.1:5061" },
        { "sips:[2001:db8::1]:5071;transport=tcp", "tls:[2001:db8::1]:5071" },
        { "sips:192.0.2.1;transport=udp", "sips cannot go over UDP" },
        { "sip:192.0.2.1;transport=ws", "unknown transport" },
        { "sip:192.0.2.1:0", "wrong port" },
        { "tel:2001", "not a SIP URI" },
        { "http://192.0.2.1", "not a SIP URI" },
    };
    struct resolve_rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(resolve_rig_ask(rig, rows[i].uri));
        assert_int_equal(rig->answers, 1);
        if (strcmp(rig->text, rows[i].answer) != 0)
            fail_msg("%s: %s instead of %s", rows[i].uri, rig->text, rows[i].answer);
    }
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->dns.questions, 0);
}

static void test_names(void **state)
{
    static struct resolve_rig_row const rows[] = {
        /* a port: no SRV (RFC 3263 4.2) */
        { "sip:one.test:5070", "udp:127.0.0.1:5070" },
        { "sip:two.test:5060;transport=tcp", "tcp:127.0.0.2:5060 tcp:127.0.0.3:5060" },
        { "sip:srv.test:5070", "the name has no address" },
        { "sip:six.test:5070", "udp:[2001:db8::6]:5070" },
        { "sip:x.test;maddr=one.test", "udp:127.0.0.1:5060" },
        /* SRV by priority; the transport that was asked for, else ours first, then the other */
        { "sip:srv.test", "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072" },
        { "sip:srv.test;transport=tcp", "tcp:127.0.0.1:5081" },
        { "sip:tcponly.test", "tcp:127.0.0.1:5082" },
        { "sip:tcponly.test;transport=udp", "udp:127.0.0.9:5060" },
        { "sip:dead.test", "udp:127.0.0.1:5060" },
        /* no SRV: the name itself */
        { "sip:one.test", "udp:127.0.0.1:5060" },
        { "sip:one.test;transport=tcp", "tcp:127.0.0.1:5060" },
        { "sip:none.test", "the name has no address" },
        { "sip:none.test:5060", "the name has no address" },
        /* both families: IPv6 first, each in the order of the answer */
        { "sip:both.test:5060", "udp:[2001:db8::4]:5060 udp:[2001:db8::5]:5060 "
                                "udp:127.0.0.4:5060 udp:127.0.0.5:5060" },
        /* TLS: a service and a port of its own */
        { "sip:srv.test;transport=tls", "tls:127.0.0.1:5091" },
        { "sips:srv.test", "tls:127.0.0.1:5091" },
        { "sips:srv.test;transport=tcp", "tls:127.0.0.1:5091" },
        { "sips:one.test", "tls:127.0.0.1:5061" },
        { "sips:one.test:5060", "tls:127.0.0.1:5060" },
        { "sip:one.test;transport=tls", "tls:127.0.0.1:5061" },
    };

    resolve_rig_expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

static void test_naptr(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:naptr.test", "tcp:127.0.0.1:5081" },
        { "sips:naptr.test", "tls:127.0.0.1:5091" },
        /* RFC 3263 4.1: a transport or a port decides without NAPTR */
        { "sip:naptr.test;transport=udp", "udp:127.0.0.9:5060" },
        { "sip:naptr.test:5070", "udp:127.0.0.9:5070" },
        { "sip:half.test", "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072" },
        { "sip:bare.test", "tcp:127.0.0.9:5060" },
        { "sip:secure.test", "tls:127.0.0.9:5061" },
        { "sip:strange.test", "tcp:127.0.0.1:5082" },
        /* never down from sips */
        { "sips:half.test", "the name has no address" },
    };

    resolve_rig_expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

/* What the transport cannot do, or the switch forbids, is neither asked for nor given. */
static void test_only_what_we_have(void **state)
{
    static struct resolve_rig_row const with_tcp[] = {
        { "sip:srv.test", "tcp:127.0.0.1:5081" },
        { "sip:naptr.test", "tcp:127.0.0.1:5081" },
        { "sip:192.0.2.1", "tcp:192.0.2.1:5060" },
        { "sip:both.test:5060", "tcp:127.0.0.4:5060 tcp:127.0.0.5:5060" },
        { "sip:secure.test", "tcp:127.0.0.9:5060" },
        { "sip:six.test", "the name has no address" },
    };
    struct resolve_rig *rig = *state;
    struct wheel *wheel = wheel_new(0);
    struct stack_limits limits;
    struct net_addr addr;

    stack_limits_default(&limits);
    struct transport *transport = transport_new(&rig->dns.loop, wheel, NULL, &limits, NULL, NULL);
    resolver_use_transport(rig->dns.resolver, transport);
    resolve_rig_expect(rig, "sip:srv.test",
                       "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072");
    assert_int_equal(net_addr_parse(&addr, "127.0.0.1", 0), 0);
    assert_int_equal(transport_listen(transport, TRANSPORT_TCP, &addr, NULL), 0);
    dns_rig_advance_s(TTL_S);
    resolve_rig_expect_rows(rig, with_tcp, sizeof with_tcp / sizeof *with_tcp);
    int asked = rig->dns.questions;
    resolve_rig_expect(rig, "sip:none.test:5060", "the name has no address");
    assert_int_equal(rig->dns.questions, asked + 1); /* A, and no AAAA */
    resolver_use_transport(rig->dns.resolver, NULL);
    transport_free(&transport);
    wheel_free(&wheel);
}

static void test_without_ipv6(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:both.test:5060", "udp:127.0.0.4:5060 udp:127.0.0.5:5060" },
        { "sip:six.test", "the name has no address" },
        { "sip:[2001:db8::1]:5070", "IPv6 is switched off" },
        { "sip:x.test;maddr=[2001:db8::1]", "IPv6 is switched off" },
        { "sip:[::ffff:192.0.2.1]", "udp:192.0.2.1:5060" },
    };
    struct resolve_rig *rig = *state;

    resolver_set_ipv6(rig->dns.resolver, false);
    resolve_rig_expect_rows(rig, rows, sizeof rows / sizeof *rows);
    /* at once, although the former answer is still in the cache */
    resolver_set_ipv6(rig->dns.resolver, true);
    resolve_rig_expect(rig, "sip:six.test", "udp:[2001:db8::6]:5060");
}

/* A target of ".": not even the name itself is asked, but perhaps another transport is there. */
static void test_declined(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:never.test", "the domain says that it offers no SIP" },
        { "sip:never.test:5060", "udp:127.0.0.9:5060" },
        { "sip:nodatagrams.test", "tcp:127.0.0.1:5083" },
        { "sip:nodatagrams.test;transport=udp", "the domain says that it offers no SIP" },
    };

    resolve_rig_expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

/* A weight of 0 beside 65535 is first in one of 65536 draws: two rounds of ten must not both have
 * it. Priority is never broken. */
static void test_weights(void **state)
{
    char const wanted[] =
        "udp:127.0.0.1:5060 udp:127.0.0.2:5060 udp:127.0.0.3:5060 udp:[2001:db8::6]:5060";
    struct resolve_rig *rig = *state;
    int usual = 0;

    for (int i = 0; i < 10; i++) {
        resolve_rig_ask(rig, "sip:heavy.test");
        dns_rig_run(&rig->dns);
        assert_int_equal(rig->answers, 1);
        assert_non_null(strstr(rig->text, " udp:[2001:db8::6]:5060"));
        usual += strcmp(rig->text, wanted) == 0;
        dns_rig_advance_s(TTL_S + 1);
    }
    assert_true(usual >= 9);
}

/* Weights are shares of the requests, not of the DNS answers: a cached answer is drawn again. */
static void test_shares(void **state)
{
    enum { REQUESTS = 400 };
    struct resolve_rig *rig = *state;
    char first[REQUESTS + 1] = "", again[REQUESTS + 1] = "";
    int ones = 0;

    for (int round = 0; round < 2; round++) {
        resolver_set_seed(rig->dns.resolver, 1);
        for (int i = 0; i < REQUESTS; i++) {
            resolve_rig_ask(rig, "sip:shared.test");
            dns_rig_run(&rig->dns);
            bool is_one = strcmp(rig->text, "udp:127.0.0.1:5060 udp:127.0.0.2:5060 "
                                            "udp:127.0.0.3:5060") == 0;
            if (!is_one)
                assert_string_equal(rig->text, "udp:127.0.0.2:5060 udp:127.0.0.3:5060 "
                                               "udp:127.0.0.1:5060");
            (round ? again : first)[i] = is_one ? '1' : '2';
            ones += is_one;
        }
        dns_rig_advance_s(TTL_S);
    }
    assert_string_equal(first, again);
    /* RFC 2782: the draw is of 0 to 4, so a weight of 1 wins 2 of 5 or 1 of 5 */
    assert_true(ones > 2 * REQUESTS * 55 / 100 && ones < 2 * REQUESTS * 85 / 100);
}

/* Address records of "many.test"; the first 16 are enough. */
static void test_many_addresses(void **state)
{
    struct resolve_rig *rig = *state;
    struct dns_row rows[20];
    char text[20][16], wanted[sizeof rig->text] = "";

    for (int i = 0; i < 20; i++) {
        snprintf(text[i], sizeof text[i], "127.0.1.%d", i + 1);
        rows[i] = (struct dns_row){ .name = "many.test", .type = DNS_A, .value = text[i] };
    }
    for (int i = 1; i <= 16; i++)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%sudp:127.0.1.%d:5060",
                 i > 1 ? " " : "", i);
    rig->dns.zone = rows;
    for (rig->dns.n_rows = 15; rig->dns.n_rows <= 20; rig->dns.n_rows++) {
        char *last = strrchr(wanted, ' ');
        if (rig->dns.n_rows < 16)
            *last = '\0';
        resolve_rig_expect(rig, "sip:many.test:5060", wanted);
        *last = ' ';
        dns_rig_advance_s(TTL_S);
    }
}

/* More SRV records than are tried: those of the best priority, wherever they stand in the answer.
 */
static void test_many_targets(void **state)
{
    enum { TARGETS = 20 };
    struct resolve_rig *rig = *state;
    struct dns_row rows[2 * TARGETS];
    char name[TARGETS][8], addr[TARGETS][16], wanted[sizeof rig->text] = "";

    for (int i = 0; i < TARGETS; i++) {
        snprintf(name[i], sizeof name[i], "%c.x", 'a' + i);
        snprintf(addr[i], sizeof addr[i], "127.0.1.%d", i + 1);
        rows[i] = (struct dns_row){ .name = "_sip._udp.m.x",
                                    .type = DNS_SRV,
                                    .priority = TARGETS - i,
                                    .port = 5060,
                                    .value = name[i] };
        rows[TARGETS + i] = (struct dns_row){ .name = name[i], .type = DNS_A, .value = addr[i] };
    }
    for (int i = TARGETS; i > TARGETS - 16; i--)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%sudp:127.0.1.%d:5060",
                 i < TARGETS ? " " : "", i);
    rig->dns.zone = rows;
    rig->dns.n_rows = 2 * TARGETS;
    resolve_rig_expect(rig, "sip:m.x", wanted);
    resolve_rig_expect(rig, "sip:m.x", wanted); /* from the cache */
}

static void test_name_that_is_no_name(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:a-label-that-is-much-longer-than-the-63-bytes-which-the-dns-allows-for-each-one."
          "test",
          "the name has no address" },
        { "sip:a-label-that-is-much-longer-than-the-63-bytes-which-the-dns-allows-for-each-one."
          "test:5060",
          "the name has no address" },
    };
    char uri[400] = "sip:";
    struct resolve_rig *rig = *state;

    resolve_rig_expect_rows(rig, rows, sizeof rows / sizeof *rows);
    for (size_t i = 4; i < 300; i++)
        uri[i] = i % 50 ? 'a' : '.';
    assert_null(resolve_rig_ask(rig, uri));
    assert_string_equal(rig->text, "host name is too long");
    assert_int_equal(rig->dns.questions, 0);
}

static void test_cancel(void **state)
{
    struct resolve_rig *rig = *state;
    struct resolve_query *query = resolve_rig_ask(rig, "sip:one.test");

    assert_non_null(query);
    resolve_cancel(&query);
    assert_null(query);
    resolve_cancel(&query);
    dns_rig_run(&rig->dns);
    assert_true(rig->dns.questions > 0);
    assert_int_equal(rig->answers, 0);
    /* one that is open when the resolver goes */
    assert_non_null(resolve_rig_ask(rig, "sip:two.test"));
    resolver_free(&rig->dns.resolver);
    assert_int_equal(rig->answers, 0);
}

/* A SIP host is a whole name: the search list of the system is no part of RFC 3263. */
static void test_search_list(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:nobody:5060", "the name has no address" },
        { "sip:plain", "the name has no address" },
        { "sip:single", "udp:127.0.0.8:5060" },
    };

    resolve_rig_expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

static int setup_search(void **state)
{
    setenv("LOCALDOMAIN", "search.test", 1); /* what c-ares takes for `search` of resolv.conf */
    int result = setup(state);
    unsetenv("LOCALDOMAIN");
    return result;
}

/* Not every small machine has the file. */
static bool hosts_file_knows_localhost(void)
{
    char text[4096] = "";
    FILE *file = fopen("/etc/hosts", "r");

    if (!file)
        return false;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return strstr(text, "localhost") != NULL;
}

static void test_hosts_file(void **state)
{
    struct resolve_rig *rig = *state;

    if (!hosts_file_knows_localhost())
        return; /* cmocka's skip() prints what a TAP reader takes for a failure */
    resolve_rig_ask(rig, "sip:localhost:5070");
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->answers, 1);
    assert_non_null(strstr(rig->text, "udp:127.0.0.1:5070"));
    assert_int_equal(rig->dns.questions, 0);
}

static void test_servers(void **state)
{
    static char const *const right[] = { "127.0.0.1", "127.0.0.1:5353,192.0.2.1",
                                         "[::1]:5353,2001:db8::1" };
    struct resolve_rig *rig = *state;

    assert_null(resolver_new(&rig->dns.loop, "not a server"));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct resolver *resolver = resolver_new(&rig->dns.loop, right[i]);
        assert_non_null(resolver);
        resolver_free(&resolver);
        assert_null(resolver);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, resolve_rig_teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_without_dns),
        TEST(test_names),
        TEST(test_naptr),
        TEST(test_only_what_we_have),
        TEST(test_without_ipv6),
        TEST(test_declined),
        TEST(test_weights),
        TEST(test_shares),
        TEST(test_many_addresses),
        TEST(test_many_targets),
        TEST(test_name_that_is_no_name),
        TEST(test_cancel),
        cmocka_unit_test_setup_teardown(test_search_list, setup_search, resolve_rig_teardown),
        TEST(test_hosts_file),
        TEST(test_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
