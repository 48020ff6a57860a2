/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of RFC 7247 6, of XEP-0106, and what their authors did not think of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "address_map.h"
#include "buf.h"
#include "jid.h"
#include <string.h>

#define WILD "here\\27s_a_wild_\\26_\\2fcr%zy\\2f_address@example.com"

/* URI, its JID, and the URI of that one (NULL: the first again). */
static struct {
    char const *uri, *jid, *back;
} const vectors[] = {
    /* RFC 7247 */
    { "sip:f%C3%BC@sip.example", "f\xC3\xBC@sip.example", NULL },
    { "sip:o'malley@sip.example", "o\\27malley@sip.example", NULL },
    { "sip:foo@sip.example;gr=bar", "foo@sip.example/bar", NULL },
    { "sip:m&m@xmpp.example", "m\\26m@xmpp.example", NULL },
    { "sip:tsch%C3%BCss@xmpp.example", "tsch\xC3\xBCss@xmpp.example", NULL },
    { "sip:baz@xmpp.example;gr=qux", "baz@xmpp.example/qux", NULL },
    /* XEP-0106 */
    { "sip:space%20cadet@example.com", "space\\20cadet@example.com", NULL },
    { "sip:call%20me%20%22ishmael%22@example.com", "call\\20me\\20\\22ishmael\\22@example.com",
      NULL },
    { "sip:at&t%20guy@example.com", "at\\26t\\20guy@example.com", NULL },
    { "sip:d'artagnan@example.com", "d\\27artagnan@example.com", NULL },
    { "sip:/.fanboy@example.com", "\\2f.fanboy@example.com", NULL },
    { "sip:%3A%3Afoo%3A%3A@example.com", "\\3a\\3afoo\\3a\\3a@example.com", NULL },
    { "sip:%3Cfoo%3E@example.com", "\\3cfoo\\3e@example.com", NULL },
    { "sip:user%40host@example.com", "user\\40host@example.com", NULL },
    { "sip:c%3A%5Cnet@example.com", "c\\3a\\net@example.com", NULL },
    { "sip:c%3A%5C%5Cnet@example.com", "c\\3a\\\\net@example.com", NULL },
    { "sip:c%3A%5Ccool%20stuff@example.com", "c\\3a\\cool\\20stuff@example.com", NULL },
    { "sip:c%3A%5C5commas@example.com", "c\\3a\\5c5commas@example.com", NULL },
    { "sip:foob%5C41r@example.com", "foob\\41r@example.com", NULL },
    { "sip:%5C2plus%5C2is%5C4@example.com", "\\2plus\\2is\\4@example.com", NULL },
    { "sip:%5C3and%5C2is%5C5cool%40example@example.com",
      "\\5c3and\\2is\\5c5cool\\40example@example.com", NULL },
    { "sip:here%27s_a_wild_%26_%2Fcr%zy%2F_address@example.com", WILD,
      "sip:here's_a_wild_&_/cr%25zy/_address@example.com" },
    /* Nodeprep makes a sequence of it; so it is escaped, too. */
    { "sip:a%5C2Fb@example.com", "a\\5c2fb@example.com", "sip:a%5C2fb@example.com" },
    { "sip:a%5C5C2F@example.com", "a\\5c5c2f@example.com", "sip:a%5C5c2f@example.com" },
    /* what SIP forbids and JIDs allow */
    { "sip:a%23%25%5B%5D%5E%60%7B%7C%7D@example.com", "a#%[]^`{|}@example.com", NULL },
    { "sip:a!$()*+,-.;=?_~z@example.com", "a!$()*+,-.;=?_~z@example.com", NULL },
    { "sip:%6A%6fe@example.com", "joe@example.com", "sip:joe@example.com" },
    { "sip:100%@example.com", "100%@example.com", "sip:100%25@example.com" },
    /* what is dropped */
    { "SIP:Joe:secret@Example.COM:5070;transport=tcp;user=phone?subject=x", "joe@example.com",
      "sip:joe@example.com" },
    { "sip:joe@example.com;lr;gr=a?b=c", "joe@example.com/a", "sip:joe@example.com;gr=a" },
    { "sip:joe@example.com;grid=5;x=gr", "joe@example.com", "sip:joe@example.com" },
    { "sip:joe@example.com?gr=a", "joe@example.com", "sip:joe@example.com" },
    { "sip:example.com", "example.com", NULL },
    { "sip:example.com;gr=a", "example.com/a", NULL },
    /* GRUUs */
    { "sip:joe@example.com;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
      "joe@example.com/urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", NULL },
    { "sip:joe@example.com;GR=K%C3%BCche%20%3B%3D%40%22",
      "joe@example.com/K\xC3\xBC"
      "che ;=@\"",
      "sip:joe@example.com;gr=K%C3%BCche%20%3B%3D%40%22" },
    /* hosts */
    { "sip:joe@xn--strae-oqa.example",
      "joe@stra\xC3\x9F"
      "e.example",
      NULL },
    { "sip:joe@192.0.2.1:5060", "joe@192.0.2.1", "sip:joe@192.0.2.1" },
    { "sip:joe@[2001:DB8::1]:5060;gr=x", "joe@[2001:db8::1]/x", "sip:joe@[2001:db8::1];gr=x" },
};

