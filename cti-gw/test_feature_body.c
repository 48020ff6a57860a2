/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of phones in other encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feature_body.h"
#include <stdlib.h>
#include <string.h>

static struct {
    char const *in, *out; /* out NULL: as it is */
} const rows[] = {
    { "", NULL },
    { "<a/>", NULL },
    { "<?xml", NULL },
    { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"", NULL },
    { "<?xml version=\"1.0\"?><a/>", NULL },
    { "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a b=\"ISO-8859-1\"/>", NULL },
    { "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a/>", NULL },
    { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a/>", "\n<a/>" },
    { "<?xml version='1.0' encoding='iso-8859-1'?><a/>", "<a/>" },
    { "<?xml version='1.0' encoding='us-ascii'?><a/>", "<a/>" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc\x80\xff</a>",
      "<a>\xc3\xbc\xc2\x80\xc3\xbf</a>" },
};

static void test_rows(void **state)
{
    su_home_t *home = su_home_new(sizeof *home);
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].in), len = 0;
        /* Without a NUL behind it, so that a sanitizer sees a step too far. */
        char *bytes = malloc(n ? n : 1);
        print_message("# %s\n", rows[i].in);
        assert_non_null(bytes);
        memcpy(bytes, rows[i].in, n);
        char const *out = feature_body_utf8(home, bytes, n, &len);
        assert_non_null(out);
        if (!rows[i].out)
            assert_ptr_equal(out, bytes);
        assert_int_equal(len, rows[i].out ? strlen(rows[i].out) : n);
        assert_memory_equal(out, rows[i].out ? rows[i].out : rows[i].in, len);
        free(bytes);
    }
    su_home_unref(home);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
