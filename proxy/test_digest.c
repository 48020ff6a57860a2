/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 7616 and RFC 2617; credentials of every shape; nonces that are old, foreign,
 * used, forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "digest.h"
#include "message.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static struct digest_policy const policy = { "example.test", { true, true }, 60000 };

static void test_examples_of_the_rfcs(void **state)
{
    static struct {
        enum digest_algorithm algorithm;
        char const *user, *realm, *password, *nonce, *nc, *cnonce, *uri, *method, *response;
    } const vectors[] = {
        /* RFC 7616 §3.9.1 */
        { DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life",
          "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
          "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "/dir/index.html", "GET",
          "8ca523f5e9506fed4657c9700eebdbec" },
        { DIGEST_SHA256, "Mufasa", "http-auth@example.org", "Circle of Life",
          "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
          "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "/dir/index.html", "GET",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
        /* RFC 2617 §3.5 */
        { DIGEST_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life",
          "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "/dir/index.html", "GET",
          "6629fae49393a05397450978507c4ef1" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct digest_credentials credentials = { .algorithm = vectors[i].algorithm };
        char ha1[DIGEST_HEX + 1], response[DIGEST_HEX + 1];
        (void)snprintf(credentials.nonce, sizeof credentials.nonce, "%s", vectors[i].nonce);
        (void)snprintf(credentials.nc, sizeof credentials.nc, "%s", vectors[i].nc);
        (void)snprintf(credentials.cnonce, sizeof credentials.cnonce, "%s", vectors[i].cnonce);
        (void)snprintf(credentials.uri, sizeof credentials.uri, "%s", vectors[i].uri);
        assert_int_equal(digest_ha1(vectors[i].algorithm, vectors[i].user, vectors[i].realm,
                                    vectors[i].password, ha1),
                         0);
        assert_int_equal(digest_response(&credentials, ha1, vectors[i].method, response), 0);
        assert_string_equal(response, vectors[i].response);
    }
}

static msg_t *request(char const *authorization)
{
    char text[4096];
    int len = snprintf(text, sizeof text,
                       "REGISTER sip:example.test SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:alice@example.test>;tag=1\r\nTo: <sip:alice@example.test>\r\n"
                       "Call-ID: c\r\nCSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
                       authorization);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

#define START "Authorization: Digest username=\"alice\", realm=\"example.test\", "
#define REST  "uri=\"sip:example.test\", cnonce=\"c\", qop=auth, nc=00000001"

static void test_reading(void **state)
{
    static struct {
        char const *header;
        enum digest_verdict verdict;
        char const *why; /* or the response found */
    } const cases[] = {
        { "", DIGEST_ABSENT, NULL },
        { "Authorization: Basic YWxpY2U6eA==\r\n", DIGEST_ABSENT, NULL },
        { "Authorization: Digest username=\"alice\", realm=\"other\", response=\"r\"\r\n",
          DIGEST_ABSENT, NULL },
        { START "algorithm=SHA-512-256, nonce=\"n\", response=\"r\", " REST "\r\n", DIGEST_ABSENT,
          NULL },
        { START "algorithm=MD5-sess, nonce=\"n\", response=\"r\", " REST "\r\n", DIGEST_ABSENT,
          NULL },
        { START "nonce=\"n\", response=\"r1\", " REST "\r\n", DIGEST_OK, "r1" },
        { START "algorithm=md5, nonce=\"n\", response=\"r2\", " REST "\r\n", DIGEST_OK, "r2" },
        { START "algorithm=\"SHA-256\", nonce=n, response=\"r3\", " REST "\r\n", DIGEST_OK, "r3" },
        { START "nonce=\"n\", response=\"a\\\"b\", " REST "\r\n", DIGEST_OK, "a\"b" },
        /* Those of others stand in front. */
        { "Authorization: Digest username=\"x\", realm=\"other\", response=\"r\"\r\n" START
          "nonce=\"n\", response=\"r4\", " REST "\r\n",
          DIGEST_OK, "r4" },
        { START "nonce=\"n\", " REST "\r\n", DIGEST_MALFORMED, "Authorization: bad response" },
        { START "response=\"r\", " REST "\r\n", DIGEST_MALFORMED, "Authorization: bad nonce" },
        { START "nonce=\"n\", nonce=\"m\", response=\"r\", " REST "\r\n", DIGEST_MALFORMED,
          "Authorization: bad nonce" },
        { START "nonce=\"n\", response=\"r\", uri=\"u\", cnonce=\"c\", nc=00000001\r\n",
          DIGEST_MALFORMED, "Authorization: qop is not auth" },
        { START "nonce=\"n\", response=\"r\", uri=\"u\", cnonce=\"c\", nc=1, qop=auth\r\n",
          DIGEST_MALFORMED, "Authorization: bad nc" },
        { START "nonce=\"n\", response=\"r\", uri=\"u\", cnonce=\"c\", nc=0000000g, qop=auth\r\n",
          DIGEST_MALFORMED, "Authorization: bad nc" },
        { START "nonce=\"n\", response=\"r\", uri=\"u\", cnonce=\"c\", nc=00000001, qop=auth-int"
                "\r\n",
          DIGEST_MALFORMED, "Authorization: qop is not auth" },
        { START "nonce=\"n\", response=\"0123456789012345678901234567890123456789012345678901234567"
                "8901234\", " REST "\r\n",
          DIGEST_MALFORMED, "Authorization: bad response" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct digest_credentials found;
        char const *why = NULL;
        msg_t *msg = request(cases[i].header);
        enum digest_verdict verdict = digest_find(sip_object(msg), &policy, &found, &why);
        if (verdict != cases[i].verdict)
            fail_msg("case %zu: verdict %d (%s)", i, verdict, why ? why : "-");
        if (verdict == DIGEST_MALFORMED)
            assert_string_equal(why, cases[i].why);
        if (verdict == DIGEST_OK)
            assert_string_equal(found.response, cases[i].why);
        msg_destroy(msg);
    }
}

static void test_what_is_not_offered_is_not_taken(void **state)
{
    static char const *const said[] = { "", "algorithm=MD5, ", "algorithm=SHA-256, " };
    static enum digest_algorithm const meant[] = { DIGEST_MD5, DIGEST_MD5, DIGEST_SHA256 };
    (void)state;
    for (int only = 0; only < DIGEST_ALGORITHMS; only++)
        for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
            struct digest_policy some = { "example.test", { false }, 60000 };
            struct digest_credentials found;
            char const *why;
            char header[512];
            some.offered[only] = true;
            (void)snprintf(header, sizeof header,
                           START "%snonce=\"n\", response=\"r\", " REST "\r\n", said[i]);
            msg_t *msg = request(header);
            assert_int_equal(digest_find(sip_object(msg), &some, &found, &why),
                             meant[i] == (enum digest_algorithm)only ? DIGEST_OK : DIGEST_ABSENT);
            msg_destroy(msg);
        }
}

/* Credentials of alice, whose password is "secret", for @p nonce. */
static struct digest_credentials answer(enum digest_algorithm algorithm, char const *nonce,
                                        unsigned count, char ha1[static DIGEST_HEX + 1])
{
    struct digest_credentials all = {
        .algorithm = algorithm, .user = "alice", .cnonce = "c", .uri = "sip:example.test"
    };
    (void)snprintf(all.nonce, sizeof all.nonce, "%s", nonce);
    (void)snprintf(all.nc, sizeof all.nc, "%08x", count);
    assert_int_equal(digest_ha1(algorithm, "alice", "example.test", "secret", ha1), 0);
    assert_int_equal(digest_response(&all, ha1, "REGISTER", all.response), 0);
    return all;
}

static enum digest_verdict check(struct digest_nonces *nonces, char const *nonce, unsigned count)
{
    char ha1[DIGEST_HEX + 1];
    struct digest_credentials all = answer(DIGEST_SHA256, nonce, count, ha1);
    return digest_check(nonces, &policy, &all, "REGISTER", ha1);
}

static void test_right_and_wrong(void **state)
{
    struct digest_nonces *nonces = digest_nonce_new(10);
    (void)state;
    for (int i = 0; i < DIGEST_ALGORITHMS; i++) {
        char nonce[DIGEST_NONCE_TEXT + 1], ha1[DIGEST_HEX + 1], other[DIGEST_HEX + 1];
        digest_nonce_make(nonces, nonce);
        struct digest_credentials all = answer((enum digest_algorithm)i, nonce, 1, ha1);
        assert_int_equal(
            digest_ha1((enum digest_algorithm)i, "alice", "example.test", "Secret", other), 0);
        assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", other), DIGEST_WRONG);
        assert_int_equal(digest_check(nonces, &policy, &all, "INVITE", ha1), DIGEST_WRONG);
        assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", NULL), DIGEST_WRONG);
        assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", ha1), DIGEST_OK);
        all.response[5] ^= 1;
        assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", ha1), DIGEST_WRONG);
        all.response[0] = '\0';
        assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", ha1), DIGEST_WRONG);
    }
    digest_nonce_free(&nonces);
}

static void test_unknown_user_cannot_be_played(void **state)
{
    struct digest_nonces *nonces = digest_nonce_new(10);
    char nonce[DIGEST_NONCE_TEXT + 1], ha1[DIGEST_HEX + 1];
    (void)state;
    digest_nonce_make(nonces, nonce);
    struct digest_credentials all = answer(DIGEST_MD5, nonce, 1, ha1);
    assert_int_equal(digest_response(&all, "", "REGISTER", all.response), 0);
    assert_int_equal(digest_check(nonces, &policy, &all, "REGISTER", NULL), DIGEST_WRONG);
    digest_nonce_free(&nonces);
}

static void test_nonce_counts(void **state)
{
    struct digest_nonces *nonces = digest_nonce_new(10);
    char nonce[DIGEST_NONCE_TEXT + 1];
    (void)state;
    digest_nonce_make(nonces, nonce);
    assert_int_equal(check(nonces, nonce, 1), DIGEST_OK);
    assert_int_equal(check(nonces, nonce, 1), DIGEST_REPLAYED);
    assert_int_equal(check(nonces, nonce, 5), DIGEST_OK);
    assert_int_equal(check(nonces, nonce, 2), DIGEST_REPLAYED);
    assert_int_equal(check(nonces, nonce, 6), DIGEST_OK);
    assert_int_equal(check(nonces, nonce, 0xffffffff), DIGEST_OK);
    assert_int_equal(check(nonces, nonce, 0), DIGEST_REPLAYED);
    digest_nonce_free(&nonces);
}

static void test_old_and_foreign_nonces(void **state)
{
    struct digest_nonces *nonces = digest_nonce_new(10), *others = digest_nonce_new(10);
    char nonce[DIGEST_NONCE_TEXT + 1], changed[DIGEST_NONCE_TEXT + 1];
    (void)state;
    digest_nonce_make(others, nonce);
    assert_int_equal(check(nonces, nonce, 1), DIGEST_STALE);
    assert_int_equal(check(nonces, "", 1), DIGEST_STALE);
    assert_int_equal(check(nonces, "dcd98b7102dd2f0e8b11d0f600bfb0c093", 1), DIGEST_STALE);
    digest_nonce_make(nonces, nonce);
    for (size_t i = 0; i < DIGEST_NONCE_TEXT; i++) {
        memcpy(changed, nonce, sizeof changed);
        changed[i] = changed[i] == '0' ? '1' : '0';
        assert_int_equal(check(nonces, changed, 1), DIGEST_STALE);
    }
    clock_advance_ms(59000);
    assert_int_equal(check(nonces, nonce, 1), DIGEST_OK);
    clock_advance_ms(1100);
    assert_int_equal(check(nonces, nonce, 2), DIGEST_STALE);
    digest_nonce_free(&nonces);
    digest_nonce_free(&others);
}

/* With room for two, the third pushes out the first, and that must not work again. */
static void test_memory_is_bounded(void **state)
{
    struct digest_nonces *nonces = digest_nonce_new(2);
    char nonce[4][DIGEST_NONCE_TEXT + 1];
    (void)state;
    for (int i = 0; i < 4; i++) {
        clock_advance_ms(10);
        digest_nonce_make(nonces, nonce[i]);
    }
    assert_int_equal(check(nonces, nonce[1], 1), DIGEST_OK);
    assert_int_equal(check(nonces, nonce[2], 1), DIGEST_OK);
    assert_int_equal(check(nonces, nonce[3], 1), DIGEST_OK);
    assert_int_equal(check(nonces, nonce[1], 1), DIGEST_STALE);
    assert_int_equal(check(nonces, nonce[1], 2), DIGEST_STALE);
    assert_int_equal(check(nonces, nonce[0], 1), DIGEST_STALE);
    assert_int_equal(check(nonces, nonce[2], 1), DIGEST_REPLAYED);
    assert_int_equal(check(nonces, nonce[3], 2), DIGEST_OK);
    digest_nonce_free(&nonces);
}

static void test_challenge(void **state)
{
    struct digest_policy only = policy;
    struct digest_nonces *nonces = digest_nonce_new(2);
    (void)state;
    for (int stale = 0; stale < 2; stale++) {
        msg_t *msg = request("");
        msg_t *response = message_response(msg, 401, NULL, "tag");
        only.offered[DIGEST_MD5] = !stale;
        assert_int_equal(digest_challenge(nonces, &only, stale, response), 0);
        sip_www_authenticate_t const *first = sip_object(response)->sip_www_authenticate;
        assert_non_null(first);
        assert_string_equal(msg_header_find_param(first->au_common, "algorithm="), "SHA-256");
        assert_string_equal(msg_header_find_param(first->au_common, "qop="), "\"auth\"");
        assert_string_equal(msg_header_find_param(first->au_common, "realm="), "\"example.test\"");
        if (stale) {
            assert_string_equal(msg_header_find_param(first->au_common, "stale="), "true");
            assert_null(first->au_next);
        } else {
            assert_null(msg_header_find_param(first->au_common, "stale="));
            assert_string_equal(msg_header_find_param(first->au_next->au_common, "algorithm="),
                                "MD5");
            assert_null(first->au_next->au_next);
        }
        msg_destroy(response);
        msg_destroy(msg);
    }
    digest_nonce_free(&nonces);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_examples_of_the_rfcs),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_what_is_not_offered_is_not_taken),
        cmocka_unit_test(test_right_and_wrong),
        cmocka_unit_test(test_unknown_user_cannot_be_played),
        cmocka_unit_test(test_nonce_counts),
        cmocka_unit_test(test_old_and_foreign_nonces),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_challenge),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
