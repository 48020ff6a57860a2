/* SPDX-License-Identifier: Apache-2.0 */
/* What is hidden, what stays, and that nothing else ever changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "capture_mask.h"
#include <stdio.h>
#include <string.h>

enum { ROW_BYTES = 1024, MUTATIONS = 400 };

#define SIP_HEAD(method) method " sip:bob@example.test SIP/2.0\r\nCall-ID: 1@example.test\r\n"
#define TYPED(type)      "Content-Type: " type "\r\n\r\n"
#define MULTIPART        "multipart/mixed;boundary=\"b1\""

/* What stands behind `head`, which stays, becomes `shown`; NULL: it stays, too. */
struct row {
    enum tap_protocol protocol;
    char const *head, *bytes, *shown;
};

/* clang-format off */
static struct row const sip_rows[] = {
    { TAP_SIP, SIP_HEAD("OPTIONS"), "Subject: hello you\r\n\r\n", "Subject: *********\r\n\r\n" },
    { TAP_SIP, SIP_HEAD("OPTIONS"),
      "s : a\r\n b\r\nVia: x\r\n\r\n",
      "s : *****\r\nVia: x\r\n\r\n" },
    { TAP_SIP, SIP_HEAD("MESSAGE") TYPED("text/plain"),
      "Secret words\r\nof two lines",
      "**************************" },
    { TAP_SIP, SIP_HEAD("message") TYPED("application/sdp"), "v=0\r\n", "*****" },
    { TAP_SIP, "SIP/2.0 200 OK\r\nCSeq: 7 MESSAGE\r\n" TYPED("application/sdp"),
      "v=0\r\n",
      "*****" },
    { TAP_SIP, SIP_HEAD("INVITE") TYPED("text/html"), "<b>", "***" },
    { TAP_SIP, SIP_HEAD("INVITE"), "\r\nno type", "\r\n*******" },
    { TAP_SIP, SIP_HEAD("INFO") TYPED("application/dtmf-relay"), "Signal=4", "********" },
    { TAP_SIP, SIP_HEAD("INFO") TYPED("application/sdpx"), "v=0", "***" },
    { TAP_SIP, SIP_HEAD("INFO") "Content-Encoding: gzip\r\n" TYPED("application/sdp"),
      "v=0",
      "***" },
    { TAP_SIP, SIP_HEAD("INFO") "Content-Encoding: identity\r\n" TYPED("application/sdp"),
      "v=0",
      NULL },
    /* Digest: what is asked stays, what is answered does not. */
    { TAP_SIP, SIP_HEAD("REGISTER")
      "Authorization: Digest username=\"al\", nonce=\"n,1\", uri=\"sip:x\", ",
      "response=\"0a1b\", cnonce=\"c\", qop=auth, nc=00000001\r\n\r\n",
      "response=\"****\", cnonce=\"*\", qop=auth, nc=00000001\r\n\r\n" },
    { TAP_SIP, SIP_HEAD("REGISTER"),
      "proxy-authorization :\tDIGEST RESPONSE = 0a1b,\r\n\tcnonce\r\n =\"a\\\"b\r\n\r\n",
      "proxy-authorization :\tDIGEST RESPONSE = ****,\r\n\tcnonce\r\n =\"****\r\n\r\n" },
    { TAP_SIP, SIP_HEAD("REGISTER"),
      "X: y\rAuthorization: Digest response=0a1b\r\r",
      "X: y\rAuthorization: Digest response=****\r\r" },
    { TAP_SIP, SIP_HEAD("REGISTER"),
      "Authorization: Digest a=b, response=1, response=\"2\", response=",
      "Authorization: Digest a=b, response=*, response=\"*\", response=" },
    { TAP_SIP, SIP_HEAD("REGISTER"),
      "Authorization: Basic YWw6cHc=\n\n",
      "Authorization: Basic ********\n\n" },
    { TAP_SIP, SIP_HEAD("REGISTER"),
      "Authorization: Digestive pw\n\n",
      "Authorization: Digestive **\n\n" },
    { TAP_SIP, SIP_HEAD("REGISTER"), "Authorization: secret\n\n", "Authorization: ******\n\n" },
    { TAP_SIP, "",
      "SIP/2.0 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n\r\n",
      NULL },
    { TAP_SIP, "",
      "SIP/2.0 401 No\r\nWWW-Authenticate: NTLM realm=\"r\", gssapi-data=\"TlRM\"\r\n\r\n",
      "SIP/2.0 401 No\r\nWWW-Authenticate: NTLM realm=\"r\", gssapi-data=\"****\"\r\n\r\n" },
    { TAP_SIP, "",
      "SIP/2.0 200 OK\r\nAuthentication-Info: rspauth=\"ab\", nextnonce=\"n\"\r\n\r\n",
      "SIP/2.0 200 OK\r\nAuthentication-Info: rspauth=\"**\", nextnonce=\"n\"\r\n\r\n" },
    { TAP_SIP, SIP_HEAD("INVITE"),
      "Set-Cookie: a=b\r\nX-Api-Key: k1\r\nUser-to-User: 04\r\n\r\n",
      "Set-Cookie: ***\r\nX-Api-Key: **\r\nUser-to-User: **\r\n\r\n" },
    /* Passwords and credentials in URIs. */
    { TAP_SIP, "",
      "INVITE sip:al:pw@h:5060 SIP/2.0\r\nTo: \"a\" <sips:b;x=sip:c:p:w@h>\r\n\r\n",
      "INVITE sip:al:**@h:5060 SIP/2.0\r\nTo: \"a\" <sips:b;x=sip:*****@h>\r\n\r\n" },
    { TAP_SIP, "", "INVITE sip:h:5060 SIP/2.0\r\nTo: <sip:b@h:5060>\r\n\r\n", NULL },
    { TAP_SIP, SIP_HEAD("REFER"),
      "Refer-To: <sip:c@h?Proxy-Authorization=Digest%20x&a=b>\r\n\r\n",
      "Refer-To: <sip:c@h?Proxy-Authorization=**********&a=b>\r\n\r\n" },
    /* SDP */
    { TAP_SIP, SIP_HEAD("INVITE") TYPED("application/sdp"),
      "v=0\r\nk=clear:pw\r\na=ice-pwd:asd8\r\nm=audio 9 RTP/SAVP 0\r\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNf/X0=|2^20|1:4;inline:QUE=;inline:Qg==\r\n",
      "v=0\r\nk=********\r\na=ice-pwd:****\r\nm=audio 9 RTP/SAVP 0\r\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:********|2^20|1:4;inline:****;inline:****\r\n" },
    /* Bodies within bodies */
    { TAP_SIP, SIP_HEAD("INVITE") TYPED(MULTIPART),
      "hi\r\n--b1\r\n" TYPED("application/sdp") "v=0\r\nk=prompt\r\n--b1 x\r\n"
      TYPED("text/plain") "word\r\n--b1--\r\nend",
      "****--b1\r\n" TYPED("application/sdp") "v=0\r\nk=******\r\n--b1**\r\n" TYPED("text/plain")
      "******--b1--\r\n***" },
    { TAP_SIP, SIP_HEAD("INVITE") TYPED("multipart/mixed"), "--b1\r\n", "******" },
    { TAP_SIP, SIP_HEAD("NOTIFY") TYPED("message/sipfrag;version=2.0"),
      "SIP/2.0 200 OK\r\nSubject: x\r\n",
      "SIP/2.0 200 OK\r\nSubject: *\r\n" },
    { TAP_SIP, SIP_HEAD("NOTIFY") TYPED("message/sipfrag")
      "MESSAGE sip:a@b SIP/2.0\r\n" TYPED("application/sdp"),
      "v",
      "*" },
    /* No SIP: nobody knows what it is. */
    { TAP_SIP, "", "words of a body", "***************" },
    { TAP_SIP, "", "\r\n\r\n", NULL },
    { TAP_SIP, "", "\r\nGET / HTTP/1.1\r\n", "\r\n****************" },
};

