/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the proxy as JSON, and the text that people see of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "explain_print.h"

static void expect(char const *json, char const *wanted)
{
    json_error_t error;
    struct buf out;
    json_t *answer = json_loads(json, 0, &error);
    assert_non_null(answer);
    buf_init(&out, 10000);
    explain_print(answer, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    json_decref(answer);
}

static void test_refused(void **state)
{
    (void)state;
    expect("{\"request\": \"INVITE sip:a@b\", \"origin\": {\"from\": \"192.0.2.7:5060\","
           " \"transport\": \"udp\", \"listener\": \"127.0.0.1:5060\", \"subject\": null},"
           " \"steps\": [{\"step\": \"message\", \"taken\": false, \"why\": \"well formed\"},"
           " {\"step\": \"acl\", \"taken\": true, \"why\": \"no entry holds the source address\"}],"
           " \"verdict\": \"refuse\", \"rule\": \"acl\", \"status\": 403, \"phrase\": \"No\"}",
           "INVITE sip:a@b\n"
           "from 192.0.2.7:5060 over udp, received at 127.0.0.1:5060\n"
           "\n"
           "  1    message                   well formed\n"
           "  2 => acl                       no entry holds the source address\n"
           "\n"
           "Refused by acl: 403 No\n");
}

static void test_register(void **state)
{
    (void)state;
    expect("{\"request\": \"REGISTER sip:b\", \"origin\": {\"from\": \"192.0.2.7:5060\","
           " \"transport\": \"udp\", \"listener\": \"127.0.0.1:5060\", \"subject\": null},"
           " \"steps\": [], \"verdict\": \"register\", \"rule\": \"registrar\","
           " \"phrase\": \"REGISTER for the own domain\"}",
           "REGISTER sip:b\n"
           "from 192.0.2.7:5060 over udp, received at 127.0.0.1:5060\n"
           "\n"
           "\n"
           "To the registrar: REGISTER for the own domain\n");
}

static void test_forwarded(void **state)
{
    (void)state;
    expect("{\"request\": \"INVITE sip:a@b\", \"origin\": {\"from\": \"192.0.2.7:5060\","
           " \"transport\": \"tls\", \"listener\": \"127.0.0.1:5062\", \"subject\": \"ocs\"},"
           " \"steps\": [], \"verdict\": \"forward\", \"rule\": \"static_routes[1]\","
           " \"targets\": [{\"group\": 0, \"name\": \"pbx\", \"next_hop\": \"sip:h\","
           " \"request_uri\": null, \"addresses\": [\"tcp:10.0.0.1:5060\", \"tcp:10.0.0.2:5060\"],"
           " \"why_not\": null},"
           " {\"group\": 1, \"name\": null, \"next_hop\": \"sip:x\", \"request_uri\": \"sip:c@d\","
           " \"addresses\": [], \"why_not\": \"the name has no address\"}],"
           " \"headers\": [{\"change\": \"-\", \"line\": \"Max-Forwards: 70\"},"
           " {\"change\": \"+\", \"line\": \"Max-Forwards: 69\"}]}",
           "INVITE sip:a@b\n"
           "from 192.0.2.7:5060 over tls, received at 127.0.0.1:5062, TLS subject \"ocs\"\n"
           "\n"
           "\n"
           "Forwarded by static_routes[1], to\n"
           "  1. group 0  pbx  sip:h at tcp:10.0.0.1:5060, tcp:10.0.0.2:5060\n"
           "  2. group 1  sip:x at the name has no address  as sip:c@d\n"
           "\n"
           "Headers on the way to the first of them\n"
           "  - Max-Forwards: 70\n"
           "  + Max-Forwards: 69\n");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_register),
        cmocka_unit_test(test_forwarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
