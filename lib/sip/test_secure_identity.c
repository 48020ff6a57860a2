/* SPDX-License-Identifier: Apache-2.0 */
/* Names in certificates, and what they are good for (RFC 5922 §7). */
#include "secure_identity.h"
#include "secure_rig.h"
#include "secure_subjects.h"
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static X509 *load(struct secure_rig *rig, char const *file)
{
    char path[SECURE_RIG_PATH];
    FILE *in = fopen(secure_rig_path(rig, file, path), "r");
    X509 *cert = PEM_read_X509(in, NULL, NULL, NULL);

    fclose(in);
    assert_non_null(cert);
    return cert;
}

static struct secure_identity *identity_of(struct secure_rig *rig, char const *cn, char const *san)
{
    secure_rig_make(rig, &(struct secure_rig_cert){ .name = "a", .cn = cn, .san = san });
    X509 *cert = load(rig, "a.pem");
    struct secure_identity *identity = secure_identity_new(cert);
    X509_free(cert);
    assert_non_null(identity);
    return identity;
}

static struct vector {
    char const *cn, *san, *host;
    bool is_host;
} const hosts[] = {
    /* The CN counts only where there is no alternative name at all. */
    { "a.test", NULL, "a.test", true },
    { "a.test", NULL, "A.TEST", true },
    { "a.test", NULL, "b.test", false },
    { "a.test", NULL, "", false },
    { "a.test", "DNS:b.test", "a.test", false },
    { "a.test", "email:x@a.test", "a.test", false },
    { "a.test", "DNS:b.test", "b.test", true },
    { NULL, "DNS:b.test", "b.test", true },
    { NULL, "DNS:a.test,DNS:b.test", "b.test", true },
    { NULL, "DNS:b.test", "b.test.", true },
    { NULL, "DNS:b.test.", "b.test", true },
    /* A sip: URI without a user rules out the dNSNames. */
    { NULL, "URI:sip:b.test", "b.test", true },
    { NULL, "URI:SIP:B.test", "b.test", true },
    { NULL, "URI:sip:b.test:5061;transport=tls", "b.test", true },
    { NULL, "URI:sip:b.test,DNS:c.test", "b.test", true },
    { NULL, "URI:sip:b.test,DNS:c.test", "c.test", false },
    { NULL, "URI:sip:user@b.test", "b.test", false },
    { NULL, "URI:sip:user@b.test,DNS:b.test", "b.test", true },
    { NULL, "URI:sips:b.test", "b.test", false },
    { NULL, "URI:https://b.test,DNS:b.test", "b.test", true },
    /* No wildcards, no suffixes. */
    { NULL, "DNS:*.b.test", "a.b.test", false },
    { "*.b.test", NULL, "a.b.test", false },
    { NULL, "DNS:b.test", "a.b.test", false },
    { NULL, "DNS:a.b.test", "b.test", false },
    /* Addresses are named as addresses. */
    { NULL, "IP:192.0.2.1", "192.0.2.1", true },
    { NULL, "IP:192.0.2.1", "192.0.2.2", false },
    { "192.0.2.1", NULL, "192.0.2.1", false },
    { NULL, "DNS:192.0.2.1", "192.0.2.1", false },
    { NULL, "IP:2001:db8::1", "2001:db8::1", true },
    { NULL, "IP:2001:db8::1", "[2001:DB8:0::1]", true },
    { NULL, "URI:sip:b.test,IP:192.0.2.1", "192.0.2.1", true },
};

static void test_hosts(void **state)
{
    struct secure_rig *rig = *state;

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct secure_identity *identity = identity_of(rig, hosts[i].cn, hosts[i].san);
        if (secure_identity_is_host(identity, hosts[i].host) != hosts[i].is_host)
            fail_msg("cn %s san %s host \"%s\": not %d", hosts[i].cn, hosts[i].san, hosts[i].host,
                     hosts[i].is_host);
        secure_identity_unref(&identity);
        assert_null(identity);
    }
}

#define SRV  "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:"
#define XMPP "otherName:1.3.6.1.5.5.7.8.5;UTF8:"

