/* SPDX-License-Identifier: Apache-2.0 */
/* Federated domains: who is found, where it leads, and every fault of the list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg.h"
#include "conf_rig.h"
#include "domain.h"
#include "federation.h"
#include "federation_conf.h"
#include "origin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIP = FEDERATION_CONF_SIP, XMPP = FEDERATION_CONF_XMPP, ANY = TRANSPORT_KINDS };

static struct domain *make_own(void)
{
    struct domain *own = domain_new();
    assert_non_null(own);
    assert_int_equal(domain_add_host(own, "example.test"), 0);
    return own;
}

/* The faults of @p rows as text; NULL if there are none. The caller frees it. */
static char *faults_of(struct federation_conf *rows, size_t n, struct federation **ret)
{
    struct domain *own = make_own();
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg_groups const list = { rows, n };
    struct federation *federation = federation_new(&list, own, faults);
    assert_non_null(federation);
    char *text = cfg_faults_count(faults) > 0 ? conf_rig_said(&faults) : NULL;
    cfg_faults_free(&faults);
    domain_free(&own);
    if (ret)
        *ret = federation;
    else
        federation_free(&federation);
    return text;
}

static void test_found(void **state)
{
    /* clang-format off */
    struct federation_conf rows[] = {
        { { "c.conf", 1 }, "Partner.example", "", SIP, "", 0, ANY, "" },
        { { "c.conf", 2 }, "chat.example", "", XMPP, "", 0, ANY, "" },
        { { "c.conf", 3 }, "*.partner.example", "", SIP, "sip.partner.example", 5070,
          TRANSPORT_TCP, "" },
        { { "c.conf", 4 }, "xmpp.partner.example", "", XMPP, "", 0, ANY, "" },
        { { "c.conf", 5 }, "*.b.c.partner.example", "", SIP, "2001:db8::1", 0, ANY, "" },
        { { "c.conf", 6 }, "srv.example", "", SIP, "_sips._tcp.edge.example", 0, ANY, "" },
        { { "c.conf", 7 }, "*.test", "", SIP, "192.0.2.1", 0, TRANSPORT_UDP, "" },
    };
    static struct {
        char const *host;
        int line; /* of the entry; 0: none */
    } const vectors[] = {
        { "partner.example", 1 },
        { "PARTNER.Example", 1 },
        { "partner.example.", 1 },
        { "artner.example", 0 },
        { "partner.example.com", 0 },
        { "example", 0 },
        { "chat.example", 2 },
        { "x.chat.example", 0 },
        { "a.partner.example", 3 },
        { "a.b.partner.example", 3 },
        { "c.partner.example", 3 },
        { "A.C.Partner.Example.", 3 },
        { "xmpp.partner.example", 4 },
        { "a.xmpp.partner.example", 3 },
        { "b.c.partner.example", 3 },
        { "a.b.c.partner.example", 5 },
        { "z.a.b.c.partner.example", 5 },
        { ".partner.example", 3 },
        { "xpartner.example", 0 },
        { "srv.example", 6 },
        { "test", 0 },
        { "other.test", 7 },
        { "a.b.c.d.e.f.g.test", 7 },
        { "*.partner.example", 3 },
        { "192.0.2.1", 0 },
        { "[2001:db8::1]", 0 },
        { "", 0 },
        { ".", 0 },
    };
    /* clang-format on */
    static char const *const via[] = {
        "",
        "",
        "sip:sip.partner.example:5070;transport=tcp",
        "",
        "sip:[2001:db8::1]",
        "sip:edge.example;transport=tls",
        "sip:192.0.2.1;transport=udp",
    };
    struct federation *federation;
    (void)state;
    assert_null(faults_of(rows, sizeof rows / sizeof *rows, &federation));
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct federation_entry const *entry = federation_find(federation, vectors[i].host);
        int line = entry ? entry->conf->where.line : 0;
        if (line != vectors[i].line)
            fail_msg("%s: %d", vectors[i].host, line);
    }
    for (size_t i = 0; i < sizeof via / sizeof *via; i++) {
        struct federation_entry const *entry = federation_at(federation, i);
        assert_ptr_equal(entry->conf, &rows[i]);
        assert_string_equal(entry->via, via[i]);
        assert_int_equal(entry->uri != NULL, *via[i] != '\0');
    }
    assert_string_equal(federation_at(federation, 0)->rule, "domains[Partner.example]");
    assert_null(federation_at(federation, sizeof via / sizeof *via));
    federation_free(&federation);
    federation_free(&federation);
}

static void test_hits(void **state)
{
    struct federation_conf row = { .name = "a.example", .next_hop = "", .transport = ANY };
    struct federation *federation;
    (void)state;
    assert_null(faults_of(&row, 1, &federation));
    struct federation_entry const *entry = federation_find(federation, "a.example");
    assert_int_equal(federation_hits(entry), 0);
    federation_count_hit(entry);
    federation_count_hit(entry);
    assert_int_equal(federation_hits(federation_at(federation, 0)), 2);
    federation_free(&federation);
}

