/* SPDX-License-Identifier: Apache-2.0 */
/* Which values of a configuration nobody may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bundle_secret.h"
#include <stdlib.h>

static void test_values(void **state)
{
    static char const *const rows[][2] = {
        { "{\"a\":{\"password\":\"x\"}}", "{\"a\":{\"password\":\"***\"}}" },
        { "{\"password\":\"\"}", "{\"password\":\"\"}" },
        { "{\"password_file\":\"/etc/x\"}", "{\"password_file\":\"/etc/x\"}" },
        { "{\"key_log\":\"/x\",\"secret_log\":\"/y\"}",
          "{\"key_log\":\"/x\",\"secret_log\":\"/y\"}" },
        { "{\"Shared_Secret\":[\"x\",\"y\"]}", "{\"Shared_Secret\":[\"***\",\"***\"]}" },
        { "{\"tokens\":{\"a\":[{\"b\":\"x\"}]}}", "{\"tokens\":{\"a\":[{\"b\":\"***\"}]}}" },
        { "[{\"a\":\"x\"},{\"passphrase\":\"y\",\"n\":1}]",
          "[{\"a\":\"x\"},{\"passphrase\":\"***\",\"n\":1}]" },
        { "{\"store\":\"postgresql://al:pw@h:5432/db\"}",
          "{\"store\":\"postgresql://al:**@h:5432/db\"}" },
        { "{\"store\":\"postgresql://h:5432/db\"}", "{\"store\":\"postgresql://h:5432/db\"}" },
        { "{\"uri\":\"sip:a@b:5060\"}", "{\"uri\":\"sip:a@b:5060\"}" },
    };
    (void)state;

    bundle_secret_hide_values(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *config = json_loads(rows[i][0], 0, NULL);
        assert_non_null(config);
        bundle_secret_hide_values(config);
        char *text = json_dumps(config, JSON_COMPACT);
        assert_string_equal(text, rows[i][1]);
        free(text);
        json_decref(config);
    }
}

static void test_table(void **state)
{
    json_t *table = json_pack("{s:[s,s,s],s:[[s,s,s],[s,s,s],[s,s,s]]}", "columns", "key", "value",
                              "from", "rows", "cti.password", "x", "file:5", "cti.password_file",
                              "/x", "file:6", "secrets.db", "redis://a:b@c", "default");
    (void)state;

    bundle_secret_hide_table(table);
    char *text = json_dumps(json_object_get(table, "rows"), JSON_COMPACT);
    assert_string_equal(text, "[[\"cti.password\",\"***\",\"file:5\"],"
                              "[\"cti.password_file\",\"/x\",\"file:6\"],"
                              "[\"secrets.db\",\"redis://a:*@c\",\"default\"]]");
    free(text);
    json_decref(table);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_values),
                                        cmocka_unit_test(test_table) };

    return cmocka_run_group_tests_name("bundle_secret", tests, NULL, NULL);
}