static struct row const xml_rows[] = {
    { TAP_CSTA, "", "<MakeCall><callingDevice>2001</callingDevice></MakeCall>", NULL },
    { TAP_CSTA, "",
      "<a><password>pw&amp;</password><b c=\"d\">e</b></a>",
      "<a><password>*******</password><b c=\"d\">e</b></a>" },
    { TAP_CSTA, "", "<x:Password>pw</x:Password>", "<x:Password>**</x:Password>" },
    { TAP_CSTA, "",
      "<password>p</other>w<b/></password>x",
      "<password>*</other>*<b/></password>x" },
    { TAP_CSTA, "",
      "<password>p<password>q</password>w</password>x",
      "<password>*<password>*</password>*</password>x" },
    { TAP_CSTA, "", "<password/>x<password />y", NULL },
    { TAP_CSTA, "", "<password", NULL },
    { TAP_CSTA, "", "<password>pw", "<password>**" },
    { TAP_CSTA, "", "<password a='>'>pw", "<password a='>'>**" },
    { TAP_CSTA, "", "<a b='pw", "<a b='**" },
    { TAP_CSTA, "", "<a Password='pw' c='d'/>", "<a Password='**' c='d'/>" },
    { TAP_CSTA, "",
      "<privateData>\n <private><k v=\"1\">two</k><!--c--><![CDATA[<d>]]></private>\n"
      "</privateData>",
      "<privateData>\n <private><k v=\"*\">***</k><!--*--><![CDATA[***]]></private>\n"
      "</privateData>" },
    { TAP_CSTA, "", "<!--<password>-->shown<![CDATA[<password>]]>", NULL },
    { TAP_CSTA, "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>b</a>", NULL },
    { TAP_CSTA, "",
      "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
      "******************************************" },
    { TAP_CSTA, "", "<!DOCTYPE a [<!ENTITY p \"w\">]><a/>", "<*********************************" },
    { TAP_CSTA, "", "no document", "***********" },
    { TAP_CSTA, "", "", NULL },
    { TAP_XMPP, "",
      "<message to='a@b'><body>hi <b/>you</body><active/></message>",
      "<message to='a@b'><body>***<b/>***</body><active/></message>" },
    { TAP_XMPP, "", "<auth mechanism='PLAIN'>AGE=</auth>", "<auth mechanism='PLAIN'>****</auth>" },
    { TAP_XMPP, "",
      "<db:result to='a'>ab12</db:result><db:verify id='1'>c</db:verify>",
      "<db:result to='a'>****</db:result><db:verify id='1'>*</db:verify>" },
    { TAP_XMPP, "", "<handshake>ab</handshake>", "<handshake>**</handshake>" },
    { TAP_XMPP, "",
      "<presence><show>away</show><status>gone</status></presence>",
      "<presence><show>away</show><status>****</status></presence>" },
    { TAP_XMPP, "", "rest of words</body><a/>", "*************</body><a/>" },
    { TAP_XMPP, "", "<stream:stream from='a' id='1'>", NULL },
    { TAP_XMPP, "", "<iq type='error'><error><text>why</text></error></iq>", NULL },
};
/* clang-format on */