static struct {
    char const *uri;
    enum address_fault fault;
} const bad[] = {
    { "", ADDRESS_NO_SCHEME },
    { "joe@example.com", ADDRESS_NO_SCHEME },
    { "tel:+4930123", ADDRESS_NO_SCHEME },
    { "xmpp:joe@example.com", ADDRESS_NO_SCHEME },
    { "sips:joe@example.com", ADDRESS_SECURE },
    { "sip:", ADDRESS_BAD_URI },
    { "sip:@example.com", ADDRESS_BAD_URI },
    { "sip::secret@example.com", ADDRESS_BAD_URI },
    { "sip:joe@", ADDRESS_BAD_URI },
    { "sip:joe@;gr=a", ADDRESS_BAD_URI },
    { "sip:joe@a@b", ADDRESS_BAD_URI },
    { "sip:joe@exa mple.com", ADDRESS_BAD_URI },
    { "sip:joe@[::1", ADDRESS_BAD_URI },
    { "sip:joe@[::1]x", ADDRESS_BAD_URI },
    { "sip:joe%00@example.com", ADDRESS_BAD_ESCAPE },
    { "sip:jo%0De@example.com", ADDRESS_BAD_ESCAPE },
    { "sip:jo%7Fe@example.com", ADDRESS_BAD_ESCAPE },
    { "sip:jo\te@example.com", ADDRESS_BAD_ESCAPE },
    { "sip:jo%FF@example.com", ADDRESS_BAD_ESCAPE },
    { "sip:jo%C2%85@example.com", ADDRESS_BAD_URI },     /* a control character of C1 */
    { "sip:jo%E2%80%AEe@example.com", ADDRESS_BAD_URI }, /* right to left override */
    { "sip:joe@example.com;gr=%00", ADDRESS_BAD_ESCAPE },
    { "sip:%20joe@example.com", ADDRESS_SPACE_AT_EDGE },
    { "sip:%EF%BC%BC20joe@example.com", ADDRESS_SPACE_AT_EDGE }, /* full width backslash */
    { "sip:a%5C%EF%BC%95cb@example.com", ADDRESS_NOT_ESCAPED },  /* full width 5 */
    { "sip:joe%20@example.com", ADDRESS_SPACE_AT_EDGE },
    { "sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.com;gr", ADDRESS_TEMPORARY },
    { "sip:joe@example.com;gr=;x", ADDRESS_TEMPORARY },
};

/* JIDs that have no URI, because the way back would lead to somebody else. */
static struct {
    char const *jid;
    enum address_fault fault;
} const bad_jids[] = {
    { "\\20joe@example.com", ADDRESS_SPACE_AT_EDGE },
    { "joe\\20@example.com", ADDRESS_SPACE_AT_EDGE },
    { "a\\5cb@example.com", ADDRESS_NOT_ESCAPED },
    { "a\\5c@example.com", ADDRESS_NOT_ESCAPED },
};

static char const *uri_of(char const *text, enum address_scheme scheme,
                          struct address_options const *options, char ret[static 4096])
{
    struct jid jid;
    struct buf out;

    assert_int_equal(jid_parse(text, &jid), JID_FINE);
    buf_init(&out, 4095);
    assert_string_equal(address_map_fault_text(address_map_uri(&jid, scheme, options, &out)), "");
    assert_true(out.len < 4096);
    memcpy(ret, buf_text(&out), out.len + 1);
    buf_fini(&out);
    return ret;
}

static char const *jid_of(char const *uri, struct address_options const *options,
                          char ret[static JID_MAX + 1])
{
    struct jid jid;

    assert_string_equal(address_map_fault_text(address_map_jid(uri, options, &jid)), "");
    return jid_text(&jid, ret);
}

