/* SPDX-License-Identifier: Apache-2.0 */
/* Streams cut into messages: what they speak, where messages end, and the way back from nonsense.
 * Each stream comes whole and byte by byte, and must give the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_frame.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

enum { SUMMARY = 1 << 20 };

struct stream {
    char const *bytes;
    size_t len; /* of bytes, as they may hold NUL */
    char const *messages;
    enum capture_speech speech; /* at the end */
};

#define STREAM(bytes, ...)                                                                         \
    {                                                                                              \
        bytes, sizeof bytes - 1, __VA_ARGS__                                                       \
    }
#define A  "A sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\naa"
#define OK "SIP/2.0 200 OK\nl : 0\n\n"

/* clang-format off */
static struct stream const streams[] = {
    STREAM(A OK "\r\n\r\n" A, "[" A "][" OK "][" A "]", CAPTURE_SPEECH_SIP),
    STREAM("A sip:a SIP/2.0\r\n\r\n" A, "[A sip:a SIP/2.0\r\n\r\n][" A "]", CAPTURE_SPEECH_SIP),
    STREAM(A "nonsense\r\nmore\r\n" A, "[" A "][" A "]", CAPTURE_SPEECH_SIP),
    STREAM("nonsense\r\n" A, "[" A "]", CAPTURE_SPEECH_SIP),
    STREAM("A sip:a SIP/2.0\r\nl: 12\r\n\r\n123456789012" A,
           "[A sip:a SIP/2.0\r\nl: 12\r\n\r\n123456789012][" A "]", CAPTURE_SPEECH_SIP),
    /* Lengths that lie. */
    STREAM("A sip:a SIP/2.0\r\nl: 99999999999999999999\r\n\r\n" A,
           "[A sip:a SIP/2.0\r\nl: 99999999999999999999\r\n\r\n]~[" A "]", CAPTURE_SPEECH_SIP),
    STREAM("A sip:a SIP/2.0\r\nl: -1\r\n\r\n" A,
           "[A sip:a SIP/2.0\r\nl: -1\r\n\r\n]~[" A "]", CAPTURE_SPEECH_SIP),
    STREAM("A sip:a SIP/2.0\r\nl: 9\r\n\r\naaa", "[A sip:a SIP/2.0\r\nl: 9\r\n\r\naaa]~",
           CAPTURE_SPEECH_SIP),
    STREAM("A sip:a SIP/2.0\r\nl:", "[A sip:a SIP/2.0\r\nl:]~", CAPTURE_SPEECH_SIP),
    STREAM("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "", CAPTURE_SPEECH_OTHER),
    STREAM("\x16\x03\x01\x00\x05hello" A, "", CAPTURE_SPEECH_TLS),
    STREAM("\0\0\0\x13" "0001" "<MakeCall/>" "\0\0\0\x14" "9999" "<HeldEvent/>",
           "[<MakeCall/>][<HeldEvent/>]", CAPTURE_SPEECH_CSTA),
    STREAM("\0\0\0\x13" "0001" "<MakeCall/>" "xx" "\0\0\0\x14" "9999" "<HeldEvent/>",
           "[<MakeCall/>][<HeldEvent/>]", CAPTURE_SPEECH_CSTA),
    STREAM("\0\0\0\x08" "0001" "\0\0\0\x14" "9999" "<HeldEvent/>", "[<HeldEvent/>]",
           CAPTURE_SPEECH_CSTA),
    STREAM("\0\0\0\x07" "0001" "<MakeCall/>", "", CAPTURE_SPEECH_OTHER),
    STREAM("\0\0\0\x23" "0001" "<MakeCall/>", "[<MakeCall/>]~", CAPTURE_SPEECH_CSTA),
    STREAM("<?xml version='1.0'?><stream:stream to='a>b'> <iq id=\"'\"><a/><iq>x</iq></iq>\n"
           "<message><body><?x a></message> ?><![CDATA[]></message>]]>"
           "<!-- -></message></body></message> --></body></message>"
           "<presence/></stream:stream>",
           "[<?xml version='1.0'?><stream:stream to='a>b'>][<iq id=\"'\"><a/><iq>x</iq></iq>]"
           "[<message><body><?x a></message> ?><![CDATA[]></message>]]>"
           "<!-- -></message></body></message> --></body></message>]"
           "[<presence/>][</stream:stream>]", CAPTURE_SPEECH_XMPP),
    STREAM("<stream:stream><proceed/>\x16\x03\x01\x00\x05hello", "[<stream:stream>][<proceed/>]",
           CAPTURE_SPEECH_TLS),
    STREAM("</body></message><presence/><iq/>", "[<presence/>][<iq/>]", CAPTURE_SPEECH_XMPP),
    STREAM("<iq/>garbage<iq a='1'/>", "[<iq/>][<iq a='1'/>]", CAPTURE_SPEECH_XMPP),
    STREAM("<iq/><!DOCTYPE x><iq a='1'/>", "[<iq/>][<iq a='1'/>]", CAPTURE_SPEECH_XMPP),
    STREAM("<message><body>", "[<message><body>]~", CAPTURE_SPEECH_XMPP),
    STREAM("<?xml version='1.0'?>\n<a xmlns='http://x/ecma-323/csta/ed3'><b>c</b></a>\n"
           "<d xmlns='http://x/ecma-323/csta/ed3'/>",
           "[<?xml version='1.0'?>\n<a xmlns='http://x/ecma-323/csta/ed3'><b>c</b></a>]"
           "[<d xmlns='http://x/ecma-323/csta/ed3'/>]", CAPTURE_SPEECH_CSTA_BARE),
    STREAM("<html><body>x</body></html>", "", CAPTURE_SPEECH_OTHER),
    STREAM("HEP3\0\x08xyHEP3\0\x07z", "[HEP3.\x08xy][HEP3.\x07z]", CAPTURE_SPEECH_HEP),
    STREAM("HEP3\0\x05xy\nHEP3\0\x07z", "[HEP3.\x07z]", CAPTURE_SPEECH_HEP),
};
/* clang-format on */

/* Messages of a stream of which @p step bytes come at a time. */
static enum capture_speech cut(char const *bytes, size_t len, size_t step, struct text *ret)
{
    struct capture_frame frame = { 0 };
    struct capture_framed framed;
    size_t at = 0, there = 0;

