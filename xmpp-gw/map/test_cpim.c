/* SPDX-License-Identifier: Apache-2.0 */
/* CPIM: read, found by namespace, written the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "cpim.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3862 2.3, and RFC 5438 7.1. */
static char const sample[] = "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"
                             "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
                             "DateTime: 2000-12-13T13:40:00-08:00\r\n"
                             "Subject: the weather will be fine today\r\n"
                             "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
                             "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n"
                             "NS: x <urn:ietf:params:imdn>\r\n"
                             "MyFeatures.WackyMessageOption: Use-silly-font\r\n"
                             "xyMessage-ID: no\r\n"
                             "x.Message-ID: 34jk324j\r\n"
                             "\r\n"
                             "Content-type: text/xml; charset=utf-8\r\n"
                             "Content-ID: <1234567890@foo.com>\r\n"
                             "\r\n"
                             "<body>\r\nHere is the text of my message.\r\n</body>\r\n";

static void test_sample(void **state)
{
    struct cpim *cpim;
    struct buf out;

    (void)state;
    assert_int_equal(cpim_read(sample, strlen(sample), &cpim), 0);
    assert_string_equal(cpim_find(cpim, NULL, "DateTime"), "2000-12-13T13:40:00-08:00");
    assert_string_equal(cpim_find(cpim, NULL, "Subject"), "the weather will be fine today");
    assert_null(cpim_find(cpim, NULL, "subject")); /* names have case */
    assert_string_equal(cpim_find(cpim, CPIM_NS_IMDN, "Message-ID"), "34jk324j");
    assert_null(cpim_find(cpim, CPIM_NS_IMDN, "Original-To"));
    assert_string_equal(cpim_find(cpim, "mid:MessageFeatures@id.foo.com", "WackyMessageOption"),
                        "Use-silly-font");
    assert_null(cpim_find(cpim, "mid:MessageFeatures@id.foo.co", "WackyMessageOption"));
    assert_string_equal(cpim_find_content(cpim, "CONTENT-TYPE"), "text/xml; charset=utf-8");
    assert_null(cpim_find_content(cpim, "Content-Disposition"));
    assert_string_equal(cpim->headers->next->next->next->next->parameters, ";lang=fr");
    /* unknown headers are kept, and the order */
    buf_init(&out, 10000);
    cpim_write(cpim, &out);
    char *fixed = strdup(sample);
    assert_string_equal(buf_text(&out), fixed);
    free(fixed);
    buf_fini(&out);
    cpim_free(&cpim);
}

static void test_escapes(void **state)
{
    static struct {
        char const *line, *value, *again;
    } const rows[] = {
        { "a\\nb", "a\nb", "a\\nb" },
        { "a\\\\n", "a\\n", "a\\\\n" },
        { "a\\tb\\rc\\bd", "a\tb\rc\bd", "a\\tb\\rc\\bd" },
        { "\\\"a\\' b\\'\\\"", "\"a' b'\"", "\"a' b'\"" },
        { "\\u00fc\\u20AC\\u0041",
          "\xC3\xBC\xE2\x82\xAC"
          "A",
          "\xC3\xBC\xE2\x82\xAC"
          "A" },
        { "\\u00f", "\\u00f", "\\\\u00f" },
        { "\\u0000\\ud800", "\\u0000\\ud800", "\\\\u0000\\\\ud800" },
        { "\\q \\", "\\q \\", "\\\\q \\\\" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cpim *cpim;
        struct buf out, expected;
        buf_init(&out, 1000);
        buf_init(&expected, 1000);
        buf_printf(&out, "Subject: %s\r\n\r\nContent-type: text/plain\r\n\r\nhi", rows[i].line);
        assert_int_equal(cpim_read(buf_text(&out), out.len, &cpim), 0);
        assert_string_equal(cpim_find(cpim, NULL, "Subject"), rows[i].value);
        buf_reset(&out);
        cpim_write(cpim, &out);
        buf_printf(&expected, "Subject: %s\r\n\r\nContent-type: text/plain\r\n\r\nhi",
                   rows[i].again);
        assert_string_equal(buf_text(&out), buf_text(&expected));
        cpim_free(&cpim);
        buf_fini(&out);
        buf_fini(&expected);
    }
}

static void test_lenient(void **state)
{
    static char const text[] = "From:<im:a@b>\nTo:   <im:c@d>\n\nContent-Type:text/plain\n\n";
    struct cpim *cpim;

    (void)state;
    assert_int_equal(cpim_read(text, strlen(text), &cpim), 0);
    assert_string_equal(cpim_find(cpim, NULL, "From"), "<im:a@b>");
    assert_string_equal(cpim_find(cpim, NULL, "To"), "<im:c@d>");
    assert_string_equal(cpim_find_content(cpim, "content-type"), "text/plain");
    assert_int_equal(cpim->body_len, 0);
    cpim_free(&cpim);
    assert_int_equal(cpim_read("\r\n\r\nbody", 8, &cpim), 0);
    assert_string_equal(cpim->body, "body");
    cpim_free(&cpim);
}

static void test_bad(void **state)
{
    static char const *const rows[] = {
        "",
        "From: <im:a@b>",
        "From: <im:a@b>\r\n",
        "From: <im:a@b>\r\n\r\n",
        "From: <im:a@b>\r\n\r\nContent-type: text/plain\r\n",
        "From <im:a@b>\r\n\r\n\r\nx",
        ": x\r\n\r\n\r\nx",
        "From : x\r\n\r\n\r\nx",
        "From: a\x01\r\n\r\n\r\nx",
        "From: a\xFF\r\n\r\n\r\nx",
        "From: a\rTo: b\x02\r\n\r\n\r\nx",
        "From: a\r\n folded\r\n\r\n\r\nx",
    };
    struct cpim *cpim;
    struct buf many;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cpim_read(rows[i], strlen(rows[i]), &cpim), -EINVAL);
        assert_null(cpim);
    }
    for (int n = CPIM_MAX_HEADERS; n <= CPIM_MAX_HEADERS + 1; n++) {
        buf_init(&many, 10000);
        for (int i = 0; i < n; i++)
            buf_puts(&many, "A: b\r\n");
        buf_puts(&many, "\r\n\r\nx");
        assert_int_equal(cpim_read(buf_text(&many), many.len, &cpim),
                         n == CPIM_MAX_HEADERS ? 0 : -EINVAL);
        cpim_free(&cpim);
        buf_fini(&many);
    }
}

static void test_build(void **state)
{
    struct cpim *cpim = cpim_new();
    struct buf out;

    (void)state;
    assert_int_equal(cpim_add(cpim, "From", "<sip:a@b>"), 0);
    assert_int_equal(cpim_add(cpim, "Subject", NULL), 0);
    assert_int_equal(cpim_add(cpim, "Subject", "two\r\nlines"), 0);
    assert_int_equal(cpim_add_content(cpim, "Content-Type", "text/plain"), 0);
    cpim->body = "hi";
    cpim->body_len = 2;
    buf_init(&out, 1000);
    cpim_write(cpim, &out);
    assert_string_equal(buf_text(&out), "From: <sip:a@b>\r\nSubject: two\\r\\nlines\r\n\r\n"
                                        "Content-Type: text/plain\r\n\r\nhi");
    buf_fini(&out);
    cpim_free(&cpim);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sample),  cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_lenient), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
