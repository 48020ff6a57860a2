/* SPDX-License-Identifier: Apache-2.0 */
/* The troubleshooter's verdicts, from facts alone, and how they are printed. */
#include "buf.h"
#include "doctor_judge.h"
#include "doctor_print.h"
#include "doctor_server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { OUT_MAX = 65536 };

#define SIGNIN_OK                                                                                  \
    "{\"user\": {\"id\": \"joe\", \"matched\": \"mail address\", \"source\": \"store\","           \
    " \"enabled\": true}, \"lines\": [\"2001\", \"2002\"], \"denied\": [],"                        \
    " \"line\": {\"uri\": \"tel:2001\", \"number\": \"2001\", \"odd_form\": false},"               \
    " \"device\": {\"name\": \"SEP1\", \"rule\": \"only device\", \"phones\": [\"SEP1\"]},"        \
    " \"verdict\": \"accepted\"}"
#define CTI_COLUMNS "{\"columns\": [\"connection\", \"state\", \"last loss\", \"last attempt\"],"
#define CTI_UP      CTI_COLUMNS " \"rows\": [[\"192.0.2.9:2750\", \"up\", \"\", \"\"]]}"
#define CONFIG      "{\"rows\": [[\"cti.listen\", \"udp:192.0.2.1:5082, tcp:0.0.0.0:5082\"]]}"
#define ACL_OK      "{\"step\": \"acl\", \"taken\": false, \"why\": \"admitted\"}"
#define EXPLAIN(address, record)                                                                   \
    "{\"origin\": {\"listener\": \"192.0.2.1:5060\"}, \"steps\": [" ACL_OK "],"                    \
    " \"verdict\": \"forward\", \"rule\": \"method_routes[1]\","                                   \
    " \"targets\": [{\"next_hop\": \"sip:x\", \"addresses\": [\"" address "\"]}],"                 \
    " \"headers\": [{\"change\": \"-\", \"line\": \"Record-Route: <sip:127.0.0.1;lr>\"},"          \
    "  {\"change\": \"+\", \"line\": \"Record-Route: <sip:127.0.0.1:5049;transport=tcp;lr>\"},"    \
    "  {\"change\": \"+\", \"line\": \"Record-Route: <" record ">\"}]}"
#define EXPLAIN_OK EXPLAIN("tcp:192.0.2.1:5082", "sip:192.0.2.1:5060;transport=tcp;lr")
#define EXPLAIN_TLS                                                                                \
    "{\"origin\": {\"listener\": \"192.0.2.1:5062\", \"context\": \"peers\"},"                     \
    " \"steps\": [" ACL_OK "], \"verdict\": \"forward\", \"rule\": \"method_routes[1]\","          \
    " \"targets\": [{\"next_hop\": \"sip:x\", \"addresses\": [\"tcp:192.0.2.1:5082\"]}],"          \
    " \"headers\": [{\"change\": \"+\","                                                           \
    "  \"line\": \"Record-Route: <sip:192.0.2.1:5062;transport=tls;lr>\"}]}"
#define TLS_CONFIG                                                                                 \
    "{\"rows\": [[\"proxy.tls_contexts[0].name\", \"node\"],"                                      \
    " [\"proxy.tls_contexts[1].name\", \"peers\"],"                                                \
    " [\"proxy.tls_contexts[1].verify_peer\", \"required\"],"                                      \
    " [\"proxy.tls_contexts[1].subjects\", \"a.test, ocs.test\"]]}"
#define CERTIFICATES(names, days)                                                                  \
    "{\"columns\": [\"context\", \"names\", \"key\", \"days_left\", \"file\"],"                    \
    " \"rows\": [[\"node\", \"other.test\", \"RSA\", -3, \"f\"],"                                  \
    "  [\"peers\", \"" names "\", \"RSA\", " days ", \"g\"]]}"
#define DOMAINS "{\"columns\": [\"domain\", \"kind\"], \"rows\": [[\"Node.test\", \"own\"]]}"

