/* SPDX-License-Identifier: Apache-2.0 */
/* Names of messages of any quality. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_look.h"
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "Via: SIP/2.0/TCP 127.0.0.1:4000\r\nFrom: <sip:alice@example.test>;tag=1\r\n"                  \
    "To: <sip:2001@example.test>\r\nCall-ID: c1\r\n"
#define BODY(xml) "Content-Type: application/csta+xml\r\n\r\n" xml

struct vector {
    enum tap_protocol protocol;
    char const *bytes;
    char const *label, *sender, *receiver, *call_id;
    enum capture_kind kind;
};

static char const answer[] =
    "SIP/2.0 200 OK\r\n" HEAD
    "CSeq: 1 INVITE\r\n" BODY("<a:RequestSystemStatusResponse xmlns:a=\"x\"/>");

/* clang-format off */
static struct vector const vectors[] = {
    { TAP_SIP, "INVITE sip:2001@example.test SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n"
      BODY("<?xml version=\"1.0\"?>\n<RequestSystemStatus xmlns=\"x\"/>"),
      "INVITE RequestSystemStatus", "alice@example.test", "2001@example.test", "c1",
      CAPTURE_REQUEST },
    { TAP_SIP, answer, "200 RequestSystemStatus", "2001@example.test", "alice@example.test", "c1",
      CAPTURE_ANSWER },
    { TAP_SIP, "BYE sip:x@y SIP/2.0\r\n" HEAD "CSeq: 2 BYE\r\n\r\n", "BYE", "alice@example.test",
      "2001@example.test", "c1", CAPTURE_REQUEST },
    { TAP_SIP, "SIP/2.0 180 Ringing\r\nCSeq:\r\n 7 \r\n INVITE\r\n\r\n", "180 INVITE", "", "", "",
      CAPTURE_ANSWER },
    { TAP_SIP, "SIP/2.0 404 Not Found\r\n\r\n", "404", "", "", "", CAPTURE_ANSWER },
    /* Compact forms; display names that look like addresses; a password is not shown. */
    { TAP_SIP, "INFO sip:x@y SIP/2.0\r\n"
      "F : \"A \\\" <sip:no@no>\" <sip:b:secret@[::1]:5060;x=y>\r\n"
      "t:sip:c@d;tag=2\r\nI: \t z \r\nc: APPLICATION/csta+XML ;charset=utf-8\r\n\r\n<HeldEvent/>",
      "INFO HeldEvent", "b@[::1]", "c@d", "z", CAPTURE_REQUEST },
    { TAP_SIP, "INFO tel:1 SIP/2.0\r\nFrom: <tel:+49-30;phone-context=x>\r\nTo: <sip:h.test:5>\r\n",
      "INFO", "+49-30", "h.test", "", CAPTURE_REQUEST },
    /* Neither what does not parse nor what tries to speak to the terminal is lost. */
    { TAP_SIP, "nonsense \x1b[2J\r\n\r\n", "nonsense ?[2J", "", "", "", CAPTURE_OTHER },
    { TAP_SIP, "INVITE sip:x SIP/2.0\r\nFrom: <sip:\x1b@\x07>\r\n\r\n", "INVITE", "?@?", "", "",
      CAPTURE_REQUEST },
    { TAP_SIP, "", "?", "", "", "", CAPTURE_OTHER },
    { TAP_SIP, "SIP/2.0 ", "SIP/2.0 ", "", "", "", CAPTURE_ANSWER },
    { TAP_SIP, "X sip:x SIP/2.0\r\nFrom: \"\\", "X", "", "", "", CAPTURE_REQUEST },
    { TAP_SIP, "X sip:x SIP/2.0\r\nFrom", "X", "", "", "", CAPTURE_REQUEST },
    { TAP_CSTA, "<HeldEvent xmlns=\"x\">", "HeldEvent", "", "", "", CAPTURE_OTHER },
    { TAP_CSTA, "<c:MakeCallResponse/>", "MakeCallResponse", "", "", "", CAPTURE_ANSWER },
    { TAP_CSTA, "<!-- <no --> <CSTAErrorCode/>", "CSTAErrorCode", "", "", "", CAPTURE_ANSWER },
    { TAP_CSTA, "<!-- <no", "<!-- <no", "", "", "", CAPTURE_OTHER },
    { TAP_CSTA, "<?xml?><MakeCall", "MakeCall", "", "", "", CAPTURE_REQUEST },
    { TAP_CSTA, "", "?", "", "", "", CAPTURE_OTHER },
    { TAP_XMPP, "<iq type='get' id = \"7\" from='a@b/c' to='d'/>", "iq get", "a@b", "d", "7",
      CAPTURE_REQUEST },
    { TAP_XMPP, "<iq id='7' type='error'>", "iq error", "", "", "7", CAPTURE_ANSWER },
    { TAP_XMPP, "<message type='ch\nat' to='a@b' broken>", "message ch?at", "", "a@b", "",
      CAPTURE_OTHER },
    { TAP_XMPP, "<?xml version='1.0'?><stream:stream to='x'>", "stream", "", "x", "",
      CAPTURE_OTHER },
    { TAP_XMPP, "</stream:stream>", "/stream:stream", "", "", "", CAPTURE_OTHER },
    { TAP_XMPP, "<presence from='", "presence", "", "", "", CAPTURE_OTHER },
};
/* clang-format on */

