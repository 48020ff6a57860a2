/* SPDX-License-Identifier: Apache-2.0 */
/* The minimal request and the tidied file that `explain` sends to the proxy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "explain_request.h"
#include <string.h>

static void test_uri_or_file(void **state)
{
    static struct {
        char const *text;
        bool is_uri;
    } const vectors[] = {
        { "sip:8123@example.test", true },
        { "sips:alice@example.test", true },
        { "tel:+4930", true },
        { "h323:x", true },
        { "invite.sip", false },
        { "./sip:odd", false },
        { "/tmp/a:b", false },
        { "-", false },
        { "a:b", false }, /* one letter is no scheme that anybody has */
        { ":x", false },
        { "5ip:x", false },
        { "", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (explain_request_is_uri(vectors[i].text) != vectors[i].is_uri)
            fail_msg("%s", vectors[i].text);
}

static void test_normal(void **state)
{
    static char const *const vectors[][2] = {
        { "A\r\nB: c\r\n\r\nbody\n", "A\r\nB: c\r\n\r\nbody\n" },
        { "A\nB: c\n\nbody\n", "A\r\nB: c\r\n\r\nbody\n" },
        { "A\nB: c\n", "A\r\nB: c\r\n\r\n" },
        { "A", "A\r\n\r\n" },
        { "", "\r\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct buf out;
        buf_init(&out, 1000);
        explain_request_normal(vectors[i][0], &out);
        assert_string_equal(buf_text(&out), vectors[i][1]);
        buf_fini(&out);
    }
}

static void test_make(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    explain_request_make("sip:a@b", "SUBSCRIBE", "presence", &out);
    assert_int_equal(strncmp(buf_text(&out), "SUBSCRIBE sip:a@b SIP/2.0\r\n", 27), 0);
    assert_non_null(strstr(buf_text(&out), "\r\nTo: <sip:a@b>\r\n"));
    assert_non_null(strstr(buf_text(&out), "\r\nCSeq: 1 SUBSCRIBE\r\n"));
    assert_non_null(strstr(buf_text(&out), "\r\nEvent: presence\r\n"));
    buf_reset(&out);
    explain_request_make("sip:a@b", "INVITE", NULL, &out);
    assert_null(strstr(buf_text(&out), "Event"));
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_uri_or_file),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
