/* SPDX-License-Identifier: Apache-2.0 */
/* Group "switch" of the configuration file: what stands when nothing is said, and each fault that
 * an administrator has to be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "switch_conf.h"
#include <stdlib.h>

#define START                                                                                      \
    "node = { domain = \"example.test\"; };\n"                                                     \
    "switch = { user = \"CtiGW\"; password_file = \"cti.secret\";\n"

/* clang-format off */
static struct conf_rig_vector const vectors[] = {
    { "the least", START "};", "" },
    { "lines, a shared one with a queue, and trunks",
      START "lines = ( { number = \"2001\"; }, { number = \"*7\"; devices = ( \"A\", \"B\" ); "
      "queue = 3; } );\ntrunks = ( { name = \"t\"; prefix = \"+\"; }, "
      "{ name = \"t\"; prefix = \"00\"; max_calls = 5; } ); };", "" },
    { "no user", "node = { domain = \"x.test\"; };\nswitch = { password_file = \"cti.secret\"; };",
      "a.conf:2: switch: \"user\" is missing\n" },
    { "listener by name", START "listen = \"localhost:2750\"; };",
      "a.conf:3: listen: \"localhost:2750\": is not an IP address with a port\n" },
    { "a number that nobody can dial", START "lines = ( { number = \"20-01\"; } ); };",
      "a.conf:3: number: \"20-01\": is not a number of digits, * and #, with or without + in "
      "front\n" },
    { "a number twice",
      START "lines = ( { number = \"2001\"; },\n{ number = \"2002\"; },\n"
      "{ number = \"2001\"; } ); };",
      "a.conf:5: line 2001 stands twice\n" },
    { "a queue out of range", START "lines = ( { number = \"2001\"; queue = 1001; } ); };",
      "a.conf:3: queue: 1001 is outside 0..1000\n" },
    { "a trunk without a name", START "trunks = ( { prefix = \"+\"; } ); };",
      "a.conf:3: trunks entry: \"name\" is missing\n" },
    { "a prefix that nobody can dial", START "trunks = ( { name = \"t\"; prefix = \"x\"; } ); };",
      "a.conf:3: prefix: \"x\": is not the beginning of a number\n" },
    { "a prefix twice", START "trunks = ( { name = \"a\"; prefix = \"0\"; },\n"
      "{ name = \"b\"; prefix = \"0\"; } ); };", "a.conf:4: prefix 0 stands twice\n" },
    { "a conference of two", START "max_conference = 2; };",
      "a.conf:3: max_conference: 2 is outside 3..64\n" },
    { "diversions without end", START "max_diversions = 17; };",
      "a.conf:3: max_diversions: 17 is outside 1..16\n" },
};
/* clang-format on */

static int set_up(void **state)
{
    static struct conf_rig rig = { .schema = &switch_conf_schema, .check = switch_conf_check };

    return conf_rig_begin(state, &rig);
}

static void test_faults(void **state)
{
    conf_rig_play(*state, vectors, sizeof vectors / sizeof *vectors);
}

static void test_defaults(void **state)
{
    char *said;
    struct cfg *cfg = conf_rig_load(*state, START "lines = ( { number = \"2001\"; } ); };", &said);
    struct switch_conf const *conf = cfg_get(cfg);
    struct switch_line_conf const *line = conf->lines.v;
    assert_string_equal(said, "");
    assert_string_equal(conf->listen, "127.0.0.1:2750");
    assert_int_equal(conf->trunks.n, 0);
    assert_int_equal(line->devices.n, 0);
    assert_int_equal(line->queue, 0);
    assert_int_equal(conf->max_calls_per_line, 2);
    assert_int_equal(conf->max_conference, 8);
    assert_int_equal(conf->max_diversions, 5);
    assert_int_equal(conf->no_answer_s, 0);
    assert_int_equal(conf->ring_s, 5);
    assert_int_equal(conf->forward_rings, 4);
    assert_int_equal(conf->dial_timeout_s, 4);
    assert_true(conf->call_waiting);
    assert_false(conf->offered_events);
    assert_int_equal(conf->accept_timeout_s, 0);
    assert_false(conf->hookswitch_events);
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
