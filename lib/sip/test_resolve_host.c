/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of plain names, against a small DNS server on loopback. */
#include "dns_rig.h"
#include "resolve_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static struct dns_row const zone[] = {
    DNS_ROW_A("both.test", "127.0.0.4", .ttl_s = 30),
    DNS_ROW_AAAA("both.test", "2001:db8::4", .ttl_s = 20),
    DNS_ROW_A("both.test", "127.0.0.5", .ttl_s = 40),
    DNS_ROW_A("twice.test", "127.0.0.6"),
    DNS_ROW_AAAA("twice.test", "::ffff:127.0.0.6"),
    DNS_ROW_A("lasting.test", "127.0.0.7", .ttl_s = 60000),
    DNS_ROW_SRV("empty.test", 1, 1, 1, "both.test"),
};
/* clang-format on */

struct rig {
    struct dns_rig dns;
    char text[2000];
    int answers;
};

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

static void on_answer(void *ctx, struct resolve_host_answer const *answer)
{
    struct rig *rig = ctx;
    char addr[NET_ADDR_TEXT];

    rig->answers++;
    int len = snprintf(rig->text, sizeof rig->text, "%s%s%u s", answer->why_not ?: "",
                       answer->why_not && answer->certain ? ", certainly " : " ", answer->ttl_s);
    for (size_t i = 0; i < answer->n; i++)
        len += snprintf(rig->text + len, sizeof rig->text - (size_t)len, " %s",
                        net_addr_print_host(&answer->addrs[i], addr));
}

static void expect(struct rig *rig, char const *name, char const *text)
{
    rig->answers = 0;
    bool now = resolve_host_start(rig->dns.resolver, name, on_answer, rig) == NULL;
    assert_int_equal(rig->answers, now);
    dns_rig_run(&rig->dns);
    if (rig->answers != 1 || strcmp(rig->text, text) != 0)
        fail_msg("%s: %d answers, \"%s\" instead of \"%s\"", name, rig->answers, rig->text, text);
}

static void test_names(void **state)
{
    expect(*state, "both.test", " 20 s 2001:db8::4 127.0.0.4 127.0.0.5");
    expect(*state, "both.test.", " 20 s 2001:db8::4 127.0.0.4 127.0.0.5");
    expect(*state, "twice.test", " 60 s 127.0.0.6");
    expect(*state, "lasting.test", " 3600 s 127.0.0.7");
    expect(*state, "none.test", "the name has no address, certainly 0 s");
    expect(*state, "empty.test", "the name has no address, certainly 0 s");
    expect(*state, "a..b", "the name has no address, certainly 0 s");
}

static void test_never_cached(void **state)
{
    struct rig *rig = *state;

    expect(rig, "lasting.test", " 3600 s 127.0.0.7");
    int asked = rig->dns.questions;
    expect(rig, "lasting.test", " 3600 s 127.0.0.7");
    assert_true(rig->dns.questions > asked);
}

static void test_without_ipv6(void **state)
{
    struct rig *rig = *state;

    resolver_set_ipv6(rig->dns.resolver, false);
    expect(rig, "both.test", " 30 s 127.0.0.4 127.0.0.5");
}

/* Nobody said that there is nothing. */
static void test_failures(void **state)
{
    struct rig *rig = *state;

    rig->dns.broken = true;
    expect(rig, "both.test", "the DNS gives no answer 0 s");
    rig->dns.broken = false;
    rig->dns.mute = true;
    rig->answers = 0;
    assert_non_null(resolve_host_start(rig->dns.resolver, "both.test", on_answer, rig));
    for (int s = 0; s < 30 && !rig->answers; s++) {
        dns_rig_run(&rig->dns);
        dns_rig_advance_s(1);
    }
    assert_int_equal(rig->answers, 1);
    assert_string_equal(rig->text, "the DNS gives no answer 0 s");
}

/* One of the two families failed: what is known is given. */
static void test_half_failure(void **state)
{
    struct rig *rig = *state;

    rig->dns.broken_type = DNS_AAAA;
    expect(rig, "both.test", " 30 s 127.0.0.4 127.0.0.5");
}

static void test_all_addresses(void **state)
{
    enum { N = 25 };
    struct rig *rig = *state;
    struct dns_row rows[N];
    char addr[N][16], wanted[sizeof rig->text] = " 60 s";

    for (int i = 0; i < N; i++) {
        snprintf(addr[i], sizeof addr[i], "127.0.1.%d", i + 1);
        rows[i] = (struct dns_row){ .name = "many.test", .type = DNS_A, .value = addr[i] };
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), " %s", addr[i]);
    }
    rig->dns.zone = rows;
    rig->dns.n_rows = N;
    expect(rig, "many.test", wanted);
}

static void test_cancel(void **state)
{
    struct rig *rig = *state;
    struct resolve_host *host = resolve_host_start(rig->dns.resolver, "both.test", on_answer, rig);

    assert_non_null(host);
    resolve_host_cancel(&host);
    assert_null(host);
    resolve_host_cancel(&host);
    dns_rig_run(&rig->dns);
    assert_true(rig->dns.questions > 0);
    assert_int_equal(rig->answers, 0);
    /* one that is open when the resolver goes */
    assert_non_null(resolve_host_start(rig->dns.resolver, "both.test", on_answer, rig));
    resolver_free(&rig->dns.resolver);
    assert_int_equal(rig->answers, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_names),    TEST(test_never_cached), TEST(test_without_ipv6),
        TEST(test_failures), TEST(test_half_failure), TEST(test_all_addresses),
        TEST(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
