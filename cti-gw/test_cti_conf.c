/* SPDX-License-Identifier: Apache-2.0 */
/* Group "cti" of the configuration file: what is taken, what stands when nothing is said, and each
 * fault that an administrator has to be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "cti_conf.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MANY = 100000 };

#define START "node = { domain = \"example.test\"; };\ncti = { password_file = \"cti.secret\";\n"

/* clang-format off */
static struct conf_rig_vector const vectors[] = {
    { "the least", START "};", "" },
    { "two connections, a user with two lines",
      START "connections = ( \"127.0.0.1\", \"[::1]:2751\" );\n"
      "users = ( { id = \"alice\"; rcc = true; lines = ( \"2001\", \"+390212345\" ); } ); };", "" },
    { "no password file", "node = { domain = \"x.test\"; };\ncti = { };",
      "a.conf:2: cti: \"password_file\" is missing\n" },
    { "password file that is not there", "node = { domain = \"x.test\"; };\n"
      "cti = { password_file = \"no.secret\"; };",
      "a.conf:2: password_file: \"no.secret\": No such file or directory\n" },
    { "empty password", "node = { domain = \"x.test\"; };\n"
      "cti = { password_file = \"empty.secret\"; };",
      "a.conf:2: password_file: \"empty.secret\": its first line is empty or too long for a "
      "password\n" },
    { "unknown driver", START "driver = \"qbe\"; };",
      "a.conf:3: driver: \"qbe\": there is no such driver\n" },
    { "driver of the wrong type", START "driver = 5; };", "a.conf:3: driver: wants a string\n" },
    { "no listener", START "listen = ( ); };",
      "a.conf:3: listen: 0 entries, at least 1 are needed\n" },
    { "listener of the wrong type", START "listen = 5; };",
      "a.conf:3: listen: wants a list of strings\n" },
    { "no connection", START "connections = ( ); };",
      "a.conf:3: connections: 0 entries, at least 1 are needed\n" },
    { "connection by name", START "connections = ( \"switch.test:2750\" ); };",
      "a.conf:3: connections: \"switch.test:2750\": wants an IP address, perhaps with :port\n" },
    { "a ninth connection", START "connections = ( \"::1\", \"::2\", \"::3\", \"::4\", \"::5\", "
      "\"::6\", \"::7\", \"::8\", \"::9\" ); };",
      "a.conf:3: connections: 9 entries, at most 8 are allowed\n" },
    { "timers crossed", START "session_timer = 100;\nmin_session_timer = 101; };",
      "a.conf:2: min_session_timer is above session_timer\n" },
    { "timer out of range", START "session_timer = 86401; };",
      "a.conf:3: session_timer: 86401 is outside 90..86400 s\n" },
    { "timer that is no number", START "session_timer = \"100\"; };",
      "a.conf:3: session_timer: wants a number\n" },
    { "peer classes", START "peer_classes = ( { name = \"r2\"; user_agent = \"UCCP/3.5\"; "
      "error_style = \"status4xx\"; }, { name = \"oc\"; user_agent = \"UCCP/\"; } ); };", "" },
    { "a peer class without a name", START "peer_classes = ( { user_agent = \"x\"; } ); };",
      "a.conf:3: peer class: \"name\" is missing\n" },
    { "an error style that is none", START
      "peer_classes = ( { name = \"a\"; error_style = \"5xx\"; } ); };",
      "a.conf:3: error_style: wants one of \"body200\", \"status4xx\"\n" },
    { "the same peer class twice", START
      "peer_classes = ( { name = \"a\"; user_agent = \"A\"; }, { name = \"a\"; } ); };",
      "a.conf:3: peer class \"a\" stands twice, first in line 3\n" },
    { "a peer class that is never reached", START "peer_classes = ( { name = \"any\"; },\n"
      "{ name = \"oc\"; user_agent = \"UCCP/\"; } ); };",
      "a.conf:4: peer class \"oc\" is never reached: \"any\" in line 3 takes all of it\n" },
    { "line that is none", START "users = ( { id = \"a\"; lines = ( \"20-01\" ); } ); };",
      "a.conf:3: lines: \"20-01\": wants the digits of a directory number\n" },
    { "URI without scheme", START "users = ( { id = \"a\"; uri = \"a@x.test\"; } ); };",
      "a.conf:3: uri: \"a@x.test\": wants a sip: URI\n" },
    { "user without id", START "users = ( { rcc = true; } ); };",
      "a.conf:3: cti user: \"id\" is missing\n" },
    { "two users without id", START "users = ( { }, { } ); };",
      "a.conf:3: cti user: \"id\" is missing\na.conf:3: cti user: \"id\" is missing\n" },
    { "user twice", START "users = ( { id = \"a\"; },\n { id = \"b\"; },\n { id = \"a\"; } ); };",
      "a.conf:5: user \"a\" stands twice, first in line 3\n" },
    { "ids that differ in case", START "users = ( { id = \"a\"; }, { id = \"A\"; } ); };", "" },
    { "lcs with two lines",
      START "server_type = \"lcs\"; users = ( { id = \"a\"; lines = ( \"1\", \"2\" ); } ); };",
      "" },
    { "lcs with three lines", START "server_type = \"lcs\";\n"
      "users = ( { id = \"a\"; lines = ( \"1\", \"2\", \"3\" ); } ); };",
      "a.conf:4: user \"a\": with server_type lcs at most 2 lines\n" },
    { "ocs with three lines",
      START "users = ( { id = \"a\"; lines = ( \"1\", \"2\", \"3\" ); } ); };", "" },
    { "as many events as transactions",
      START "max_unanswered_events = 1000; max_transactions_per_call = 1000; };", "" },
    { "more events than transactions", START "max_unanswered_events = 1001; };",
      "a.conf:2: max_unanswered_events is above max_transactions_per_call\n" },
    { "a number rule", START "numbers_outbound = ( { expression = \"^(\\\\d{3})$\"; "
      "replacement = \"$1\"; } ); };", "" },
    { "number rules that are none",
      START "numbers_inbound = ( { expression = \"1\"; replacement = \"2\"; },\n"
      "{ expression = \"(1\"; replacement = \"2\"; } );\n"
      "numbers_outbound = ( { expression = \"(1)\"; replacement = \"$2\"; } ); };",
      "a.conf:4: numbers_inbound: rule 2: expression: missing closing parenthesis at character 3\n"
      "a.conf:5: numbers_outbound: rule 1: replacement: $2, but the expression has 1 groups\n" },
    { "a policy", START "policies = ( { name = \"p\"; deny = ( \"HoldCall\" ); "
      "groups = ( \"g\" ); } ); };", "" },
    { "a policy twice", START "policies = ( { name = \"p\"; deny = ( \"HoldCall\" ); },\n"
      "{ name = \"p\"; allow = ( \"MakeCall\" ); } ); };",
      "a.conf:4: policy \"p\" stands twice, first in line 3\n" },
    { "a policy that denies what is no service",
      START "policies = ( { name = \"p\"; deny = ( \"HeldEvent\" ); } ); };",
      "a.conf:3: deny: \"HeldEvent\": there is no such CSTA service\n" },
    { "a policy that denies what is needed",
      START "policies = ( { name = \"p\"; deny = ( \"MonitorStop\" ); } ); };",
      "a.conf:3: deny: \"MonitorStop\": no session can do without this service\n" },
};
/* clang-format on */

