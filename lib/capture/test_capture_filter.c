/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a filter wants, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_filter.h"
#include <string.h>

static char const *const programs[] = { "proxy", "cti", "switch" };

static char const invite[] =
    "INVITE sip:bob@example.test SIP/2.0\r\nFrom: <sip:alice@a.test>;tag=1\r\n"
    "To: <sip:bob@example.test>\r\nCall-ID: one@A\r\nCSeq: 1 INVITE\r\n"
    "Content-Length: 0\r\n\r\n";
static char const answer[] =
    "SIP/2.0 200 OK\r\nFrom: <sip:alice@a.test>;tag=1\r\n"
    "To: <sip:bob@example.test>;tag=2\r\nCall-ID: one@A\r\nCSeq: 1 INVITE\r\n"
    "Content-Type: application/csta+xml\r\nContent-Length: 19\r\n\r\n<MakeCallResponse/>";
static char const csta[] =
    "<?xml version=\"1.0\"?><MakeCall xmlns=\"http://www.ecma-international.org/standards/ecma-323/"
    "csta/ed3\"><callingDevice>2001</callingDevice></MakeCall>";

enum { INVITE = 1, ANSWER = 2, CSTA = 4, ALL = 7 };

/* Over UDP from 192.0.2.9:40000 to our proxy at 192.0.2.1:5060; back over TLS, from [2001:db8::1];
 * over TCP from the gateway to the switch. */
static struct capture_message message(int which)
{
    static char const *const texts[] = { [INVITE] = invite, [ANSWER] = answer, [CSTA] = csta };
    struct capture_message m = {
        .protocol = which == CSTA ? TAP_CSTA : TAP_SIP,
        .transport = which == INVITE   ? "udp"
                     : which == ANSWER ? "tls"
                                       : "tcp",
        .program = which == CSTA ? "cti" : "proxy",
        .peer = which == CSTA ? "switch" : "",
        .interface = "",
        .subject = "",
        .id = which == CSTA ? "one@A" : "",
        .note = "",
        .bytes = texts[which],
        .len = strlen(texts[which]),
    };

    net_addr_parse(&m.source,
                   which == INVITE   ? "192.0.2.9:40000"
                   : which == ANSWER ? "[2001:db8::1]:5061"
                                     : "127.0.0.1:41000",
                   0);
    net_addr_parse(&m.destination,
                   which == INVITE   ? "192.0.2.1:5060"
                   : which == ANSWER ? "[2001:db8::9]:40001"
                                     : "127.0.0.1:2750",
                   0);
    return m;
}

#define OPTION(field) offsetof(struct capture_filter_options, field)
#define USER          OPTION(user)
#define CALL_ID       OPTION(call_id)
#define METHOD        OPTION(method)
#define PEER          OPTION(peer)
#define SERVICE       OPTION(service)
#define TEXT          OPTION(text)
#define FILTER        OPTION(expression)