static void test_vectors(void **state)
{
    char jid[JID_MAX + 1], uri[4096];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        assert_string_equal(jid_of(vectors[i].uri, NULL, jid), vectors[i].jid);
        char const *back = vectors[i].back ? vectors[i].back : vectors[i].uri;
        assert_string_equal(uri_of(vectors[i].jid, ADDRESS_SIP, NULL, uri), back);
        assert_string_equal(jid_of(back, NULL, jid), vectors[i].jid);
    }
}

static void test_bad(void **state)
{
    struct jid jid;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum address_fault fault = address_map_jid(bad[i].uri, NULL, &jid);
        if (fault != bad[i].fault)
            print_message("%s\n", bad[i].uri);
        assert_string_equal(address_map_fault_text(fault), address_map_fault_text(bad[i].fault));
        assert_string_equal(jid.domain, "");
        assert_string_equal(jid.local, "");
    }
    assert_int_equal(address_map_fault_status(ADDRESS_BAD_ESCAPE), 400);
    assert_int_equal(address_map_fault_status(ADDRESS_SECURE), 416);
}

static void test_bad_jids(void **state)
{
    struct jid jid;
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof bad_jids / sizeof *bad_jids; i++) {
        assert_int_equal(jid_parse(bad_jids[i].jid, &jid), JID_FINE);
        buf_init(&out, 1000);
        assert_string_equal(address_map_fault_text(address_map_uri(&jid, ADDRESS_SIP, NULL, &out)),
                            address_map_fault_text(bad_jids[i].fault));
        buf_fini(&out);
    }
}

static void test_lengths(void **state)
{
    char uri[4000] = "sip:";
    struct jid jid;
    struct buf out;

    (void)state;
    memset(uri + 4, 'a', 1023);
    memcpy(uri + 4 + 1023, "@b", 3);
    assert_int_equal(address_map_jid(uri, NULL, &jid), ADDRESS_FINE);
    buf_init(&out, 4 + 1023 + 1);
    assert_int_equal(address_map_uri(&jid, ADDRESS_SIP, NULL, &out), ADDRESS_NO_MEMORY);
    buf_fini(&out);
    memcpy(uri + 4 + 1023, "a@b", 4);
    assert_int_equal(address_map_jid(uri, NULL, &jid), ADDRESS_TOO_LONG);
    memset(uri + 4, '/', 400); /* three octets each, once escaped */
    assert_int_equal(address_map_jid(uri, NULL, &jid), ADDRESS_TOO_LONG);
    memset(uri + 4, 'a', 2000); /* a host, and then a user */
    assert_int_equal(address_map_jid(uri, NULL, &jid), ADDRESS_TOO_LONG);
    memcpy(uri + 4 + 2000, "@b", 3);
    assert_int_equal(address_map_jid(uri, NULL, &jid), ADDRESS_TOO_LONG);
}

static void test_schemes(void **state)
{
    struct address_options const secure = { .secure = true };
    char jid[JID_MAX + 1], uri[4096];
    struct buf out;
    struct jid joe;

    (void)state;
    assert_string_equal(jid_of("im:a.b%40c@example.com", NULL, jid), "a.b\\40c@example.com");
    assert_string_equal(jid_of("pres:o'malley@example.com;gr=x", NULL, jid),
                        "o\\27malley@example.com");
    assert_string_equal(jid_of("im:a:b@example.com", NULL, jid), "a\\3ab@example.com");
    assert_string_equal(uri_of("a.(b),;[]\\c#{z}\\26@example.com/x", ADDRESS_PRES, NULL, uri),
                        "pres:a%2E%28b%29%2C%3B%5B%5D%5Cc#{z}&@example.com");
    assert_string_equal(uri_of("f\xC3\xBC@example.com", ADDRESS_IM, NULL, uri),
                        "im:f%C3%BC@example.com");
    assert_string_equal(jid_of("sips:joe@example.com;gr=x", &secure, jid), "joe@example.com/x");
    assert_string_equal(uri_of("joe@example.com/x", ADDRESS_SIPS, &secure, uri),
                        "sips:joe@example.com;gr=x");
    assert_int_equal(jid_parse("joe@example.com", &joe), JID_FINE);
    buf_init(&out, 100);
    assert_int_equal(address_map_uri(&joe, ADDRESS_SIPS, NULL, &out), ADDRESS_SECURE);
    buf_fini(&out);
}

