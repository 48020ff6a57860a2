/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 3261 §19.1.4 and some of our own; addresses of record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contact_uri.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct {
    bool equal;
    char const *a, *b;
} const pairs[] = {
    { true, "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp" },
    { true, "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5" },
    { true, "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on" },
    { true, "sip:alice@atlanta.com?subject=project%20x",
      "sip:alice@atlanta.com?subject=project%20x" },
    { false, "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP" },
    { false, "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060" },
    { false, "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp" },
    { false, "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp" },
    { false, "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting" },
    { false, "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4" },
    { false, "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off" },
    { false, "sip:a@h;maddr=192.0.2.1", "sip:a@h" },
    { false, "sip:a@h;method=INVITE", "sip:a@h" },
    { false, "sip:a@h", "sips:a@h" },
    { false, "sip:a@h", "sip:h" },
    { false, "sip:a@h", "sip:ab@h" },
    { false, "sip:a:x@h", "sip:a:y@h" },
    /* sofia-sip unescapes what may stand in a user part as it is. */
    { true, "sip:a%3bb@h", "sip:a;b@h" },
    { true, "sip:a%40b@h", "sip:a%40b@h" },
    { false, "sip:a%40b@h", "sip:a%41b@h" },
    { true, "sip:a@h;lr;ob", "sip:a@h;ob;lr" },
    { false, "sip:a@h;lr", "sip:a@h;lr=on" },
    { true, "sip:a@[2001:DB8::1]:5070", "sip:a@[2001:db8::1]:5070" },
    { true, "tel:+4930123", "tel:+4930123" },
    { false, "tel:+4930123", "tel:+493012" },
    { true, "nonsense", "nonsense" },
};

static void test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (contact_uri_equal(pairs[i].a, pairs[i].b) != pairs[i].equal ||
            contact_uri_equal(pairs[i].b, pairs[i].a) != pairs[i].equal)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

static void test_long(void **state)
{
    char a[CONTACT_URI_MAX + 10], b[CONTACT_URI_MAX + 10];
    (void)state;
    memset(a, 'x', sizeof a);
    memcpy(a, "sip:", 4);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof b);
    assert_true(contact_uri_equal(a, b));
    b[5] = 'X';
    assert_false(contact_uri_equal(a, b));
}

static void test_aor(void **state)
{
    static struct {
        char const *uri, *aor;
    } const cases[] = {
        { "sip:alice@h", "alice@example.test" },
        { "sips:%61li%63e:secret@h;x=y?z=1", "alice@example.test" },
        { "sip:Alice@h", "Alice@example.test" },
        { "sip:+4930123;ext=5@h", "+4930123;ext=5@example.test" },
        { "sip:a%3bb%20%ff@h", "a;b%20%FF@example.test" },
    };
    char aor[CONTACT_URI_AOR], text[1024];
    url_t url;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(text, sizeof text, "%s", cases[i].uri);
        assert_int_equal(url_d(&url, text), 0);
        assert_int_equal(contact_uri_aor(&url, "example.test", aor), 0);
        assert_string_equal(aor, cases[i].aor);
    }
    (void)snprintf(text, sizeof text, "sip:h");
    assert_int_equal(url_d(&url, text), 0);
    assert_int_equal(contact_uri_aor(&url, "example.test", aor), -ENOENT);
    (void)snprintf(text, sizeof text, "sip:%0400d@h", 7);
    assert_int_equal(url_d(&url, text), 0);
    assert_int_equal(contact_uri_aor(&url, "example.test", aor), -E2BIG);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_aor),
    };
    return cmocka_run_group_tests_name("contact_uri", tests, NULL, NULL);
}