/* In memory of its own, so that a sanitizer sees one byte too many. */
static void look_at(enum tap_protocol protocol, char const *bytes, size_t len,
                    struct vector const *expected)
{
    char *copy = malloc(len + 1), label[CAPTURE_LABEL], text[CAPTURE_PARTY];
    struct capture_message message = { .protocol = protocol, .bytes = copy, .len = len };
    struct capture_look look;

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    copy = realloc(copy, len ? len : 1);
    message.bytes = copy;
    capture_look(&message, &look);
    capture_look_print(&look, label);
    for (char const *c = label; *c; c++)
        assert_true(*c >= ' ' && *c <= '~');
    if (expected) {
        assert_string_equal(label, expected->label);
        assert_string_equal(capture_look_print_party(capture_look_sender(&look), text),
                            expected->sender);
        assert_string_equal(capture_look_print_party(capture_look_receiver(&look), text),
                            expected->receiver);
        assert_string_equal(capture_look_print_span(look.call_id, text, sizeof text),
                            expected->call_id);
        assert_int_equal(look.kind, expected->kind);
    }
    free(copy);
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        look_at(vectors[i].protocol, vectors[i].bytes, strlen(vectors[i].bytes), &vectors[i]);
}

/* Cut anywhere there is still a label. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        for (size_t len = 0; len <= strlen(vectors[i].bytes); len++)
            for (int protocol = TAP_SIP; protocol <= TAP_XMPP; protocol++)
                look_at((enum tap_protocol)protocol, vectors[i].bytes, len, NULL);
}

static void test_fields(void **state)
{
    struct capture_message message = { .protocol = TAP_SIP,
                                       .bytes = answer,
                                       .len = sizeof answer - 1 };
    struct capture_look look;
    char text[CAPTURE_PARTY];

    (void)state;
    capture_look(&message, &look);
    assert_int_equal(look.status, 200);
    assert_int_equal(look.vias, 1);
    assert_string_equal(capture_look_print_span(look.cseq, text, sizeof text), "1");
    assert_string_equal(capture_look_print_span(look.method, text, sizeof text), "INVITE");
    assert_string_equal(capture_look_print_span(look.body, text, 8), "<a:Requ");
}

struct start_vector {
    char const *bytes;
    enum capture_start start;
};

static struct start_vector const starts[] = {
    { "", CAPTURE_START_MORE },
    { "S", CAPTURE_START_MORE },
    { "SIP/2.0", CAPTURE_START_MORE },
    { "SIP/2.0 ", CAPTURE_START_YES },
    { "INVITE", CAPTURE_START_MORE },
    { "INVITE sip:a@b SIP/2", CAPTURE_START_MORE },
    { "INVITE sip:a@b SIP/2.0", CAPTURE_START_MORE },
    { "INVITE sip:a@b SIP/2.0\n", CAPTURE_START_YES },
    { "INVITE sip:a@b SIP/2.0\r", CAPTURE_START_YES },
    { "INVITE sip:a@b SIP/2.0 ", CAPTURE_START_NO },
    { "INVITE  SIP/2.0\r\n", CAPTURE_START_NO },
    { "INVITE sip:a@b SIP/3.0\r\n", CAPTURE_START_NO },
    { "GET / HTTP/1.1\r\n", CAPTURE_START_NO },
    { "\r\nINVITE", CAPTURE_START_NO },
    { "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABC", CAPTURE_START_NO },
    { "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABC sip:a SIP/2.0\r\n", CAPTURE_START_NO },
    { "\x16\x03\x01", CAPTURE_START_NO },
};

static void test_starts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        assert_int_equal(capture_header_start(starts[i].bytes, strlen(starts[i].bytes)),
                         starts[i].start);
    assert_int_equal(capture_header_start("\0", 1), CAPTURE_START_NO);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
