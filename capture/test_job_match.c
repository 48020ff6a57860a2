/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a job wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "job_options.h"
#include <string.h>

static char const invite[] =
    "INVITE sip:bob@example.test SIP/2.0\r\nFrom: <sip:alice@a.test>;tag=1\r\n"
    "To: <sip:bob@example.test>\r\nCall-ID: one@a\r\nCSeq: 1 INVITE\r\n"
    "Content-Length: 0\r\n\r\n";
static char const answer[] =
    "SIP/2.0 200 OK\r\nFrom: <sip:alice@a.test>;tag=1\r\n"
    "To: <sip:bob@example.test>;tag=2\r\nCall-ID: one@a\r\nCSeq: 1 INVITE\r\n"
    "Content-Length: 0\r\n\r\n";
static char const csta[] =
    "<?xml version=\"1.0\"?><MakeCall xmlns=\"http://www.ecma-international.org/standards/ecma-323/"
    "csta/ed3\"><callingDevice>2001</callingDevice></MakeCall>";

/* clang-format off */
static struct {
    char const *key, *value;
    bool invite, answer, csta;
} const rows[] = {
    { NULL, NULL, true, true, true },
    { "user", "alice", true, true, false },
    { "user", "Bob@EXAMPLE.test", true, true, false },
    { "user", "bob@other.test", false, false, false },
    { "user", "ali", false, false, false },
    { "call_id", "one@a", true, true, true }, /* to which the request of CSTA belongs */
    { "call_id", "one", false, false, false },
    { "method", "invite", true, true, false },
    { "method", "MESSAGE", false, false, false },
    { "service", "MakeCall", false, false, true },
    { "service", "MakeCal", false, false, false },
    { "peer", "192.0.2.9", true, true, true },
    { "peer", "192.0.2.0/24", true, true, true },
    { "peer", "192.0.2.1:5060", true, true, true },
    { "peer", "192.0.2.1:5061", false, false, false },
    { "peer", "198.51.100.1", false, false, false },
};
/* clang-format on */

static bool wants(struct job_options const *options, enum tap_protocol protocol, char const *bytes)
{
    struct capture_message m = { .protocol = protocol,
                                 .transport = "tcp",
                                 .program = "cti",
                                 .interface = "",
                                 .subject = "",
                                 .id = protocol == TAP_CSTA ? "one@a" : "",
                                 .note = "",
                                 .bytes = bytes,
                                 .len = strlen(bytes) };

    net_addr_parse(&m.source, "192.0.2.9:40000", 0);
    net_addr_parse(&m.destination, "192.0.2.1:5060", 0);
    return job_match_wants(&options->match, &m);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *args = json_pack("{s:s}", "name", "a");
        struct job_options options;
        char fault[JOB_FAULT];

        if (rows[i].key)
            json_object_set_new(args, rows[i].key, json_string(rows[i].value));
        assert_int_equal(job_options_read(&options, args, fault), 0);
        json_decref(args);
        assert_int_equal(wants(&options, TAP_SIP, invite), rows[i].invite);
        assert_int_equal(wants(&options, TAP_SIP, answer), rows[i].answer);
        assert_int_equal(wants(&options, TAP_CSTA, csta), rows[i].csta);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