/* clang-format off */
static struct {
    size_t option;
    char const *value;
    int wanted;
} const rows[] = {
    { USER, "", ALL },
    { USER, "alice", INVITE | ANSWER },
    { USER, "Bob@EXAMPLE.test", INVITE | ANSWER },
    { USER, "bob@other.test", 0 },
    { USER, "ali", 0 },
    { CALL_ID, "one@A", ALL }, /* to which the request of CSTA belongs */
    { CALL_ID, "one@a", 0 },
    { CALL_ID, "one", 0 },
    { METHOD, "invite", INVITE | ANSWER },
    { METHOD, "MESSAGE", 0 },
    { SERVICE, "MakeCall", CSTA | ANSWER },
    { SERVICE, "makecallresponse", ANSWER },
    { SERVICE, "MakeCal", 0 },
    { SERVICE, "Response", 0 },
    { PEER, "192.0.2.9", INVITE },
    { PEER, "192.0.2.0/24", INVITE },
    { PEER, "192.0.2.1:5060", INVITE },
    { PEER, "192.0.2.1:5061", 0 },
    { PEER, "2001:db8::/32", ANSWER },
    { PEER, "[2001:db8::9]:40001", ANSWER },
    { PEER, "198.51.100.1", 0 },
    { PEER, "proxy", INVITE | ANSWER },
    { PEER, "switch", CSTA },
    { PEER, "cti", CSTA },
    { TEXT, "2001</calling", CSTA },
    { TEXT, "Invite", 0 },
    { FILTER, "udp", INVITE },
    { FILTER, "tcp", ANSWER | CSTA }, /* TLS is TCP */
    { FILTER, "ip", INVITE | CSTA },
    { FILTER, "ip6", ANSWER },
    { FILTER, "port 5060", INVITE },
    { FILTER, "src port 5060", 0 },
    { FILTER, "tcp and dst port 2750", CSTA },
    { FILTER, "host 192.0.2.9", INVITE },
    { FILTER, "dst host 192.0.2.9", 0 },
    { FILTER, "src 192.0.2.9 && dst 192.0.2.1", INVITE },
    { FILTER, "net 192.0.2.0/24 or net 2001:db8::/32", INVITE | ANSWER },
    { FILTER, "net 192.0.2", INVITE },
    { FILTER, "net 192.0.2.0 mask 255.255.255.0", INVITE },
    { FILTER, "host ::ffff:192.0.2.9 or host 2001:db8::1", ANSWER },
    { FILTER, "portrange 5060-5061", INVITE | ANSWER },
    { FILTER, "dst portrange 2000-3000 or 5060-5060", INVITE | CSTA },
    { FILTER, "not (port 5060 or 5061)", CSTA },
    { FILTER, "!tcp and\n\tudp", INVITE },
    { FILTER, "dst host 2001:db8::9", ANSWER },
    { FILTER, "src host 2001:db8::9", 0 },
    { FILTER, "greater 200", ANSWER },  /* 40 + 20 and the message */
    { FILTER, "len < 201", INVITE | CSTA },
};

static struct {
    size_t option;
    char const *value, *begins;
} const refused[] = {
    { PEER, "proxies", "peer: \"proxies\" is no address "
                       "(192.0.2.1, 192.0.2.1:5060, 192.0.2.0/24), proxy, cti, switch" },
    { PEER, "192.0.2.1/24", "peer: \"192.0.2.1/24\" is no address" },
    { PEER, "a\x1b[2J\xc3\xa9", "peer: \"a?[2J??\" is no address" },
    { FILTER, "host example.test", "filter: \"example.test\" cannot be asked of a message" },
    { FILTER, "example", "filter: \"example\"" },
    { FILTER, "host 1.cafe", "filter: \"1.cafe\"" },
    { FILTER, "host 1.2.3.4.5", "filter: \"1.2.3.4.5\"" },
    { FILTER, "host 1.2.3.256", "filter: \"1.2.3.256\"" },
    { FILTER, "host 1.2.3.", "filter: \"1.2.3.\"" },
    { FILTER, "host 1..2", "filter: \"1..2\"" },
    { FILTER, "host 5060-5061", "filter: \"5060-5061\"" },
    { FILTER, "portrange 1-2 or host 3-4", "filter: \"3-4\"" },
    { FILTER, "portrange 1-", "filter: \"1-\"" },
    { FILTER, "portrange 1-a", "filter: \"1-a\"" },
    { FILTER, "host 1:2:3", "filter: \"1:2:3\"" },
    { FILTER, "port sip", "filter: \"sip\"" },
    { FILTER, "vlan and port 5060", "filter: \"vlan\"" },
    { FILTER, "ether host 00:11:22:33:44:55", "filter: \"ether\"" },
    { FILTER, "tcp[13] & 2 != 0", "filter: \"[\"" },
    { FILTER, "host \\ip", "filter: \"\\\"" },
    { FILTER, "port", "filter: " },
    { FILTER, "port 99999", "filter: " },
    { FILTER, "tcp and udp and", "filter: " },
    { FILTER, "host 192.0.2.1 \xc3\xa9", "filter: \"?\"" },
};
/* clang-format on */

static struct capture_filter *filter_of(size_t option, char const *value,
                                        char fault[static CAPTURE_FILTER_FAULT])
{
    struct capture_filter_options options = { .programs = programs, .n_programs = 3 };

    memcpy((char *)&options + option, &value, sizeof value);
    *fault = '\0';
    return capture_filter_new(&options, fault);
}