static struct vector const domains[] = {
    { NULL, SRV "_xmpp-server.a.test", "a.test", true },
    { NULL, SRV "_XMPP-Server.A.test", "a.TEST", true },
    { NULL, SRV "_xmpp-server.a.test", "b.a.test", false },
    { NULL, SRV "_xmpp-server.a.test", "_xmpp-server.a.test", false },
    { NULL, SRV "_xmpp-client.a.test", "a.test", false },
    { NULL, SRV "_xmpp-server.", "a.test", false },
    { NULL, SRV "a.test", "a.test", false },
    /* A wildcard is of dNSNames, and stands for the left-most label. */
    { NULL, SRV "_xmpp-server.*.a.test", "b.a.test", false },
    { NULL, "DNS:*.a.test", "b.a.test", true },
    { NULL, "DNS:*.a.test", "a.test", false },
    { NULL, "DNS:*.a.test", "conference.b.a.test", false },
    { NULL, "DNS:b*.a.test", "b1.a.test", false },
    { NULL, "DNS:*.test", "a.test", false },
    { NULL, "DNS:a.test", "a.test", true },
    { NULL, "DNS:a.test", "A.test.", true },
    { NULL, "DNS:a.test", "b.a.test", false },
    { NULL, "DNS:x.test,DNS:a.test", "a.test", true },
    { NULL, XMPP "a.test", "a.test", true },
    { NULL, XMPP "A.test", "a.test", true },
    { NULL, XMPP "joe@a.test", "a.test", false },
    { NULL, XMPP "*.a.test", "b.a.test", false },
    /* Each kind counts beside the others. */
    { NULL, SRV "_xmpp-server.a.test," XMPP "b.test,DNS:c.test", "a.test", true },
    { NULL, SRV "_xmpp-server.a.test," XMPP "b.test,DNS:c.test", "b.test", true },
    { NULL, SRV "_xmpp-server.a.test," XMPP "b.test,DNS:c.test", "c.test", true },
    { NULL, "URI:sip:b.test,DNS:a.test", "a.test", true },
    /* Names of other things. */
    { NULL, "URI:sip:a.test", "a.test", false },
    { NULL, "URI:xmpp:a.test", "a.test", false },
    { NULL, "email:joe@a.test", "a.test", false },
    { NULL, "IP:192.0.2.1", "192.0.2.1", false },
    { NULL, "DNS:192.0.2.1", "192.0.2.1", false },
    { NULL, "otherName:1.2.3.4;UTF8:a.test", "a.test", false },
    { NULL, "otherName:1.3.6.1.5.5.7.8.5;IA5STRING:a.test", "a.test", false },
    { NULL, "otherName:1.3.6.1.5.5.7.8.7;UTF8:_xmpp-server.a.test", "a.test", false },
    /* The CN counts only where there is no alternative name at all. */
    { "a.test", NULL, "a.test", true },
    { "*.a.test", NULL, "b.a.test", true },
    { "a.test", NULL, "b.test", false },
    { "a.test", NULL, "", false },
    { "a.test", "DNS:b.test", "a.test", false },
    { "a.test", "email:x@a.test", "a.test", false },
    { "a.test", SRV "_xmpp-client.b.test", "a.test", false },
};

/* The rules of SIP do not matter, and names of XMPP do not matter to SIP. */
static void test_domains(void **state)
{
    struct secure_rig *rig = *state;

    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        struct vector const *row = &domains[i];
        struct secure_identity *identity = identity_of(rig, row->cn, row->san);
        secure_identity_rule(identity, (struct secure_identity_rules){ SECURE_MATCH_SAN, false });
        if (secure_identity_is_xmpp(identity, row->host) != row->is_host)
            fail_msg("cn %s san %s domain \"%s\": not %d", row->cn, row->san, row->host,
                     row->is_host);
        secure_identity_unref(&identity);
    }
    struct secure_identity *identity =
        identity_of(rig, NULL, SRV "_xmpp-server.a.test," XMPP "b.test");
    assert_false(secure_identity_is_host(identity, "a.test"));
    assert_false(secure_identity_is_host(identity, "b.test"));
    assert_false(secure_identity_has(identity, "a.test"));
    assert_false(secure_identity_has(identity, "b.test"));
    assert_null(secure_identity_name(identity, 0));
    assert_string_equal(secure_identity_subject(identity), "");
    secure_identity_unref(&identity);
}

static void test_covers(void **state)
{
    static struct {
        char const *one, *two;
        bool covers;
    } const rows[] = {
        { "DNS:a.test,DNS:b.test", "DNS:a.test", true },
        { "DNS:a.test", "DNS:a.test,DNS:b.test", false },
        { SRV "_xmpp-server.a.test", SRV "_xmpp-server.a.test", true },
        { SRV "_xmpp-server.a.test", SRV "_xmpp-server.b.test", false },
        { SRV "_xmpp-server.a.test", XMPP "a.test", false },
        { "DNS:a.test," XMPP "a.test", "DNS:a.test", true },
        { "DNS:a.test", "DNS:a.test," XMPP "a.test", false },
    };
    struct secure_rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secure_identity *one = identity_of(rig, NULL, rows[i].one);
        struct secure_identity *two = identity_of(rig, NULL, rows[i].two);
        assert_int_equal(secure_identity_covers(one, two), rows[i].covers);
        secure_identity_unref(&two);
        secure_identity_unref(&one);
    }
}

