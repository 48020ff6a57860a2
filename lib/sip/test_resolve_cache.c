/* SPDX-License-Identifier: Apache-2.0 */
/* What the resolver remembers and for how long, and DNS servers that fail or are silent. */
#include "resolve_rig.h"
#include "sip_metrics.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TTL_S = DNS_TTL_S };

/* clang-format off */
static struct dns_row const zone[] = {
    DNS_ROW_A("one.test", "127.0.0.1"),
    DNS_ROW_A("two.test", "127.0.0.2"),
    DNS_ROW_A("two.test", "127.0.0.3"),
    DNS_ROW_SRV("_sip._udp.srv.test", 20, 1, 5072, "two.test"),
    DNS_ROW_SRV("_sip._udp.srv.test", 10, 1, 5071, "one.test"),
    DNS_ROW_SRV("_sip._tcp.srv.test", 1, 1, 5081, "one.test"),
    DNS_ROW_SRV("_sip._tcp.tcponly.test", 1, 1, 5082, "one.test"),
    DNS_ROW_A("tcponly.test", "127.0.0.9"),
    /* RFC 2782: the service is decidedly not there */
    DNS_ROW_SRV("_sip._udp.never.test", 0, 0, 0, ""),
    DNS_ROW_A("never.test", "127.0.0.9"),
    DNS_ROW_SRV("_sip._udp.brief.test", 1, 1, 5084, "one.test", .ttl_s = 10),
    DNS_ROW_SRV("_sip._udp.lasting.test", 1, 1, 5085, "seven.test", .ttl_s = 900),
    DNS_ROW_A("seven.test", "127.0.0.7", .ttl_s = 600),
    DNS_ROW_NAPTR("old.test", 1, 1, "s SIP+D2U", "_sip._udp.srv.test", .ttl_s = 5),
};
/* clang-format on */

static int setup(void **state)
{
    return resolve_rig_setup(state, zone, sizeof zone / sizeof *zone);
}

static void test_cache(void **state)
{
    struct resolve_rig *rig = *state;
    char const answer[] = "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072";

    resolve_rig_expect(rig, "sip:srv.test", answer);
    int asked = rig->dns.questions;
    assert_null(resolve_rig_ask(rig, "sip:alice@SRV.test"));
    assert_string_equal(rig->text, answer);
    dns_rig_advance_s(TTL_S - 1);
    assert_null(resolve_rig_ask(rig, "sip:srv.test"));
    assert_int_equal(rig->dns.questions, asked);
    /* another transport is another question */
    resolve_rig_expect(rig, "sip:srv.test;transport=tcp", "tcp:127.0.0.1:5081");
    asked = rig->dns.questions;
    dns_rig_advance_s(1);
    resolve_rig_expect(rig, "sip:srv.test", answer);
    assert_true(rig->dns.questions > asked);
}

/* A name that is not there is not asked for at each request, but soon again. */
static void test_nothing_is_remembered(void **state)
{
    static struct resolve_rig_row const rows[] = {
        { "sip:none.test", "the name has no address" },
        { "sip:never.test", "the domain says that it offers no SIP" },
    };
    struct resolve_rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        resolve_rig_expect(rig, rows[i].uri, rows[i].answer);
        int asked = rig->dns.questions;
        dns_rig_advance_s(9);
        assert_null(resolve_rig_ask(rig, rows[i].uri));
        assert_string_equal(rig->text, rows[i].answer);
        assert_int_equal(rig->dns.questions, asked);
        dns_rig_advance_s(1);
        resolve_rig_expect(rig, rows[i].uri, rows[i].answer);
        assert_true(rig->dns.questions > asked);
    }
}

/* That nobody knows says nothing of the name. */
static void test_server_failure(void **state)
{
    struct resolve_rig *rig = *state;

    rig->dns.broken = true;
    resolve_rig_expect(rig, "sip:srv.test", "the DNS gives no answer");
    rig->dns.broken = false;
    resolve_rig_expect(rig, "sip:srv.test",
                       "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072");
}

/* SRV fails, the address is there: good for this time, not for the hour that the address lives. */
static void test_half_failure(void **state)
{
    struct resolve_rig *rig = *state;

    rig->dns.broken_type = DNS_SRV;
    resolve_rig_expect(rig, "sip:tcponly.test", "udp:127.0.0.9:5060");
    rig->dns.broken_type = 0;
    dns_rig_advance_s(10);
    resolve_rig_expect(rig, "sip:tcponly.test", "tcp:127.0.0.1:5082");
}