static int wanted(struct capture_filter const *filter)
{
    int got = 0;

    for (int which = INVITE; which <= CSTA; which *= 2) {
        struct capture_message m = message(which);
        struct capture_look look;

        if (capture_filter_match(filter, &m, NULL))
            got |= which;
        capture_look(&m, &look);
        assert_int_equal(capture_filter_match(filter, &m, &look), !!(got & which));
    }
    return got;
}

static void test_each_condition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char fault[CAPTURE_FILTER_FAULT];
        struct capture_filter *filter = filter_of(rows[i].option, rows[i].value, fault);

        if (!filter || wanted(filter) != rows[i].wanted)
            print_message("%s: %s, %d not %d\n", rows[i].value, fault, filter ? wanted(filter) : -1,
                          rows[i].wanted);
        assert_non_null(filter);
        assert_int_equal(wanted(filter), rows[i].wanted);
        capture_filter_free(&filter);
    }
}

/* Two conditions, of which each is held by some message and both by one or none. */
static void test_all_conditions(void **state)
{
    struct capture_filter_options const both[] = {
        { .user = "alice", .peer = "192.0.2.9" },
        { .method = "INVITE", .service = "MakeCallResponse" },
        { .call_id = "one@A", .expression = "port 2750" },
        { .text = "2001", .expression = "udp" },
        { .user = "alice", .call_id = "two" },
        { .user = "carol", .method = "INVITE" },
        { .text = "tag=1", .service = "MakeCall" },
    };
    int const results[] = { INVITE, ANSWER, CSTA, 0, 0, 0, ANSWER };

    (void)state;
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        char fault[CAPTURE_FILTER_FAULT];
        struct capture_filter *filter = capture_filter_new(&both[i], fault);

        assert_non_null(filter);
        assert_int_equal(wanted(filter), results[i]);
        capture_filter_free(&filter);
    }
    assert_int_equal(wanted(NULL), ALL);
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char fault[CAPTURE_FILTER_FAULT];
        struct capture_filter *filter = filter_of(refused[i].option, refused[i].value, fault);

        if (filter || strncmp(fault, refused[i].begins, strlen(refused[i].begins)) != 0)
            print_message("%s: %s\n", refused[i].value, fault);
        assert_null(filter);
        assert_memory_equal(fault, refused[i].begins, strlen(refused[i].begins));
        assert_true(strlen(fault) > strlen("filter: "));
    }
}

static void test_lengths(void **state)
{
    size_t const options[] = { USER, CALL_ID, METHOD, SERVICE, TEXT };
    char const *const names[] = { "user", "call-id", "method", "service", "text" };
    char value[257], fault[CAPTURE_FILTER_FAULT];

    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct capture_filter *filter;

        memset(value, 'a', sizeof value);
        value[256] = '\0';
        assert_null(filter_of(options[i], value, fault));
        assert_memory_equal(fault, names[i], strlen(names[i]));
        value[255] = '\0';
        filter = filter_of(options[i], value, fault);
        assert_non_null(filter);
        capture_filter_free(&filter);
    }
}

/* Without addresses, or with one of each family, there is no packet to ask. */
static void test_no_addresses(void **state)
{
    char fault[CAPTURE_FILTER_FAULT];
    struct capture_filter *filter = filter_of(FILTER, "less 10000", fault);
    struct capture_message m = message(INVITE);

    (void)state;
    assert_true(capture_filter_match(filter, &m, NULL));
    m.source = message(ANSWER).source;
    assert_false(capture_filter_match(filter, &m, NULL));
    memset(&m.source, 0, sizeof m.source);
    memset(&m.destination, 0, sizeof m.destination);
    assert_false(capture_filter_match(filter, &m, NULL));
    capture_filter_free(&filter);
    filter = filter_of(PEER, "0.0.0.0/0", fault);
    assert_non_null(filter);
    assert_false(capture_filter_match(filter, &m, NULL));
    capture_filter_free(&filter);
    capture_filter_free(&filter);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_each_condition), cmocka_unit_test(test_all_conditions),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_no_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
