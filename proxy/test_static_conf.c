/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of static_routes: values, defaults, and every fault with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg.h"
#include "conf_rig.h"
#include "proxy_conf.h"
#include "static_conf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL "pattern = \"8*\"; next_hop = \"a.test\";"
#define TEN   "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static struct cfg *load(char const *proxy, struct cfg_faults *faults)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/test_static_conf_%d", (int)getpid());
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "node = { domain = \"example.test\"; }; proxy = {\n%s\n};\n", proxy);
    assert_int_equal(fclose(out), 0);
    struct cfg *cfg = cfg_load(path, &proxy_conf_schema, faults);
    assert_non_null(cfg);
    proxy_conf_check(cfg_get(cfg), cfg_get_node(cfg), faults);
    unlink(path);
    return cfg;
}

/* Faults and warnings of the keys @p proxy, without the file's name. */
static char *said(char const *proxy)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = load(proxy, faults);
    char *text = conf_rig_said(&faults);
    cfg_free(&cfg);
    return text;
}

static void test_faults(void **state)
{
    /* clang-format off */
    static struct {
        char const *entry; /* of static_routes, in line 2 */
        char const *says;  /* "": nothing */
    } const rows[] = {
        { SMALL, "" },
        { "pattern = \"8*\"; next_hop = \"192.0.2.1\";", "" },
        { "pattern = \"8*\"; next_hop = \"2001:db8::1\";", "" },
        { "pattern = \"8*\"; next_hop = \"[2001:db8::1]\";", "" },
        { "pattern = \"8*\"; next_hop = \"srv.a.test\"; port = 0;", "" },
        { "pattern = \"8*\"; next_hop = \"_sip._tcp.a.test\"; port = 0;", "" },
        { "pattern = \"8*\"; next_hop = \"_sips._tcp.a.test\"; port = 0; transport = \"tls\";",
          "" },
        { "pattern = \"8*\"; block = true;", "" },
        { "pattern = \"*.b.*\"; type = \"domain\"; next_hop = \"a.test\";", "" },
        { "pattern = \"\\\\*8\"; next_hop = \"a.test\";", "" },
        { SMALL "port = 65535; priority = 65535; weight = 65535;", "" },
        { SMALL "description = \"" FIFTY FIFTY FIFTY FIFTY FIFTY "12345\";", "" },
        /* missing */
        { "next_hop = \"a.test\";", ":2: static_routes entry: \"pattern\" is missing" },
        { "pattern = \"8*\";", ":2: static route \"static_routes[1]\": \"next_hop\" is missing" },
        /* ranges and lengths */
        { SMALL "port = 65536;", ":2: port: 65536 is outside 0..65535" },
        { SMALL "port = -1;", ":2: port: -1 is outside" },
        { SMALL "priority = 0;", ":2: priority: 0 is outside 1..65535" },
        { SMALL "weight = 0;", ":2: weight: 0 is outside 1..65535" },
        { SMALL "weight = 65536;", ":2: weight: 65536 is outside" },
        { SMALL "type = \"host\";", ":2: type: wants one of \"user\", \"domain\"" },
        { SMALL "transport = \"sctp\";", ":2: transport: wants one of \"udp\", \"tcp\", \"tls\"" },
        { SMALL "block = 1;", ":2: block: wants true or false" },
        { SMALL "description = \"" FIFTY FIFTY FIFTY FIFTY FIFTY "123456\";",
          ":2: description: longer than 255" },
        { "pattern = \"" FIFTY FIFTY FIFTY FIFTY FIFTY "123456\"; next_hop = \"a.test\";",
          ":2: pattern: longer than 255" },
        { "pattern = \"\"; next_hop = \"a.test\";", ":2: pattern: shorter than 1" },
        { SMALL "name = \"a b\";", ":2: name: \"a b\": only letters" },
        { SMALL "prefix = 1;", ":2: static_routes entry: unknown key \"prefix\"" },
        /* patterns */
        { "pattern = \"8*1\"; next_hop = \"a.test\"; name = \"x\";",
          ":2: static route \"static_routes[x]\": pattern \"8*1\": \"*\" stands before the last" },
        { "pattern = \"8\\\\.\"; next_hop = \"a.test\";", "\"\\\" stands before something else" },
        { "pattern = \"a@b\"; next_hop = \"a.test\";", "the user part alone" },
        { "pattern = \"a/b\"; type = \"domain\"; next_hop = \"a.test\";", "no host name has" },
        /* next hops */
        { "pattern = \"8*\"; next_hop = \"5.6.7.8.9\";", ":2: next_hop: \"5.6.7.8.9\": neither" },
        { "pattern = \"8*\"; next_hop = \"192.0.2.1:5060\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"[192.0.2.1]\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"[2001:db8::1]:5060\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"sip:a.test\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"a_b.test\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"a..test\";", "neither a host name nor" },
        { "pattern = \"8*\"; next_hop = \"192.0.2.1\"; port = 0;",
          ":2: static route \"static_routes[1]\": port = 0 means DNS SRV, but" },
        { "pattern = \"8*\"; next_hop = \"[2001:db8::1]\"; port = 0;", "port = 0 means DNS SRV" },
        { "pattern = \"8*\"; next_hop = \"_sip._tcp.a.test\";", "port must be 0" },
        { "pattern = \"8*\"; next_hop = \"_sip._tcp.a.test\"; port = 5060;", "port must be 0" },
        { "pattern = \"8*\"; next_hop = \"_sip._udp.a.test\"; port = 0;", "another transport" },
        /* both at once */
        { "pattern = \"8*1\"; next_hop = \"192.0.2.1\"; port = 0;", "port = 0 means DNS SRV" },
        { SMALL "name = \"x\"; },\n{ " SMALL "name = \"x\";",
          ":3: static route \"x\" stands twice" },
        /* odd, but taken */
        { "pattern = \"74..781*\"; next_hop = \"a.test\";",
          ":2: warning: static route \"static_routes[1]\" with pattern \"74..781*\" is not active: "
          "no embed template fits\n" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char proxy[2000];
        snprintf(proxy, sizeof proxy, "static_routes = ( { %s } );", rows[i].entry);
        char *text = said(proxy);
        if (*rows[i].says ? !strstr(text, rows[i].says) : *text != '\0')
            fail_msg("%s\nsays: %s", rows[i].entry, text);
        free(text);
    }
}

static void test_neighbours(void **state)
{
    /* clang-format off */
    static struct {
        char const *proxy, *says;
    } const rows[] = {
        { "embed_templates = ( \"74..78xxxxx*\" );", "" },
        { "embed_templates = ( \"1.1\", \"1.2\", \"1.3\", \"1.4\", \"1.5\" );", "" },
        { "embed_templates = ( \"1.1\", \"1.2\", \"1.3\", \"1.4\", \"1.5\", \"1.6\" );",
          "embed_templates: 6 entries, at most 5" },
        { "embed_templates = ( \"74..\" );", "embed_templates: \"74..\": has no" },
        { "blocked_status = \"403\";", "" },
        { "blocked_status = \"500\";", "blocked_status: wants one of \"404\", \"403\"" },
        { "route_seed = 17;", "" },
        { "route_seed = -1;", "route_seed: -1 is outside" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = said(rows[i].proxy);
        if (*rows[i].says ? !strstr(text, rows[i].says) : *text != '\0')
            fail_msg("%s\nsays: %s", rows[i].proxy, text);
        free(text);
    }
}

static void test_defaults(void **state)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct cfg *cfg = load("static_routes = ( { " SMALL " } );", faults);
    struct proxy_conf const *conf = cfg_get(cfg);
    struct static_conf const *row = conf->static_routes.v;
    (void)state;
    assert_int_equal(conf->static_routes.n, 1);
    assert_int_equal(row->port, 5060);
    assert_int_equal(row->priority, 1);
    assert_int_equal(row->weight, 10);
    assert_string_equal(static_conf_type_name(row), "user");
    assert_string_equal(static_conf_transport_name(row), "tcp");
    assert_true(row->allow_less_specific && row->in_service && !row->block);
    assert_string_equal(row->name, "");
    assert_int_equal(conf->blocked_status, PROXY_CONF_BLOCKED_404);
    assert_int_equal(conf->route_seed, 0);
    cfg_free(&cfg);
    cfg_faults_free(&faults);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
