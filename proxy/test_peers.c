/* SPDX-License-Identifier: Apache-2.0 */
/* The table of next hops: identity, order of addresses, what is due to be asked, many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "domain.h"
#include "log.h"
#include "peer_watch.h"
#include "proxy_alarms.h"
#include "proxy_metrics.h"
#include <errno.h>
#include <pthread.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>

enum { JOBS = 16 };

static struct rig {
    su_home_t home[1];
    struct peers *peers;
    struct peer *peer;
    struct destination to[4]; /* 192.0.2.1 to .4 */
} rig;

static struct peer_rules rules = {
    .backoff_min_ms = 1000,
    .backoff_max_ms = 60000,
    .probe_interval_s = 30,
    .probes_max = JOBS,
    .probe = PEER_PROBE_RESTING,
};

static struct peer *watch(char const *uri)
{
    return peers_watch(rig.peers, url_make(rig.home, uri),
                       (struct peer_way){ .listener = DOMAIN_ANY_LISTENER });
}

static struct destination address(char const *text)
{
    struct destination to = { .kind = TRANSPORT_TCP, .listener = TRANSPORT_AUTO_LISTENER };
    assert_int_equal(net_addr_parse(&to.addr, text, 5060), 0);
    return to;
}

static int setup(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof rig);
    (void)su_home_init(rig.home);
    rules.probe = PEER_PROBE_RESTING;
    rig.peers = peers_new();
    peers_configure(rig.peers, &rules);
    rig.peer = watch("sip:pbx.test;transport=tcp");
    for (unsigned i = 0; i < 4; i++) {
        char text[20];
        (void)snprintf(text, sizeof text, "192.0.2.%u", i + 1);
        rig.to[i] = address(text);
    }
    clock_advance_ms(1000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    peers_free(&rig.peers); /* its peers keep it */
    peers_release(&rig.peer);
    su_home_deinit(rig.home);
    assert_int_equal(met_get(&proxy_metrics, M_peers_resting), 0);
    return 0;
}

static void report(unsigned i, enum peer_outcome outcome, bool probe)
{
    clock_advance_ms(1);
    peers_report(rig.peer, outcome == PEER_UNRESOLVED ? NULL : &rig.to[i],
                 &(struct peer_evidence){ .outcome = outcome,
                                          .status = 503,
                                          .error = -ECONNREFUSED,
                                          .why_not = "the name has no address",
                                          .started_ms = clock_now_ms(),
                                          .probe = probe });
}

/* Orders the first @p n addresses; the result as their last numbers, "|" behind those usable. */
static void assert_order(size_t n, char const *want)
{
    struct destination list[4];
    char text[20] = "", addr[NET_ADDR_TEXT];
    memcpy(list, rig.to, n * sizeof *list);
    size_t usable = peers_order(rig.peer, list, n);
    for (size_t i = 0; i <= n; i++) {
        size_t len = strlen(text);
        if (i == usable)
            (void)snprintf(text + len, sizeof text - len, "|");
        len = strlen(text);
        if (i < n)
            (void)snprintf(text + len, sizeof text - len, "%s",
                           strrchr(net_addr_print_host(&list[i].addr, addr), '.') + 1);
    }
    assert_string_equal(text, want);
}