    while (at < len || there < len) {
        bool ends = there == len, got;

        if (!ends)
            there = there + step < len ? there + step : len;
        do {
            /* In memory of its own, so that a sanitizer sees one byte too many. */
            char *copy = malloc(there - at + 1);

            assert_non_null(copy);
            memcpy(copy, bytes + at, there - at);
            copy = realloc(copy, there > at ? there - at : 1);
            got = capture_frame_next(&frame, copy, there - at, ends, &framed);
            assert_true(framed.taken <= there - at);
            at += framed.taken;
            if (got) {
                text_puts(ret, "[");
                text_add(ret, framed.message.at, framed.message.len);
                text_puts(ret, framed.cut ? "]~" : "]");
            }
            free(copy);
        } while (got);
        if (ends)
            break;
    }
    for (char *c = ret->start; c < ret->at; c++)
        *c = *c ? *c : '.';
    return frame.speech;
}

static void test_streams(void **state)
{
    char *whole = malloc(SUMMARY);

    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        for (size_t step = 1; step <= streams[i].len; step++) {
            struct text text;

            text_begin(&text, whole, SUMMARY);
            assert_int_equal(cut(streams[i].bytes, streams[i].len, step, &text), streams[i].speech);
            assert_string_equal(whole, streams[i].messages);
        }
    }
    free(whole);
}

/* What never ends is given up at the largest message, and the next one is found. */
static void test_endless(void **state)
{
    static char const *const starts[] = { "A sip:a SIP/2.0\r\nx: ", "<message>" };
    static char const *const ends[] = { "\r\n" A, "<iq/>" };
    size_t len = 2 * CAPTURE_MESSAGE_MAX;
    char *bytes = malloc(len + 100), *summary = malloc(4 * len);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct text text;

        memset(bytes, 'x', len);
        memcpy(bytes, starts[i], strlen(starts[i]));
        memcpy(bytes + len, ends[i], strlen(ends[i]));
        text_begin(&text, summary, 4 * len);
        cut(bytes, len + strlen(ends[i]), 1460, &text);
        assert_memory_equal(summary + 1, bytes, CAPTURE_MESSAGE_MAX);
        assert_true(text_len(&text) < CAPTURE_MESSAGE_MAX + 2000);
        assert_non_null(strstr(summary + CAPTURE_MESSAGE_MAX, i ? "]~[<iq/>]" : "]~[" A "]"));
    }
    free(bytes);
    free(summary);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_endless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
