/* SPDX-License-Identifier: Apache-2.0 */
/* Log levels by subsystem, and what the audit log hears. */
#include "svc_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

static void assert_level(struct svc_rig *rig, char const *subsystem, char const *level,
                         char const *configured)
{
    json_t *answer = svc_rig_ask(rig, "show log", NULL);

    assert_string_equal(json_string_value(svc_rig_cell(answer, subsystem, 1)), level);
    assert_string_equal(json_string_value(svc_rig_cell(answer, subsystem, 2)), configured);
    json_decref(answer);
}

/* By the file, then by command, then by the file again. */
static void test_log_levels(void **state)
{
    static char const web[] = "web = { mode = \"good\"; };";
    struct svc_rig *rig = *state;
    char line[128];

    rig->levels = "log_levels = ( { subsystem = \"sip\"; level = \"trace\"; } );";
    svc_rig_write_conf(rig, web);
    svc_rig_start(rig, NULL);
    assert_level(rig, "sip", "trace", "trace");
    assert_level(rig, "csta", "info", "info");
    json_decref(
        svc_rig_ask(rig, "log", json_pack("{s:s,s:s}", "level", "debug", "subsystem", "csta")));
    assert_level(rig, "csta", "debug", "info");
    assert_level(rig, "sip", "trace", "trace");
    json_decref(svc_rig_ask(rig, "log", json_pack("{s:s}", "level", "error")));
    assert_level(rig, "sip", "error", "trace");
    assert_level(rig, "audit", "info", "info");
    svc_rig_expect_error(rig, "log", json_pack("{s:s,s:s}", "level", "debug", "subsystem", "x"),
                         "bad-argument");
    rig->levels = "log_level = \"warn\";";
    svc_rig_write_conf(rig, web);
    json_decref(svc_rig_ask(rig, "reload", NULL));
    assert_level(rig, "sip", "warn", "warn");
    assert_level(rig, "csta", "warn", "warn");
    svc_rig_stop(rig);
    snprintf(line, sizeof line, " demo: log level set level=debug subsystem=csta uid=%u pid=%d",
             (unsigned)geteuid(), (int)getpid());
    svc_rig_expect_file(rig->err, line);
    svc_rig_expect_file(rig->err, "log level set level=error subsystem=all uid=");
    /* Although only warnings are wanted by now. */
    svc_rig_expect_file(rig->err, "reload of the configuration asked for uid=");
}

static void test_audit(void **state)
{
    struct svc_rig *rig = *state;

    svc_rig_start(rig, NULL);
    json_decref(svc_rig_ask(rig, "log", json_pack("{s:s}", "level", "error")));
    json_decref(svc_rig_ask(rig, "audit",
                            json_pack("{s:s,s:s}", "what", "unmasked bundle", "detail", "a\nb")));
    json_decref(svc_rig_ask(rig, "audit", json_pack("{s:s}", "what", "unmasked trace")));
    svc_rig_expect_error(rig, "audit", json_pack("{s:s}", "what", "lunch"), "bad-argument");
    svc_rig_expect_error(rig, "audit", NULL, "bad-argument");
    svc_rig_stop(rig);
    svc_rig_expect_file(rig->err,
                        "a bundle was made that shows what people said and how they signed "
                        "in detail=\"a\\x0ab\" uid=");
    svc_rig_expect_file(rig->err,
                        "a trace shows what people said and how they signed in detail=\"\" uid=");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, svc_rig_setup, svc_rig_teardown)

int main(void)
{
    struct CMUnitTest const tests[] = { TEST(test_log_levels), TEST(test_audit) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
