/* SPDX-License-Identifier: Apache-2.0 */
/* MESSAGE requests, whatever their texts hold: no text becomes a header of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "conversation.h"
#include "im_map.h"
#include "im_request.h"
#include "message.h"
#include <sofia-sip/msg_addr.h>
#include <string.h>

static struct conversation talk = { .tag = "tag1", .call_id = "own-call" };

#define FROM .from = "sip:j@x.test;gr=home"
#define TO   .to = "sip:r@s.test"
#define TEXT .body = "hi", .body_len = 2, .expires_s = -1

static struct {
    char const *what;
    struct im_sip im;
    char const *has[6], *lacks; /* NULL: there is no such request */
} const vectors[] = {
    { "the least",
      { FROM, TO, TEXT, .date_ms = IM_TIME_NONE },
      { "MESSAGE sip:r@s.test SIP/2.0\r\n", "From: <sip:j@x.test;gr=home>;tag=tag1\r\n",
        "Call-ID: own-call\r\n", "CSeq: 1 MESSAGE\r\n", "Content-Type: text/plain\r\n",
        "Content-Length: 2\r\n\r\nhi" },
      "Contact" },
    { "everything",
      { FROM, TO, TEXT, .call_id = "t 1", .subject = "s", .lang = "de",
        .content_type = "message/cpim", .date_ms = 784111777000 },
      { "Call-ID: t 1\r\n", "CSeq: 2 MESSAGE\r\n", "Subject: s\r\n", "Content-Language: de\r\n",
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "Content-Type: message/cpim\r\n" },
      "own-call" },
    { "lines in a subject",
      { FROM, TO, TEXT, .subject = "a\r\nRoute: <sip:evil.test>", .date_ms = IM_TIME_NONE },
      { "Subject: a  Route: <sip:evil.test>\r\n" },
      "\nRoute" },
    { "no URI", { FROM, .to = "nowhere", TEXT, .date_ms = IM_TIME_NONE }, { NULL }, NULL },
};

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct buf text;
        msg_t *msg = im_request(&vectors[i].im, &talk);
        print_message("# %s\n", vectors[i].what);
        if (!vectors[i].has[0]) {
            assert_null(msg);
            continue;
        }
        assert_non_null(msg);
        buf_init(&text, 4096);
        assert_int_equal(message_print(msg, &text), 0);
        for (size_t j = 0; j < 6 && vectors[i].has[j]; j++)
            if (!strstr(buf_text(&text), vectors[i].has[j]))
                fail_msg("lacks %s:\n%s", vectors[i].has[j], buf_text(&text));
        if (strstr(buf_text(&text), vectors[i].lacks))
            fail_msg("holds %s:\n%s", vectors[i].lacks, buf_text(&text));
        buf_fini(&text);
        msg_destroy(msg);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_requests) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