static void test_gateway(void **state)
{
    static struct {
        char const *uri, *jid;
    } const rows[] = {
        { "sip:user@remote.example", "user\\40remote.example@gw.example" },
        { "sip:a%40b@remote.example;gr=x", "a\\40b\\40remote.example@gw.example/x" },
        { "sip:joe@xn--strae-oqa.example", "joe\\40xn--strae-oqa.example@gw.example" },
        { "sip:joe@[::1]", "joe\\40[\\3a\\3a1]@gw.example" },
        /* what the gateway's own domain holds stays as it is */
        { "sip:joe@gw.example", "joe@gw.example" },
        { "sip:joe%40gw.example@gw.example", "joe\\40gw.example@gw.example" },
        { "sip:joe%20%40remote.example@gw.example", "joe\\20\\40remote.example@gw.example" },
        { "sip:joe%40b%C3%BCx.example@gw.example", "joe\\40b\xC3\xBCx.example@gw.example" },
        { "sip:%40remote.example@gw.example", "\\40remote.example@gw.example" },
        { "sip:gw.example", "gw.example" },
    };
    struct address_options const options = { .gateway = "gw.example" };
    char jid[JID_MAX + 1], uri[4096];
    struct jid nobody;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(jid_of(rows[i].uri, &options, jid), rows[i].jid);
        assert_string_equal(uri_of(rows[i].jid, ADDRESS_SIP, &options, uri), rows[i].uri);
    }
    assert_int_equal(address_map_jid("sip:remote.example", &options, &nobody), ADDRESS_BAD_URI);
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(jid_parse("user@remote.example", &nobody), JID_FINE);
    assert_int_equal(address_map_uri(&nobody, ADDRESS_SIP, &options, &out), ADDRESS_ELSEWHERE);
    buf_fini(&out);
    /* and without the option it is a user of the gateway's domain */
    assert_string_equal(uri_of("user\\40remote.example@gw.example", ADDRESS_SIP, NULL, uri),
                        "sip:user%40remote.example@gw.example");
}

static void test_xmpp_uris(void **state)
{
    static struct {
        char const *sip, *xmpp; /* sip NULL, xmpp NULL: it has no such form */
        char const *back;       /* NULL: the same */
    } const rows[] = {
        { "sip:joe@example.com", "xmpp:joe@example.com", NULL },
        { "sip:o'malley@example.com;gr=a%20b", "xmpp:o%5C27malley@example.com/a%20b", NULL },
        { "sip:f%C3%BC@xn--strae-oqa.example", "xmpp:f%C3%BC@xn--strae-oqa.example", NULL },
        { "sip:example.com", "xmpp:example.com", NULL },
        { "sip:joe@example.com:5070;transport=tcp", "xmpp:joe@example.com", "sip:joe@example.com" },
        { "sip:joe@example.com", "XMPP://asks@elsewhere.example/joe@example.com?message;body=x",
          NULL },
        { "tel:+123", NULL, NULL },
        { "sips:joe@example.com", NULL, NULL },
        { NULL, "joe@example.com", NULL },
        { NULL, "xmpp:", NULL },
        { NULL, "xmpp:joe%0D%0A@example.com", NULL },
        { NULL, "xmpp:joe@example.com%3E%0D%0AX:%20y", NULL },
        { NULL, "xmpp:@example.com", NULL },
        { NULL, "http://example.com", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char const *back = rows[i].back ? rows[i].back : rows[i].sip;
        struct buf out;
        buf_init(&out, 4096);
        if (rows[i].sip)
            assert_int_equal(address_map_to_xmpp(rows[i].sip, NULL, &out), rows[i].xmpp != NULL);
        if (rows[i].sip && rows[i].xmpp && strncmp(rows[i].xmpp, "xmpp", 4) == 0)
            assert_string_equal(buf_text(&out), rows[i].xmpp);
        buf_fini(&out);
        buf_init(&out, 4096);
        if (rows[i].xmpp)
            assert_int_equal(address_map_from_xmpp(rows[i].xmpp, NULL, &out), back != NULL);
        if (rows[i].xmpp && back)
            assert_string_equal(buf_text(&out), back);
        buf_fini(&out);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_bad),
        cmocka_unit_test(test_bad_jids),  cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_schemes),   cmocka_unit_test(test_gateway),
        cmocka_unit_test(test_xmpp_uris),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
