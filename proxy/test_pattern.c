/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: what is one, what matches, which is the more specific. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pattern.h"
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>

#define U PATTERN_USER
#define D PATTERN_DOMAIN

#define TEN   "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

/* Tokens as text: ANY1 is <.>, ANYN is <*>. */
static char const *print_tokens(struct pattern const *pattern, char text[static 1000])
{
    size_t at = 0;
    for (size_t i = 0; i < pattern->len; i++) {
        unsigned char token = pattern->tokens[i];
        if (token == PATTERN_ANY1 || token == PATTERN_ANYN)
            at += (size_t)snprintf(text + at, 1000 - at, token == PATTERN_ANY1 ? "<.>" : "<*>");
        else
            text[at++] = (char)token;
    }
    text[at] = '\0';
    return text;
}

static void test_syntax(void **state)
{
    /* clang-format off */
    static struct {
        enum pattern_mode mode;
        char const *text;
        char const *tokens; /* NULL: a fault */
        char const *fault;  /* part of it */
        bool embedded;
    } const rows[] = {
        /* guide part 2, 1.3: dots at the end or embedded, `*` last */
        { U, "9195...", "9195<.><.><.>", NULL, false },
        { U, "9195...*", "9195<.><.><.><*>", NULL, false },
        { U, "74..781*", "74<.><.>781<*>", NULL, true },
        { U, "*", "<*>", NULL, false },
        { U, ".", "<.>", NULL, false },
        { U, "+1919*", "+1919<*>", NULL, false },
        { U, "Alice", "Alice", NULL, false },
        { U, "\\*67.", "*67<.>", NULL, false },
        { U, "6\\*7", "6*7", NULL, false },
        { U, "8\\**", "8*<*>", NULL, false },
        { U, ".\\*", "<.>*", NULL, true },
        { U, "8*7", NULL, "before the last place", false },
        { U, "**", NULL, "before the last place", false },
        { U, "*.", NULL, "before the last place", false },
        { U, "8\\.", NULL, "\"\\\" stands before", false },
        { U, "8\\", NULL, "\"\\\" stands before", false },
        { U, "8\\\\", NULL, "\"\\\" stands before", false },
        { U, "", NULL, "is empty", false },
        { U, "8 0", NULL, "a blank", false },
        { U, "8\t", NULL, "a blank", false },
        { U, "8\x01", NULL, "a control", false },
        { U, "bob@b.test", NULL, "user part alone", false },
        { U, FIFTY FIFTY FIFTY FIFTY FIFTY "12345", FIFTY FIFTY FIFTY FIFTY FIFTY "12345", NULL,
          false },
        { U, FIFTY FIFTY FIFTY FIFTY FIFTY "123456", NULL, "longer than 255", false },
        /* domain: `.` is a dot, `*` anywhere */
        { D, "Example.TEST", "example.test", NULL, false },
        { D, "example.test.", "example.test", NULL, false },
        { D, "*.example.test", "<*>.example.test", NULL, false },
        { D, "sip*.b.*", "sip<*>.b.<*>", NULL, false },
        { D, "a**b", "a<*>b", NULL, false },
        { D, "a\\*b", "a*b", NULL, false },
        { D, "*\\**", "<*>*<*>", NULL, false },
        { D, "192.0.2.*", "192.0.2.<*>", NULL, false },
        { D, "[2001:DB8:0::1]", "2001:db8::1", NULL, false },
        { D, "2001:db8::1", "2001:db8::1", NULL, false },
        { D, "::ffff:192.0.2.1", "192.0.2.1", NULL, false },
        { D, "[2001:db8::*]", "2001:db8::<*>", NULL, false },
        { D, "2001:db8:", NULL, "no IPv6 address", false },
        { D, "b.test:5060", NULL, "no IPv6 address", false },
        { D, "192.0.2.1:0", NULL, "no IPv6 address", false },
        { D, "bob@b.test", NULL, "no host name", false },
        { D, "[b.test", NULL, "no host name", false },
        { D, "b test", NULL, "a blank", false },
        { D, "b\\.test", NULL, "\"\\\" stands before", false },
        { D, "", NULL, "is empty", false },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern pattern;
        char text[1000];
        char const *fault = pattern_compile(&pattern, rows[i].mode, rows[i].text);
        if (!rows[i].tokens != !!fault || (fault && !strstr(fault, rows[i].fault)))
            fail_msg("\"%s\": %s", rows[i].text, fault ? fault : "no fault");
        if (fault)
            continue;
        assert_string_equal(print_tokens(&pattern, text), rows[i].tokens);
        if (pattern.has_embedded_dot != rows[i].embedded)
            fail_msg("\"%s\": embedded %d", rows[i].text, pattern.has_embedded_dot);
    }
}

static bool uri_matches(enum pattern_mode mode, char const *text, char const *uri)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct pattern pattern;
    struct pattern_subject subject;
    url_t *url = url_make(home, uri);
    assert_non_null(url);
    assert_null(pattern_compile(&pattern, mode, text));
    bool matches = pattern_subject(&subject, mode, url) && pattern_matches(&pattern, &subject);
    su_home_deinit(home);
    return matches;
}

