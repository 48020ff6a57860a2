/* SPDX-License-Identifier: Apache-2.0 */
/* NAPTR answers, whole, cut and wrong in each byte. */
#include "resolve_naptr.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = 1 << TRANSPORT_UDP | 1 << TRANSPORT_TCP | 1 << TRANSPORT_TLS };

/* of "a": 60 s, 2 1 "s" "SIP+D2U" "" "b"; 9 s, 1 7 "S" "sips+D2T" "" "c.d"; 70 s, 1 2 "s" "SIP+D2T"
 * "" "."; 70 s, 1 1 "u" "SIP+D2T" "!x!" "." */
static unsigned char const answer[] = "\0\0\x81\x80\0\1\0\4\0\0\0\0\1a\0\0\x23\0\1"
                                      "\xc0\x0c\0\x23\0\1\0\0\0\x3c\0\x12"
                                      "\0\2\0\1\1s\7SIP+D2U\0\1b\0"
                                      "\xc0\x0c\0\x23\0\1\0\0\0\x09\0\x15"
                                      "\0\1\0\7\1S\x08sips+D2T\0\1c\1d\0"
                                      "\xc0\x0c\0\x23\0\1\0\0\0\x46\0\x10"
                                      "\0\1\0\2\1s\7SIP+D2T\0\0"
                                      "\xc0\x0c\0\x23\0\1\0\0\0\x46\0\x13"
                                      "\0\1\0\1\1u\7SIP+D2T\3!x!\0";

/* The answer as far as @p len, on the heap, so that a sanitizer sees each byte behind it. */
static int read_cut(struct resolve_naptr *ret, unsigned char const *from, size_t len)
{
    unsigned char *cut = malloc(len ? len : 1);

    memcpy(cut, from, len);
    int result = resolve_naptr_read(ret, cut, (int)len, ALL);
    free(cut);
    return result;
}

static void test_order(void **state)
{
    struct resolve_naptr naptr;

    (void)state;
    assert_int_equal(read_cut(&naptr, answer, sizeof answer - 1), 0);
    assert_int_equal(naptr.n, 2);
    assert_int_equal(naptr.v[0].kind, TRANSPORT_TLS);
    assert_string_equal(naptr.v[0].name, "c.d");
    assert_int_equal(naptr.v[1].kind, TRANSPORT_UDP);
    assert_string_equal(naptr.v[1].name, "b");
    assert_int_equal(naptr.ttl_s, 9);
}

static void test_kinds(void **state)
{
    struct resolve_naptr naptr;

    (void)state;
    assert_int_equal(resolve_naptr_read(&naptr, answer, sizeof answer - 1, 1 << TRANSPORT_UDP), 0);
    assert_int_equal(naptr.n, 1);
    assert_string_equal(naptr.v[0].name, "b");
    assert_int_equal(resolve_naptr_read(&naptr, answer, sizeof answer - 1, 1 << TRANSPORT_TCP), 0);
    assert_int_equal(naptr.n, 0);
}

static void test_broken_answers(void **state)
{
    size_t len = sizeof answer - 1;
    struct resolve_naptr naptr;

    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        assert_true(read_cut(&naptr, answer, cut) < 0);
    for (size_t at = 0; at < len; at++)
        for (int value = 0; value < 256; value++) {
            unsigned char wrong[sizeof answer];
            memcpy(wrong, answer, sizeof answer);
            wrong[at] = (unsigned char)value;
            if (read_cut(&naptr, wrong, len) == 0)
                assert_true(naptr.n <= 3);
            else
                assert_int_equal(naptr.n, 0);
        }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_broken_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
