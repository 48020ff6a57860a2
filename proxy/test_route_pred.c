/* SPDX-License-Identifier: Apache-2.0 */
/* Route predicates: what is taken, what is refused and why, what holds, how it is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acl.h"
#include "buf.h"
#include "message.h"
#include "origin.h"
#include "route_pred.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

static char const *const requests[] = {
    "INVITE sip:2001@example.test SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:a@example.test>;tag=1\r\n"
    "To: <sip:2001@example.test>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
    "Content-Type: Application/CSTA+xml;charset=utf-8\r\nContent-Length: 2\r\n\r\nhi",
    "SUBSCRIBE sip:bob@[2001:db8::1]:5060 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:a@[2001:DB8:0::2]:5060>;tag=1\r\n"
    "To: <sip:2001@example.test>\r\nCall-ID: a\r\nCSeq: 1 SUBSCRIBE\r\nMax-Forwards: 70\r\n"
    "o: presence;id=1\r\nContent-Length: 0\r\n\r\n",
    "INFO sip:bob@b.test SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <tel:+4930>;tag=1\r\n"
    "To: <sip:2001@example.test>\r\nCall-ID: a\r\nCSeq: 1 INFO\r\nMax-Forwards: 70\r\n"
    "Content-Length: 0\r\n\r\n",
};

/* Where each of requests[] came from. */
static struct origin const origins[] = {
    { .kind = TRANSPORT_UDP },
    { .kind = TRANSPORT_TCP },
    { .kind = TRANSPORT_TLS, .tls_subject = "OCS1.example.test" },
};

static char const *const sources[] = { "192.0.2.1:5060", "[2001:db8::7]:5060", "198.51.100.1:1" };

