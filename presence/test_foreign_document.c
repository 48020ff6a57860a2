/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of contacts of other domains: which are passed on, word for word, and which are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "foreign_document.h"
#include "message.h"
#include "presence_conf.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIDF(entity, inside)                                                                       \
    "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"" entity "\">" inside "</presence>"
#define TUPLE(basic) "<tuple id=\"a\"><status><basic>" basic "</basic></status></tuple>"
#define PLAIN        "application/pidf+xml"
#define US           "pres:zoe@PARTNER.example"

/* clang-format off */
static struct {
    char const *type, *body;
    char const *why; /* NULL: it is passed on */
    char const *passed_type;
    bool is_open;
} const documents[] = {
    { PLAIN, PIDF(US, TUPLE("open")), NULL, PLAIN, true },
    { PLAIN, PIDF(US, TUPLE("closed")), NULL, PLAIN, false },
    { PLAIN, PIDF(US, ""), NULL, PLAIN, false },
    { "Application/PIDF+xml;charset=\"utf-8\";v=2",
      PIDF(US, TUPLE("open") "<x xmlns='urn:x'> y </x>"), NULL,
      PLAIN ";charset=\"utf-8\";v=2", true },
    /* a parameter that is no text is left out with all others */
    { PLAIN ";charset=\"\x81\"", PIDF(US, TUPLE("open")), NULL, PLAIN, true },
    { "application/cpim-pidf+xml", PIDF(US, ""), "no presence document", NULL, false },
    { "text/plain", "hello", "no presence document", NULL, false },
    { PLAIN, PIDF("sip:max@partner.example", TUPLE("open")), "somebody else", NULL, false },
    { PLAIN, PIDF("sip:zoe@example.test", TUPLE("open")), "somebody else", NULL, false },
    { PLAIN, "<presence", "", NULL, false },
    { PLAIN, "<!DOCTYPE p [<!ENTITY a 'b'>]>" PIDF(US, TUPLE("open")), "", NULL, false },
    { PLAIN, PIDF(US, TUPLE("open") "<tuple id=\"b\"/><tuple id=\"c\"/>"), "", NULL, false },
};
/* clang-format on */

static msg_t *make(char const *type, char const *body)
{
    char text[2000];
    int n = snprintf(text, sizeof text,
                     "NOTIFY sip:presence@127.0.0.1 SIP/2.0\r\n"
                     "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
                     "From: <sip:zoe@partner.example>;tag=1\r\nTo: <sip:a@example.test>;tag=2\r\n"
                     "Call-ID: c\r\nCSeq: 1 NOTIFY\r\nContact: <sip:z@127.0.0.1>\r\n"
                     "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                     type, strlen(body), body);

    return message_parse(text, (size_t)n);
}

static void test_table(void **state)
{
    struct presence_conf const conf = { .max_body_bytes = 1000, .max_tuples = 2 };

    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        msg_t *msg = make(documents[i].type, documents[i].body);
        struct foreign_document document;
        char const *why = NULL;

        print_message("# %zu\n", i);
        assert_non_null(msg);
        int err =
            foreign_document_read(&conf, "zoe@partner.example", sip_object(msg), &document, &why);
        if (documents[i].why) {
            assert_true(err < 0);
            assert_non_null(strstr(why, documents[i].why));
            assert_null(document.text);
        } else {
            assert_int_equal(err, 0);
            assert_int_equal(document.len, strlen(documents[i].body));
            assert_memory_equal(document.text, documents[i].body, document.len);
            assert_string_equal(document.type, documents[i].passed_type);
            assert_int_equal(document.is_open, documents[i].is_open);
            assert_int_equal(document.tag & 1, 1);
            free(document.text);
            free(document.type);
        }
        msg_destroy(msg);
    }
}

static uint64_t tag_of(char const *type, char const *body)
{
    struct presence_conf const conf = { .max_body_bytes = 1000, .max_tuples = 2 };
    msg_t *msg = make(type, body);
    struct foreign_document document;
    char const *why;

    assert_int_equal(
        foreign_document_read(&conf, "zoe@partner.example", sip_object(msg), &document, &why), 0);
    free(document.text);
    free(document.type);
    msg_destroy(msg);
    return document.tag;
}

static void test_tag(void **state)
{
    char const *type = PLAIN;

    (void)state;
    assert_int_equal(tag_of(type, PIDF(US, TUPLE("open"))), tag_of(type, PIDF(US, TUPLE("open"))));
    assert_int_not_equal(tag_of(type, PIDF(US, TUPLE("open"))),
                         tag_of(type, PIDF(US, TUPLE("closed"))));
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_tag) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