static struct vector {
    char const *what, *line, *transport, *subject;
    char const *signin, *connections, *proxy, *explain, *certificates;
    char const *fault; /* the first one, NULL if there is none */
    int code;
    char const *said; /* stands in the text */
} const vectors[] = {
    { "all is well", "tel:2001", "tcp", NULL, SIGNIN_OK, CTI_UP, "{}", EXPLAIN_OK, NULL, NULL, 0,
      "joe, found by mail address in the store, enabled" },
    { "no gateway", NULL, "tcp", NULL, NULL, NULL, "{}", EXPLAIN_OK, NULL, "gateway", 69,
      "crosspoint run" },
    { "no proxy", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, NULL, NULL, NULL, "proxy", 69,
      "crosspoint run" },
    { "unknown user", NULL, "tcp", NULL, "{\"failed\": \"user\"}", CTI_UP, "{}", EXPLAIN_OK, NULL,
      "user", 11, "joe@a.test is no user" },
    { "not enabled", NULL, "tcp", NULL, "{\"user\": {\"id\": \"joe\", \"enabled\": false}}", CTI_UP,
      "{}", EXPLAIN_OK, NULL, "user", 11, "set ID --rcc" },
    { "no line URI", "?", "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [\"1\"],"
      " \"line\": {\"uri\": \"?\", \"number\": \"\"}, \"failed\": \"line\"}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, "line form", 12, "\"?\" is no line URI" },
    { "no line", NULL, "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [],"
      " \"line\": {\"uri\": \"\", \"number\": \"\"}, \"failed\": \"line\"}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, "line", 13, "the user has no line" },
    { "another's line", "9", "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [\"1\", \"2\"],"
      " \"line\": {\"uri\": \"9\", \"number\": \"9\"}, \"failed\": \"line\", \"reason\": \"not "
      "his\"}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, "line", 13, "not his; the user has 1, 2" },
    { "no phone", NULL, "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [\"1\"],"
      " \"line\": {\"number\": \"1\"}, \"device\": {\"rule\": \"three\", \"phones\": []}, "
      "\"failed\": \"device\"}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, "device", 14, "three; the user's phones with it: none" },
    { "odd form", "+49", "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [\"+49\"],"
      " \"line\": {\"uri\": \"+49\", \"number\": \"+49\", \"odd_form\": true}, \"device\": "
      "{\"rule\": \"r\"}}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, NULL, 0, "may report an error" },
    { "wrong password", NULL, "tcp", NULL, SIGNIN_OK,
      CTI_COLUMNS " \"rows\": [[\"c\", \"down\", \"\", \"user or password refused\"]]}", "{}",
      EXPLAIN_OK, NULL, "cti", 15, "cti.password_file" },
    { "nobody there", NULL, "tcp", NULL, SIGNIN_OK,
      CTI_COLUMNS " \"rows\": [[\"c\", \"down\", \"reset\", \"cannot connect\"]]}", "{}",
      EXPLAIN_OK, NULL, "cti", 15, "Nothing answers there" },
    { "one of two is down", NULL, "tcp", NULL, SIGNIN_OK,
      CTI_COLUMNS " \"rows\": [[\"c\", \"down\", \"reset\", \"\"], [\"d\", \"up\", \"\", \"\"]]}",
      "{}", EXPLAIN_OK, NULL, NULL, 0, "1 of 2 connections are up (c: reset)" },
    { "full", NULL, "tcp", NULL,
      "{\"user\": {\"id\": \"joe\", \"enabled\": true}, \"lines\": [\"1\"],"
      " \"line\": {\"number\": \"1\"}, \"device\": {\"rule\": \"r\"}, \"failed\": \"room\"}",
      CTI_UP, "{}", EXPLAIN_OK, NULL, "cti", 15, "cti.max_sessions" },
    { "no listener", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}", NULL, NULL, "listener", 16,
      "not there" },
    { "not admitted", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}",
      "{\"steps\": [{\"step\": \"acl\","
      " \"why\": \"no entry\"}], \"verdict\": \"refuse\", \"rule\": \"acl\"}",
      NULL, "acl", 17, "192.0.2.7 is not admitted: no entry" },
    { "routed elsewhere", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}",
      EXPLAIN("tcp:192.0.2.1:5083", "sip:192.0.2.1;transport=tcp"), NULL, "routing", 18,
      "which is not the gateway" },
    { "other transport of the gateway", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}",
      EXPLAIN("tls:192.0.2.1:5082", "sip:192.0.2.1;transport=tcp"), NULL, "routing", 18,
      "which is not the gateway" },
    { "routing is off", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP,
      "{\"rows\": [[\"proxy.method_routing\", \"false\"]]}",
      "{\"steps\": [" ACL_OK "],"
      " \"verdict\": \"refuse\", \"rule\": \"own-domain\", \"status\": 404, \"phrase\": \"Not "
      "Found\"}",
      NULL, "routing", 18, "the INVITE ends at own-domain: 404 Not Found" },
    { "loopback in Record-Route", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}",
      EXPLAIN("tcp:192.0.2.1:5082", "sip:127.0.0.1;transport=tcp"), NULL, "record-route", 19,
      "proxy.advertised_host" },
    { "transport of Record-Route", NULL, "tcp", NULL, SIGNIN_OK, CTI_UP, "{}",
      EXPLAIN("tcp:192.0.2.1:5082", "sip:192.0.2.1;transport=tls"), NULL, "record-route", 19,
      "has not the transport of the server, tcp" },
    { "TLS is well", NULL, "tls", "OCS.test", SIGNIN_OK, CTI_UP, TLS_CONFIG, EXPLAIN_TLS,
      CERTIFICATES("x node.test", "9"), NULL, 0, "context peers admits \"OCS.test\"" },
    { "subject is not selected", NULL, "tls", "b.test", SIGNIN_OK, CTI_UP, TLS_CONFIG, EXPLAIN_TLS,
      CERTIFICATES("node.test", "9"), "tls", 20, "\"b.test\" is not selected into context peers" },
    { "no subject", NULL, "tls", NULL, SIGNIN_OK, CTI_UP, TLS_CONFIG, EXPLAIN_TLS,
      CERTIFICATES("node.test", "9"), "tls", 20, "demands a certificate" },
    { "name of our certificate", NULL, "tls", "ocs.test", SIGNIN_OK, CTI_UP, TLS_CONFIG,
      EXPLAIN_TLS, CERTIFICATES("x.test", "9"), "certificate", 21, "names no host that is ours" },
    { "our certificate has ended", NULL, "tls", "ocs.test", SIGNIN_OK, CTI_UP, TLS_CONFIG,
      EXPLAIN_TLS, CERTIFICATES("node.test", "-1"), "certificate", 21,
      "out of date: node.test (-1 days left)" },
};

