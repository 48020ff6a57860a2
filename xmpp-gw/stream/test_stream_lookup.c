/* SPDX-License-Identifier: Apache-2.0 */
/* Places of domains: from rows, from a small DNS server. */
#include "dns_rig.h"
#include "stream_lookup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct dns_row const zone[] = {
    DNS_ROW_SRV("_xmpp-server._tcp.a.test", 10, 0, 5269, "im.a.test"),
    DNS_ROW_SRV("_xmpps-server._tcp.a.test", 20, 0, 5270, "im.a.test"),
    DNS_ROW_A("im.a.test", "192.0.2.1"),
    DNS_ROW_A("other.test", "192.0.2.2"),
    DNS_ROW_A("other.test", "192.0.2.3"),
    DNS_ROW_SRV("_xmpp-server._tcp.none.test", 0, 0, 0, "."),
};

#define HOSTS(...)                                                                                 \
    (char const *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static struct {
    char const *domain;
    char const *const *hosts; /* ended by NULL */
    bool is_direct;
    char const *answer;
} const rows[] = {
    { "a.test", NULL, false, "192.0.2.1:5269 192.0.2.1:5270!" },
    { "a.test", NULL, true, "192.0.2.1:5269 192.0.2.1:5270!" },
    { "none.test", NULL, false, "the domain says that it offers no XMPP" },
    { "127.0.0.1", NULL, false, "127.0.0.1:5269" },
    /* a row wins, whatever the DNS says */
    { "a.test", HOSTS("127.0.0.1:5300"), false, "127.0.0.1:5300" },
    { "none.test", HOSTS("127.0.0.1"), true, "127.0.0.1:5269!" },
    { "a.test", HOSTS("[2001:db8::1]:5300", "[2001:db8::2]"), false,
      "[2001:db8::1]:5300 [2001:db8::2]:5269" },
    { "a.test", HOSTS("other.test:5271"), true, "192.0.2.2:5271! 192.0.2.3:5271!" },
    { "a.test", HOSTS("127.0.0.2", "other.test", "127.0.0.3", "im.a.test"), false,
      "127.0.0.2:5269 192.0.2.2:5269 192.0.2.3:5269 127.0.0.3:5269 192.0.2.1:5269" },
    { "a.test", HOSTS("gone.test", "127.0.0.1"), false, "127.0.0.1:5269" },
    { "a.test", HOSTS("gone.test"), false, "the name has no address" },
    { "a.test", HOSTS("127.0.0.1:0"), false, "a host of the domain cannot be read" },
};

struct rig {
    struct dns_rig dns;
    char text[1200];
    int answers;
};

static void on_answer(void *ctx, struct stream_place const *places, size_t n, char const *why_not)
{
    struct rig *rig = ctx;
    char addr[NET_ADDR_TEXT];
    size_t used = 0;

    rig->answers++;
    assert_true(n > 0 ? !why_not : why_not != NULL);
    snprintf(rig->text, sizeof rig->text, "%s", n ? "" : why_not);
    for (size_t i = 0; i < n; i++)
        used +=
            (size_t)snprintf(rig->text + used, sizeof rig->text - used, "%s%s%s", i ? " " : "",
                             net_addr_print(&places[i].addr, addr), places[i].is_direct ? "!" : "");
}

static struct stream_lookup *ask(struct rig *rig, size_t row)
{
    struct stream_lookup_wanted wanted = { .domain = rows[row].domain,
                                           .hosts = rows[row].hosts,
                                           .is_direct = rows[row].is_direct };

    while (wanted.hosts && wanted.hosts[wanted.n_hosts])
        wanted.n_hosts++;
    rig->answers = 0;
    return stream_lookup_start(rig->dns.resolver, &wanted, on_answer, rig);
}

static void test_rows(void **state)
{
    struct rig *rig = *state;

    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
        size_t row = i / 2; /* each one again, from memory */
        bool now = ask(rig, row) == NULL;
        assert_int_equal(rig->answers, now);
        dns_rig_run(&rig->dns);
        if (rig->answers != 1 || strcmp(rig->text, rows[row].answer) != 0)
            fail_msg("%zu: \"%s\" instead of \"%s\"", row, rig->text, rows[row].answer);
    }
}

static void test_cancel(void **state)
{
    static size_t const with_questions[] = { 0, 7, 8 };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof with_questions / sizeof *with_questions; i++) {
        struct stream_lookup *lookup = ask(rig, with_questions[i]);
        assert_non_null(lookup);
        stream_lookup_cancel(&lookup);
        assert_null(lookup);
        stream_lookup_cancel(&lookup);
        dns_rig_run(&rig->dns);
        assert_int_equal(rig->answers, 0);
    }
}

static void test_hosts(void **state)
{
    static char const *const good[] = { "a",     "a.test",    "a.test:1", "192.0.2.1:65535",
                                        "[::1]", "[::1]:5269" };
    static char const *const bad[] = { "",     ":5269", "a:", "a:0",       "a:65536", "a:1x",
                                       "a:-1", "[::1",  "[]", "[::1]5269", "[::1]:x", "a: 1" };
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(stream_lookup_is_host(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (stream_lookup_is_host(bad[i]))
            fail_msg("\"%s\"", bad[i]);
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

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
        cmocka_unit_test(test_hosts),
    };

    return cmocka_run_group_tests_name("stream_lookup", tests, NULL, NULL);
}
