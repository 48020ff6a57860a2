/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting and preparing JIDs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "jid.h"
#include <string.h>

#define UMLAUT "\xC3\xBC" /* ü */
#define SHARP  "\xC3\x9F" /* ß */

static struct {
    char const *text, *local, *domain, *resource;
} const good[] = {
    { "juliet@example.com", "juliet", "example.com", "" },
    { "juliet@example.com/foo", "juliet", "example.com", "foo" },
    { "juliet@example.com/foo bar", "juliet", "example.com", "foo bar" },
    { "juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar" },
    { "juliet@example.com/a/b", "juliet", "example.com", "a/b" },
    { "example.com", "", "example.com", "" },
    { "example.com/foobar", "", "example.com", "foobar" },
    { "a.example.com/b@example.net", "", "a.example.com", "b@example.net" },
    { "foo\\20bar@example.com", "foo\\20bar", "example.com", "" },
    { "Juliet@EXAMPLE.com/Foo", "juliet", "example.com", "Foo" },
    { "juliet@example.com.", "juliet", "example.com", "" },
    { "fu" SHARP "@example.com", "fuss", "example.com", "" }, /* Nodeprep folds it */
    { "T" UMLAUT "R@example.com", "t" UMLAUT "r", "example.com", "" },
    { "\xEF\xBC\xA1lice@example.com", "alice", "example.com", "" },    /* full width A */
    { "\xCF\x82igma@example.com", "\xCF\x83igma", "example.com", "" }, /* final sigma */
    { "\xE2\x99\x9A@example.com", "\xE2\x99\x9A", "example.com", "" }, /* king of chess */
    { "a@stra" SHARP "e.example", "a", "stra" SHARP "e.example", "" }, /* IDNA2008 keeps it */
    { "a@xn--strae-oqa.example", "a", "stra" SHARP "e.example", "" },
    { "a@B" UMLAUT "CHER.example", "a", "b" UMLAUT "cher.example", "" },
    { "a@xn--BCHER-kva.example", "a", "b" UMLAUT "cher.example", "" },
    { "a@b\xE3\x80\x82" UMLAUT "x.example", "a", "b." UMLAUT "x.example",
      "" }, /* ideographic dot */
    { "a@192.0.2.1", "a", "192.0.2.1", "" },
    { "a@[2001:DB8:0::1]", "a", "[2001:db8::1]", "" },
    { "a@example.com/\xF0\x9F\x98\x80", "a", "example.com", "\xF0\x9F\x98\x80" }, /* emoji */
    { "a@example.com/o\xCC\x88", "a", "example.com", "\xC3\xB6" },                /* NFKC */
};

static struct {
    char const *text;
    enum jid_fault fault;
} const bad[] = {
    { "", JID_EMPTY_DOMAIN },
    { "@example.com", JID_EMPTY_LOCAL },
    { "@", JID_EMPTY_LOCAL },
    { "a@", JID_EMPTY_DOMAIN },
    { "a@/b", JID_EMPTY_DOMAIN },
    { "/b", JID_EMPTY_DOMAIN },
    { "a@b/", JID_EMPTY_RESOURCE },
    { "a b@example.com", JID_BAD_LOCAL },
    { "\"juliet\"@example.com", JID_BAD_LOCAL },
    { "a&b@example.com", JID_BAD_LOCAL },
    { "a'b@example.com", JID_BAD_LOCAL },
    { "a:b@example.com", JID_BAD_LOCAL },
    { "a<b@example.com", JID_BAD_LOCAL },
    { "a>b@example.com", JID_BAD_LOCAL },
    { "a\x7f@example.com", JID_BAD_LOCAL },
    { "a\xEF\xBC\xA0z@example.com", JID_BAD_LOCAL }, /* full width "@" folds to the real one */
    { "\xC2\xAD@example.com", JID_BAD_LOCAL },       /* a soft hyphen is mapped to nothing */
    { "a\x01@example.com", JID_NOT_UTF8 },
    { "a\xFF@example.com", JID_NOT_UTF8 },
    { "a@b@example.com", JID_BAD_DOMAIN },
    { "a@exa mple.com", JID_BAD_DOMAIN },
    { "a@exam_ple.com", JID_BAD_DOMAIN },
    { "a@-example.com", JID_BAD_DOMAIN },
    { "a@example-.com", JID_BAD_DOMAIN },
    { "a@ab--cd.example", JID_BAD_DOMAIN },
    { "a@example..com", JID_BAD_DOMAIN },
    { "a@.", JID_BAD_DOMAIN },
    { "a@xn--a-ecp.ru\xFF", JID_NOT_UTF8 },
    { "a@xn--xn---epa.example", JID_BAD_DOMAIN }, /* an A-label within an A-label */
    { "a@xn--\x7f.example", JID_BAD_DOMAIN },
    { "a@[2001:db8::1", JID_BAD_DOMAIN },
    { "a@[", JID_BAD_DOMAIN },
    { "a@[]", JID_BAD_DOMAIN },
    { "a@[192.0.2.1]", JID_BAD_DOMAIN },
    { "a@[::1]x", JID_BAD_DOMAIN },
    { "a@\xE2\x99\x9A.example", JID_BAD_DOMAIN }, /* no symbol in IDNA2008 */
    { "a@example.com/\xC2\x85", JID_BAD_RESOURCE },
    { "a@example.com/\x7f", JID_BAD_RESOURCE },
    { "a@example.com/x\ty", JID_BAD_RESOURCE },
};