static void test_one_peer_for_one_next_hop(void **state)
{
    static struct {
        char const *a, *b;
        bool same;
    } const rows[] = {
        { "sip:pbx.test", "sip:PBX.test", true },
        { "sip:pbx.test;transport=tcp", "sip:pbx.test;lr;transport=TCP", true },
        { "sip:pbx.test", "sip:pbx.test:5060", false }, /* by SRV, and not */
        { "sip:pbx.test:5060", "sip:pbx.test:5070", false },
        { "sip:pbx.test;transport=udp", "sip:pbx.test;transport=tcp", false },
        { "sip:pbx.test", "sips:pbx.test", false },
        { "sip:[2001:DB8::1]", "sip:[2001:db8::1]", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer *a = watch(rows[i].a), *b = watch(rows[i].b);
        if ((a == b) != rows[i].same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
        peers_release(&a);
        peers_release(&b);
    }
    struct peer *a = watch("sip:[2001:DB8::1]:5061;transport=tls");
    assert_string_equal(peers_name(a), "sip:[2001:db8::1]:5061;transport=tls");
    assert_string_equal(peers_uri(a)->url_host, "[2001:db8::1]");
    peers_release(&a);
}

static void test_order(void **state)
{
    (void)state;
    assert_order(3, "123|");
    report(0, PEER_ANSWERED, false);
    report(1, PEER_BROKEN, false);
    assert_order(3, "13|2");
    assert_false(peers_rests(rig.peer));
    report(0, PEER_UNAVAILABLE, false);
    report(2, PEER_SILENT, false);
    report(0, PEER_UNAVAILABLE, true);
    assert_order(3, "|231"); /* the one that failed twice is the last hope */
    assert_true(peers_rests(rig.peer));
    assert_int_equal(met_get(&proxy_metrics, M_peers_resting), 3);
    report(2, PEER_ANSWERED, false);
    assert_order(3, "3|21");
    assert_false(peers_rests(rig.peer));
}

/* An address that the DNS adds is usable, one that it takes away counts no more. */
static void test_other_addresses(void **state)
{
    (void)state;
    assert_order(1, "1|");
    report(0, PEER_BROKEN, false);
    assert_true(peers_rests(rig.peer));
    assert_order(2, "2|1");
    assert_false(peers_rests(rig.peer));
    rig.to[0] = rig.to[2];
    assert_order(1, "3|");
    struct peer_view views[8];
    assert_int_equal(peers_view(rig.peer, views, 8), 2); /* 192.0.2.1 still rests */
    struct peer_job job;
    clock_advance_ms(2000);
    assert_int_equal(peers_take_due(rig.peers, clock_now_ms(), &job, 1), 0);
    assert_int_equal(peers_view(rig.peer, views, 8), 1);
    assert_int_equal(met_get(&proxy_metrics, M_peers_resting), 0);
}

static void test_name_without_address(void **state)
{
    struct peer_job job;
    struct peer_view view;
    (void)state;
    report(0, PEER_UNRESOLVED, false);
    assert_true(peers_rests(rig.peer));
    assert_int_equal(peers_view(rig.peer, &view, 1), 1);
    assert_string_equal(view.health.why, "the name has no address");
    clock_advance_ms(1000);
    assert_int_equal(peers_take_due(rig.peers, clock_now_ms(), &job, 1), 1);
    assert_true(job.resolve);
    peers_release(&job.peer);
    assert_order(2, "12|");
    assert_false(peers_rests(rig.peer));
    assert_int_equal(peers_view(rig.peer, &view, 1), 2);
}

static size_t due(void)
{
    struct peer_job jobs[JOBS];
    size_t n = peers_take_due(rig.peers, clock_now_ms(), jobs, JOBS);
    for (size_t i = 0; i < n; i++)
        peers_release(&jobs[i].peer);
    return n;
}

static void test_due(void **state)
{
    (void)state;
    assert_order(2, "12|");
    assert_int_equal(due(), 0);
    report(0, PEER_BROKEN, false);
    assert_int_equal(due(), 0);
    clock_advance_ms(999);
    assert_int_equal(due(), 0);
    clock_advance_ms(1);
    assert_int_equal(due(), 1);
    clock_advance_ms(100000);
    assert_int_equal(due(), 0); /* it is being asked */
    report(0, PEER_SILENT, true);
    clock_advance_ms(1999);
    assert_int_equal(due(), 0);
    clock_advance_ms(1);
    assert_int_equal(due(), 1);
    assert_order(2, "2|1"); /* still: only an answer ends the rest */
    report(0, PEER_ANSWERED, true);
    assert_order(2, "12|");
}

static void test_probes_off(void **state)
{
    struct peer_view view;
    (void)state;
    rules.probe = PEER_PROBE_OFF;
    peers_configure(rig.peers, &rules);
    assert_order(1, "1|");
    report(0, PEER_BROKEN, false);
    clock_advance_ms(1000);
    assert_int_equal(due(), 0);
    assert_order(1, "1|");
    assert_int_equal(peers_view(rig.peer, &view, 1), 1);
    assert_int_equal(view.health.state, PEER_UNKNOWN);
}

static void test_probes_of_all(void **state)
{
    (void)state;
    struct peer *other = watch("sip:192.0.2.77");
    rules.probe = PEER_PROBE_ALL;
    peers_configure(rig.peers, &rules);
    assert_order(2, "12|");
    assert_int_equal(due(), 3); /* two addresses, and one name that nobody has resolved */
    assert_int_equal(due(), 0);
    report(0, PEER_ANSWERED, true);
    report(1, PEER_SILENT, true);
    clock_advance_ms(30000 - 1);
    assert_int_equal(due(), 3);
    peers_release(&other);
}

/* One failure is no alarm; the second one, when it was asked, is. */
static void test_alarm(void **state)
{
    (void)state;
    struct alarm_board *board = alarm_board_new(&proxy_alarms);
    peers_set_alarms(rig.peers, board);
    assert_order(2, "12|");
    report(0, PEER_BROKEN, false);
    report(1, PEER_SILENT, false);
    peers_tell_alarms(rig.peers);
    assert_int_equal(alarm_count(board), 0);
    report(0, PEER_BROKEN, true);
    report(1, PEER_SILENT, true);
    report(1, PEER_ANSWERED, true); /* before anybody was told */
    peers_tell_alarms(rig.peers);
    assert_int_equal(alarm_count(board), 0);
    report(1, PEER_SILENT, false);
    report(1, PEER_SILENT, true);
    peers_tell_alarms(rig.peers);
    assert_int_equal(alarm_count(board), 1);
    report(0, PEER_ANSWERED, true);
    assert_int_equal(alarm_count(board), 1);
    peers_tell_alarms(rig.peers);
    assert_int_equal(alarm_count(board), 0);
    /* A next hop that the configuration no longer has takes its alarm along. */
    struct peer *gone = watch("sip:gone.test"), *rest = rig.peer;
    rig.peer = gone;
    for (unsigned i = 0; i < 2; i++)
        report(0, PEER_UNRESOLVED, true);
    peers_tell_alarms(rig.peers);
    assert_int_equal(alarm_count(board), 1);
    peers_release(&rig.peer);
    assert_int_equal(alarm_count(board), 0);
    rig.peer = rest;
    alarm_board_free(&board);
    peers_set_alarms(rig.peers, NULL);
}

/* The next generation of the configuration finds what the former one knew. */
static void test_survives_a_reload(void **state)
{
    url_t *uri = url_make(rig.home, "sip:pbx.test;transport=tcp"),
          *other = url_make(rig.home, "sip:b");
    struct peer_way const way = { .listener = DOMAIN_ANY_LISTENER };
    (void)state;
    struct peer_watch *before = peer_watch_new(rig.peers), *after = peer_watch_new(rig.peers);
    peers_release(&rig.peer);
    assert_int_equal(peer_watch_add(before, uri, way, "one"), 0);
    rig.peer = peers_ref(peer_watch_find(before, uri));
    assert_order(1, "1|");
    report(0, PEER_BROKEN, false);
    url_t *same = url_hdup(rig.home, uri);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(peer_watch_add(after, same, way, "two"), 0);
    peer_watch_free(&before);
    assert_ptr_equal(peer_watch_find(after, same), rig.peer);
    assert_true(peers_rests(rig.peer));
    assert_null(peer_watch_find(after, uri));
    assert_null(peer_watch_find(after, other));
    assert_null(peer_watch_find(NULL, uri));
    assert_int_equal(peer_watch_next(after, NULL)->n_users, 5);
    assert_null(peer_watch_next(after, peer_watch_next(after, NULL)));
    peer_watch_free(&after);
}

static void *hammer(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (unsigned i = 0; i < 20000; i++) {
        struct destination list[3] = { rig.to[0], rig.to[1], rig.to[2] };
        (void)peers_order(rig.peer, list, 3);
        (void)peers_rests(rig.peer);
        seed = seed * 1103515245 + 12345;
        bool good = seed >> 16 & 3;
        peers_report(rig.peer, &list[0],
                     &(struct peer_evidence){ .outcome = good ? PEER_ANSWERED : PEER_SILENT,
                                              .started_ms = clock_now_ms() });
        if (i % 64 == 0) {
            struct peer *extra = watch("sip:pbx.test;transport=tcp");
            peers_release(&extra);
            (void)due();
        }
    }
    return NULL;
}

/* Four threads; a race shows under ThreadSanitizer, a lost count here. */
static void test_threads(void **state)
{
    pthread_t threads[4];
    (void)state;
    su_home_threadsafe(rig.home);
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, (void *)i), 0);
    for (unsigned i = 0; i < 4; i++)
        (void)pthread_join(threads[i], NULL);
    unsigned resting = 0;
    struct peer_view views[4];
    assert_int_equal(peers_view(rig.peer, views, 4), 3);
    for (unsigned i = 0; i < 3; i++)
        resting += views[i].health.state == PEER_RESTING;
    assert_int_equal(met_get(&proxy_metrics, M_peers_resting), resting);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_one_peer_for_one_next_hop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_name_without_address, setup, teardown),
        cmocka_unit_test_setup_teardown(test_due, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probes_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probes_of_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_alarm, setup, teardown),
        cmocka_unit_test_setup_teardown(test_survives_a_reload, setup, teardown),
        cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