static void test_values(void **state)
{
    /* clang-format off */
    static struct {
        enum route_pred_id id;
        char const *text;
        int result;
        char const *says; /* printed form, or part of the reason */
    } const rows[] = {
        { ROUTE_PRED_method, "INVITE", 0, "method=INVITE" },
        { ROUTE_PRED_method, " INVITE,INFO  UPDATE ", 0, "method=INVITE,INFO,UPDATE" },
        { ROUTE_PRED_method, "", 0, "method=" },
        { ROUTE_PRED_method, " , ", 0, "method=" },
        { ROUTE_PRED_method, "INVTE", -EINVAL, "method \"INVTE\": not a SIP method" },
        { ROUTE_PRED_method, "invite", -EINVAL, "capitals" },
        { ROUTE_PRED_method, "INVITE,CANCEL", -EINVAL, "follow their INVITE" },
        { ROUTE_PRED_event, "presence, dialog", 0, "event=presence,dialog" },
        { ROUTE_PRED_event, "presence.winfo", 0, "event=presence.winfo" },
        { ROUTE_PRED_event, "pre;sence", -EINVAL, "event \"pre;sence\": not an event package" },
        { ROUTE_PRED_content_type, "application/csta+xml", 0, "content_type=application/csta+xml" },
        { ROUTE_PRED_content_type, "application", -EINVAL, "TYPE/SUBTYPE" },
        { ROUTE_PRED_content_type, "application/", -EINVAL, "TYPE/SUBTYPE" },
        { ROUTE_PRED_content_type, "a/b/c", -EINVAL, "TYPE/SUBTYPE" },
        { ROUTE_PRED_domain, "b.test [2001:db8::1] 192.0.2.1", 0,
          "domain=b.test,[2001:db8::1],192.0.2.1" },
        { ROUTE_PRED_domain, "b.test:5060", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, ".test", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "[::1", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "[::1]:5060", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "[1.example]", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "[]", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "b_1.test/", -EINVAL, "not a host" },
        { ROUTE_PRED_domain, "*.b.test *", 0, "domain=*.b.test,*" },
        { ROUTE_PRED_user, "8...*, alice 74\\*1", 0, "user=8...*,alice,74\\*1" },
        { ROUTE_PRED_user, "8*1", -EINVAL, "user \"8*1\": " },
        { ROUTE_PRED_user, "8\\1", -EINVAL, "user \"8\\1\": " },
        { ROUTE_PRED_from_domain, "b.test, [::1]", 0, "from_domain=b.test,[::1]" },
        { ROUTE_PRED_from_domain, "alice@b.test", -EINVAL,
          "from_domain \"alice@b.test\": not a host" },
        { ROUTE_PRED_source_group, "ocs, lab-1", 0, "source_group=ocs,lab-1" },
        { ROUTE_PRED_source_group, "a;b", -EINVAL, "source_group \"a;b\": not a name" },
        { ROUTE_PRED_side, "inside, outside", 0, "side=inside,outside" },
        { ROUTE_PRED_side, "Inside", -EINVAL, "side \"Inside\": not inside or outside" },
        { ROUTE_PRED_transport, "tcp TLS,udp", 0, "transport=tcp,TLS,udp" },
        { ROUTE_PRED_transport, "sctp", -EINVAL, "transport \"sctp\": not one of udp, tcp, tls" },
        { ROUTE_PRED_tls_subject, "ocs1.example.test", 0, "tls_subject=ocs1.example.test" },
        { ROUTE_PRED_tls_subject, "CN=ocs1", -EINVAL, "tls_subject \"CN=ocs1\": not a name" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        su_home_t home[1] = { SU_HOME_INIT(home) };
        struct route_pred pred;
        struct buf text;
        buf_init(&text, 1000);
        int result = route_pred_parse(home, &pred, rows[i].id, rows[i].text, &text);
        if (result == 0)
            route_pred_print(&pred, &text);
        if (result != rows[i].result || !strstr(buf_text(&text), rows[i].says))
            fail_msg("%s: %d %s", rows[i].text, result, buf_text(&text));
        buf_fini(&text);
        su_home_deinit(home);
    }
}

static void test_too_many_values(void **state)
{
    char text[65 * 2 + 1] = "";
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct route_pred pred;
    struct buf why;
    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        memcpy(text + i, "a,", 2);
    buf_init(&why, 1000);
    assert_int_equal(route_pred_parse(home, &pred, ROUTE_PRED_event, text, &why), -EINVAL);
    buf_fini(&why);
    su_home_deinit(home);
}

/* The sources of the first two requests; entries hold one another. */
static struct acl *make_acl(void)
{
    static struct acl_rule const rules[] = {
        { .pattern = "192.0.2.0/24", .groups = "all, lab" },
        { .pattern = "192.0.2.1", .groups = "ocs" },
        { .pattern = "2001:db8::/32", .groups = "cucm all" },
        { .pattern = "192.0.2.3", .groups = "" },
    };
    struct acl *acl = acl_new();
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_int_equal(acl_add(acl, &rules[i]), 0);
    assert_int_equal(acl_seal(acl), 0);
    return acl;
}

static void test_holds(void **state)
{
    /* clang-format off */
    static struct {
        enum route_pred_id id;
        char const *text;
        bool holds[3]; /* for each of requests[] */
    } const rows[] = {
        { ROUTE_PRED_method, "INVITE", { true, false, false } },
        { ROUTE_PRED_method, "SUBSCRIBE,INFO", { false, true, true } },
        { ROUTE_PRED_event, "presence", { false, true, false } },
        { ROUTE_PRED_event, "Presence", { false, false, false } },
        { ROUTE_PRED_event, "presence.winfo", { false, false, false } },
        { ROUTE_PRED_content_type, "application/csta+xml", { true, false, false } },
        { ROUTE_PRED_content_type, "text/plain APPLICATION/CSTA+XML", { true, false, false } },
        { ROUTE_PRED_content_type, "application/csta", { false, false, false } },
        { ROUTE_PRED_domain, "EXAMPLE.test", { true, false, false } },
        { ROUTE_PRED_domain, "[2001:db8::1],b.test", { false, true, true } },
        { ROUTE_PRED_domain, "test", { false, false, false } },
        { ROUTE_PRED_domain, "B.test.", { false, false, true } },
        { ROUTE_PRED_domain, "[2001:DB8:0:0::1]", { false, true, false } },
        { ROUTE_PRED_domain, "*", { true, true, true } },
        { ROUTE_PRED_domain, "*.test", { true, false, true } },
        { ROUTE_PRED_domain, "*.example.test", { false, false, false } },
        { ROUTE_PRED_user, "2001", { true, false, false } },
        { ROUTE_PRED_user, "2..1,x", { true, false, false } },
        { ROUTE_PRED_user, "20*", { true, false, false } },
        { ROUTE_PRED_user, "2.,200,20012,Bob", { false, false, false } },
        { ROUTE_PRED_user, "...", { false, true, true } },
        { ROUTE_PRED_user, "*", { true, true, true } },
        { ROUTE_PRED_from_domain, "*", { true, true, false } },
        { ROUTE_PRED_from_domain, "EXAMPLE.test", { true, false, false } },
        { ROUTE_PRED_from_domain, "b.test [2001:db8::2]", { false, true, false } },
        { ROUTE_PRED_from_domain, "4930", { false, false, false } },
        { ROUTE_PRED_source_group, "ocs", { true, false, false } },
        { ROUTE_PRED_source_group, "cucm,lab", { true, true, false } },
        { ROUTE_PRED_source_group, "all", { true, true, false } },
        { ROUTE_PRED_source_group, "OCS nobody", { false, false, false } },
        { ROUTE_PRED_side, "outside", { true, true, false } },
        { ROUTE_PRED_side, "inside", { false, false, true } },
        { ROUTE_PRED_side, "inside,outside", { true, true, true } },
        { ROUTE_PRED_transport, "udp", { true, false, false } },
        { ROUTE_PRED_transport, "TCP tls", { false, true, true } },
        { ROUTE_PRED_tls_subject, "ocs2.example.test,ocs1.EXAMPLE.test", { false, false, true } },
        { ROUTE_PRED_tls_subject, "example.test", { false, false, false } },
    };
    /* clang-format on */
    (void)state;
    struct acl *acl = make_acl();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t r = 0; r < 3; r++) {
            su_home_t home[1] = { SU_HOME_INIT(home) };
            struct route_pred pred;
            struct buf why;
            buf_init(&why, 1000);
            msg_t *msg = message_parse(requests[r], strlen(requests[r]));
            assert_non_null(msg);
            assert_int_equal(route_pred_parse(home, &pred, rows[i].id, rows[i].text, &why), 0);
            struct origin origin = origins[r];
            assert_int_equal(net_addr_parse(&origin.peer, sources[r], 0), 0);
            struct route_pred_input input = { sip_object(msg), &origin, acl, .is_inside = r == 2 };
            if (route_pred_holds(&pred, &input) != rows[i].holds[r])
                fail_msg("%s, request %zu", rows[i].text, r);
            msg_destroy(msg);
            buf_fini(&why);
            su_home_deinit(home);
        }
    }
    acl_free(&acl);
}

static void test_rows_are_complete(void **state)
{
    (void)state;
    for (unsigned id = 0; id < ROUTE_PREDS; id++) {
        struct route_pred_row const *row = route_pred_row(id);
        assert_true(row->name && *row->name && row->argument && *row->argument);
        assert_true(row->help && strlen(row->help) > 20 && row->check && row->match);
    }
    assert_true(route_pred_row(ROUTE_PRED_domain)->names_domain);
    assert_false(route_pred_row(ROUTE_PRED_method)->names_domain);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_too_many_values),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