static struct {
    struct secure_identity_rules rules;
    char const *cn, *san, *name;
    bool is_host, has;
} const ruled[] = {
    { { SECURE_MATCH_BOTH, false }, "cn.test", "DNS:san.test", "cn.test", false, true },
    { { SECURE_MATCH_BOTH, false }, "cn.test", "DNS:san.test", "san.test", true, true },
    { { SECURE_MATCH_CN, false }, "cn.test", "DNS:san.test", "cn.test", true, true },
    { { SECURE_MATCH_CN, false }, "cn.test", "DNS:san.test", "san.test", false, false },
    { { SECURE_MATCH_CN, false }, "192.0.2.1", NULL, "192.0.2.1", true, true },
    { { SECURE_MATCH_CN, false }, NULL, "IP:192.0.2.1", "192.0.2.1", false, false },
    { { SECURE_MATCH_SAN, false }, "cn.test", "DNS:san.test", "cn.test", false, false },
    { { SECURE_MATCH_SAN, false }, "cn.test", "DNS:san.test", "san.test", true, true },
    { { SECURE_MATCH_SAN, false }, "cn.test", NULL, "cn.test", false, false },
    { { SECURE_MATCH_SAN, false }, "cn.test", "IP:192.0.2.1", "192.0.2.1", true, true },
    /* One label, the first, and only where it is allowed. */
    { { SECURE_MATCH_BOTH, false }, NULL, "DNS:*.b.test", "a.b.test", false, false },
    { { SECURE_MATCH_BOTH, false }, NULL, "DNS:*.b.test", "*.b.test", true, true },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.b.test", "A.b.test", true, true },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.b.test", "a.b.test.", true, true },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.b.test", "b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.b.test", ".b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.b.test", "c.a.b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*.test", "b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:*", "b", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:x*.b.test", "xa.b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "DNS:a.*.test", "a.b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, NULL, "URI:sip:*.b.test", "a.b.test", false, false },
    { { SECURE_MATCH_BOTH, true }, "*.b.test", NULL, "a.b.test", true, true },
    { { SECURE_MATCH_BOTH, true }, "*.2.1.1", "DNS:*.2.1.1", "192.2.1.1", false, false },
};

static void test_rules(void **state)
{
    for (size_t i = 0; i < sizeof ruled / sizeof *ruled; i++) {
        struct secure_identity *identity = identity_of(*state, ruled[i].cn, ruled[i].san);
        struct secure_subjects subjects = { .n = 0 };
        struct secure_fault fault;
        assert_int_equal(secure_subjects_read(&subjects, &ruled[i].name, 1, NULL, &fault), 0);
        secure_identity_rule(identity, ruled[i].rules);
        if (secure_identity_is_host(identity, ruled[i].name) != ruled[i].is_host ||
            secure_identity_has(identity, ruled[i].name) != ruled[i].has ||
            secure_identity_select(identity, &subjects) != ruled[i].has)
            fail_msg("%zu: cn %s san %s name %s", i, ruled[i].cn, ruled[i].san, ruled[i].name);
        secure_subjects_fini(&subjects);
        secure_identity_unref(&identity);
    }
}

