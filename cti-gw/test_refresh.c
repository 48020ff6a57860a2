/* SPDX-License-Identifier: Apache-2.0 */
/* Who refreshes a session, and how often (RFC 4028 9, table 2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message.h"
#include "refresh.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static struct {
    char const *what, *headers;
    bool is_ours;
    uint32_t interval_s; /* with 1800 configured */
} const requests[] = {
    { "knows the timer", "Supported: timer\r\n", false, 1800 },
    { "knows it among others", "Supported: 100rel, timer\r\n", false, 1800 },
    { "does not know it", "", true, 1800 },
    { "does not know it, a proxy wants it", "Session-Expires: 600\r\n", true, 600 },
    { "leaves it open", "Supported: timer\r\nSession-Expires: 600\r\n", false, 600 },
    { "wants to", "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", false, 600 },
    { "wants us to", "Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n", true, 600 },
    { "case", "Supported: timer\r\nSession-Expires: 600;Refresher=UAS\r\n", true, 600 },
    { "wants longer", "Supported: timer\r\nSession-Expires: 7200\r\n", false, 1800 },
    { "must have longer",
      "Supported: timer\r\nSession-Expires: 7200\r\nMin-SE: 3600\r\n", false, 3600 },
    { "must have years",
      "Supported: timer\r\nSession-Expires: 4000000000\r\nMin-SE: 4000000000\r\n", false, 86400 },
    { "least below", "Supported: timer\r\nSession-Expires: 600\r\nMin-SE: 90\r\n", false, 600 },
};
/* clang-format on */

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        char text[1000];
        print_message("# %s\n", requests[i].what);
        snprintf(text, sizeof text,
                 "UPDATE sip:2001@example.test SIP/2.0\r\n"
                 "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n"
                 "From: <sip:alice@example.test>;tag=a\r\nTo: <sip:2001@example.test>;tag=b\r\n"
                 "Call-ID: c\r\nCSeq: 2 UPDATE\r\nMax-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n",
                 requests[i].headers);
        msg_t *msg = message_parse(text, strlen(text));
        assert_non_null(msg);
        assert_int_equal(refresh_is_ours(sip_object(msg)), requests[i].is_ours);
        assert_int_equal(refresh_interval(sip_object(msg), 1800), requests[i].interval_s);
        msg_destroy(msg);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