static json_t *load(char const *text)
{
    json_t *value = text ? json_loads(text, 0, NULL) : NULL;

    assert_true(!text || value);
    return value;
}

static void assert_vector(struct vector const *v)
{
    struct doctor_question const question = { .user = "joe@a.test",
                                              .line = v->line,
                                              .server = "192.0.2.7",
                                              .transport = v->transport,
                                              .subject = v->subject };
    struct doctor_facts facts = { .question = &question,
                                  .signin = load(v->signin),
                                  .connections = load(v->connections),
                                  .cti = load(CONFIG),
                                  .proxy = load(v->proxy),
                                  .explain = load(v->explain),
                                  .domains = load(DOMAINS),
                                  .certificates = load(v->certificates),
                                  .why = "not there" };
    struct doctor_report report;
    struct buf out;

    print_message("# %s\n", v->what);
    assert_int_equal(doctor_report_init(&report), 0);
    doctor_judge(&facts, &report);
    json_t *result = doctor_report_json(&report);
    assert_string_equal(doctor_facts_text(result, "fault"), v->fault ? v->fault : "");
    assert_string_equal(doctor_facts_text(result, "verdict"), v->fault ? "fault" : "ok");
    assert_int_equal(doctor_report_code(&report), v->code);
    buf_init(&out, OUT_MAX);
    doctor_print(result, &out);
    assert_non_null(strstr(buf_text(&out), v->said));
    buf_fini(&out);
    json_decref(result);
    doctor_report_fini(&report);
    doctor_facts_fini(&facts);
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_vector(&vectors[i]);
}

