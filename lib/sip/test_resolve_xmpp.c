/* SPDX-License-Identifier: Apache-2.0 */
/* Where XMPP domains are, by a small DNS server. */
#include "dns_rig.h"
#include "resolve_xmpp.h"
#include "transport.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct dns_row const zone[] = {
    DNS_ROW_SRV("_xmpp-server._tcp.one.test", 5, 0, 5269, "xmpp.one.test"),
    DNS_ROW_A("xmpp.one.test", "192.0.2.1"),
    DNS_ROW_AAAA("xmpp.one.test", "2001:db8::1"),
    /* both services in one order */
    DNS_ROW_SRV("_xmpp-server._tcp.both.test", 10, 0, 5269, "b.both.test"),
    DNS_ROW_SRV("_xmpp-server._tcp.both.test", 30, 0, 5269, "d.both.test"),
    DNS_ROW_SRV("_xmpps-server._tcp.both.test", 5, 0, 5270, "a.both.test"),
    DNS_ROW_SRV("_xmpps-server._tcp.both.test", 20, 0, 443, "b.both.test"),
    DNS_ROW_A("a.both.test", "192.0.2.11"),
    DNS_ROW_A("b.both.test", "192.0.2.12"),
    DNS_ROW_A("d.both.test", "192.0.2.14"),
    /* one of them */
    DNS_ROW_SRV("_xmpps-server._tcp.direct.test", 1, 0, 5270, "xmpp.one.test"),
    DNS_ROW_A("direct.test", "192.0.2.99"),
    /* declined */
    DNS_ROW_SRV("_xmpp-server._tcp.none.test", 0, 0, 0, "."),
    DNS_ROW_A("none.test", "192.0.2.98"),
    DNS_ROW_SRV("_xmpps-server._tcp.plain.test", 0, 0, 0, "."),
    DNS_ROW_A("plain.test", "192.0.2.97"),
    DNS_ROW_SRV("_xmpp-server._tcp.only-direct.test", 0, 0, 0, "."),
    DNS_ROW_SRV("_xmpps-server._tcp.only-direct.test", 0, 0, 5270, "a.both.test"),
    DNS_ROW_SRV("_xmpp-server._tcp.only-plain.test", 0, 0, 5269, "a.both.test"),
    DNS_ROW_SRV("_xmpps-server._tcp.only-plain.test", 0, 0, 0, "."),
    /* no SRV */
    DNS_ROW_A("bare.test", "192.0.2.3"),
    DNS_ROW_AAAA("bare.test", "2001:db8::3"),
    /* a target that is nowhere */
    DNS_ROW_SRV("_xmpp-server._tcp.lost.test", 1, 0, 5269, "gone.test"),
    DNS_ROW_SRV("_xmpp-server._tcp.lost.test", 2, 0, 5269, "a.both.test"),
    DNS_ROW_SRV("_xmpp-server._tcp.nowhere.test", 1, 0, 5269, "gone.test"),
    DNS_ROW_A("nowhere.test", "192.0.2.96"),
    /* weights over both */
    DNS_ROW_SRV("_xmpp-server._tcp.weight.test", 1, 30, 5269, "a.both.test"),
    DNS_ROW_SRV("_xmpps-server._tcp.weight.test", 1, 10, 5270, "b.both.test"),
};

static struct {
    char const *domain, *answer;
} const rows[] = {
    { "one.test", "tcp:[2001:db8::1]:5269 tcp:192.0.2.1:5269" },
    { "One.Test.", "tcp:[2001:db8::1]:5269 tcp:192.0.2.1:5269" },
    { "both.test", "tls:192.0.2.11:5270 tcp:192.0.2.12:5269 tls:192.0.2.12:443 "
                   "tcp:192.0.2.14:5269" },
    { "direct.test", "tls:[2001:db8::1]:5270 tls:192.0.2.1:5270" },
    { "none.test", "the domain says that it offers no XMPP" },
    { "plain.test", "tcp:192.0.2.97:5269" },
    { "only-direct.test", "tls:192.0.2.11:5270" },
    { "only-plain.test", "tcp:192.0.2.11:5269" },
    { "bare.test", "tcp:[2001:db8::3]:5269 tcp:192.0.2.3:5269" },
    { "lost.test", "tcp:192.0.2.11:5269" },
    { "nowhere.test", "the domain has no address" },
    { "missing.test", "the domain has no address" },
    { "192.0.2.7", "tcp:192.0.2.7:5269" },
    { "2001:db8::7", "tcp:[2001:db8::7]:5269" },
    { "", "no such name is possible" },
    { ".", "no such name is possible" },
};

struct rig {
    struct dns_rig dns;
    char text[1200];
    int answers, notes;
};