/* What no rule lets count is nobody's subject. */
static void test_ruled_subject(void **state)
{
    static struct {
        enum secure_match match;
        char const *cn, *san, *subject, *matched;
    } const rows[] = {
        { SECURE_MATCH_BOTH, "cn.test", "DNS:san.test", "cn.test", "CN" },
        { SECURE_MATCH_SAN, "cn.test", "DNS:san.test", "san.test", "dNSName" },
        { SECURE_MATCH_SAN, "cn.test", "IP:192.0.2.1", "192.0.2.1", "iPAddress" },
        { SECURE_MATCH_CN, NULL, "DNS:san.test", "", "" },
        { SECURE_MATCH_SAN, "cn.test", NULL, "", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secure_identity *identity = identity_of(*state, rows[i].cn, rows[i].san);
        struct secure_identity_rules const rules = { .match = rows[i].match };
        secure_identity_rule(identity, rules);
        assert_string_equal(secure_identity_subject(identity), rows[i].subject);
        assert_string_equal(secure_identity_matched(identity), rows[i].matched);
        secure_identity_unref(&identity);
    }
}

static void test_subjects(void **state)
{
    struct secure_identity *identity =
        identity_of(*state, "cucm1", "DNS:cucm.example.test,URI:sip:example.test,IP:192.0.2.1");

    assert_string_equal(secure_identity_subject(identity), "cucm1");
    assert_true(secure_identity_has(identity, "CUCM1"));
    assert_true(secure_identity_has(identity, "cucm.example.test"));
    assert_true(secure_identity_has(identity, "example.test"));
    assert_true(secure_identity_has(identity, "192.0.2.1"));
    assert_false(secure_identity_has(identity, "cucm2"));
    assert_false(secure_identity_has(identity, ""));
    assert_string_equal(secure_identity_name(identity, 0), "cucm1");
    assert_string_equal(secure_identity_name(identity, 3), "192.0.2.1");
    assert_null(secure_identity_name(identity, 4));
    struct secure_fault fault;
    static char const *const others[] = { "cucm2" }, *const one[] = { "z", "Example.test", "a" };
    struct secure_subjects subjects = { .n = 0 };
    assert_int_equal(secure_subjects_read(&subjects, others, 1, NULL, &fault), 0);
    assert_false(secure_identity_select(identity, &subjects));
    secure_subjects_fini(&subjects);
    assert_int_equal(secure_subjects_read(&subjects, one, 3, NULL, &fault), 0);
    assert_string_equal(secure_identity_matched(identity), "CN");
    assert_string_equal(secure_identity_subject(identity), "cucm1");
    assert_true(secure_identity_select(identity, &subjects));
    assert_string_equal(secure_identity_matched(identity), "URI");
    secure_subjects_fini(&subjects);
    assert_string_equal(secure_identity_subject(identity), "example.test");
    secure_identity_unref(&identity);
}

static void test_nameless(void **state)
{
    struct secure_identity *identity = identity_of(*state, NULL, NULL);

    assert_string_equal(secure_identity_subject(identity), "");
    assert_null(secure_identity_name(identity, 0));
    assert_false(secure_identity_is_host(identity, "a.test"));
    secure_identity_unref(&identity);
    secure_identity_unref(&identity); /* NULL */
}

static void test_reference(void **state)
{
    struct secure_identity *identity = identity_of(*state, "a", NULL);
    struct secure_identity *again = secure_identity_ref(identity);

    assert_ptr_equal(again, identity);
    secure_identity_unref(&again);
    assert_string_equal(secure_identity_subject(identity), "a");
    secure_identity_unref(&identity);
    assert_null(secure_identity_ref(NULL));
}

/* What stands behind a NUL must not be cut off: "a.test\0.evil.test" is not a.test. */
static void test_nul(void **state)
{
    static struct {
        int type;
        char const *text;
        size_t len;
    } const rows[] = {
        { GEN_DNS, "a.test\0.evil.test", 17 },
        { GEN_URI, "sip:a.test\0.evil.test", 21 },
        { GEN_URI, "sip:a.test\0@evil.test", 21 },
        { GEN_IPADD, "\xc0\x00\x02\x01\x00", 5 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        X509 *cert = X509_new();
        GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
        GENERAL_NAME *name = GENERAL_NAME_new();
        ASN1_STRING *text = rows[i].type == GEN_IPADD ? (ASN1_STRING *)ASN1_OCTET_STRING_new()
                                                      : (ASN1_STRING *)ASN1_IA5STRING_new();
        ASN1_STRING_set(text, rows[i].text, (int)rows[i].len);
        GENERAL_NAME_set0_value(name, rows[i].type, text);
        sk_GENERAL_NAME_push(names, name);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                                   (unsigned char const *)"a.test\0.evil.test", 17, -1, 0);
        struct secure_identity *identity = secure_identity_new(cert);
        assert_null(secure_identity_name(identity, 0));
        secure_identity_unref(&identity);
        assert_int_equal(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0), 1);
        identity = secure_identity_new(cert);
        assert_null(secure_identity_name(identity, 0));
        assert_false(secure_identity_is_host(identity, "a.test"));
        secure_identity_unref(&identity);
        GENERAL_NAMES_free(names);
        X509_free(cert);
    }
}

static void test_many_names(void **state)
{
    char san[4000] = "DNS:n0.test";
    size_t at = strlen(san), n = 0;

    for (int i = 1; i < 200; i++)
        at += (size_t)snprintf(san + at, sizeof san - at, ",DNS:n%d.test", i);
    struct secure_identity *identity = identity_of(*state, NULL, san);
    while (secure_identity_name(identity, n))
        n++;
    assert_int_equal(n, 64);
    assert_true(secure_identity_is_host(identity, "n63.test"));
    assert_false(secure_identity_is_host(identity, "n64.test"));
    secure_identity_unref(&identity);
}

static int setup(void **state)
{
    (void)secure_rig_begin(state, NULL, 0);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_hosts),         cmocka_unit_test(test_domains),
        cmocka_unit_test(test_covers),        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_ruled_subject), cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_nameless),      cmocka_unit_test(test_reference),
        cmocka_unit_test(test_nul),           cmocka_unit_test(test_many_names),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