static void test_good(void **state)
{
    struct jid jid, again;
    char text[JID_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_string_equal(jid_fault_text(jid_parse(good[i].text, &jid)), "");
        assert_string_equal(jid.local, good[i].local);
        assert_string_equal(jid.domain, good[i].domain);
        assert_string_equal(jid.resource, good[i].resource);
        /* Prepared once is prepared for good. */
        assert_int_equal(jid_parse(jid_text(&jid, text), &again), JID_FINE);
        assert_true(jid_equal(&jid, &again));
        assert_int_equal(jid_make(jid.local, jid.domain, jid.resource, &again), JID_FINE);
        assert_true(jid_equal(&jid, &again));
    }
}

static void test_bad(void **state)
{
    struct jid jid;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum jid_fault fault = jid_parse(bad[i].text, &jid);
        if (fault != bad[i].fault)
            print_message("%s\n", bad[i].text);
        assert_string_equal(jid_fault_text(fault), jid_fault_text(bad[i].fault));
        assert_string_equal(jid.local, "");
        assert_string_equal(jid.domain, "");
        assert_string_equal(jid.resource, "");
    }
}

/* @p n times @p unit between two texts, parsed. */
static enum jid_fault parse_long(char const *before, char const *unit, size_t n, char const *after)
{
    struct jid jid;
    struct buf text;

    buf_init(&text, 100000);
    buf_puts(&text, before);
    for (size_t i = 0; i < n; i++)
        buf_puts(&text, unit);
    buf_puts(&text, after);
    enum jid_fault fault = jid_parse(buf_text(&text), &jid);
    buf_fini(&text);
    return fault;
}

static void test_lengths(void **state)
{
    (void)state;
    assert_int_equal(parse_long("", "a", 1023, "@example.com"), JID_FINE);
    assert_int_equal(parse_long("", "a", 1024, "@example.com"), JID_LONG_LOCAL);
    assert_int_equal(parse_long("a@example.com/", "r", 1023, ""), JID_FINE);
    assert_int_equal(parse_long("a@example.com/", "r", 1024, ""), JID_LONG_RESOURCE);
    assert_int_equal(parse_long("", UMLAUT, 511, "@example.com"), JID_FINE);
    assert_int_equal(parse_long("", UMLAUT, 512, "@example.com"), JID_LONG_LOCAL);
    /* After preparation: U+FDFA becomes 18 characters of 33 bytes. */
    assert_int_equal(parse_long("a@example.com/", "\xEF\xB7\xBA", 31, ""), JID_FINE);
    assert_int_equal(parse_long("a@example.com/", "\xEF\xB7\xBA", 32, ""), JID_LONG_RESOURCE);
    assert_int_equal(parse_long("a@", "b", 63, ".example"), JID_FINE);
    assert_int_equal(parse_long("a@", "b", 64, ".example"), JID_BAD_DOMAIN);
    assert_int_equal(parse_long("a@", "b.", 123, "example"), JID_FINE);
    assert_int_equal(parse_long("a@", "b.", 124, "example"), JID_LONG_DOMAIN);
    assert_int_equal(parse_long("a@", "b", 1024, ""), JID_LONG_DOMAIN);
}

static void test_print(void **state)
{
    char text[JID_MAX + 1];
    struct jid jid, other;
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    assert_int_equal(jid_parse("A@example.com/Home", &jid), JID_FINE);
    assert_string_equal(jid_text(&jid, text), "a@example.com/Home");
    assert_string_equal(jid_text_bare(&jid, text), "a@example.com");
    jid_print(&jid, &out);
    buf_puts(&out, " ");
    jid_print_bare(&jid, &out);
    assert_string_equal(buf_text(&out), "a@example.com/Home a@example.com");
    assert_int_equal(jid_parse("a@example.com/home", &other), JID_FINE);
    assert_false(jid_equal(&jid, &other));
    assert_true(jid_same_bare(&jid, &other));
    assert_int_equal(jid_parse("example.com/home", &other), JID_FINE);
    assert_false(jid_same_bare(&jid, &other));
    assert_string_equal(jid_text(&other, text), "example.com/home");
    buf_fini(&out);
}

static void test_domains(void **state)
{
    char text[JID_PART_MAX + 1];
    struct jid jid;

    (void)state;
    assert_int_equal(jid_make("a@b", "c", NULL, &jid), JID_BAD_LOCAL);
    assert_int_equal(jid_make("a/b", "c", NULL, &jid), JID_BAD_LOCAL);
    assert_int_equal(jid_make("", "c", "a@b/d", &jid), JID_FINE);
    assert_int_equal(jid_domain("XN--strae-OQA.example.", text), JID_FINE);
    assert_string_equal(text, "stra" SHARP "e.example");
    assert_int_equal(jid_domain("a b", text), JID_BAD_DOMAIN);
    assert_string_equal(text, "");
    assert_true(jid_domain_ascii("stra" SHARP "e.example", text));
    assert_string_equal(text, "xn--strae-oqa.example");
    assert_true(jid_domain_ascii("Example.com", text));
    assert_string_equal(text, "example.com");
    assert_true(jid_domain_ascii("[::1]", text));
    assert_string_equal(text, "[::1]");
    assert_false(jid_domain_ascii("a@b", text));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_bad),
        cmocka_unit_test(test_lengths), cmocka_unit_test(test_print),
        cmocka_unit_test(test_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
