/* SPDX-License-Identifier: Apache-2.0 */
/* Group "presence" of the configuration file: what is taken, what stands when nothing is said, and
 * each fault that an administrator has to be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "presence_conf.h"
#include "user_policy.h"
#include <stdlib.h>

#define START "node = { domain = \"example.test\"; };\npresence = {\n"

/* clang-format off */
static struct conf_rig_vector const vectors[] = {
    { "the least", START "};", "" },
    { "users with and without domain",
      START "users = ( \"alice\", \"bob@other.test\", \"sip:carol@example.test\" ); };", "" },
    { "a user who is none", START "users = ( \"@example.test\" ); };",
      "a.conf:3: users: \"@example.test\": wants an address: user@domain\n" },
    { "a user of another kind", START "users = ( \"tel:+123\" ); };",
      "a.conf:3: users: \"tel:+123\": wants an address: user@domain\n" },
    { "a user twice", START "users = ( \"alice\", \"sip:alice@EXAMPLE.test\" ); };",
      "a.conf:3: user \"alice@example.test\" stands twice\n" },
    { "a proxy by name", START "proxies = ( \"proxy.test\" ); };",
      "a.conf:3: proxies: \"proxy.test\": wants an IP address, perhaps with /bits\n" },
    { "no listener", START "listen = ( ); };",
      "a.conf:3: listen: 0 entries, at least 1 are needed\n" },
    { "others by no known word", START "other_domains = \"deny\"; };",
      "a.conf:3: other_domains: wants one of \"allow\", \"polite-block\", \"ask\", \"refuse\"\n" },
    { "times crossed", START "min_expires = 100;\nexpires = 90; };",
      "-: min_expires is above expires\n" },
    { "longest below the usual", START "expires = 100;\nmax_expires = 90; };",
      "-: expires is above max_expires\n" },
    { "times of publications crossed", START "publish_expires = 90;\nmin_publish_expires = 100; };",
      "-: min_publish_expires is above publish_expires\n" },
    { "longest publication below the usual",
      START "publish_expires = 100;\nmax_publish_expires = 90; };",
      "-: publish_expires is above max_publish_expires\n" },
    { "contacts of other domains, with nothing said", START "foreign = { }; };", "" },
    { "contacts of other domains through no proxy",
      START "foreign = { outbound = \"proxy.test\"; }; };",
      "a.conf:3: outbound: \"proxy.test\": wants a sip: URI\n" },
    { "contacts of other domains, never asked for", START "foreign = { rate = 0; }; };",
      "a.conf:3: rate: 0 is outside 1..10000\n" },
    { "shortest publication of the trunk above the usual",
      START "publish_expires = 100;\nmin_trunk_expires = 101; };",
      "-: min_trunk_expires is above publish_expires\n" },
    { "a document larger than a message", START "max_body_bytes = 70000; };",
      "-: max_body_bytes is above max_message_bytes\n" },
};
/* clang-format on */

static int set_up(void **state)
{
    static struct conf_rig rig = { .schema = &presence_schema, .check = presence_conf_check };

    return conf_rig_begin(state, &rig);
}

static void test_faults(void **state)
{
    conf_rig_play(*state, vectors, sizeof vectors / sizeof *vectors);
}

/* Guide and RFCs: shared by default, 200 watchers, 3600 s, one NOTIFY in 5 s. */
static void test_defaults(void **state)
{
    char *said;
    struct cfg *cfg = conf_rig_load(*state, START "};", &said);
    struct presence_conf const *conf = cfg_get(cfg);

    assert_string_equal(said, "");
    assert_int_equal(conf->listen.n, 2);
    assert_string_equal(conf->listen.v[0], "tcp:127.0.0.1:5080");
    assert_int_equal(conf->proxies.n, 2);
    assert_int_equal(conf->users.n, 0);
    assert_true(conf->availability_sharing);
    assert_true(conf->auto_authorise);
    assert_int_equal(conf->other_domains, USER_POLICY_ASK);
    assert_int_equal(conf->expires, 3600);
    assert_int_equal(conf->publish_expires, 3600);
    assert_int_equal(conf->notify_interval, 5);
    assert_int_equal(conf->max_watchers, 200);
    free(said);
    cfg_free(&cfg);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, set_up, conf_rig_end);
}