/* Writes head and @p text; returns how many bytes that are. */
static size_t put_together(struct row const *row, char const *text, char ret[ROW_BYTES])
{
    int n = snprintf(ret, ROW_BYTES, "%s%s", row->head, text);

    assert_in_range(n, 0, ROW_BYTES - 1);
    return (size_t)n;
}

/* With a copy of just this length, so that sanitizers see a byte too many. */
static char *masked(enum tap_protocol protocol, char const *bytes, size_t len)
{
    char *copy = test_malloc(len ? len : 1);

    memcpy(copy, bytes, len);
    capture_mask(protocol, copy, len);
    return copy;
}

static void check(struct row const *rows, size_t n)
{
    char bytes[ROW_BYTES], shown[ROW_BYTES];

    for (size_t i = 0; i < n; i++) {
        size_t len = put_together(&rows[i], rows[i].bytes, bytes);
        size_t wanted =
            put_together(&rows[i], rows[i].shown ? rows[i].shown : rows[i].bytes, shown);
        char *got = masked(rows[i].protocol, bytes, len);
        if (wanted != len || memcmp(got, shown, len) != 0)
            fail_msg("row %zu:\n%s\nis %.*s\nnot %s", i, bytes, (int)len, got, shown);
        test_free(got);
    }
}

static void test_sip(void **state)
{
    (void)state;
    check(sip_rows, sizeof sip_rows / sizeof *sip_rows);
}

static void test_xml(void **state)
{
    (void)state;
    check(xml_rows, sizeof xml_rows / sizeof *xml_rows);
}

/* XML as the body of SIP is masked by the rules of its type. */
static void test_xml_bodies(void **state)
{
    /* clang-format off */
    static struct row const rows[] = {
    { TAP_SIP, SIP_HEAD("INFO") TYPED("application/csta+xml; charset=utf-8"),
      "<a><password>x</password><status>y</status></a>",
      "<a><password>*</password><status>y</status></a>" },
    { TAP_SIP, SIP_HEAD("PUBLISH") TYPED("Application/PIDF+xml"),
      "<status><basic>open</basic></status><note>gone</note>",
      "<status><basic>open</basic></status><note>****</note>" },
    { TAP_SIP, SIP_HEAD("PUBLISH") TYPED("application/other+xml"), "<a/>", "****" },
    };
    /* clang-format on */
    (void)state;
    check(rows, sizeof rows / sizeof *rows);
}