static void on_answer(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct rig *rig = ctx;
    char addr[NET_ADDR_TEXT];
    size_t used = 0;

    rig->answers++;
    assert_true(n > 0 ? !why_not : why_not != NULL);
    snprintf(rig->text, sizeof rig->text, "%s", n ? "" : why_not);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(rig->text + used, sizeof rig->text - used, "%s%s:%s", i ? " " : "",
                                 transport_kind_name(list[i].kind),
                                 net_addr_print(&list[i].addr, addr));
}

static void on_note(void *ctx, char const *question, char const *answer)
{
    struct rig *rig = ctx;

    rig->notes++;
    assert_true(*question && *answer);
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    dns_rig_init(&rig->dns, zone, sizeof zone / sizeof *zone);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    dns_rig_fini(&rig->dns);
    free(rig);
    return 0;
}

static void expect(struct rig *rig, char const *domain, char const *answer)
{
    rig->answers = 0;
    struct resolve_xmpp *query =
        resolve_xmpp_start(rig->dns.resolver, domain, NULL, on_answer, rig);
    assert_int_equal(rig->answers, query == NULL);
    dns_rig_run(&rig->dns);
    if (rig->answers != 1 || strcmp(rig->text, answer) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", domain, rig->text, answer);
}

static void test_domains(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(*state, rows[i].domain, rows[i].answer);
    /* and again, from memory */
    struct rig *rig = *state;
    int asked = rig->dns.questions;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(*state, rows[i].domain, rows[i].answer);
    assert_int_equal(rig->dns.questions, asked);
    dns_rig_advance_s(DNS_TTL_S + 1);
    expect(rig, "one.test", rows[0].answer);
    assert_true(rig->dns.questions > asked);
}

/* Whoever takes notes hears of the DNS each time. */
static void test_notes(void **state)
{
    struct rig *rig = *state;

    for (int i = 0; i < 2; i++) {
        rig->notes = 0;
        assert_non_null(
            resolve_xmpp_start(rig->dns.resolver, "both.test", on_note, on_answer, rig));
        dns_rig_run(&rig->dns);
        assert_int_equal(rig->notes, 6);
    }
}

static void test_no_ipv6(void **state)
{
    struct rig *rig = *state;

    resolver_set_ipv6(rig->dns.resolver, false);
    expect(rig, "one.test", "tcp:192.0.2.1:5269");
    expect(rig, "2001:db8::7", "IPv6 is switched off");
}

/* The weights of both services are of one draw: 30 to 10. */
static void test_weights(void **state)
{
    struct rig *rig = *state;
    int direct = 0;

    resolver_set_seed(rig->dns.resolver, 7);
    for (int i = 0; i < 400; i++) {
        rig->answers = 0;
        resolve_xmpp_start(rig->dns.resolver, "weight.test", NULL, on_answer, rig);
        dns_rig_run(&rig->dns);
        assert_int_equal(rig->answers, 1);
        direct += strncmp(rig->text, "tls:", 4) == 0;
    }
    assert_in_range(direct, 70, 130);
}

/* A DNS that is silent, for long: no answer is kept for long. */
static void test_silence(void **state)
{
    struct rig *rig = *state;

    rig->dns.broken = true;
    expect(rig, "one.test", "the DNS gives no answer");
    rig->dns.broken = false;
    expect(rig, "one.test", rows[0].answer);
    /* One of the services is not answered: the other one will do, for a short time. */
    rig->dns.silent_name = "_xmpps-server._tcp.both.test";
    rig->answers = 0;
    assert_non_null(resolve_xmpp_start(rig->dns.resolver, "both.test", NULL, on_answer, rig));
    for (int i = 0; i < 30 && !rig->answers; i++) {
        dns_rig_run(&rig->dns);
        dns_rig_advance_s(1);
    }
    assert_string_equal(rig->text, "tcp:192.0.2.12:5269 tcp:192.0.2.14:5269");
    rig->dns.silent_name = NULL;
    dns_rig_advance_s(11);
    expect(rig, "both.test", rows[2].answer);
}

/* Cancelled, or ended with its resolver: nobody hears of it, and nothing leaks. */
static void test_cancel(void **state)
{
    struct rig *rig = *state;
    struct resolve_xmpp *query =
        resolve_xmpp_start(rig->dns.resolver, "one.test", on_note, on_answer, rig);

    rig->answers = rig->notes = 0;
    assert_non_null(query);
    resolve_xmpp_cancel(&query);
    assert_null(query);
    resolve_xmpp_cancel(&query);
    dns_rig_run(&rig->dns);
    assert_int_equal(rig->answers + rig->notes, 0);
    assert_non_null(resolve_xmpp_start(rig->dns.resolver, "both.test", NULL, on_answer, rig));
    rig->dns.mute = true;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_domains, setup, teardown),
        cmocka_unit_test_setup_teardown(test_notes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_ipv6, setup, teardown),
        cmocka_unit_test_setup_teardown(test_weights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
    };

    return cmocka_run_group_tests_name("resolve_xmpp", tests, NULL, NULL);
}