static int set_up(void **state)
{
    static struct conf_rig rig = { .schema = &cti_schema, .check = cti_conf_check };

    return conf_rig_begin(state, &rig);
}

static void test_faults(void **state)
{
    conf_rig_write("empty.secret", "\n");
    conf_rig_play(*state, vectors, sizeof vectors / sizeof *vectors);
}

static void test_defaults(void **state)
{
    char *said;
    struct cfg *cfg = conf_rig_load(*state, START "users = ( { id = \"alice\"; } ); };", &said);
    struct cti_conf const *conf = cfg_get(cfg);
    struct cti_user const *user = conf->users.v;

    assert_string_equal(said, "");
    assert_string_equal(conf->driver, "csta_tcp");
    assert_string_equal(conf->connections.v[0], "127.0.0.1:2750");
    assert_string_equal(conf->listen.v[0], "tcp:127.0.0.1:5082");
    assert_int_equal(conf->server_type, CTI_SERVER_OCS);
    assert_int_equal(conf->relaxed_cseq, CTI_CSEQ_AUTO);
    assert_int_equal(conf->session_timer, 1800);
    assert_int_equal(conf->heartbeat, 30);
    assert_int_equal(conf->limits.t1_ms, 500);
    assert_int_equal(conf->users.n, 1);
    assert_string_equal(user->mail, "");
    assert_string_equal(user->uri, "");
    assert_false(user->rcc);
    assert_int_equal(user->lines.n, 0);
    free(said);
    cfg_free(&cfg);
}

/* As many users as there may be; the check must not take their square. */
static void test_many_users(void **state)
{
    static struct cti_user all[MANY];
    static char ids[MANY][12];
    char const *one[] = { "x" };
    struct cti_conf const conf = { .driver = "csta_tcp",
                                   .listen = { .v = one, .n = 1 },
                                   .connections = { .v = one, .n = 1 },
                                   .users = { .v = all, .n = MANY } };
    struct cfg_faults *faults = cfg_faults_new();
    (void)state;

    for (int i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "user%d", i);
        all[i] = (struct cti_user){ .id = ids[i], .where = { "a.conf", i + 1 } };
    }
    all[MANY - 1].id = ids[0];
    clock_t began = clock();
    cti_conf_check(&conf, NULL, faults);
    assert_true((clock() - began) / CLOCKS_PER_SEC < 3);
    assert_int_equal(cfg_faults_count(faults), 1);
    cfg_faults_free(&faults);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_many_users),
    };
    return cmocka_run_group_tests(tests, set_up, conf_rig_end);
}