static void test_matches(void **state)
{
    /* clang-format off */
    static struct {
        enum pattern_mode mode;
        char const *pattern, *uri;
        bool matches;
    } const rows[] = {
        { U, "19194762030", "sip:19194762030@myhost.com", true }, /* guide part 2, 1.2 */
        { D, "myhost.com", "sip:19194762030@myhost.com", true },
        { U, "9195...", "sip:9195123@h", true },
        { U, "9195...", "sip:919512@h", false },
        { U, "9195...", "sip:91951234@h", false },
        { U, "9195...*", "sip:9195123@h", true }, /* `*` may match nothing */
        { U, "9195...*", "sip:9195123456@h", true },
        { U, "9195...*", "sip:919512@h", false },
        { U, "74..781*", "sip:7455781@h", true },
        { U, "74..781*", "sip:745578@h", false },
        { U, "*", "sip:x@h", true },
        { U, "*", "sip:h", false }, /* no user part */
        { D, "*", "sip:h", true },
        { U, ".", "sip:x@h", true },
        { U, "\\*67", "sip:*67@h", true },
        { U, "\\*67", "sip:867@h", false },
        { U, "\\*67", "sip:%2a67@h", true },
        { U, "*", "sip:%01%02@h", true },
        { U, "8..", "sip:8%01%02@h", true },
        { U, "801", "sip:8%01@h", false },
        { U, "8%41", "sip:8%2541@h", true }, /* unescaped once */
        { U, "alice", "sip:Alice@h", false },
        { U, "alice", "sip:alice:secret@h", true },
        { U, "8001", "sip:8001;phone-context=+1@h", true },
        { U, "8001", "sip:8001@h;user=phone", true },
        { D, "example.test", "sip:a@EXAMPLE.Test", true },
        { D, "example.test", "sip:a@example.test.", true },
        { D, "example.test", "sip:a@example.test:5070;transport=tcp", true },
        { D, "*.example.test", "sip:a@b.example.test", true },
        { D, "*.example.test", "sip:a@example.test", false },
        { D, "*.example.test", "sip:a@.example.test", true },
        { D, "a*b*c", "sip:abc", true },
        { D, "a*b*c", "sip:axbxbxc", true },
        { D, "a*b*c", "sip:axbxbxcx", false },
        { D, "a*", "sip:a", true },
        { D, "*a", "sip:ba", true },
        { D, "*a", "sip:ab", false },
        { D, "a.b", "sip:axb", false }, /* a dot is a dot */
        { D, "192.0.2.*", "sip:a@192.0.2.17:5070", true },
        { D, "2001:db8::1", "sip:a@[2001:DB8:0:0::1]:5060", true },
        { D, "[2001:db8::*]", "sip:a@[2001:db8:0:0::17]", true },
        { D, "2001:db8::2", "sip:a@[2001:db8::1]", false },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (uri_matches(rows[i].mode, rows[i].pattern, rows[i].uri) != rows[i].matches)
            fail_msg("%s %s: not %d", rows[i].pattern, rows[i].uri, rows[i].matches);
}

static void test_long_texts(void **state)
{
    char uri[70000] = "sip:";
    (void)state;
    memset(uri + 4, '8', 60000);
    memcpy(uri + 60004, "@h", 3);
    assert_true(uri_matches(U, "8..*", uri));
    assert_true(uri_matches(U, FIFTY "*", "sip:" FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY "@h"));
    assert_false(uri_matches(U, FIFTY FIFTY FIFTY FIFTY FIFTY "01234", uri));
    assert_false(uri_matches(U, FIFTY FIFTY FIFTY FIFTY FIFTY "01234",
                             "sip:" FIFTY FIFTY FIFTY FIFTY FIFTY "012340@h"));
    assert_true(uri_matches(U, FIFTY FIFTY FIFTY FIFTY FIFTY "01234",
                            "sip:" FIFTY FIFTY FIFTY FIFTY FIFTY "01234@h"));
    assert_false(uri_matches(D, "*", "sip:" FIFTY FIFTY FIFTY FIFTY FIFTY "123456"));
    assert_true(uri_matches(D, "*", "sip:" FIFTY FIFTY FIFTY FIFTY FIFTY "12345"));
}

/* Exponential search would not end within the life of the test. */
static void test_many_stars_end_soon(void **state)
{
    char text[256] = "", uri[300] = "sip:";
    (void)state;
    for (size_t i = 0; i < 252; i += 2)
        memcpy(text + i, "*a", 3);
    memcpy(text + 252, "*b", 3);
    memset(uri + 4, 'a', 255);
    assert_false(uri_matches(D, text, uri));
    uri[4 + 254] = 'b';
    assert_true(uri_matches(D, text, uri));
}

static void test_specificity(void **state)
{
    /* Each row is more specific than the next. */
    static struct {
        enum pattern_mode mode;
        char const *greater, *less;
    } const rows[] = {
        { U, "8001", "800." },
        { U, "800.", "80.." },
        { U, "80..", "80.*" },
        { U, "80.*", "80*" },
        { U, "8...", "8*" },
        { U, "8*", "*" },
        { U, ".", "*" },
        /* as long, but fewer ANYN */ { U, "800*", "8..........." },
        { U, "8..", "8.*" },
        { D, "a.b.test", "*.b.test" },
        { D, "*.b.test", "*.test" },
        { D, "*.test", "*" },
        { D, "a*b*c", "a*b*" },
        { D, "a*c.t", "a*.t" },
        { D, "*a*b*", "a*b" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern greater, less;
        assert_null(pattern_compile(&greater, rows[i].mode, rows[i].greater));
        assert_null(pattern_compile(&less, rows[i].mode, rows[i].less));
        if (pattern_specificity(&greater) <= pattern_specificity(&less))
            fail_msg("%s is not above %s", rows[i].greater, rows[i].less);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_syntax),      cmocka_unit_test(test_matches),
        cmocka_unit_test(test_long_texts),  cmocka_unit_test(test_many_stars_end_soon),
        cmocka_unit_test(test_specificity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
