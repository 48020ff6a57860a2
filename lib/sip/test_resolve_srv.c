/* SPDX-License-Identifier: Apache-2.0 */
/* SRV answers, whole, cut and wrong in each byte. */
#include "resolve_srv.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static uint32_t no_draw(void *ctx, uint32_t below)
{
    (void)ctx;
    (void)below;
    return 0;
}

/* The answer as far as @p len, on the heap, so that a sanitizer sees each byte behind it. */
static int read_cut(struct resolve_srv *ret, unsigned char const *answer, size_t len)
{
    unsigned char *cut = malloc(len ? len : 1);

    memcpy(cut, answer, len);
    int result = resolve_srv_read(ret, cut, (int)len, no_draw, NULL);
    free(cut);
    return result;
}

static void test_broken_answers(void **state)
{
    /* two records of name "a": 60 s, 1 2 5060 "b"; 9 s, 3 4 5061 "." */
    static unsigned char const answer[] = "\0\0\x81\x80\0\1\0\2\0\0\0\0\1a\0\0\x21\0\1"
                                          "\xc0\x0c\0\x21\0\1\0\0\0\x3c\0\x9"
                                          "\0\1\0\2\x13\xc4\1b\0"
                                          "\xc0\x0c\0\x21\0\1\0\0\0\x09\0\x7"
                                          "\0\3\0\4\x13\xc5\0";
    size_t len = sizeof answer - 1;
    struct resolve_srv srv;

    (void)state;
    assert_int_equal(read_cut(&srv, answer, len), 0);
    assert_int_equal(srv.n, 1);
    assert_string_equal(srv.v[0].host, "b");
    assert_int_equal(srv.v[0].priority, 1);
    assert_int_equal(srv.v[0].weight, 2);
    assert_int_equal(srv.v[0].port, 5060);
    assert_int_equal(srv.ttl_s, 9);
    assert_true(srv.declined);
    for (size_t cut = 0; cut < len; cut++)
        assert_true(read_cut(&srv, answer, cut) < 0);
    for (size_t at = 0; at < len; at++)
        for (int value = 0; value < 256; value++) {
            unsigned char wrong[sizeof answer];
            memcpy(wrong, answer, sizeof answer);
            wrong[at] = (unsigned char)value;
            if (read_cut(&srv, wrong, len) == 0)
                assert_true(srv.n <= 2);
            else
                assert_int_equal(srv.n, 0);
        }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_broken_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
