/* SPDX-License-Identifier: Apache-2.0 */
/* What a resolver tells of its way to an answer, and that it asks anew. */
#include "buf.h"
#include "dns_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

static struct dns_row const zone[] = {
    DNS_ROW_NAPTR("naptr.test", 10, 1, "s SIPS+D2T", "_sips._tcp.srv.test"),
    DNS_ROW_NAPTR("naptr.test", 20, 1, "s SIP+D2U", "_sip._udp.srv.test"),
    DNS_ROW_SRV("_sip._udp.srv.test", 10, 5, 5071, "one.test"),
    DNS_ROW_SRV("_sip._udp.srv.test", 20, 1, 5072, "two.test"),
    DNS_ROW_SRV("_sip._udp.never.test", 0, 0, 0, ""),
    DNS_ROW_A("one.test", "127.0.0.1"),
    DNS_ROW_AAAA("one.test", "2001:db8::1"),
    DNS_ROW_A("two.test", "127.0.0.2"),
};

struct rig {
    struct dns_rig dns;
    struct buf text;
};

static void on_note(void *ctx, char const *question, char const *answer)
{
    struct rig *rig = ctx;

    buf_printf(&rig->text, "%s: %s\n", question, answer);
}

static void on_answer(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct rig *rig = ctx;

    (void)list;
    buf_printf(&rig->text, "%zu %s\n", n, why_not ? why_not : "");
}

static struct vector {
    char const *uri, *text;
} const vectors[] = {
    { "sip:naptr.test", "NAPTR naptr.test: _sips._tcp.srv.test by tls, _sip._udp.srv.test by udp\n"
                        "SRV _sips._tcp.srv.test: no such name\n"
                        "SRV _sip._udp.srv.test: 10 5 5071 one.test, 20 1 5072 two.test\n"
                        "A and AAAA one.test: 2001:db8::1, 127.0.0.1\n"
                        "A and AAAA two.test: 127.0.0.2\n3 \n" },
    { "sip:never.test;transport=udp", "SRV _sip._udp.never.test: the domain does not offer this\n"
                                      "0 the domain says that it offers no SIP\n" },
    { "sip:two.test:5060", "A and AAAA two.test: 127.0.0.2\n1 \n" },
    { "sip:nobody.test:5060", "A and AAAA nobody.test: no such name\n0 the name has no address\n" },
    { "sip:127.0.0.1", "1 \n" },
    { "tel:1", "0 not a SIP URI\n" },
};

static void ask(struct rig *rig, char const *uri)
{
    char text[128];
    url_t url;

    (void)strncpy(text, uri, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(url_d(&url, text), 0);
    buf_reset(&rig->text);
    (void)resolve_uri_anew(rig->dns.resolver, &url, TRANSPORT_UDP, on_note, on_answer, rig);
    dns_rig_run(&rig->dns);
}

/* Twice: what is known already is asked for all the same. */
static void test_vectors(void **state)
{
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        for (int turn = 0; turn < 2; turn++) {
            ask(rig, vectors[i].uri);
            assert_string_equal(buf_text(&rig->text), vectors[i].text);
        }
    }
}

static void test_trouble(void **state)
{
    struct rig *rig = *state;

    rig->dns.broken = true;
    ask(rig, "sip:one.test:5060");
    assert_string_equal(buf_text(&rig->text),
                        "A and AAAA one.test: the DNS servers give no answer\n"
                        "0 the DNS gives no answer\n");
}

/* Nobody is told after that. */
static void test_cancel(void **state)
{
    struct rig *rig = *state;
    char text[] = "sip:one.test:5060";
    url_t url;

    assert_int_equal(url_d(&url, text), 0);
    buf_reset(&rig->text);
    struct resolve_query *query =
        resolve_uri_anew(rig->dns.resolver, &url, TRANSPORT_UDP, on_note, on_answer, rig);
    assert_non_null(query);
    resolve_cancel(&query);
    dns_rig_run(&rig->dns);
    assert_string_equal(buf_text(&rig->text), "");
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    dns_rig_init(&rig->dns, zone, sizeof zone / sizeof *zone);
    buf_init(&rig->text, TEXT_MAX);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    dns_rig_fini(&rig->dns);
    buf_fini(&rig->text);
    free(rig);
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_trouble, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
