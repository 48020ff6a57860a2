/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of asserted identities, by table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "identity.h"
#include "message.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

#define PAI "P-Asserted-Identity: \"A\" <sip:a@a.test>, <tel:+1>\r\n"
#define PPI "P-Preferred-Identity: <sip:b@a.test>\r\n"

static struct {
    char const *headers;
    char const *distrusted, *concealed; /* what is left */
} const rows[] = {
    { "", "", "" },
    { PAI, "", PAI },
    { PAI PAI PPI, "", PAI PAI },
    { PPI, "", "" },
    { "p-asserted-identity: <sip:a@a.test>\r\n", "", "p-asserted-identity: <sip:a@a.test>\r\n" },
    { PAI PAI "Privacy: id\r\n", "Privacy: id\r\n", "Privacy: id\r\n" },
    { PAI "Privacy: header ; ID;critical\r\n", "Privacy: header ; ID;critical\r\n",
      "Privacy: header ; ID;critical\r\n" },
    { PAI "Privacy: none\r\n", "Privacy: none\r\n", PAI "Privacy: none\r\n" },
    { PAI "Privacy: user;session\r\n", "Privacy: user;session\r\n",
      PAI "Privacy: user;session\r\n" },
    { PAI "Privacy: ident\r\n", "Privacy: ident\r\n", PAI "Privacy: ident\r\n" },
    /* two stories, or none: the one that harms nobody */
    { PAI "Privacy: none\r\nPrivacy: id\r\n", "Privacy: none\r\nPrivacy: id\r\n",
      "Privacy: none\r\nPrivacy: id\r\n" },
    { PAI "Privacy: <>\r\n", "Privacy: <>\r\n", "Privacy: <>\r\n" },
    /* names that only begin so are somebody else's */
    { "P-Asserted-Identity-2: x\r\nP-Asserted-Service: urn:x\r\n",
      "P-Asserted-Identity-2: x\r\nP-Asserted-Service: urn:x\r\n",
      "P-Asserted-Identity-2: x\r\nP-Asserted-Service: urn:x\r\n" },
};

static msg_t *make(char const *start, char const *headers)
{
    char text[2000];
    int len =
        snprintf(text, sizeof text,
                 "%s\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bKa\r\nFrom: <sip:a@a.test>;tag=1\r\n"
                 "To: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n%s"
                 "Content-Length: 0\r\n\r\n",
                 start, headers);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

static void check(char const *start, bool (*edit)(msg_t *), char const *before, char const *after)
{
    msg_t *sent = make(start, before), *wanted = make(start, after), *msg = message_copy(sent);
    struct buf got, want;
    buf_init(&got, 4000);
    buf_init(&want, 4000);
    assert_int_equal(edit(msg), strcmp(before, after) != 0);
    assert_int_equal(message_print(msg, &got), 0);
    assert_int_equal(message_print(wanted, &want), 0);
    assert_string_equal(buf_text(&got), buf_text(&want));
    buf_fini(&got);
    buf_fini(&want);
    msg_destroy(msg);
    msg_destroy(wanted);
    msg_destroy(sent);
}

static void test_claims(void **state)
{
    static struct {
        char const *headers;
        bool claimed;
    } const claims[] = {
        { "", false },
        { PAI, true },
        { PPI, true },
        { "X-Odd: 1\r\np-asserted-identity: <sip:a@a.test>\r\n", true },
        { "P-Asserted-Identity-2: x\r\nP-Charging-Vector: y\r\nPrivacy: id\r\n", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        msg_t *msg = make("MESSAGE sip:b@b.test SIP/2.0", claims[i].headers);
        assert_int_equal(identity_is_claimed(sip_object(msg)), claims[i].claimed);
        msg_destroy(msg);
    }
}

static void test_rows(void **state)
{
    static char const *const starts[] = { "MESSAGE sip:b@b.test SIP/2.0", "SIP/2.0 200 OK" };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < 2; j++) {
            check(starts[j], identity_distrust, rows[i].headers, rows[i].distrusted);
            check(starts[j], identity_conceal, rows[i].headers, rows[i].concealed);
        }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