/* The server by name: what the DNS says stands before what the proxy says of an address. */
static void test_server(void **state)
{
    struct doctor_question const question = { .user = "joe@a.test",
                                              .server = "ocs.test",
                                              .transport = "tcp" };
    static struct {
        char const *addresses, *why, *fault, *said;
        int code;
    } const rows[] = {
        { NULL, "no such host", "server", "ocs.test has no address: no such host", 22 },
        { "[\"192.0.2.7:5060\", \"192.0.2.8:5060\"]", "", "",
          "ocs.test is 192.0.2.7:5060, 192.0.2.8:5060", 0 },
        { "[\"192.0.2.7:5060\"]", "", "", "192.0.2.7:5060: admitted", 0 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct doctor_facts facts = { .question = &question,
                                      .signin = load(SIGNIN_OK),
                                      .connections = load(CTI_UP),
                                      .cti = load(CONFIG),
                                      .proxy = load("{}"),
                                      .addresses = load(rows[i].addresses),
                                      .source = "192.0.2.7:5060",
                                      .explain = load(rows[i].addresses ? EXPLAIN_OK : NULL) };
        struct doctor_report report;
        struct buf out;

        (void)snprintf(facts.server_why, sizeof facts.server_why, "%s", rows[i].why);
        assert_int_equal(doctor_report_init(&report), 0);
        doctor_judge(&facts, &report);
        json_t *result = doctor_report_json(&report);
        assert_string_equal(doctor_facts_text(result, "fault"), rows[i].fault);
        assert_int_equal(doctor_report_code(&report), rows[i].code);
        buf_init(&out, OUT_MAX);
        doctor_print(result, &out);
        assert_non_null(strstr(buf_text(&out), rows[i].said));
        buf_fini(&out);
        json_decref(result);
        doctor_report_fini(&report);
        doctor_facts_fini(&facts);
    }
}

static void test_names(void **state)
{
    static char const *const good[] = { "a", "ocs.example.test", "ocs-1.test:5061", "a_b:1" };
    static char const *const bad[] = { "",      ":5060", "a:",  "a:x", "a:5060 ",
                                       "sip:a", "a b",   "a/b", "[a]", "a:123456" };
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(doctor_server_is_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(doctor_server_is_name(bad[i]));
}

static void test_print(void **state)
{
    struct doctor_report report;
    struct buf out;
    (void)state;

    assert_int_equal(doctor_report_init(&report), 0);
    doctor_report_ok(&report, DOCTOR_USER, "joe");
    doctor_report_fault(&report, DOCTOR_ACL,
                        "Add the server to the access list, as an address, a block or a host name; "
                        "then reload.",
                        "not admitted \x1b[2J");
    doctor_report_fault(&report, DOCTOR_TLS, "Another cure.", "not selected");
    doctor_report_skip(&report, DOCTOR_POLICY, "no user");
    json_t *result = doctor_report_json(&report);
    buf_init(&out, OUT_MAX);
    doctor_print(result, &out);
    assert_string_equal(buf_text(&out),
                        "  user          ok       joe\n"
                        "  acl           FAULT    not admitted \\x1b[2J\n"
                        "  tls           FAULT    not selected\n"
                        "  policy        skipped  no user\n"
                        "\nFirst fault: acl\n"
                        "  Add the server to the access list, as an address, a block or a host "
                        "name;\n"
                        "  then reload.\n");
    assert_int_equal(doctor_report_code(&report), 17);
    buf_fini(&out);
    json_decref(result);
    doctor_report_fini(&report);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