/* Records of SRV may live shorter than the addresses behind them. */
static void test_time_to_live(void **state)
{
    struct resolve_rig *rig = *state;

    resolve_rig_expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    int asked = rig->dns.questions;
    dns_rig_advance_s(9);
    resolve_rig_expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    assert_int_equal(rig->dns.questions, asked);
    dns_rig_advance_s(1);
    resolve_rig_expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    assert_true(rig->dns.questions > asked);

    /* and longer than a minute, as the addresses */
    resolve_rig_expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    asked = rig->dns.questions;
    dns_rig_advance_s(599);
    resolve_rig_expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    assert_int_equal(rig->dns.questions, asked);
    dns_rig_advance_s(1);
    resolve_rig_expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    assert_true(rig->dns.questions > asked);
}

/* The record that lives shortest counts, also if it is the NAPTR. */
static void test_naptr_time_to_live(void **state)
{
    struct resolve_rig *rig = *state;
    char const answer[] = "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072";

    resolve_rig_expect(rig, "sip:old.test", answer);
    int asked = rig->dns.questions;
    dns_rig_advance_s(4);
    resolve_rig_expect(rig, "sip:old.test", answer);
    assert_int_equal(rig->dns.questions, asked);
    dns_rig_advance_s(1);
    resolve_rig_expect(rig, "sip:old.test", answer);
    assert_true(rig->dns.questions > asked);
}

/* Two tries of 2 s and 4 s for each question, all with the moved clock. */
static void test_silent_server(void **state)
{
    struct resolve_rig *rig = *state;

    rig->dns.mute = true;
    assert_non_null(resolve_rig_ask(rig, "sip:one.test:5060"));
    dns_rig_run(&rig->dns);
    int asked = rig->dns.questions;
    assert_true(asked > 0);
    dns_rig_advance_s(1);
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->dns.questions, asked);
    for (int s = 0; s < 30 && !rig->answers; s++) {
        dns_rig_advance_s(1);
        dns_rig_run(&rig->dns);
    }
    assert_int_equal(rig->answers, 1);
    assert_int_equal(rig->dns.questions, 2 * asked);
    assert_string_equal(rig->text, "the DNS gives no answer");
    /* the next one is answered again */
    rig->dns.mute = false;
    resolve_rig_expect(rig, "sip:one.test:5060", "udp:127.0.0.1:5060");
}

/* However many questions there would be: nobody waits for their answers for ever. */
static void test_silence_is_bounded(void **state)
{
    struct resolve_rig *rig = *state;
    int s = 0;

    rig->dns.mute = true;
    assert_non_null(resolve_rig_ask(rig, "sip:srv.test"));
    for (; s < 60 && !rig->answers; s++) {
        dns_rig_run(&rig->dns);
        dns_rig_advance_s(1);
    }
    assert_int_equal(rig->answers, 1);
    assert_string_equal(rig->text, "the DNS gives no answer");
    assert_true(s <= 20);
}

static void test_server_that_comes_back(void **state)
{
    struct resolve_rig *rig = *state;

    rig->dns.mute = true;
    assert_non_null(resolve_rig_ask(rig, "sip:one.test:5060"));
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->answers, 0);
    rig->dns.mute = false;
    dns_rig_advance_s(3);
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->answers, 1);
    assert_string_equal(rig->text, "udp:127.0.0.1:5060");
}

static void test_counters(void **state)
{
    static struct {
        char const *uri;
        int queries, cached, failures;
    } const rows[] = {
        { "sip:192.0.2.1", 0, 0, 0 },     { "sip:192.0.2.1:0", 0, 0, 0 },
        { "sip:one.test:5060", 1, 0, 0 }, { "sip:one.test:5060", 0, 1, 0 },
        { "sip:srv.test", 4, 0, 0 },      { "sip:none.test", 4, 0, 1 },
        { "sip:none.test", 0, 1, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t queries = met_get(&sip_metrics, M_resolve_queries);
        int64_t cached = met_get(&sip_metrics, M_resolve_cached);
        int64_t failures = met_get(&sip_metrics, M_resolve_failures);
        resolve_rig_ask(*state, rows[i].uri);
        dns_rig_run(&((struct resolve_rig *)*state)->dns);
        assert_int_equal(met_get(&sip_metrics, M_resolve_queries) - queries, rows[i].queries);
        assert_int_equal(met_get(&sip_metrics, M_resolve_cached) - cached, rows[i].cached);
        assert_int_equal(met_get(&sip_metrics, M_resolve_failures) - failures, rows[i].failures);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, resolve_rig_teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_cache),
        TEST(test_nothing_is_remembered),
        TEST(test_server_failure),
        TEST(test_half_failure),
        TEST(test_time_to_live),
        TEST(test_naptr_time_to_live),
        TEST(test_silent_server),
        TEST(test_silence_is_bounded),
        TEST(test_server_that_comes_back),
        TEST(test_counters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