static void test_frame_head(void **state)
{
    static char const frame[] = "\0\0\0\x18<password>p</password>";
    char *got = masked(TAP_CSTA, frame, sizeof frame - 1);
    (void)state;

    assert_memory_equal(got, "\0\0\0\x18<password>*</password>", sizeof frame - 1);
    test_free(got);
    static char const wide[] = "<\0p\0>\0";
    got = masked(TAP_CSTA, wide, sizeof wide - 1);
    assert_memory_equal(got, "******", sizeof wide - 1);
    test_free(got);
}

/* However a message is broken: what changes becomes a star. */
static void check_stars_only(enum tap_protocol protocol, char const *bytes, size_t len)
{
    char *once = masked(protocol, bytes, len);

    for (size_t i = 0; i < len; i++)
        if (once[i] != bytes[i] && once[i] != '*')
            fail_msg("byte %zu of %.*s", i, (int)len, bytes);
    test_free(once);
}

static void break_row(struct row const *row, uint32_t *seed)
{
    static char const bytes[] = "<>\"'/=:;\r\n -[]!?@*";
    char whole[ROW_BYTES], broken[ROW_BYTES];
    size_t len = put_together(row, row->bytes, whole);

    for (size_t cut = 0; cut <= len; cut++)
        check_stars_only(row->protocol, whole, cut);
    for (int i = 0; len && i < MUTATIONS; i++) {
        memcpy(broken, whole, len);
        for (int changes = 0; changes < 3; changes++) {
            *seed = *seed * 1103515245 + 12345;
            broken[(*seed >> 8) % len] = bytes[(*seed >> 24) % (sizeof bytes - 1)];
        }
        check_stars_only(row->protocol, broken, len);
    }
}

static void test_broken(void **state)
{
    uint32_t seed = 1;
    (void)state;

    for (size_t i = 0; i < sizeof sip_rows / sizeof *sip_rows; i++)
        break_row(&sip_rows[i], &seed);
    for (size_t i = 0; i < sizeof xml_rows / sizeof *xml_rows; i++)
        break_row(&xml_rows[i], &seed);
}

/* A password behind as much as fits a message must not take long, nor be missed. */
static void test_long(void **state)
{
    enum { LONG_BYTES = 1 << 20 };
    static char const *const pieces[] = { "sip:",    "sip:a:",   "response=\"",
                                          "inline:", "<a b='c'", "authorization=" };
    static char long_message[LONG_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        int n = snprintf(long_message, sizeof long_message, "%sAuthorization: ", SIP_HEAD("INFO"));
        for (size_t at = (size_t)n, len = strlen(pieces[i]); at + len < LONG_BYTES; at += len)
            memcpy(long_message + at, pieces[i], len);
        capture_mask(TAP_SIP, long_message, sizeof long_message);
    }
    memset(long_message, 'a', sizeof long_message);
    memcpy(long_message, "<password>", 10);
    capture_mask(TAP_CSTA, long_message, sizeof long_message);
    assert_null(memchr(long_message + 10, 'a', sizeof long_message - 10));
}

static void test_message(void **state)
{
    struct capture_message message = { .protocol = TAP_CSTA, .bytes = "<password>p", .len = 11 };
    struct buf memory;
    (void)state;

    buf_init(&memory, 64);
    buf_puts(&memory, "old");
    assert_int_equal(capture_mask_message(&message, &memory), 0);
    assert_int_equal(message.len, 11);
    assert_memory_equal(message.bytes, "<password>*", 11);

    message.len = 0;
    assert_int_equal(capture_mask_message(&message, &memory), 0);
    assert_int_equal(message.len, 0);

    static char const big[100] = "<password>";
    message = (struct capture_message){ .protocol = TAP_CSTA, .bytes = big, .len = sizeof big };
    assert_true(capture_mask_message(&message, &memory) < 0);
    assert_int_equal(message.len, 0);
    buf_fini(&memory);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sip),        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_xml_bodies), cmocka_unit_test(test_frame_head),
        cmocka_unit_test(test_broken),     cmocka_unit_test(test_long),
        cmocka_unit_test(test_message),
    };
    return cmocka_run_group_tests_name("capture_mask", tests, NULL, NULL);
}
