/* SPDX-License-Identifier: Apache-2.0 */
/* What people see of a probe. */
#include "buf.h"
#include "probe_print.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vector {
    char const *what, *json, *text;
} const vectors[] = {
    { "no address",
      "{\"uri\": \"sip:a.test\", \"chosen\": \"as the DNS says\", \"verdict\": \"failed\","
      " \"dns\": {\"step\": \"dns\", \"verdict\": \"failed\", \"ms\": 1.25, \"id\": \"unresolved\","
      "  \"cause\": \"the name leads to no address\", \"remedy\": \"Check the spelling.\","
      "  \"detail\": \"the name has no address\","
      "  \"questions\": [{\"question\": \"A a.test\", \"answer\": \"no such name\"}]},"
      " \"addresses\": []}",
      "sip:a.test, as the DNS says\n"
      "  dns       FAILED      1.2 ms\n"
      "            A a.test: no such name\n"
      "            detail      the name has no address\n"
      "            cause       the name leads to no address\n"
      "            remedy      Check the spelling.\n"
      "\nFAILED\n" },
    { "UDP that answers",
      "{\"uri\": \"sip:192.0.2.1\", \"chosen\": \"asked for\", \"verdict\": \"ok\","
      " \"dns\": {\"step\": \"dns\", \"verdict\": \"ok\", \"ms\": 0.0, \"questions\": []},"
      " \"addresses\": [{\"address\": \"udp:192.0.2.1:5060\", \"from\": \"192.0.2.9:5060\","
      "  \"verdict\": \"ok\", \"steps\": [{\"step\": \"options\", \"verdict\": \"ok\", \"ms\": "
      "12.5}],"
      "  \"answer\": {\"status\": 200, \"phrase\": \"OK\", \"allow\": \"INVITE\","
      "   \"server\": \"x\\u001b[2J\", \"seen_as\": \"192.0.2.9:5060\"}}]}",
      "sip:192.0.2.1, asked for\n"
      "  dns       ok          0.0 ms\n"
      "\nudp:192.0.2.1:5060 from 192.0.2.9:5060\n"
      "  options   ok         12.5 ms\n"
      "            answer      200 OK\n"
      "            server      x\\x1b[2J\n"
      "            allow       INVITE\n"
      "            sees us as  192.0.2.9:5060\n"
      "\nok\n" },
    { "TLS that is refused",
      "{\"uri\": \"sip:a.test\", \"chosen\": \"asked for\", \"verdict\": \"failed\","
      " \"dns\": {\"step\": \"dns\", \"verdict\": \"ok\", \"ms\": 0.0, \"questions\": []},"
      " \"addresses\": [{\"address\": \"tls:192.0.2.1:5061\", \"verdict\": \"failed\","
      "  \"steps\": [{\"step\": \"connect\", \"verdict\": \"ok\", \"ms\": 0.1},"
      "   {\"step\": \"tls\", \"verdict\": \"failed\", \"ms\": 2.0, \"cause\": \"it is refused\","
      "    \"remedy\": \"One two three four five six seven eight nine ten eleven twelve thirteen"
      " fourteen.\"},"
      "   {\"step\": \"options\", \"verdict\": \"skipped\"}],"
      "  \"tls\": {\"context\": \"node\", \"server_name\": \"a.test\", \"version\": \"TLSv1.2\","
      "   \"cipher\": \"C\", \"shown\": [{\"subject\": \"CN=a.test\", \"issuer\": \"CN=CA\","
      "    \"names\": \"DNS:a.test\", \"key\": \"RSA 2048\", \"from\": \"2026-01-02T03:04:05Z\","
      "    \"to\": \"2027-01-02T03:04:05Z\"}], \"trust_anchor\": \"CN=CA\","
      "   \"asks_for_certificate\": true, \"accepts\": [\"CN=Their CA\"],"
      "   \"our_certificate\": null,"
      "   \"as_client\": [{\"context\": \"peers\", \"subject\": \"a.test\", \"by\": \"CN\"},"
      "    {\"context\": \"more\", \"subject\": null}]}}]}",
      "sip:a.test, asked for\n"
      "  dns       ok          0.0 ms\n"
      "\ntls:192.0.2.1:5061\n"
      "  connect   ok          0.1 ms\n"
      "  tls       FAILED      2.0 ms\n"
      "            under       context \"node\", looking for \"a.test\"\n"
      "            agreed on   TLSv1.2, C\n"
      "            it shows    CN=a.test (RSA 2048), issued by CN=CA\n"
      "              valid     2026-01-02 to 2027-01-02\n"
      "              names     DNS:a.test\n"
      "            trusted by  CN=CA\n"
      "            it asks     for our certificate\n"
      "              issued by CN=Their CA\n"
      "            we show     none\n"
      "            as client   context \"peers\" lets it in as \"a.test\" (CN)\n"
      "                        context \"more\" has none of its names among its subjects\n"
      "            cause       it is refused\n"
      "            remedy      One two three four five six seven eight nine ten eleven twelve "
      "thirteen\n"
      "                        fourteen.\n"
      "  options   skipped\n"
      "\nFAILED\n" },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        json_t *answer = json_loads(vectors[i].json, 0, NULL);
        struct buf out;
        print_message("# %s\n", vectors[i].what);
        assert_non_null(answer);
        buf_init(&out, 65536);
        probe_print(answer, &out);
        assert_string_equal(buf_text(&out), vectors[i].text);
        buf_fini(&out);
        json_decref(answer);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
