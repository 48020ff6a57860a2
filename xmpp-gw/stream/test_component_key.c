/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a component: XEP-0114 example, and what sha1sum says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "component_key.h"

/* clang-format off */
static struct { char const *id, *secret, *key; } const vectors[] = {
    { "3BF96D32", "secret", "b09ea9b3b7f586be8a08d0a3dd7466f110aeb136" },
    { "", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    { "a", "bc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
};
/* clang-format on */

static void test_vectors(void **state)
{
    char key[COMPONENT_KEY_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_true(component_key(vectors[i].id, vectors[i].secret, key));
        assert_string_equal(key, vectors[i].key);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_vectors) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
