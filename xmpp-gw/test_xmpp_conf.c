/* SPDX-License-Identifier: Apache-2.0 */
/* Group "xmpp" of the configuration file: what is taken, and each fault that an administrator has
 * to be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "streams.h"
#include "xmpp_conf.h"
#include "xmpp_domain_conf.h"
#include <stdlib.h>
#include <string.h>

#define START "node = { domain = \"example.test\"; };\nxmpp = {\n"
#define COMPONENT                                                                                  \
    "name = \"a.test\"; servers = ( \"127.0.0.1:5347\" ); secret_file = \"cti.secret\";"

/* clang-format off */
static struct conf_rig_vector const vectors[] = {
    { "the least", START "};", "" },
    { "a component", START "own = ( { " COMPONENT " } ); };", "" },
    { "a component without a secret",
      START "own = ( { name = \"a.test\"; servers = ( \"127.0.0.1:5347\" ); } ); };",
      "a.conf:3: component \"a.test\" has no secret_file\n" },
    { "a secret that is not there",
      START "own = ( { name = \"a.test\"; servers = ( \"127.0.0.1:5347\" );"
            " secret_file = \"x\"; } ); };",
      "a.conf:3: secret_file: \"x\": No such file or directory\n" },
    { "a server without certificates", START "own = ( { name = \"a.test\"; } ); };",
      "a.conf:3: domain \"a.test\" has no certificate\n" },
    { "a certificate that is not there",
      START "own = ( { name = \"a.test\"; certificates = ( \"x.pem\" ); } ); };",
      "a.conf:3: domain \"a.test\": certificates: cannot read \"x.pem\": No such file or "
      "directory\n" },
    { "a component's server without port",
      START "own = ( { name = \"a.test\"; servers = ( \"127.0.0.1\" );"
            " secret_file = \"cti.secret\"; } ); };",
      "a.conf:3: servers: \"127.0.0.1\": wants an IP address with a port\n"
      "a.conf:3: domain \"a.test\" has no certificate\n" },
    { "an own domain twice", START "own = ( { " COMPONENT " },\n { " COMPONENT " } ); };",
      "a.conf:4: domain \"a.test\" stands twice\n" },
    { "a domain that is ours, too",
      START "own = ( { " COMPONENT " } );\ndomains = ( { name = \"a.test\"; } ); };",
      "a.conf:3: domain \"a.test\" is ours and among domains\n" },
    { "a domain twice",
      START "domains = ( { name = \"b.test\"; },\n { name = \"a.test\"; },\n"
            " { name = \"b.test\"; } ); };",
      "a.conf:5: domain \"b.test\" stands twice\n" },
    { "a domain in capitals", START "domains = ( { name = \"B.test\"; } ); };",
      "a.conf:3: name: \"B.test\": wants lower case, and no dot at the end\n" },
    { "a domain with a dot at the end", START "domains = ( { name = \"b.test.\"; } ); };",
      "a.conf:3: name: \"b.test.\": wants lower case, and no dot at the end\n" },
    { "a user for a domain", START "domains = ( { name = \"a@b.test\"; } ); };",
      "a.conf:3: name: \"a@b.test\": wants a domain\n" },
    { "a domain that would break a header", START "domains = ( { name = \"b'c.test\"; } ); };",
      "a.conf:3: name: \"b'c.test\": wants a domain\n" },
    { "a domain with other letters, servers by name",
      START "domains = ( { name = \"b\\xc3\\xbc.test\";"
            " servers = ( \"im.b.test\", \"im.b.test:5299\", \"[::1]:5269\" ); } ); };",
      "" },
    { "a server that is no host",
      START "domains = ( { name = \"b.test\"; servers = ( \"im:x\" ); } ); };",
      "a.conf:3: servers: \"im:x\": wants a host, perhaps with a port\n" },
    { "TLS by no known word", START "domains = ( { name = \"b.test\"; tls = \"no\"; } ); };",
      "a.conf:3: tls: wants one of \"required\", \"optional\"\n" },
    { "a listener by name", START "server_listen = ( \"localhost:5269\" ); };",
      "a.conf:3: server_listen: \"localhost:5269\": wants an IP address with a port\n" },
    { "pauses crossed", START "retry_min_ms = 5000;\nretry_max_ms = 1000; };",
      "-: retry_min_ms is above retry_max_ms\n" },
    { "expiries crossed", START "presence_min_expires = 600;\npresence_max_expires = 60; };",
      "-: presence_min_expires is above presence_max_expires\n" },
    { "presence otherwise",
      START "presence_map = ( { show = \"xa\"; sip_show = \"xa\"; activity = \"vacation\"; },\n"
            " { when = \"activity meeting\"; show = \"away\"; tell = true; },\n"
            " { when = \"any\"; show = \"available\"; } ); };",
      "" },
    { "stanzas below what RFC 6120 wants", START "max_stanza_bytes = 9999; };",
      "a.conf:3: max_stanza_bytes: 9999 is outside 10000..10485760 bytes\n" },
};
/* clang-format on */

/* Words that are none are told with their line. */
static void test_presence_map(void **state)
{
    char *said = NULL;
    struct cfg *cfg = conf_rig_load(
        *state,
        START
        "presence_map = ( { show = \"gone\"; },\n { when = \"activity x\"; show = \"xa\"; } ); };",
        &said);

    assert_non_null(strstr(said, "a.conf:3: presence_map: "));
    assert_non_null(strstr(said, "a.conf:4: presence_map: "));
    free(said);
    cfg_free(&cfg);
}

static int set_up(void **state)
{
    static struct conf_rig rig = { .schema = &xmpp_schema, .check = xmpp_conf_check };

    return conf_rig_begin(state, &rig);
}

static void test_faults(void **state)
{
    conf_rig_play(*state, vectors, sizeof vectors / sizeof *vectors);
}

/* What nobody has said is the careful choice. */
static void test_defaults(void **state)
{
    char *said = NULL;
    struct cfg *cfg =
        conf_rig_load(*state, START "domains = ( { name = \"b.test\"; } ); };", &said);
    struct xmpp_conf const *conf = cfg_get(cfg);
    struct xmpp_domain_conf const *domain = conf->domains.v;

    assert_string_equal(said, "");
    assert_int_equal(domain->tls, STREAMS_TLS_REQUIRED);
    assert_false(domain->dialback);
    assert_int_equal(conf->server_listen.n + conf->direct_tls_listen.n, 0);
    free(said);
    cfg_free(&cfg);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_presence_map),
    };

    return cmocka_run_group_tests(tests, set_up, conf_rig_end);
}
