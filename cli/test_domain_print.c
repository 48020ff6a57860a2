/* SPDX-License-Identifier: Apache-2.0 */
/* What people see of a check of a domain. */
#include "buf.h"
#include "domain_print.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char const bad_names[] =
    "{\"domain\": \"partner.test\", \"ours\": \"im.test\", \"verdict\": \"failed\","
    " \"allowed\": {\"step\": \"allowed\", \"verdict\": \"ok\", \"detail\": \"tls required\"},"
    " \"dns\": {\"step\": \"dns\", \"verdict\": \"ok\", \"ms\": 0.5, \"questions\":"
    "  [{\"question\": \"A partner.test\", \"answer\": \"192.0.2.1\"}]},"
    " \"addresses\": [{\"address\": \"192.0.2.1:5270\", \"from\": \"192.0.2.9:4711\","
    "  \"begins\": \"tls\", \"verdict\": \"failed\", \"steps\": ["
    "   {\"step\": \"chain\", \"verdict\": \"failed\", \"detail\": \"certificate has expired\","
    "    \"cause\": \"the certificate has expired\", \"remedy\": \"Renew it.\"},"
    "   {\"step\": \"names\", \"verdict\": \"ok\"},"
    "   {\"step\": \"our proof\", \"verdict\": \"skipped\"}],"
    "  \"tls\": {\"server_name\": \"partner.test\", \"shown\": [{\"subject\": \"CN=a\\u001b\","
    "    \"issuer\": \"CN=CA\", \"names\": \"DNS:partner.test\", \"key\": \"RSA 2048\","
    "    \"from\": \"2020-01-01T00:00:00Z\", \"to\": \"2021-01-01T00:00:00Z\","
    "    \"days_left\": -1}], \"asks_for_certificate\": false}}]}";

static char const bad_names_text[] =
    "partner.test\n"
    "  allowed   ok\n"
    "            detail      tls required\n"
    "  dns       ok          0.5 ms\n"
    "            A partner.test: 192.0.2.1\n"
    "\n192.0.2.1:5270 from 192.0.2.9:4711, which begins with TLS\n"
    "  chain     FAILED\n"
    "            ends        2021-01-01, 1 day ago\n"
    "            it shows    CN=a\\x1b (RSA 2048), issued by CN=CA\n"
    "              valid     2020-01-01 to 2021-01-01\n"
    "              names     DNS:partner.test\n"
    "            it asks     for no certificate of ours\n"
    "            detail      certificate has expired\n"
    "            cause       the certificate has expired\n"
    "            remedy      Renew it.\n"
    "  names     ok\n"
    "            wanted      partner.test\n"
    "            there are   DNS:partner.test\n"
    "  our proof skipped\n"
    "\nFAILED\n";

static struct vector {
    char const *json, *text;
} const vectors[] = {
    { bad_names, bad_names_text },
    { "{\"domain\": \"p.test\", \"verdict\": \"failed\", \"allowed\": {\"step\": \"allowed\","
      "  \"verdict\": \"failed\", \"cause\": \"not listed\", \"remedy\": \"List it.\"},"
      " \"dns\": {\"step\": \"dns\", \"verdict\": \"failed\", \"ms\": 1.0, \"questions\": []},"
      " \"addresses\": []}",
      "p.test\n"
      "  allowed   FAILED\n"
      "            cause       not listed\n"
      "            remedy      List it.\n"
      "  dns       FAILED      1.0 ms\n"
      "\nFAILED\n" },
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        json_t *answer = json_loads(vectors[i].json, 0, NULL);
        struct buf out;

        assert_non_null(answer);
        buf_init(&out, 65536);
        domain_print(answer, &out);
        assert_string_equal(buf_text(&out), vectors[i].text);
        buf_fini(&out);
        json_decref(answer);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_texts) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