static void test_an_empty_list(void **state)
{
    struct federation *federation;
    (void)state;
    assert_null(faults_of(NULL, 0, &federation));
    assert_null(federation_find(federation, "a.example"));
    assert_null(federation_at(federation, 0));
    federation_free(&federation);
}

static void test_a_long_host(void **state)
{
    char host[400];
    struct federation_conf row = { .name = "*.x", .next_hop = "", .transport = ANY };
    struct federation *federation;
    (void)state;
    assert_null(faults_of(&row, 1, &federation));
    memset(host, 'a', sizeof host);
    memcpy(host + 253, ".x", 3);
    assert_non_null(federation_find(federation, host));
    memcpy(host + 254, ".x", 3);
    assert_null(federation_find(federation, host));
    federation_free(&federation);
}

static void test_many(void **state)
{
    enum { MANY = 20000 };
    static char names[MANY][24];
    struct federation_conf *rows = calloc(MANY, sizeof *rows);
    struct federation *federation;
    (void)state;
    assert_non_null(rows);
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "%sd%u.example", i % 3 ? "" : "*.", i);
        rows[i] = (struct federation_conf){ .name = names[i], .next_hop = "", .transport = ANY };
    }
    assert_null(faults_of(rows, MANY, &federation));
    for (unsigned i = 0; i < 2 * MANY; i++) {
        char host[32];
        (void)snprintf(host, sizeof host, "%sd%u.example", i % 3 ? "" : "x.", i);
        struct federation_entry const *entry = federation_find(federation, host);
        assert_ptr_equal(entry, i < MANY ? federation_at(federation, i) : NULL);
    }
    federation_free(&federation);
    free(rows);
}

static void test_every_fault_is_named(void **state)
{
    /* clang-format off */
    struct federation_conf rows[] = {
        { { "c.conf", 1 }, "a.example", "", SIP, "", 0, ANY, "" },
        { { "c.conf", 2 }, "b.example", "", XMPP, "", 0, ANY, "" },
        { { "c.conf", 3 }, "A.example", "", SIP, "", 0, ANY, "" },
        { { "d.conf", 4 }, "B.EXAMPLE", "", SIP, "", 0, ANY, "" },
        { { "c.conf", 5 }, "Example.test", "", SIP, "", 0, ANY, "" },
        { { "c.conf", 6 }, "c.example", "", XMPP, "edge.example", 0, ANY, "" },
        { { "c.conf", 7 }, "d.example", "", XMPP, "", 0, TRANSPORT_TCP, "" },
        { { "c.conf", 8 }, "e.example", "", SIP, "", 5060, ANY, "" },
        { { "c.conf", 9 }, "f.example", "", SIP, "_sip._tcp.g.example", 5060, ANY, "" },
        { { "c.conf", 10 }, "*.h.example", "", SIP, "", 0, ANY, "" },
        { { "c.conf", 11 }, "*.H.example", "", XMPP, "", 0, ANY, "" },
        /* fine: the one is not the other */
        { { "c.conf", 12 }, "h.example", "", XMPP, "", 0, ANY, "" },
        { { "c.conf", 13 }, "*.example.test", "", SIP, "", 0, ANY, "" },
        /* refused before, by their own rows */
        { { "c.conf", 14 }, NULL, "", SIP, "", 0, ANY, "" },
        { { "c.conf", 15 }, "i.example", "", SIP, NULL, 5060, ANY, "" },
    };
    /* clang-format on */
    (void)state;
    char *text = faults_of(rows, sizeof rows / sizeof *rows, NULL);
    assert_string_equal(
        text,
        "c.conf:3: domain \"A.example\" stands twice, first at c.conf:1\n"
        "c.conf:5: domain \"Example.test\" is our own: it cannot be federated\n"
        "c.conf:6: domain \"c.example\": next_hop, port and transport are for federation = "
        "\"sip\": "
        "XMPP goes to `xmpp_gateway`\n"
        "c.conf:7: domain \"d.example\": next_hop, port and transport are for federation = "
        "\"sip\": "
        "XMPP goes to `xmpp_gateway`\n"
        "c.conf:8: domain \"e.example\": port and transport want a next_hop: without it the DNS of "
        "the domain says all\n"
        "c.conf:9: domain \"f.example\": next_hop is the name of an SRV record: port must be 0\n"
        "c.conf:11: domain \"*.H.example\" is federated by xmpp here and by sip at c.conf:10: only "
        "one is possible\n"
        "d.conf:4: domain \"B.EXAMPLE\" is federated by sip here and by xmpp at c.conf:2: only one "
        "is possible\n");
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_found),         cmocka_unit_test(test_hits),
        cmocka_unit_test(test_an_empty_list), cmocka_unit_test(test_a_long_host),
        cmocka_unit_test(test_many),          cmocka_unit_test(test_every_fault_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
